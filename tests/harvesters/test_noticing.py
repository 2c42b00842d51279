"""What a run notices that no single row shows: fields that are filled less often than before."""

from datetime import timedelta

import pytest

from harvesters.noticing import HEAVIEST, compared, lighter
from publisher.harvests import Counts, RunState
from publisher.usual import Filled, Usual
from tests.fixtures.harvesting import HEADER, Desk, row
from tests.fixtures.store import Clock


def usual(rows: float, filled: float) -> Usual:
    return Usual(b"v1", Filled(rows, {"facts": filled}))


@pytest.mark.parametrize(
    ("before", "now", "falls"),
    [
        ((20, 20), (20, 0), True),
        ((1000, 950), (20, 0), True),
        ((1000, 950), (19, 0), False),  # too few rows to tell
        ((19, 19), (20, 0), False),  # too few rows before
        ((1000, 500), (1000, 300), False),  # exactly 20 points
        ((1000, 500), (1000, 299), True),
        ((1000, 500), (20, 5), False),  # of 20 rows, by chance
        ((1000, 0), (1000, 1000), False),  # a rise
    ],
)
def test_a_fall_of_more_than_20_points_is_told_where_it_is_no_chance(
    before: tuple[int, int], now: tuple[int, int], falls: bool
) -> None:
    _, found = compared(usual(*before), Filled(now[0], {"facts": now[1]}))
    assert list(found) == (["facts"] if falls else [])


def test_that_new_rows_lack_what_a_source_adds_later_is_no_fall() -> None:
    before = Usual(b"v1", Filled(100, {"removed_on": 100, "performance": 100, "commitment_state": 100}))
    assert compared(before, Filled(100, {}))[1] == {}


def test_rows_that_are_too_few_wait_for_others() -> None:
    known, found = usual(100, 100), {}
    for _ in range(3):
        known, found = compared(known, Filled(7, {"facts": 0}))
    assert list(found) == ["facts"]
    assert (known.waiting, known.before.rows) == (Filled(), 71)


def test_older_rows_weigh_less_so_that_a_new_habit_is_told_a_few_times_only() -> None:
    known, told = Usual(b"v1", lighter(Filled(1_000_000, {"facts": 1_000_000}))), 0
    for _ in range(30):
        known, found = compared(known, Filled(20, {"facts": 0}))
        told += bool(found)
    assert 1 < told < 10
    assert known.before.rows <= HEAVIEST


# --- in harvests


def rows(numbers: range, reason: str = "虚开增值税专用发票") -> list[str]:
    return [row(number, reason) for number in numbers]


def test_a_column_that_turns_blank_is_a_warning_with_both_figures(desk: Desk) -> None:
    desk.write(*rows(range(1, 40)), row(40, ""))
    assert desk.harvest().warnings == ()
    desk.write(*rows(range(1, 31), ""), row(40, ""))
    outcome = desk.harvest(accept_removals=True)
    assert (outcome.state, outcome.counts.changed) == (RunState.COMPLETE, 30)
    assert outcome.warnings == (
        "列入原因 (listing_reason) is filled in 0% of 30 new or changed rows, in 98% of those before.",
    )


def test_a_column_that_is_gone_is_one_too(desk: Desk) -> None:
    desk.write(*rows(range(1, 31)))
    desk.harvest()
    header = HEADER.replace(",列入原因", "")
    desk.write(*(line.replace(",虚开增值税专用发票", "") for line in rows(range(1, 31))), header=header)
    (warning,) = desk.harvest().warnings
    assert warning.startswith("列入原因 (listing_reason) is filled in 0% of 30 new or changed rows")


def test_new_rows_of_several_runs_are_put_together(desk: Desk) -> None:
    clock = Clock()
    desk.write(*rows(range(1, 101)))
    desk.harvest(clock=clock)
    warnings = []
    for last in range(107, 125, 7):
        clock.now += timedelta(days=1)
        desk.write(*rows(range(1, 101)), *rows(range(101, last + 1), ""))
        warnings.append(desk.harvest(clock=clock).warnings)
    assert [len(told) for told in warnings] == [0, 0, 1]
    assert "in 0% of 21 new" in warnings[-1][0]


def test_a_run_that_does_not_come_to_its_end_does_not_change_what_is_usual(desk: Desk) -> None:
    desk.write(*rows(range(1, 101)))
    desk.harvest()
    with desk.platform.store.reading() as store:
        known = store.usual("tax/list")
    desk.write(*rows(range(101, 161), ""))
    outcome = desk.harvest()
    assert outcome.state is RunState.REFUSED
    assert "in 0% of 60 new" in outcome.warnings[0]
    with desk.platform.store.reading() as store:
        assert store.usual("tax/list") == known


def test_another_definition_learns_anew_without_a_word(desk: Desk) -> None:
    desk.write(*rows(range(1, 31)))
    desk.harvest()
    desk.define(more="# what the reason was is no longer told")
    desk.write(*rows(range(1, 31), ""))
    assert desk.harvest().warnings == ()
    desk.write(*rows(range(1, 61), ""))
    assert desk.harvest().warnings == ()


def test_what_a_first_run_saw_is_known_though_it_was_broken_off(desk: Desk) -> None:
    desk.write(*rows(range(1, 31)))

    def stop(_source: str, counts: Counts) -> None:
        if counts.new:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.harvest(progress=stop)
    desk.write(*rows(range(1, 31)), *rows(range(31, 61), ""))
    assert "in 0% of 30 new or changed rows" in desk.harvest().warnings[0]
