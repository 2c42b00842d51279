"""Working days in China, with its holidays and make-up days (调休).

Holidays are known for the years that were published; in any other a week has five working days, and what was
counted there is provisional.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import chinese_calendar

_FIRST_YEAR: int = min(chinese_calendar.holidays).year
_LAST_YEAR: int = max(chinese_calendar.holidays).year
_DAY = timedelta(days=1)


class Deadline(NamedTuple):
    """`day`: the last day in time. `provisional`: a day counted is in a year of unknown holidays."""

    day: date
    provisional: bool


class Count(NamedTuple):
    """A number of working days. `provisional`: as in Deadline."""

    days: int
    provisional: bool


def is_working_day(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day)) if known(day) else day.weekday() < 5


def known(day: date) -> bool:
    """Whether the holidays of the day's year are known."""
    return _FIRST_YEAR <= day.year <= _LAST_YEAR


@lru_cache(maxsize=4096)
def deadline(day: date, count: int) -> Deadline:
    """The day on which `count` working days after `day` are over; `day` itself is not counted."""
    last, provisional = day, False
    while count > 0:
        last += _DAY
        provisional |= not known(last)
        count -= is_working_day(last)
    return Deadline(last, provisional)


def working_days_between(first: date, last: date) -> Count:
    """The working days after `first`, up to and with `last`; none when `last` is not later."""
    days = list(_days(first, last))
    return Count(sum(map(is_working_day, days)), not all(map(known, days)))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + _DAY * number for number in range(1, (last - first).days + 1))
