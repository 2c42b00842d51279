"""Whole runs: file to store, index and public; what goes wrong costs nothing that was right."""

import pytest

from harvesters.publishing import GRACE
from publisher.harvests import Counts, RunState
from tests.fixtures.harvesting import HEADER, Desk, row
from tests.fixtures.store import NOON, code


def test_rows_are_public_after_the_run(desk: Desk) -> None:
    desk.write(row(1), row(2))
    outcome = desk.harvest()
    assert (outcome.state, outcome.message, outcome.warnings) == (RunState.COMPLETE, None, ())
    assert outcome.counts == Counts(seen=2, new=2)
    assert desk.names() == ["海南第1贸易有限公司", "海南第2贸易有限公司"]


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    desk.write(row(1), row(2))
    desk.harvest()
    with desk.platform.store.reading() as store:
        before = store.last_change()
    assert desk.harvest().counts == Counts(seen=2, unchanged=2)
    with desk.platform.store.reading() as store:
        assert store.last_change() == before


def test_a_refused_row_that_is_read_again_stays_in_quarantine_where_it_now_stands(desk: Desk) -> None:
    bad, good = row(90).replace("2026-03-01", "2026-02-30"), [row(number) for number in range(1, 9)]
    places, told = [], set()
    for rows in ([*good, bad], [*good, bad], [good[0], bad, *good[1:]], [*good, row(90)]):
        desk.write(*rows)
        outcome = desk.harvest()
        with desk.platform.store.reading() as store:
            refusals = store.refusals()
        assert outcome.counts.refused == len(refusals)
        places.append([each.where.row for each in refusals])
        told |= {(each.column, each.reason, each.excerpt, each.key, each.record) for each in refusals}
    assert places == [[10], [10], [3], []]
    assert len(told) == 1


def test_a_changed_row_makes_one_change(desk: Desk) -> None:
    desk.write(row(1), row(2))
    desk.harvest()
    desk.write(row(1), row(2, reason="逃税"))
    assert desk.harvest().counts == Counts(seen=2, changed=1, unchanged=1)


def test_what_a_source_says_otherwise_is_a_correction_and_what_is_read_otherwise_is_none(desk: Desk) -> None:
    def corrected() -> list[bool]:
        with desk.platform.store.reading() as store:
            (items,) = store.each_public_item(desk.platform.settings.clock())
        by_name = sorted(items, key=lambda item: item.party.name)
        return [item.corrected_at is not None for item in by_name]

    desk.write(row(1), row(2))
    desk.harvest()
    desk.define(more='[constants]\nregion = "海口市"')  # our reading of both rows changes
    desk.write(row(1), row(2))
    assert desk.harvest().counts.changed == 2
    assert corrected() == [False, False]
    desk.write(row(1), row(2, reason="逃税"))
    desk.harvest()
    assert corrected() == [False, True]
    desk.write(row(1), row(2, reason="逃税"), row(3))
    desk.harvest()
    assert corrected() == [False, True, False]


def test_a_definition_written_anew_changes_nothing_that_means_the_same(desk: Desk) -> None:
    desk.write(row(1), row(2))
    desk.harvest()
    desk.define(more='licence = "CC0"')
    outcome = desk.harvest()
    assert outcome.counts == Counts(seen=2, unchanged=2)


def test_a_bad_row_costs_no_good_one_and_is_named(desk: Desk) -> None:
    wrong = row(3).replace(code(3), code(3)[:-1] + ("0" if code(3)[-1] != "0" else "1"))
    desk.write(*(row(number) for number in range(10, 20)), wrong, row(2).replace("2026-03-01", "2026-02-30"))
    outcome = desk.harvest()
    assert (outcome.counts.new, outcome.counts.refused) == (10, 2)
    with desk.platform.store.reading() as store:
        first, second = store.refusals()
    assert (first.where.file, first.where.row, first.column) == ("rows.csv", 12, "统一社会信用代码")
    assert (second.where.row, second.column) == (13, "列入日期")


def test_equal_keys_with_other_content_keep_the_first(desk: Desk) -> None:
    desk.write(row(1), *(row(number) for number in range(10, 20)), row(1, reason="另一个原因"))
    assert desk.harvest().counts == Counts(seen=12, new=11, refused=1)
    with desk.platform.store.reading() as store:
        (refusal,) = store.refusals()
    assert refusal.where.row == 13
    assert "row 2 of rows.csv" in refusal.reason
    # And again, now that the first is known by its unchanged row.
    assert desk.harvest().counts == Counts(seen=12, unchanged=11, refused=1)


