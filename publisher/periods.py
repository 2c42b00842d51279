"""Until when an item may be public. Pure; stdlib only."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple, Self


@dataclass(frozen=True, slots=True)
class Period:
    """`start` is the day of the decision or listing, `last_day` the last day in public (None: no end).

    `rule` says what gave the end: a field of the content, "months:12", a `Verdict`, or "none".
    """

    start: date | None
    last_day: date | None
    rule: str

    def ends_at(self, zone: tzinfo) -> datetime | None:
        """The moment (UTC) from which it is public no more: 00:00 local time of the day after the last."""
        return None if self.last_day is None else end_of(self.last_day, zone)


def end_of(day: date, zone: tzinfo) -> datetime:
    """The moment (UTC) at which a day is over: 00:00 local time of the next."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


class Verdict(NamedTuple):
    """What a rule set says of an item: its severity, and the months that it may be public for that.

    `assumed`: nothing in the item says how severe it is. As text "cn-2026/general/12", with
    "/assumed" after it where it is.
    """

    rules: str
    severity: str
    months: int
    assumed: bool

    def __str__(self) -> str:
        return f"{self.rules}/{self.severity}/{self.months}{'/assumed' if self.assumed else ''}"

    @classmethod
    def of(cls, rule: str) -> Self | None:
        """The verdict in a period's `rule`; None where something else gave the end."""
        match rule.split("/"):
            case [rules, severity, months, *assumed]:
                return cls(rules, severity, int(months), bool(assumed))
        return None


def add_months(day: date, months: int) -> date:
    """The same-numbered day `months` later, the month's last where there is none (Civil Code, article
    202)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def decide(
    content: Mapping[str, object], dated_by: Sequence[str], ends_by: Sequence[str], months: int | None
) -> Period:
    """The period of a row: the earliest end that its own fields name, else `months` from its date, else none.

    The day of removal is itself no longer public. An end that is not after the start, other than a removal,
    is no end: sources fill the column with the decision's own date.
    """
    start = next((day for name in dated_by if isinstance(day := content.get(name), date)), None)
    ends: list[tuple[date, str]] = []
    for name in ends_by:
        day = content.get(name)
        if not isinstance(day, date):
            continue
        if name == "removed_on":
            ends.append((day - timedelta(days=1), name))
        elif start is None or day > start:
            ends.append((day, name))
    if ends:
        last_day, rule = min(ends)
        return Period(start, last_day, rule)
    if months is not None and start is not None:
        return Period(start, add_months(start, months), f"months:{months}")
    return Period(start, None, "none")
