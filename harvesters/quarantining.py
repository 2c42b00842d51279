"""Which refused rows stay in quarantine when a run has read its source."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from harvesters.source import Definition
from harvesters.spool import Spool
from publisher.items import Refusal
from publisher.store import Writing, chunks

KEPT = timedelta(days=30)
"""For so long a refused row is kept that its source no longer shows, where absence says nothing."""


def renew(
    store: Writing, definition: Definition, run: int, spool: Spool, seen: Collection[int], now: datetime
) -> None:
    """Puts the refused rows of a run that has read its source in place of earlier ones.

    Where a run reads only a part of its source, earlier ones stay until their row is read again, or for KEPT.
    `seen` are the sightings whose row is unchanged.
    """
    if definition.mode == "full":
        store.clear_quarantine(definition.id)
    else:
        for part in chunks(list(_over(store, definition.id, spool, seen, now - KEPT))):
            store.drop_refusals(part)
    for refusals in spool.refusals():
        store.add_refusals(run, refusals)


def _over(store: Writing, source: str, spool: Spool, seen: Collection[int], since: datetime) -> Iterator[int]:
    """The ids of refusals that are old, or whose row was read again."""
    again = {_told(refusal) for refusals in spool.refusals() for refusal in refusals if refusal.key is None}
    for part in chunks(store.quarantined(source)):
        keys = _read(store, source, [refusal.key for _, _, refusal in part if refusal.key], spool, seen)
        for id, refused_at, refusal in part:
            there = refusal.key in keys if refusal.key else _told(refusal) in again
            if there or refused_at < since:
                yield id


def _read(store: Writing, source: str, keys: Sequence[str], spool: Spool, seen: Collection[int]) -> set[str]:
    """Those of the keys of which this run has read a row."""
    known = store.sightings_by_key(source, keys)
    return spool.has(keys) | {key for key, sighting in known.items() if sighting.id in seen}


def _told(refusal: Refusal) -> tuple[str | None, str, str]:
    """By what a row is known again of which nobody could read the key."""
    return refusal.column, refusal.reason, refusal.excerpt
