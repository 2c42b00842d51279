"""Which decisions count as public in time, and in which week."""

from datetime import date

import pytest

from publisher.items import Value
from publisher.punctuality import Measure, Tally, percent, tallied, week_of

TODAY = date(2026, 11, 23)  # a Monday
STATED, SEEN = Measure(7, by_sight=False), Measure(7, by_sight=True)
OFFICE = "海口市税务局"


def decision(**given: Value) -> dict[str, Value]:
    return {"authority": OFFICE, "decided_on": date(2026, 11, 2), **given}


@pytest.mark.parametrize(
    ("disclosed", "week", "tally"),
    [
        (date(2026, 11, 2), date(2026, 11, 2), Tally(timely=1)),
        (date(2026, 11, 11), date(2026, 11, 9), Tally(timely=1)),  # the seventh working day
        (date(2026, 11, 12), date(2026, 11, 9), Tally(late=1)),
        (TODAY, TODAY, Tally(late=1)),
    ],
)
def test_a_stated_day_counts_in_its_own_week(disclosed: date, week: date, tally: Tally) -> None:
    for measure in (STATED, SEEN):
        assert tallied([decision(disclosed_on=disclosed)], TODAY, measure) == {(OFFICE, week): tally}


@pytest.mark.parametrize("disclosed", [date(2026, 11, 1), date(2026, 11, 24), date(2206, 11, 5)])
def test_a_stated_day_that_cannot_be_says_nothing(disclosed: date) -> None:
    row = decision(disclosed_on=disclosed)
    assert tallied([row], TODAY, STATED) == {}
    assert tallied([row], TODAY, SEEN) == {(OFFICE, TODAY): Tally(late=1)}


def test_without_a_stated_day_only_a_first_sight_that_says_enough_counts() -> None:
    rows = [decision(), decision(decided_on=date(2026, 11, 12))]
    assert tallied(rows, TODAY, STATED) == {}
    assert tallied(rows, TODAY, SEEN) == {(OFFICE, TODAY): Tally(timely=1, late=1)}


def test_what_has_no_authority_or_no_day_of_decision_is_left_out() -> None:
    stamp = date(2026, 11, 5)
    nobody: dict[str, Value] = {"decided_on": date(2026, 11, 2), "disclosed_on": stamp}
    dayless: dict[str, Value] = {"authority": OFFICE, "disclosed_on": stamp}
    ahead = decision(decided_on=date(2027, 11, 2))
    assert tallied([nobody, dayless, ahead], TODAY, SEEN) == {}


def test_so_many_working_days_as_the_measure_says() -> None:
    row = decision(disclosed_on=date(2026, 11, 20))
    assert tallied([row], TODAY, Measure(20, by_sight=False)) == {
        (OFFICE, date(2026, 11, 16)): Tally(timely=1)
    }


def test_years_of_unknown_holidays_are_provisional() -> None:
    row = decision(decided_on=date(2099, 11, 2), disclosed_on=date(2099, 11, 3))
    assert tallied([row], date(2099, 11, 9), STATED) == {
        (OFFICE, date(2099, 11, 2)): Tally(timely=1, provisional=1)
    }


def test_tallies_add_up_and_have_a_share() -> None:
    whole = Tally(3, 1, 1).plus(Tally(timely=1))
    assert (whole, whole.published, whole.share) == (Tally(4, 1, 1), 5, 0.8)
    assert Tally().share is None


def test_weeks_begin_on_monday() -> None:
    assert {week_of(date(2026, 11, day)) for day in range(16, 23)} == {date(2026, 11, 16)}


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (2 / 3, "66.7%"),
        (8 / 9, "88.9%"),
        (0.98, "98%"),
        (1.0, "100%"),
        (0.0, "0%"),
        (0.9999, "99.9%"),
        (1e-5, "0.1%"),
    ],
)
def test_a_share_is_told_to_the_nearest_tenth_but_never_as_all_or_nothing(share: float, told: str) -> None:
    assert percent(share) == told
