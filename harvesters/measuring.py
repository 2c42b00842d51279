"""What a run measures of its source: whether new rows are in time, and which numbers are missing."""

from datetime import datetime

from harvesters.source import Definition
from publisher.harvests import Counts
from publisher.numbering import count_gaps
from publisher.punctuality import Measure
from publisher.store import Store

SETTLED = 2
"""Complete runs of a full list, all read in the same way, after which a row that none of them had has just
appeared."""

FEW = 10_000
"""Rows of a source that are read again to count its gaps; that takes half a second."""


def measure(definition: Definition, readings: int) -> Measure | None:
    """How to judge new rows after so many complete runs in a row that have read the source in the same way;
    None for a source whose rows have no day by which they must be public."""
    if definition.within is None:
        return None
    return Measure(definition.within, by_sight=definition.mode == "full" and readings >= SETTLED)


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
