"""What is done by the clock, in one process."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from apscheduler.schedulers.blocking import BlockingScheduler

from harvesters.rota import Rota
from harvesters.shelf import Shelf
from harvesters.stopping import Stopped
from publisher.errors import GongshiError
from search.engine import SearchError, WriterBusy

LOOK = timedelta(seconds=1)
"""Between two looks at what is due or asked for."""

RELOAD = timedelta(seconds=30)
"""Between two looks at the definitions."""

log = logging.getLogger("gongshi.schedule")


class Job(NamedTuple):
    """What is done `every` so often, by one thread, for the first time `after` the start. What goes wrong
    is logged, and it is done again the next time."""

    name: str
    do: Callable[[], object]
    every: timedelta
    after: timedelta = timedelta(0)


def schedule(rota: Rota, shelf: Shelf, jobs: Iterable[Job], now: datetime) -> BlockingScheduler:
    """A scheduler of all that is done by the clock: the runs of `rota`, looks at the `shelf` of its
    definitions, and the other `jobs`. `start` blocks until `shutdown`; `now` is the real time."""
    scheduler = BlockingScheduler(
        timezone=rota.zone, job_defaults={"coalesce": True, "misfire_grace_time": None}
    )
    for job in (Job("harvests", rota.look, LOOK), Job("definitions", shelf.look, RELOAD), *jobs):
        scheduler.add_job(
            _done,
            "interval",
            [job],
            seconds=job.every.total_seconds(),
            next_run_time=now + job.after,
            name=job.name,
        )
    return scheduler


def _done(job: Job) -> None:
    try:
        job.do()
    except Stopped:
        pass
    except WriterBusy as error:
        log.info("%s: %s", job.name, error)
    except (GongshiError, SearchError) as error:
        log.error("%s: %s", job.name, error)
    except Exception:
        log.exception("%s", job.name)
