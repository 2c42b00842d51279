"""What keeps an installation in order while `gongshi schedule` runs."""

import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from gongshi.bootstrap import Platform
from harvesters.schedule import Job
from publisher.casework import unmark_corrected
from publisher.erasing import erase_due, forget_subjects, purge
from publisher.errors import NotFound, Refused
from publisher.following import PAUSE, Follower
from publisher.harvests import KEPT
from publisher.indexing import Index

log = logging.getLogger("gongshi.housekeeping")

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRST = timedelta(minutes=10)
"""After so long what is done daily is done first: so it is, however often the process is started anew."""


class Housekeeping:
    """What is done, each by itself. `index` is told to stop with the harvests."""

    def __init__(self, made: Platform, index: Index) -> None:
        self._made, self._index, self._store = made, index, made.store
        self._clock = made.settings.clock
        self._follower = Follower(index)

    def follow(self) -> None:
        self._follower.once()
        (self._made.settings.folder / "schedule.beat").touch()

    def send_letters(self) -> None:
        if sender := self._made.sender():
            with suppress(Refused):  # another process sends
                sender.once()

    def sweep_evidence(self) -> None:
        with self._store.reading() as store:
            known = store.evidence_keys()
        if count := self._made.shelf.sweep(known, datetime.now(UTC)):
            log.info("%s files of no case deleted", count)

    def forget_runs(self) -> None:
        with self._store.writing() as store:
            count = store.forget_runs(self._clock() - KEPT)
        if count:
            log.info("%s runs older than %s days forgotten", count, KEPT.days)

    def forget_applicants(self) -> None:
        with self._store.writing() as store:
            keys = store.forget_applicants(self._clock() - self._made.settings.evidence)
        self._made.shelf.drop(keys)

    def unmark(self) -> None:
        with self._store.writing() as store:
            unmark_corrected(store, self._clock())

    def erase(self) -> None:
        done = erase_due(self._store, self._made.desk, self._clock, check=self._index.check)
        if done:
            log.info("erased: %s", ", ".join(f"{count} {reason}" for reason, count in sorted(done.items())))

    def purge(self) -> None:
        """Costs a rebuild of the index, so once a day at most."""
        forget_subjects(self._store, self._clock(), self._index.check)
        with self._store.reading() as store:
            before = store.purged_at()
        if before is None or self._clock() - before >= DAY:
            purge(self._store, self._index, self._clock())

    def build_dumps(self) -> None:
        self._made.dumps.build(self._index.check)

    def mend_dumps(self) -> None:
        """Whoever asks for them does so too; but where nobody asks, what has ended is not to lie there."""
        with suppress(NotFound):  # there are none yet
            self._made.dumps.now()


def jobs(made: Platform, index: Index) -> list[Job]:
    """One line a job; harvests and definitions are none of them."""
    house = Housekeeping(made, index)
    return [
        Job("index", house.follow, timedelta(seconds=PAUSE)),
        Job("letters", house.send_letters, MINUTE),
        Job("ended items erased", house.erase, MINUTE),
        Job("evidence swept", house.sweep_evidence, HOUR),
        Job("marks of what is corrected gone", house.unmark, HOUR),
        Job("files freed of what was erased", house.purge, HOUR, FIRST),
        Job("old runs forgotten", house.forget_runs, DAY),
        Job("applicants forgotten", house.forget_applicants, DAY, FIRST),
        Job("index mended", index.mend, DAY, FIRST),
        Job("bulk files made", house.build_dumps, DAY, FIRST),
        Job("bulk files mended", house.mend_dumps, MINUTE),
        Job("database optimised", made.store.optimise, DAY, FIRST),
    ]
