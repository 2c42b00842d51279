"""Whether decisions were made public in time (及时率): how many of each authority and week. Pure.

The day on which a decision became public is the one that its source states; else the one on which its row
was first seen here, if that says enough (see Measure). It may have been public before it was seen, so shares
by sight are never too high.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import reduce
from typing import NamedTuple

from publisher.items import Content
from publisher.working_days import Deadline, deadline

LONGEST_NAME = 200
"""Characters by which authorities are told apart."""


class Measure(NamedTuple):
    """How a source's new rows are judged: `within` so many working days after the decision. `by_sight`: a row
    without a day of its own counts by the day on which it was first seen; right only where everything that
    was public before is known to have been read."""

    within: int
    by_sight: bool


class Tally(NamedTuple):
    """Decisions by whether they were in time; `provisional` are those among them of which a working day was
    counted in a year of unknown holidays."""

    timely: int = 0
    late: int = 0
    provisional: int = 0

    @property
    def published(self) -> int:
        return self.timely + self.late

    @property
    def share(self) -> float | None:
        """及时率, from 0 to 1; None where nothing was published."""
        return self.timely / self.published if self.published else None

    def plus(self, other: "Tally") -> "Tally":
        return Tally(self.timely + other.timely, self.late + other.late, self.provisional + other.provisional)


class Week(NamedTuple):
    """The decisions of a week that begins with `day`, a Monday."""

    day: date
    tally: Tally


Tallies = Mapping[tuple[str, date], Tally]
"""By authority and week (its Monday)."""


def tallied(decisions: Iterable[Content], today: date, measure: Measure) -> Tallies:
    """Counts decisions that a source tells of for the first time `today`, in the week in which each became
    public. Those without an authority, a day of decision or a known day of publication are left out."""
    found: dict[tuple[str, date], Tally] = {}
    for content in decisions:
        decided, authority = content.get("decided_on"), str(content.get("authority", ""))[:LONGEST_NAME]
        if not authority or not isinstance(decided, date):
            continue
        if public := _public_on(content, decided, today, measure):
            key = authority, week_of(public)
            found[key] = found.get(key, Tally()).plus(_judged(public, deadline(decided, measure.within)))
    return found


def summed(tallies: Iterable[Tally]) -> Tally:
    return reduce(Tally.plus, tallies, Tally())


def percent(share: float) -> str:
    """A share from 0 to 1, to the nearest tenth; but what is not whole is not 100%, nor what is there 0%."""
    tenths = round(share * 1000)
    if 0 < share < 1:
        tenths = min(max(tenths, 1), 999)
    return f"{tenths / 10:g}%"


def first_week(today: date, weeks: int) -> date:
    """The Monday of the first of so many weeks, of which today's is the last."""
    return week_of(today) - timedelta(weeks=weeks - 1)


def week_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def _public_on(content: Content, decided: date, today: date, measure: Measure) -> date | None:
    """A stated day before the decision or after today is a slip, and says nothing."""
    stated = content.get("disclosed_on")
    if isinstance(stated, date) and decided <= stated <= today:
        return stated
    return today if measure.by_sight and decided <= today else None


def _judged(public: date, last: Deadline) -> Tally:
    timely = public <= last.day
    return Tally(int(timely), int(not timely), int(last.provisional))
