"""What a run notices that no single row shows: fields filled less often, values never seen before."""

from datetime import timedelta

import pytest

from harvesters.formats import RawRow
from harvesters.noticing import HEAVIEST, compared, lighter, met
from harvesters.tally import MANY
from publisher.harvests import Counts, RunState
from publisher.items import RowRef
from publisher.usual import Filled, Usual
from tests.fixtures.harvesting import HEADER, Desk, row
from tests.fixtures.store import Clock
from tests.harvesters.test_mapping import ROW, definition, mapper


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


HERE = RowRef("rows.csv", 2)


def test_a_field_of_too_many_values_is_watched_no_longer() -> None:
    many = {str(number): HERE for number in range(MANY)}
    known, strange = met({"category": ("0",)}, {"category": many})
    assert len(strange["category"]) == MANY - 1
    known, strange = met(known, {"category": {"one more": HERE}})
    assert (known, strange) == ({"category": None}, {})
    assert met(known, {"category": {"another": HERE}}) == ({"category": None}, {})


def test_values_of_one_run_beyond_the_limit_are_not_kept() -> None:
    of = mapper(definition())
    for number in range(2 * MANY):
        of.draft(RawRow(HERE, ROW | {"处罚机关": f"海口市第{number}局"}), b"")
    assert len(of.tally.values["authority"]) == MANY + 1
    assert met({}, of.tally.values)[0]["authority"] is None


def test_values_are_masked_as_the_row_is() -> None:
    of = mapper(definition(private=frozenset({"category"})))
    cells = {
        "行政相对人名称": "欧阳小敏",
        "行政相对人类别": "自然人",
        "行政相对人代码_1(统一社会信用代码)": "",
        "处罚机关": "欧阳小敏案专办组11010519491231002X",
        "处罚类别": "罚款",
    }
    of.draft(RawRow(HERE, ROW | cells), b"")
    assert list(of.tally.values["subject_type"]) == ["自然人"]
    (authority,) = of.tally.values["authority"]
    assert authority.startswith("欧")
    assert "小敏" not in authority
    assert "1949" not in authority
    assert "category" not in of.tally.values, "private fields are told to nobody"


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


WIDER = HEADER + ",决定机关,状态"


def of_authority(number: int, authority: str, state: str = "") -> str:
    return f"{row(number)},{authority},{state}"


def authorities(desk: Desk) -> None:
    """A definition that reads an authority and a state from each row."""
    desk.define()
    file = desk.file.with_name("list.toml")
    file.write_text(file.read_text("utf-8") + 'authority = "决定机关"\nstate = "状态"\n', "utf-8")


def test_a_value_never_seen_before_is_told_with_its_first_row_once(desk: Desk) -> None:
    authorities(desk)
    lines = [of_authority(1, "海口市税务局"), of_authority(2, "三亚市税务局")]
    desk.write(*lines, header=WIDER)
    assert desk.harvest().warnings == (), "the first run learns"
    lines += [
        of_authority(3, "三亚市税务局"),
        of_authority(4, "儋州市税务局"),
        of_authority(5, "儋州市税务局"),
    ]
    desk.write(*lines, header=WIDER)
    assert desk.harvest().warnings == (
        "决定机关 (authority) has “儋州市税务局”, never seen before; first: rows.csv row 5.",
    )
    desk.write(*lines, of_authority(6, "儋州市税务局"), header=WIDER)
    assert desk.harvest().warnings == ()


def test_a_field_that_was_always_blank_has_values_never_seen_before(desk: Desk) -> None:
    authorities(desk)
    desk.write(of_authority(1, "海口市税务局"), header=WIDER)
    desk.harvest()
    desk.write(of_authority(1, "海口市税务局", "正常"), header=WIDER)
    (warning,) = desk.harvest().warnings
    assert warning.startswith("状态 (state) has “正常”, never seen before")


def test_many_new_values_are_five_sentences_and_a_number(desk: Desk) -> None:
    authorities(desk)
    desk.write(of_authority(1, "海口市税务局"), header=WIDER)
    desk.harvest()
    new = [of_authority(number, f"第{number}税务局") for number in range(2, 31)]
    desk.write(of_authority(1, "海口市税务局"), *new, header=WIDER)
    *five, last = desk.harvest().warnings
    assert [warning.split("”")[0] for warning in five] == [
        f"决定机关 (authority) has “第{number}税务局" for number in range(2, 7)
    ]
    assert last == "决定机关 (authority) has 24 more values never seen before."


def test_another_definition_learns_values_anew_and_forgets_none(desk: Desk) -> None:
    authorities(desk)
    desk.write(of_authority(1, "海口市税务局"), header=WIDER)
    desk.harvest()
    file = desk.file.with_name("list.toml")
    file.write_text(file.read_text("utf-8") + "# mended\n", "utf-8")
    desk.write(of_authority(1, "三亚市税务局"), header=WIDER)
    assert desk.harvest().warnings == ()
    desk.write(of_authority(1, "海口市税务局"), of_authority(2, "三亚市税务局"), header=WIDER)
    assert desk.harvest().warnings == ()
