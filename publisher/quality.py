"""How good a source is, in a regulator's terms. Pure; stdlib only."""

from datetime import datetime
from typing import NamedTuple

from publisher.harvests import Counts


class Gaps(NamedTuple):
    """缺号, as counted at a moment: how many `series` of document numbers a source has, how many numbers of
    these were `seen`, how many between them are `missing`; `left_out` are numbers that are in no series."""

    counted_at: datetime
    series: int
    seen: int
    missing: int
    left_out: int


def compliance(counts: Counts) -> float | None:
    """合规率: the share of a run's rows that meet the standard, from 0 to 1; None for a run that read no row.

    A row that says itself that it is not public meets it too.
    """
    return (counts.seen - counts.refused) / counts.seen if counts.seen else None
