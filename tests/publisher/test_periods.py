"""Month arithmetic, the moment of an end, and which end counts."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.periods import Period, add_months, decide

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = st.dates(date(1950, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 5, 12), 36, date(2029, 5, 12)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_the_last_day_is_the_same_numbered_one_or_the_months_last(day: date, months: int, last: date) -> None:
    assert add_months(day, months) == last


@given(DAYS, st.integers(0, 120))
def test_months_keep_the_number_or_cut_it_to_the_month(day: date, months: int) -> None:
    last = add_months(day, months)
    assert (last.year * 12 + last.month) - (day.year * 12 + day.month) == months
    assert last.day == day.day or (last.day < day.day and (last + timedelta(days=1)).day == 1)


def test_an_end_is_midnight_in_the_zone_after_the_last_day() -> None:
    ends = Period(None, date(2026, 12, 31), "public_until").ends_at(ZONE)
    assert ends == datetime(2027, 1, 1, tzinfo=ZONE)
    assert ends == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert Period(None, None, "none").ends_at(ZONE) is None


def decided(months: int | None = None, **days: date) -> tuple[date | None, str]:
    period = decide(days, ("decided_on",), ("removed_on", "public_until"), months)
    return period.last_day, period.rule


START = date(2026, 5, 12)


def test_the_sources_own_end_comes_before_months() -> None:
    own = date(2026, 8, 1)
    assert decided(12, decided_on=START, public_until=own) == (own, "public_until")
    assert decided(12, decided_on=START) == (date(2027, 5, 12), "months:12")
    assert decided(decided_on=START) == (None, "none")


def test_an_end_that_is_not_after_the_decision_is_none() -> None:
    assert decided(12, decided_on=START, public_until=START) == (date(2027, 5, 12), "months:12")


def test_the_day_of_removal_is_no_longer_public() -> None:
    removed = date(2026, 6, 1)
    assert decided(decided_on=START, removed_on=removed, public_until=date(2027, 1, 1)) == (
        date(2026, 5, 31),
        "removed_on",
    )
