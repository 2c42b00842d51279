"""What keeps an installation in order while `gongshi schedule` runs."""

import logging
from contextlib import suppress
from datetime import timedelta

from gongshi.bootstrap import Platform
from harvesters.schedule import Job
from publisher.errors import NotFound
from publisher.following import PAUSE, Follower
from publisher.harvests import KEPT
from publisher.indexing import Index

log = logging.getLogger("gongshi.housekeeping")

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
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

    def build() -> None:
        made.dumps.build(index.check)

    def mend() -> None:
        with suppress(NotFound):  # there are none yet
            made.dumps.now()

    return [
        Job("index", follow, timedelta(seconds=PAUSE)),
        Job("old runs forgotten", forget, DAY),
        Job("index mended", index.mend, DAY, FIRST),
        Job("bulk files made", build, DAY, FIRST),
        # Whoever asks for them does so too; but where nobody asks, what has ended is not to lie there.
        Job("bulk files mended", mend, MINUTE),
        Job("database optimised", made.store.optimise, DAY, FIRST),
    ]
