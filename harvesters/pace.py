"""When a source is due. Pure."""

import hashlib
from datetime import datetime, timedelta, tzinfo

from harvesters import cron
from harvesters.source import Definition

USUAL = timedelta(days=1)
"""How often a source is read that promises nothing."""

EARLY, EARLIEST = 0.1, timedelta(minutes=10)
"""Each source comes earlier than its promise by a share of its own, at most EARLY of the interval and
EARLIEST; with `cron` by as much later. So sources that once began together move apart, and none breaks its
promise because of it."""


def due(definition: Definition, last: datetime | None, zone: tzinfo) -> datetime | None:
    """When the source is to be read again whose last run, however it ended, began at `last`.

    None for one that was never read: it is due at once.
    """
    if last is None:
        return None
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
