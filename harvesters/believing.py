"""Whether a reading can be believed, and what is said where it can in part only. Pure."""

from harvesters.formats.barrier import Barrier
from harvesters.source import Definition
from publisher.errors import DiskError, GongshiError, LeaseLost, StoreError
from publisher.harvests import Counts, RunState, too_many_refused

OUTRUN = (
    "No row of earlier runs was met again: there may be rows between them and the newest pages that nobody "
    "has read; raise pages.last, or harvest more often."
)
FEW = 2
"""Among what is new so many refused rows say nothing of the source: it may be three rows, or one."""
STAYS = "Rows were refused, so the next run asks from the same day or number on."


def ended_by(error: GongshiError) -> RunState:
    """How a run ended that this error ended. What fails on our side says nothing of the source."""
    if isinstance(error, LeaseLost | StoreError | DiskError):
        return RunState.INTERRUPTED
    return RunState.BARRED if isinstance(error, Barrier) else RunState.FAILED


def unbelievable(definition: Definition, counts: Counts, *, continued: bool) -> str | None:
    """Why so strange a reading is not published at all. `continued`: only what is new was asked for, which
    may be nothing."""
    fewest, _ = definition.expect_rows or (0, None)
    seen, refused = counts.seen, counts.refused
    if seen == 0 and not continued:
        return "The source gave no rows at all; what is known of it stays as it is."
    if seen < fewest and not continued:
        return f"The source gave {seen} rows, fewer than the {fewest} it should; nothing was published."
    if too_many_refused(seen, refused) and not (continued and refused <= FEW):
        return (
            f"{refused} of {seen} rows were refused; nothing was published. "
            f"See which with `gongshi quarantine list {definition.id}`."
        )
    return None


def too_many_rows(definition: Definition, counts: Counts) -> list[str]:
    """A warning where there are more rows than the definition expects."""
    _, most = definition.expect_rows or (0, None)
    if most is None or counts.seen <= most:
        return []
    return [f"The source gave {counts.seen} rows, its definition expects at most {most}."]


def held_back(definition: Definition, counts: Counts) -> str:
    """Why rows that are missing stay."""
    return (
        f"{counts.held} known rows are missing, and {counts.unreadable} rows cannot be read: they may be the "
        f"same, so none is removed. If they are others: gongshi harvest {definition.id} --accept-removals"
    )


def other_keys(definition: Definition, known: int) -> str:
    """Why rows of which not one is known are not published."""
    return (
        f"None of the {known} known rows is there again, but others are: their keys may have changed, and "
        f"nothing was published. If they are others: gongshi harvest {definition.id} --accept-removals"
    )
