"""When a source is due, and which of those that are is read first. Pure."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import takewhile
from urllib.parse import urlsplit

from harvesters import cron
from harvesters.source import Definition
from publisher.harvests import Harvest, RunState

USUAL = timedelta(days=1)
"""How often a source is read that promises nothing."""

EARLY, EARLIEST = 0.1, timedelta(minutes=10)
"""Each source comes earlier than its promise by a share of its own, at most EARLY of the interval and
EARLIEST; with `cron` by as much later. So sources that once began together move apart, and none breaks its
promise because of it."""


SOON = timedelta(minutes=1)
"""After this a source is tried again whose run was broken off; twice as long after each further one."""

BROKEN_OFF = frozenset({RunState.RUNNING, RunState.INTERRUPTED})
BROKEN = 12
"""So many runs broken off one after the other are looked at: the wait is then over a day."""


def due(definition: Definition, runs: Sequence[Harvest], zone: tzinfo) -> datetime | None:
    """When the source is to be read again whose last runs, BROKEN or more of them, are `runs`, newest first.

    A run that is still marked as running counts as one that died. None for a source that was never read: it
    is due at once.
    """
    if not runs:
        return None
    regular, again = _regular(definition, runs[0].started_at, zone), repeated(runs)
    return min(regular, again) if again else regular


def repeated(runs: Sequence[Harvest]) -> datetime | None:
    """When a run is to be repeated that was broken off; None if the last one was not."""
    broken = sum(1 for _ in takewhile(lambda run: run.state in BROKEN_OFF, runs[:BROKEN]))
    return (runs[0].ended_at or runs[0].started_at) + SOON * 2 ** (broken - 1) if broken else None


def startable(
    waiting: Iterable[Definition], under_way: Collection[Definition], at_once: int
) -> Definition | None:
    """The first that may be started beside what is under way: `at_once` at most, and one a host, so that a
    slow one never holds up the sources of others. None if there is none."""
    if len(under_way) >= at_once:
        return None
    ids, hosts = {each.id for each in under_way}, {_host(each) for each in under_way} - {None}
    return next((each for each in waiting if each.id not in ids and _host(each) not in hosts), None)


def _host(definition: Definition) -> str | None:
    """Whom the source is asked of; None for local files."""
    return urlsplit(definition.url).hostname if definition.url else None


def _regular(definition: Definition, last: datetime, zone: tzinfo) -> datetime:
    if definition.cron and (at := cron.following(definition.cron, last, zone)):
        after = cron.following(definition.cron, at + timedelta(seconds=1), zone) or at + USUAL
        return at + _aside(definition.id, after - at)
    every = definition.every or USUAL
    return last + every - _aside(definition.id, every)


def stale_from(definition: Definition, last: datetime, zone: tzinfo) -> datetime | None:
    """From when on a source that was last read whole at `last` is later than it promises: one reading is then
    missing and the next one due. None for a source that promises nothing."""
    if definition.every:
        return last + 2 * definition.every
    a_second = timedelta(seconds=1)
    if definition.cron and (missed := cron.following(definition.cron, last + a_second, zone)):
        return cron.following(definition.cron, missed + a_second, zone)
    return None


def _aside(id: str, interval: timedelta) -> timedelta:
    return _share(id) * min(EARLY * interval, EARLIEST)


def _share(id: str) -> float:
    """From 0 to 1, the same for a source at all times and on all machines."""
    return int.from_bytes(hashlib.sha256(id.encode()).digest()[:4]) / 2**32
