"""Runs every source as often as it promises to be read, and keeps the index in step. One process does it.

When a source is due stands in the store alone: it follows from its last start, whoever ran it. So a restart
repeats nothing, a missed run is caught up once, and two schedulers do not do the same work twice.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from apscheduler.schedulers.blocking import BlockingScheduler

from harvesters.harvest import Harvester, role
from harvesters.pace import BROKEN, due
from harvesters.shelf import Shelf
from harvesters.source import Definition
from harvesters.stopping import Stop
from publisher.errors import GongshiError, Refused
from publisher.harvests import FAILURES, RunState

LOOK = timedelta(seconds=1)
"""Between two looks at what is due."""

RELOAD = timedelta(seconds=30)
"""Between two looks at the definitions."""

AGAIN = timedelta(minutes=1)
"""After this a source is looked at again that is paused, or read elsewhere, or could not even be read."""

log = logging.getLogger("gongshi.harvest")


class Rota:
    """The runs of what `definitions` gives at each look, at most `at_once` at the same time, what is due for
    longest first.

    `look` is called by one thread. `close` ends what is under way at its next batch, and waits for that.
    """

    def __init__(
        self, definitions: Callable[[], Sequence[Definition]], harvester: Harvester, at_once: int
    ) -> None:
        self._stop = Stop()
        self._definitions = definitions
        self._harvester = replace(harvester, check=self._stop.check, sleep=self._stop.sleep)
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="harvest")
        self._under_way: dict[str, Future[None]] = {}
        self._not_before: dict[tuple[str, str], datetime] = {}
        self._failing: set[str] = set()
        self._told = ""

    def look(self) -> list[Future[None]]:
        """Starts, or puts in the queue, what is due now and not under way; gives these runs."""
        self._under_way = {id: run for id, run in self._under_way.items() if not run.done()}
        now = self._harvester.clock()
        try:
            waiting = [(at, d) for d in self._definitions() if (at := self._due(d, now)) is not None]
            self._told = ""
        except GongshiError as error:
            if str(error) != self._told:
                log.error("%s", error)
            self._told = str(error)
            return []
        for _, definition in sorted(waiting, key=lambda pair: pair[0]):
            del self._not_before[_key(definition)]
            self._under_way[definition.id] = self._pool.submit(self._run, definition)
        return [self._under_way[definition.id] for _, definition in waiting]

    @property
    def zone(self) -> tzinfo:
        return self._harvester.zone

    def stop(self) -> None:
        """Asks all runs to end. Does not wait."""
        self._stop.ask()

    def close(self) -> None:
        self.stop()
        self._pool.shutdown(cancel_futures=True)

    def _due(self, definition: Definition, now: datetime) -> datetime | None:
        """Since when the source is due; None when it is not. Asks the store only when it may be."""
        id, key = definition.id, _key(definition)
        if id in self._under_way or (key in self._not_before and self._not_before[key] > now):
            return None
        with self._harvester.store.reading() as store:
            standing, runs = store.standing(id), store.harvests(id, BROKEN)
            taken_until = store.lease_until(role(id))
        elsewhere = runs and runs[0].state is RunState.RUNNING and _later(taken_until, self._harvester.wall())
        self._tell_failing(id, failing=standing.failing)
        if elsewhere or standing.paused:
            self._not_before[key] = now + AGAIN
            return None
        at = self._not_before[key] = due(definition, runs, self.zone) or now
        return at if at <= now else None

    def _tell_failing(self, id: str, *, failing: bool) -> None:
        if failing and id not in self._failing:
            log.error(
                "%s: paused, for it failed %s times in a row; mend it, then: gongshi sources resume %s",
                id,
                FAILURES,
                id,
            )
        (self._failing.add if failing else self._failing.discard)(id)

    def _run(self, definition: Definition) -> None:
        try:
            outcome = self._harvester.run(definition)
        except Exception as error:  # whatever it is, it must neither be lost nor be tried every second
            self._not_before[_key(definition)] = self._harvester.clock() + AGAIN
            level = logging.INFO if isinstance(error, Refused) else logging.ERROR
            unknown = not isinstance(error, GongshiError)
            log.log(level, "%s: %s", definition.id, error, exc_info=unknown)
            return
        said = outcome.message or outcome.counts
        log.info("%s: %s, %s (%.1f s)", outcome.source, outcome.state, said, outcome.seconds)


def _later(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment > now


def _key(definition: Definition) -> tuple[str, str]:
    """A definition that has changed may be due at another time."""
    return definition.id, definition.version


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
