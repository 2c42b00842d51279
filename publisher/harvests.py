"""What a run of a source did. Pure; stdlib only."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class RunState(StrEnum):
    RUNNING = "running"
    COMPLETE = "complete"
    FAILED = "failed"  # nothing published: the source could not be read, or broke its own expectations
    BARRED = "barred"  # failed too: a login, a bot check or an error stood where its rows were due
    REFUSED = "refused"  # waits for an operator: it would remove too much
    INTERRUPTED = "interrupted"  # told to stop, or died, or our disk or store failed: not its source's fault

    @property
    def failed(self) -> bool:
        return self in (RunState.FAILED, RunState.BARRED)


@dataclass(slots=True)
class Counts:
    """Rows by what became of them. `vanished`: known rows that a full list no longer has;
    `withdrawn`: items that left the public because of that; `unreadable`: refused rows of which not even the
    key could be read; `held`: vanished rows that one of those may be, and that therefore stay;
    `of_assumed_severity`: read rows that do not tell how severe they are, so that a law's default counts."""

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
    of_assumed_severity: int = 0

    def __str__(self) -> str:
        """Those that are not zero, but always new, changed, unchanged and refused."""
        always = ("new", "changed", "unchanged", "refused")
        return ", ".join(
            f"{number} {name.replace('_', ' ')}"
            for name, number in asdict(self).items()
            if name != "seen" and (number or name in always)
        )

    @property
    def changing(self) -> dict[str, int]:
        """Of rows that change what is stored, and items that left the public: those that are not zero."""
        numbers = {"new": self.new, "changed": self.changed, "withdrawn": self.withdrawn}
        return {name: number for name, number in numbers.items() if number}

    def __add__(self, other: "Counts") -> "Counts":
        theirs = asdict(other)
        return Counts(**{name: value + theirs[name] for name, value in asdict(self).items()})


@dataclass(slots=True)
class Traffic:
    """What a run asked of other machines, robots.txt too: the bytes that came, as they were sent, and how
    many requests by the status of their answer, "none" for those without."""

    bytes: int = 0
    requests: dict[str, int] = field(default_factory=dict)

    def add(self, status: int | None, size: int) -> None:
        """One request more; `size` are the bytes that came."""
        name = "none" if status is None else str(status)
        self.requests[name] = self.requests.get(name, 0) + 1
        self.bytes += size

    def __str__(self) -> str:
        """The requests, in order of status."""
        return ", ".join(f"{count} × {status}" for status, count in sorted(self.requests.items()))


class Line(NamedTuple):
    """A line of a run's log."""

    at: datetime
    said: str


@dataclass(frozen=True, slots=True)
class Harvest:
    """One run. `message` is the sentence that says why it failed or was refused."""

    id: int
    source: str
    started_at: datetime
    ended_at: datetime | None
    state: RunState
    counts: Counts
    traffic: Traffic
    warnings: tuple[str, ...]
    message: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """A run of a source that somebody asked for, `by` whom. `accept_removals`: that it take out what the
    source no longer lists, however much it is. `run` is the last that took it and did not come to its end."""

    id: int
    source: str
    asked_at: datetime
    by: str
    accept_removals: bool
    run: int | None


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

KEPT = timedelta(days=365)
"""How long what is known of a run is kept at least."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands with the scheduler: `failures` in a row, counted anew once an operator has resumed
    it; `held_since` when an operator paused it by hand, None if nobody has."""

    failures: int = 0
    held_since: datetime | None = None

    @property
    def failing(self) -> bool:
        """Whether it is paused because it failed too often."""
        return self.failures >= FAILURES

    @property
    def paused(self) -> bool:
        """Whether it is left alone until it is resumed, or, if it was failing, a run by hand goes better."""
        return self.failing or self.held_since is not None


def paused_sentence(source: str) -> str:
    """What operators are told of a source that failed too often."""
    return f"paused, for it failed {FAILURES} times in a row; mend it, then: gongshi sources resume {source}"


REFUSED_SHARE = 0.2
"""More refused rows than this share: nothing of the run is published."""

REMOVED_SHARE, REMOVED_FEWEST, REMOVED_HALF = 0.1, 20, 0.5
"""A removal of more than REMOVED_SHARE and at least REMOVED_FEWEST items, or of more than REMOVED_HALF of any
source, waits for an operator."""


def may_be_unreadable(now: Counts, earlier: Counts | None) -> bool:
    """Whether rows that are missing may be among those that cannot be read: there are more of these than in
    the last complete run in which nothing was held for it (None: there was none)."""
    return now.unreadable > (earlier.unreadable if earlier else 0)


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