def test_a_removed_entry_is_not_public(desk: Desk) -> None:
    desk.write(row(1), row(2, removed="2026-11-23"), row(3, removed="2026-11-24"))
    desk.harvest()
    assert desk.names() == ["海南第1贸易有限公司", "海南第3贸易有限公司"]


def test_what_its_source_hides_is_gone_at_once_whatever_another_row_says(desk: Desk) -> None:
    header = f"{HEADER},信息使用范围"
    desk.write(f"{row(1)},0", f"{row(2)},0", f"{row(3)},0", header=header)
    desk.define(more='standard = "cn-double-disclosure"')
    desk.harvest()
    assert len(desk.names()) == 3
    hidden = [f"{row(1)},0", f"{row(2)},1", f"{row(3)},1", f"{row(3, reason='另一个原因')},0"]
    desk.write(*hidden, header=header)
    for _ in range(2):
        assert desk.harvest().counts.not_public == 2
        assert desk.names() == ["海南第1贸易有限公司"]


def test_a_missing_row_leaves_after_its_grace_and_comes_back(desk: Desk) -> None:
    everybody = [row(number) for number in range(10)]
    desk.write(*everybody)
    desk.harvest()
    desk.write(*everybody[:9])
    assert (desk.harvest().counts.vanished, len(desk.names())) == (1, 10)
    outcome = desk.harvest()
    assert (outcome.counts.withdrawn, len(desk.names())) == (1, 9)
    desk.write(*everybody)
    assert (desk.harvest().counts.new, len(desk.names())) == (1, 10)


def test_a_row_that_is_missing_once_is_forgiven(desk: Desk) -> None:
    everybody = [row(number) for number in range(10)]
    for rows in (everybody, everybody[:9], everybody, everybody[:9]):
        desk.write(*rows)
        desk.harvest()
    assert len(desk.names()) == 10


def test_a_mass_removal_waits_for_an_operator(desk: Desk) -> None:
    desk.write(*(row(number) for number in range(40)))
    desk.harvest()
    desk.write(*(row(number) for number in range(15)), row(99))
    for _ in range(3):
        outcome = desk.harvest()
        assert outcome.state is RunState.REFUSED
        assert "--accept-removals" in str(outcome.message)
        assert len(desk.names()) == 41
    assert desk.harvest(accept_removals=True).state is RunState.COMPLETE
    assert len(desk.names()) == 16


def test_an_empty_list_clears_nothing(desk: Desk) -> None:
    desk.write(row(1))
    desk.harvest()
    desk.write()
    outcome = desk.harvest(accept_removals=True)
    assert outcome.state is RunState.FAILED
    assert desk.names() == ["海南第1贸易有限公司"]


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (HEADER.replace("纳税人名称", "企业"), "纳税人名称"),
        (HEADER.replace("文号", "编号"), "文号"),
    ],
)
def test_a_renamed_key_column_publishes_nothing(desk: Desk, header: str, says: str) -> None:
    desk.write(row(1))
    desk.harvest()
    desk.write(row(1), row(2), header=header)
    outcome = desk.harvest()
    assert outcome.state is RunState.FAILED
    assert says in str(outcome.message)
    assert "rows.csv" in str(outcome.message)
    assert desk.names() == ["海南第1贸易有限公司"]


def test_an_unmapped_column_is_warned_of(desk: Desk) -> None:
    desk.write(row(1) + ",x", header=HEADER + ",新列")
    outcome = desk.harvest()
    assert outcome.state is RunState.COMPLETE
    assert outcome.warnings == ("rows.csv: column 新列 is neither mapped nor ignored.",)


def test_too_many_refused_rows_publish_nothing(desk: Desk) -> None:
    desk.write(row(1), row(2), row(3).replace("2026-03-01", "昨天"))
    outcome = desk.harvest()
    assert outcome.state is RunState.FAILED
    assert "1 of 3 rows were refused" in str(outcome.message)
    with desk.platform.store.reading() as store:
        assert len(store.refusals()) == 1


