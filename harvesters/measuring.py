"""What a run measures of its source: whether new rows are in time, and which numbers are missing."""

from datetime import datetime

from harvesters.source import Definition
from publisher.harvests import Counts
from publisher.numbering import count_gaps
from publisher.punctuality import Measure
from publisher.store import Reading, Store

SETTLED = 2
"""Complete runs of a full list, all read in the same way, after which a row that none of them had has just
appeared."""

FEW = 10_000
"""Rows of a source that are read again to count its gaps; that takes half a second."""


def measure(store: Reading, definition: Definition, reading: bytes) -> Measure | None:
    """None for a source whose rows have no day by which they must be public."""
    if definition.within is None:
        return None
    by_sight = definition.mode == "full" and store.settled(definition.id, reading) >= SETTLED
    return Measure(definition.within, by_sight)


def keep_gaps(store: Store, definition: Definition, counts: Counts, now: datetime) -> None:
    """Counts the gaps in the numbers of a measured source anew after a complete run that changed its rows, if
    these are not too many."""
    if definition.within is None:
        return
    with store.reading() as reading:
        rows, _ = reading.sighting_count(definition.id)
        again = bool(counts.new or counts.changed or counts.withdrawn) or not reading.gaps(definition.id)
    if again and rows <= FEW:
        count_gaps(store, definition.source(), now)
