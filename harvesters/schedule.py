"""What is done by the clock, in one process."""

from collections.abc import Callable
from datetime import timedelta

from apscheduler.schedulers.blocking import BlockingScheduler

from harvesters.rota import Rota
from harvesters.shelf import Shelf

LOOK = timedelta(seconds=1)
"""Between two looks at what is due or asked for."""

RELOAD = timedelta(seconds=30)
"""Between two looks at the definitions."""


def schedule(rota: Rota, shelf: Shelf, follow: Callable[[], None], pause: timedelta) -> BlockingScheduler:
    """A scheduler of all that is done by the clock: the runs of `rota`, looks at the `shelf` of its
    definitions, and `follow` every `pause`.

    `start` blocks until `shutdown`. What else is to be done by the clock gets its line here.
    """
    scheduler = BlockingScheduler(
        timezone=rota.zone, job_defaults={"coalesce": True, "misfire_grace_time": None}
    )
    for job, every in ((rota.look, LOOK), (shelf.look, RELOAD), (follow, pause)):
        scheduler.add_job(job, "interval", seconds=every.total_seconds())
    return scheduler
