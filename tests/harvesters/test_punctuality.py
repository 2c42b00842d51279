"""Runs count how many new decisions were public in time: each once, whatever happens to its row later."""

from datetime import date, datetime
from typing import Any

import pytest

from harvesters.harvest import Outcome
from publisher.harvests import RunState
from publisher.punctuality import Tally
from tests.fixtures.harvesting import Desk, penalty
from tests.fixtures.store import NOON, ZONE, Clock

SOURCE, OFFICE = "tax/list", "国家税务总局海口市税务局"
BEGINNING = date(2000, 1, 3)


def counted(desk: Desk) -> dict[tuple[str, date], Tally]:
    with desk.platform.store.reading() as store:
        return {(one.authority, one.week): one.tally for one in store.punctuality(BEGINNING, SOURCE)}


def whole(desk: Desk) -> Tally:
    total = Tally()
    for tally in counted(desk).values():
        total = total.plus(tally)
    return total


def harvest(desk: Desk, moment: datetime = NOON, **given: Any) -> Outcome:
    outcome = desk.harvest(clock=Clock(moment), **given)
    assert outcome.state is RunState.COMPLETE, outcome.message
    return outcome


def on(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 10, tzinfo=ZONE)


def test_a_stated_day_counts_from_the_first_run_on(penalties: Desk) -> None:
    penalties.write(
        penalty(1, "2026-11-02", "2026-11-11"),
        penalty(2, "2026-11-02", "2026/11/12"),
        penalty(3, "2026-11-02", "2026-11-11 09:30:00", "海口市税务局第二稽查局"),
        penalty(4, "2026-11-02"),
    )
    harvest(penalties)
    assert counted(penalties) == {
        (OFFICE, date(2026, 11, 9)): Tally(timely=1, late=1),
        ("海口市税务局第二稽查局", date(2026, 11, 9)): Tally(timely=1),
    }


def test_first_sight_counts_only_after_two_complete_runs(penalties: Desk) -> None:
    rows = [penalty(1, "2026-10-12")]
    for run in (1, 2):
        rows.append(penalty(1 + run, "2026-10-12"))
        penalties.write(*rows)
        harvest(penalties, on(11, 1 + run))
        assert counted(penalties) == {}
    penalties.write(*rows, penalty(8, "2026-10-12"), penalty(9, "2026-11-02"))
    harvest(penalties, on(11, 4))
    assert counted(penalties) == {(OFFICE, date(2026, 11, 2)): Tally(timely=1, late=1)}


def test_a_failed_run_is_no_complete_one(penalties: Desk) -> None:
    penalties.write(penalty(1, "2026-10-12"))
    harvest(penalties, on(11, 2))
    penalties.write("没有,这样,的,表头", header="甲,乙,丙,丁")
    assert penalties.harvest().state is RunState.FAILED
    penalties.write(penalty(1, "2026-10-12"), penalty(2, "2026-10-12"))
    harvest(penalties, on(11, 4))
    assert counted(penalties) == {}


def test_what_a_changed_definition_brings_has_not_just_appeared(penalties: Desk) -> None:
    penalties.write(*(penalty(number, "2026-10-12") for number in range(1, 9)), penalty(9, "12/10/2026"))
    for _ in range(2):
        assert harvest(penalties).counts.refused == 1
    penalties.define('[dates]\norder = "dmy"')
    assert harvest(penalties).counts.new == 1
    assert counted(penalties) == {}


@pytest.mark.parametrize("mode", ["append", "full"])
def test_only_a_full_list_is_judged_by_sight(penalties: Desk, mode: str) -> None:
    penalties.define(f'mode = "{mode}"')
    for last in (1, 2, 3):
        penalties.write(*(penalty(number, "2026-11-20") for number in range(1, last + 1)))
        harvest(penalties)
    assert whole(penalties) == (Tally(timely=1) if mode == "full" else Tally())


