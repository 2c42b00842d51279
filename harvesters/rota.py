"""Runs every source as often as it promises to be read, and when somebody asks for it.

What is due or asked for stands in the store alone: it follows from a source's last runs, whoever made them,
and from requests that no run has answered yet. So a restart repeats nothing and forgets nothing, a missed run
is caught up once, and two schedulers do not do the same work twice.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta, tzinfo
from threading import Lock

from harvesters.harvest import Harvester
from harvesters.pace import BROKEN, due, repeated, startable
from harvesters.source import Definition
from harvesters.stopping import Stop
from harvesters.terms import Terms, role
from publisher.errors import GongshiError, Refused
from publisher.harvests import Request, RunState, paused_sentence
from publisher.store import Reading

AGAIN = timedelta(minutes=1)
"""After this a source is looked at again that is paused, or read elsewhere, or could not even be read."""

log = logging.getLogger("gongshi.harvest")


class _Unwanted(Exception):
    """Another has made the run meanwhile, or an operator has paused its source."""


class Rota:
    """The runs of what `definitions` gives at each look, at most `at_once` at the same time and one a host:
    first what was asked for, in that order, then what is due, longest first.

    `look` is called by one thread. `stop` is what tells the runs of the `harvester` to end; `close` does, and
    waits for that.
    """

    def __init__(
        self, definitions: Callable[[], Sequence[Definition]], harvester: Harvester, stop: Stop, at_once: int
    ) -> None:
        self._definitions, self._harvester, self._stop = definitions, harvester, stop
        self._at_once = at_once
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="harvest")
        self._lock = Lock()  # of all below
        self._under_way: dict[str, Definition] = {}
        self._waiting: list[Definition] = []
        self._due: dict[tuple[str, str], tuple[datetime, datetime]] = {}
        self._left_until: dict[str, datetime] = {}
        self._failing: set[str] = set()
        self._told = ""

    @property
    def zone(self) -> tzinfo:
        return self._harvester.zone

    def look(self) -> list[Future[None]]:
        """Sees what is wanted now, and starts as much of it as may be; gives these runs. The others are
        started as soon as one ends."""
        with self._lock:
            try:
                self._waiting = self._wanted(self._definitions(), self._harvester.clock())
                self._told = ""
            except GongshiError as error:
                if str(error) != self._told:
                    log.error("%s", error)
                self._told = str(error)
                return []
            return self._start()

    def close(self) -> None:
        self._stop.ask()
        with self._lock:
            pass  # who has just begun to start a run has done so; nobody begins any more
        self._pool.shutdown(cancel_futures=True)

    # --- what is wanted

    def _wanted(self, definitions: Sequence[Definition], now: datetime) -> list[Definition]:
        """What is asked for or due and not under way, in the order in which it is to be started."""
        free = {
            definition.id: definition
            for definition in definitions
            if definition.id not in self._under_way and not _later(self._left_until.get(definition.id), now)
        }
        with self._harvester.store.reading() as store:
            requests = [request for request in store.requests() if request.source in free]
            asked = dict.fromkeys(r.source for r in requests if not self._to_be_repeated(store, r, now))
            waiting = [(at, d) for d in free.values() if (at := self._due_since(store, d, now)) is not None]
        waiting.sort(key=lambda pair: pair[0])
        return [free[id] for id in asked] + [d for _, d in waiting if d.id not in asked]

    def _to_be_repeated(self, store: Reading, request: Request, now: datetime) -> bool:
        """Whether a run that was to answer the request was broken off just now."""
        return request.run is not None and _later(repeated(store.harvests(request.source, BROKEN)), now)

    def _due_since(self, store: Reading, definition: Definition, now: datetime) -> datetime | None:
        """Since when the source is due; None when it is not. Asks the store only once in a while."""
        since, ask_at = self._due.get(_key(definition), (now, now))
        if ask_at <= now:
            since = self._next(store, definition, now)
            self._due[_key(definition)] = since, max(since, now + AGAIN)
        return since if since <= now else None

    def _next(self, store: Reading, definition: Definition, now: datetime) -> datetime:
        """When the source is due, or is to be looked at again."""
        id = definition.id
        standing, runs = store.standing(id), store.harvests(id, BROKEN)
        if standing.failing and id not in self._failing:
            log.error("%s: %s", id, paused_sentence(id))
        (self._failing.add if standing.failing else self._failing.discard)(id)
        running = runs and runs[0].state is RunState.RUNNING
        if standing.paused or (running and _later(store.lease_until(role(id)), self._harvester.wall())):
            return now + AGAIN
        return due(definition, runs, self.zone) or now

    # --- runs

    def _start(self) -> list[Future[None]]:
        """Starts what may be started of what is wanted."""
        started: list[Future[None]] = []
        while not self._stop.asked:
            definition = startable(self._waiting, self._under_way.values(), self._at_once)
            if definition is None:
                break
            self._waiting.remove(definition)
            self._due.pop(_key(definition), None)
            self._under_way[definition.id] = definition
            started.append(self._pool.submit(self._run, definition))
        return started

    def _run(self, definition: Definition) -> None:
        try:
            outcome = self._harvester.run_on(lambda store: self._terms(store, definition), definition)
            said = outcome.message or outcome.counts
            log.info("%s: %s, %s (%.1f s)", outcome.source, outcome.state, said, outcome.seconds)
        except _Unwanted:
            pass
        except Exception as error:  # whatever it is, it must neither be lost nor be tried every second
            self._left_until[definition.id] = self._harvester.clock() + AGAIN
            level = logging.INFO if isinstance(error, Refused) else logging.ERROR
            unknown = not isinstance(error, GongshiError)
            log.log(level, "%s: %s", definition.id, error, exc_info=unknown)
        finally:
            with self._lock:
                del self._under_way[definition.id]
                self._start()

    def _terms(self, store: Reading, definition: Definition) -> Terms:
        """On what terms the source is read now that nobody else can begin with it."""
        if requests := store.requests(definition.id):
            return Terms(any(request.accept_removals for request in requests), requests[-1].id)
        at = due(definition, store.harvests(definition.id, BROKEN), self.zone)
        if store.standing(definition.id).paused or _later(at, self._harvester.clock()):
            raise _Unwanted
        return Terms()


def _key(definition: Definition) -> tuple[str, str]:
    """A definition that has changed may be due at another time."""
    return definition.id, definition.version


def _later(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment > now
