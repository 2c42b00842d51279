"""What a run of a source did. Pure; stdlib only."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum


class RunState(StrEnum):
    RUNNING = "running"
    COMPLETE = "complete"
    FAILED = "failed"  # nothing published: the source could not be read, or broke its own expectations
    BARRED = "barred"  # failed too: a login, a bot check or an error stood where its rows were due
    REFUSED = "refused"  # waits for an operator: it would remove too much

    @property
    def failed(self) -> bool:
        return self in (RunState.FAILED, RunState.BARRED)


@dataclass(slots=True)
class Counts:
    """Rows by what became of them. `vanished`: known rows that a full list no longer has;
    `withdrawn`: items that left the public because of that; `unreadable`: refused rows of which not even the
    key could be read; `held`: vanished rows that one of those may be, and that therefore stay."""

    seen: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    not_public: int = 0
    vanished: int = 0
    withdrawn: int = 0
    unreadable: int = 0
    held: int = 0

    def __str__(self) -> str:
        """Those that are not zero, but always new, changed, unchanged and refused."""
        always = ("new", "changed", "unchanged", "refused")
        return ", ".join(
            f"{number} {name.replace('_', ' ')}"
            for name, number in asdict(self).items()
            if name != "seen" and (number or name in always)
        )

    def __add__(self, other: "Counts") -> "Counts":
        theirs = asdict(other)
        return Counts(**{name: value + theirs[name] for name, value in asdict(self).items()})


@dataclass(frozen=True, slots=True)
class Harvest:
    """One run. `message` is the sentence that says why it failed or was refused."""

    id: int
    source: str
    started_at: datetime
    ended_at: datetime | None
    state: RunState
    counts: Counts
    warnings: tuple[str, ...]
    message: str | None


@dataclass(frozen=True, slots=True)
class Validators:
    """By what the one file of a source is known again: what its server said of it, and the SHA-256 of its
    bytes. `reading` changes with how it is read, `read_at` is when it was last read whole."""

    reading: bytes
    etag: str | None
    last_modified: str | None
    digest: str
    read_at: datetime


FAILURES = 10
"""After so many failed runs in a row a source is paused."""

REFUSED_SHARE = 0.2
"""More refused rows than this share: nothing of the run is published."""

REMOVED_SHARE, REMOVED_FEWEST, REMOVED_HALF = 0.1, 20, 0.5
"""A removal of more than REMOVED_SHARE and at least REMOVED_FEWEST items, or of more than REMOVED_HALF of any
source, waits for an operator."""


def may_be_unreadable(now: Counts, earlier: Counts | None) -> bool:
    """Whether rows that are missing may be among those that cannot be read: there are more of these than in
    the last complete run in which nothing was held for it (None: there was none)."""
    return now.unreadable > (earlier.unreadable if earlier else 0)


def paused(newest: Sequence[Harvest]) -> bool:
    """Whether a source is left alone until a run by hand goes better; `newest` are its last FAILURES runs."""
    return len(newest) >= FAILURES and all(run.state.failed for run in newest)


def too_many_refused(seen: int, refused: int) -> bool:
    """Whether so many rows are bad that the source itself must have changed."""
    return seen > 0 and refused / seen > REFUSED_SHARE


def too_many_removed(known: int, removed: int) -> bool:
    """Whether the removal of `removed` of `known` sightings must wait for an operator."""
    if not known or not removed:
        return False
    share = removed / known
    return share > REMOVED_HALF or (share > REMOVED_SHARE and removed >= REMOVED_FEWEST)


def may_have_other_keys(known: int, missing: int, read: int) -> bool:
    """Whether not one of a source's many known rows is there again, though `read` others are: published, all
    might be public twice."""
    return known >= REMOVED_FEWEST and missing == known and read > 0
