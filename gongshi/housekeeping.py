"""What keeps an installation in order while `gongshi schedule` runs."""

import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from gongshi.bootstrap import Platform
from harvesters.schedule import Job
from publisher.casework import unmark_corrected
from publisher.errors import Refused
from publisher.following import PAUSE, Follower
from publisher.harvests import KEPT
from publisher.indexing import Index

log = logging.getLogger("gongshi.housekeeping")

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRST = timedelta(minutes=10)
"""After so long what is done daily is done first: so it is, however often the process is started anew."""


def jobs(made: Platform, index: Index) -> list[Job]:
    """One line a job; harvests and definitions are none of them. `index` is told to stop with them."""
    follower, beat = Follower(index), made.settings.folder / "schedule.beat"

    def follow() -> None:
        follower.once()
        beat.touch()

    def forget() -> None:
        with made.store.writing() as store:
            count = store.forget_runs(made.settings.clock() - KEPT)
        if count:
            log.info("%s runs older than %s days forgotten", count, KEPT.days)

    def send() -> None:
        if sender := made.sender():
            with suppress(Refused):  # another process sends
                sender.once()

    def sweep() -> None:
        with made.store.reading() as store:
            known = store.evidence_keys()
        if count := made.shelf.sweep(known, datetime.now(UTC)):
            log.info("%s files of no case deleted", count)

    def forget_applicants() -> None:
        now = made.settings.clock()
        with made.store.writing() as store:
            keys = store.forget_applicants(now - made.settings.evidence)
        made.shelf.drop(keys)

    def unmark() -> None:
        with made.store.writing() as store:
            unmark_corrected(store, made.settings.clock())

    return [
        Job("index", follow, timedelta(seconds=PAUSE)),
        Job("letters", send, MINUTE),
        Job("evidence swept", sweep, HOUR),
        Job("old runs forgotten", forget, DAY),
        Job("applicants forgotten", forget_applicants, DAY, FIRST),
        Job("marks of what is corrected gone", unmark, HOUR),
        Job("index mended", index.mend, DAY, FIRST),
        Job("database optimised", made.store.optimise, DAY, FIRST),
    ]