def test_a_decision_counts_once_however_often_its_row_changes(penalties: Desk) -> None:
    good, late = penalty(1, "2026-11-02", "2026-11-11"), penalty(2, "2026-11-02", "2026-11-20")
    once = Tally(timely=1, late=1)
    for rows in (
        (good, late),
        (good, late),
        (good.replace("罚款", "罚款1000元"), late.replace("2026-11-20", "2026-11-11")),
        (good,),
        (good,),  # by now the other is no longer listed
        (good, late),
    ):
        penalties.write(*rows)
        harvest(penalties, accept_removals=False) if len(rows) > 1 else penalties.harvest(
            accept_removals=True
        )
        assert whole(penalties) == once
    with penalties.platform.store.reading() as store:
        assert store.count_public(NOON) == 2


def test_a_decision_under_another_key_is_the_same(penalties: Desk) -> None:
    penalties.write(penalty(1, "2026-11-02", "2026-11-11"))
    harvest(penalties)
    penalties.define('key = ["document_number"]')
    harvest(penalties, accept_removals=True)
    assert whole(penalties) == Tally(timely=1)


def test_a_run_that_dies_between_its_batches_counts_what_it_published(penalties: Desk) -> None:
    penalties.write(*(penalty(number, "2026-11-02", "2026-11-11") for number in range(1, 1200)))

    def dies(_source: str, counts: Any) -> None:
        if counts.new:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        penalties.harvest(progress=dies)
    with penalties.platform.store.reading() as store:
        published = store.count_public(NOON)
    assert 0 < published < 1199
    assert whole(penalties) == Tally(timely=published)
    harvest(penalties)
    assert whole(penalties) == Tally(timely=1199)


def test_within_is_what_the_definition_says(penalties: Desk) -> None:
    penalties.define("[expect]\nwithin = 20")
    penalties.write(penalty(1, "2026-11-02", "2026-11-20"))
    harvest(penalties)
    assert whole(penalties) == Tally(timely=1)
    with penalties.platform.store.reading() as store:
        assert store.sources()[SOURCE][0].within == 20


def test_a_list_is_not_measured(desk: Desk) -> None:
    desk.write("海南第一贸易有限公司,,琼税列〔2026〕1号,虚开,2026-11-20,")
    for _ in range(3):
        desk.harvest()
    assert whole(desk) == Tally()


def test_a_day_of_disclosure_that_cannot_be_read_costs_no_row(penalties: Desk) -> None:
    penalties.write(penalty(1, "2026-11-02", "见网站"), penalty(2, "2026-11-02", "2026-11-03至2026-11-10"))
    outcome = harvest(penalties)
    assert (outcome.counts.new, outcome.counts.refused) == (2, 0)
    assert outcome.warnings == (
        "2 rows: the day of its disclosure cannot be read, so it was left out; first: rows.csv row 2.",
    )
    assert counted(penalties) == {}


def test_a_complete_run_that_changed_rows_counts_the_gaps_in_their_numbers(penalties: Desk) -> None:
    def gaps() -> tuple[datetime, int, int, int]:
        with penalties.platform.store.reading() as store:
            found = store.gaps(SOURCE)[SOURCE]
        return found.counted_at, found.series, found.seen, found.missing

    first, second, third = on(11, 2), on(11, 3), on(11, 4)
    penalties.write(*(penalty(number, "2026-10-12") for number in (1, 2, 5)))
    harvest(penalties, first)
    assert gaps() == (first, 1, 3, 2)
    harvest(penalties, second)
    assert gaps() == (first, 1, 3, 2)
    penalties.write(*(penalty(number, "2026-10-12") for number in (1, 2, 4, 5)))
    harvest(penalties, third)
    assert gaps() == (third, 1, 4, 1)


def test_gaps_are_not_counted_of_too_many_rows(penalties: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harvesters.measuring.FEW", 2)
    penalties.write(*(penalty(number, "2026-10-12") for number in (1, 2, 5)))
    harvest(penalties)
    with penalties.platform.store.reading() as store:
        assert store.gaps() == {}
