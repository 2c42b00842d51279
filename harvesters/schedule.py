"""Runs every source as often as it promises to be read, and keeps the index in step. One process does it."""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler

from harvesters.harvest import Harvester
from harvesters.source import Definition
from publisher.errors import GongshiError

USUAL = timedelta(days=1)
"""How often a source is read that promises nothing."""


def schedule(
    definitions: Iterable[Definition], harvester: Harvester, follow: Callable[[], None], pause: timedelta
) -> BlockingScheduler:
    """A scheduler that runs all sources one after the other, each at once and then at its own pace, and calls
    `follow` every `pause`. `start` blocks until `shutdown`, which lets the run under way end."""
    scheduler = BlockingScheduler(timezone=harvester.zone)
    scheduler.add_executor(ThreadPoolExecutor(1), alias="harvests")
    for definition in definitions:
        scheduler.add_job(
            _run,
            "interval",
            args=(scheduler, harvester, definition),
            seconds=(definition.every or USUAL).total_seconds(),
            next_run_time=harvester.clock(),
            executor="harvests",
            id=definition.id,
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.add_job(follow, "interval", seconds=pause.total_seconds(), id="follow", coalesce=True)
    return scheduler


def _run(scheduler: BlockingScheduler, harvester: Harvester, definition: Definition) -> None:
    if not scheduler.running:  # asked to stop while this run waited for the one before it
        return
    log = logging.getLogger("gongshi.harvest")
    try:
        outcome = harvester.run(definition)
    except GongshiError as error:
        log.error("%s: %s", definition.id, error)
        return
    log.info("%s: %s, %s", outcome.source, outcome.state, outcome.message or outcome.counts)
