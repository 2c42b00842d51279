"""How good a source is, in a regulator's terms. Pure; stdlib only."""

from publisher.harvests import Counts


def compliance(counts: Counts) -> float | None:
    """合规率: the share of a run's rows that meet the standard, from 0 to 1; None for a run that read no row.

    A row that says itself that it is not public meets it too.
    """
    return (counts.seen - counts.refused) / counts.seen if counts.seen else None
