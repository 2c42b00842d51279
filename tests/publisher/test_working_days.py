"""Working days with China's holidays and make-up days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.working_days import Count, Deadline, deadline, is_working_day, known, working_days_between

DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),  # a Thursday, National Day
        (date(2026, 10, 10), True),  # a Saturday that is made up for
        (date(2026, 10, 11), False),
        (date(2024, 2, 4), True),  # a Sunday before the Spring Festival
        (date(2024, 2, 12), False),
    ],
)
def test_holidays_and_make_up_days_are_known(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_seven_working_days_reach_over_the_national_holiday() -> None:
    # 29 and 30 September, 8, 9 and (made up for) 10 October, 12 and 13 October
    assert deadline(date(2026, 9, 28), 7) == Deadline(date(2026, 10, 13), False)
    assert working_days_between(date(2026, 9, 28), date(2026, 10, 13)) == Count(7, False)


def test_a_year_without_published_holidays_has_weekends_and_is_provisional() -> None:
    assert not known(date(2099, 10, 1))
    assert deadline(date(2099, 9, 30), 1) == Deadline(date(2099, 10, 1), True)
    assert working_days_between(date(2099, 10, 1), date(2099, 10, 8)) == Count(5, True)


def test_one_day_in_an_unknown_year_makes_the_whole_provisional() -> None:
    assert deadline(date(2003, 12, 30), 2) == Deadline(date(2004, 1, 2), True)
    assert deadline(date(2003, 12, 31), 1) == Deadline(date(2004, 1, 2), False)


@given(DAYS, st.integers(1, 40))
def test_a_deadline_is_the_first_day_by_which_that_many_working_days_are_over(day: date, count: int) -> None:
    last, provisional = deadline(day, count)
    assert working_days_between(day, last) == Count(count, provisional)
    assert working_days_between(day, last - timedelta(days=1)).days == count - 1


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_spans_add_up(day: date, first: int, second: int) -> None:
    middle, end = day + timedelta(days=first), day + timedelta(days=first + second)
    parts = working_days_between(day, middle).days + working_days_between(middle, end).days
    assert working_days_between(day, end).days == parts


@given(DAYS)
def test_nothing_is_between_a_day_and_one_before(day: date) -> None:
    assert working_days_between(day, day - timedelta(days=3)) == Count(0, False)
