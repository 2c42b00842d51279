"""How a run judges whether new rows are in time."""

from harvesters.source import Definition
from publisher.punctuality import Measure
from publisher.store import Reading

SETTLED = 2
"""Complete runs of a full list after which a row that none of them had has just appeared."""


def measure(store: Reading, definition: Definition) -> Measure | None:
    """None for a source whose rows have no day by which they must be public."""
    if definition.within is None:
        return None
    by_sight = definition.mode == "full" and store.complete_runs(definition.id, SETTLED) == SETTLED
    return Measure(definition.within, by_sight)
