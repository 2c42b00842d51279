"""What a check of a file before it is sent finds, and what pages need for it. Pure; stdlib only."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

MOST = 1_000
"""Faults and warnings that are told one by one; all are counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a row, a column or, with neither, the file. `reason` is a harvest's sentence without
    anybody's number; `times` in how many rows it was found, `row` being the first."""

    row: int | None
    column: str | None
    reason: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Report:
    """What would come of a file. `faults` keep rows from being published, `warnings` do not.

    `kind` is that of the form, None when it could not be told. `dropped` are columns of which nothing is
    ever published, `persons` the rows whose subject's name will be masked. `too_many`: with so many faults a
    harvest publishes nothing of the file. The counts are of all findings, the tuples hold at most MOST.
    """

    kind: str | None = None
    rows: int = 0
    publishable: int = 0
    not_public: int = 0
    repeated: int = 0
    persons: int = 0
    dropped: tuple[str, ...] = ()
    too_many: bool = False
    faults: tuple[Finding, ...] = ()
    fault_count: int = 0
    warnings: tuple[Finding, ...] = ()
    warning_count: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Report":
        lists = {name: tuple(Finding(**one) for one in told[name]) for name in ("faults", "warnings")}
        return cls(**{**told, **lists, "dropped": tuple(told["dropped"])})


def unreadable(reason: str) -> Report:
    """The report on a file that cannot be read at all."""
    return Report(faults=(Finding(None, None, reason),), fault_count=1)


Validate = Callable[[Path], Report]
"""Checks a file; never raises for what can stand in one."""


class Form(Protocol):
    """Gives the form of a kind as a file ("xlsx" or "csv"); KeyError for a kind or format that has none."""

    def __call__(self, kind: str, format: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Validator:
    """What pages need to check files: the check, the forms, and the kinds that have one."""

    validate: Validate
    form: Form
    kinds: tuple[str, ...]