def test_fewer_rows_than_expected_publish_nothing(desk: Desk) -> None:
    desk.define(more="[expect]\nrows = [3, 5]")
    desk.write(row(1), row(2))
    outcome = desk.harvest()
    assert outcome.state is RunState.FAILED
    assert "fewer than the 3" in str(outcome.message)


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe\x81" * 50, b"<html><title>Login</title></html>"])
def test_a_file_that_is_none_fails_with_one_sentence(desk: Desk, content: bytes) -> None:
    desk.file.write_bytes(content)
    outcome = desk.harvest()
    assert outcome.state.failed
    assert outcome.message
    assert "\n" not in outcome.message


def test_a_file_that_does_not_exist_fails_with_one_sentence(desk: Desk) -> None:
    outcome = desk.harvest()
    assert outcome.state is RunState.FAILED
    assert "rows.csv" in str(outcome.message)


def test_a_cell_of_ten_megabytes_costs_only_its_row(desk: Desk) -> None:
    desk.write(*(row(number) for number in range(10)), row(11, reason="长" * 10_000_000), row(12))
    outcome = desk.harvest()
    assert (outcome.counts.new, outcome.counts.refused) == (11, 1)


def test_nothing_stays_in_the_spool(desk: Desk) -> None:
    desk.write(row(1))
    desk.harvest()
    assert list((desk.platform.settings.folder / "spool").iterdir()) == []


# --- rows that cannot be read


def garbled(number: int) -> str:
    """A row with a cell too many, of which nobody knows which one it is."""
    return f"{row(number)},x,y"


def test_a_row_that_becomes_unreadable_is_not_taken_for_one_that_has_gone(desk: Desk) -> None:
    good = [row(number) for number in range(1, 11)]
    desk.write(*good)
    desk.harvest()
    desk.write(garbled(1), *good[1:])
    for _ in range(GRACE + 2):
        outcome = desk.harvest()
        assert (outcome.state, outcome.counts.held, outcome.counts.withdrawn) == (RunState.COMPLETE, 1, 0)
    assert "they may be the same, so none is removed" in outcome.warnings[-1]
    assert len(desk.names()) == 10
    desk.write(*good)
    assert desk.harvest().counts.vanished == 0


def test_a_row_that_nobody_could_ever_read_does_not_keep_others_listed(desk: Desk) -> None:
    good = [row(number) for number in range(1, 11)]
    desk.write(garbled(99), *good)
    desk.harvest()
    desk.write(garbled(99), *good[1:])
    for _ in range(GRACE):
        outcome = desk.harvest()
    assert (outcome.counts.unreadable, outcome.counts.held, outcome.counts.withdrawn) == (1, 0, 1)
    assert len(desk.names()) == 9


def test_an_operator_says_that_unreadable_rows_are_others(desk: Desk) -> None:
    good = [row(number) for number in range(1, 11)]
    desk.write(*good)
    desk.harvest()
    desk.write(garbled(99), *good[1:])
    assert desk.harvest().counts.held == 1
    assert desk.harvest(accept_removals=True).counts.withdrawn == 1
    desk.write(garbled(99), *good[2:])
    for _ in range(GRACE):
        outcome = desk.harvest()
    assert outcome.counts.withdrawn == 1


def test_a_file_that_somebody_left_in_the_spool_stops_no_harvest(desk: Desk) -> None:
    desk.write(row(1))
    spools = desk.platform.settings.folder / "spool"
    spools.mkdir()
    (spools / ".DS_Store").write_bytes(b"")
    assert desk.harvest().state is RunState.COMPLETE


def test_a_source_whose_law_is_not_applied_is_not_read(desk: Desk) -> None:
    desk.define('[period]\nrules = "cn-2026"')
    desk.write(row(1))
    with desk.platform.store.writing() as store:
        store.add_applied("fixed-end", "", "someone", NOON, done_at=NOON)
    outcome = desk.harvest()
    assert (outcome.state, outcome.counts.seen) == (RunState.FAILED, 0)
    assert outcome.message == (
        "The rule set cn-2026 is not applied yet; `gongshi rules preview cn-2026` says what it would change, "
        "`gongshi rules apply cn-2026` applies it."
    )
    with desk.platform.store.writing() as store:
        store.add_applied("cn-2026", desk.platform.registry.rules["cn-2026"].raw, "x", NOON, done_at=NOON)
    assert desk.harvest().state is RunState.COMPLETE
