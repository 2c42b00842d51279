"""Until when an item may be public. Pure; stdlib only."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple, Self


@dataclass(frozen=True, slots=True)
class Period:
    """`start` is the day of the decision or listing, `last_day` the last day in public (None: no end).

    `rule` says what gave the end: a field of the content, "months:12", a `Verdict`, or "none". A period of
    "months:12" without days is counted from the day on which the item was first published.
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
    """What a rule set says of an item: its severity, and the months before repair and in public for that
    (None: the law knows no repair, or no longest period).

    `assumed`: nothing in the item says how severe it is. `own_end` is the field of the content that gave the
    end; `counted_from` the day from which months are counted where that is not the decision's; `stays` why it
    outlasts its end: "unfulfilled" duties, or only its validity has "ended". As text "cn-2026/general/3-12",
    with "/assumed", "/public_until", "/2026-05-14", "/ended" after it where they apply.
    """

    rules: str
    severity: str
    shortest: int | None
    longest: int | None
    assumed: bool = False
    own_end: str | None = None
    counted_from: date | None = None
    stays: str | None = None

    def __str__(self) -> str:
        more = ("assumed" if self.assumed else None, self.own_end, self.counted_from, self.stays)
        months = "-".join("" if term is None else str(term) for term in (self.shortest, self.longest))
        return "/".join(str(part) for part in (self.rules, self.severity, months, *more) if part)

    @classmethod
    def of(cls, rule: str) -> Self | None:
        """The verdict in a period's `rule`; None where no law has judged."""
        rules, *rest = rule.split("/")
        if not rest:
            return None
        severity, months, *more = rest
        shortest, longest = (int(term) if term else None for term in months.split("-"))
        parts = {_PART.get(part, "counted_from" if part[:1].isdigit() else "own_end"): part for part in more}
        day = parts.get("counted_from")
        return cls(
            rules,
            severity,
            shortest,
            longest,
            "assumed" in parts,
            parts.get("own_end"),
            date.fromisoformat(day) if day else None,
            parts.get("stays"),
        )

    def repair_from(self, start: date | None) -> date | None:
        """The first day on which repair can be applied for, of an item that was decided on `start`: the one
        after the shortest period; for a period of no months its first day."""
        day = self.counted_from or start
        if day is None or self.shortest is None:
            return None
        return add_months(day, self.shortest) + timedelta(days=1) if self.shortest else day


_PART = {"assumed": "assumed", "unfulfilled": "stays", "ended": "stays"}


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
    if months is not None:
        return Period(start, add_months(start, months) if start else None, f"months:{months}")
    return Period(start, None, "none")
