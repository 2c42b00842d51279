"""Refused rows on their way to who corrects them, and out of the quarantine."""

import csv
from pathlib import Path

import openpyxl
import pytest

from publisher.refused import LONGEST
from tests.fixtures.commands import Installation
from tests.fixtures.harvesting import HEADER, Desk, row
from tests.fixtures.store import code

GOOD = [row(number) for number in range(1, 11)]
BAD = row(20).replace("2026-03-01", "2026-02-30")


@pytest.fixture
def gongshi(desk: Desk) -> Installation:
    """The commands on the platform of `desk`."""
    settings = desk.platform.settings
    return Installation(settings.folder, GONGSHI_SOURCES=str(settings.sources))


def exported(gongshi: Installation, to: Path) -> list[list[str]]:
    """What an export holds."""
    done = gongshi("quarantine", "export", "tax/list", "--to", str(to))
    assert (done.returncode, done.stderr) == (0, "")
    if to.suffix == ".csv":
        with to.open(encoding="utf-8-sig", newline="") as file:
            held = list(csv.reader(file))
    else:
        sheet = openpyxl.load_workbook(to).active
        assert sheet is not None
        assert all(cell.data_type != "f" for line in sheet.rows for cell in line)
        held = [["" if value is None else str(value) for value in line] for line in sheet.values]
    assert done.stdout == f"{to}: {len(held) - 1} refused rows of tax/list.\n"
    return held


@pytest.mark.parametrize("name", ["refused.csv", "refused.xlsx"])
def test_refused_rows_are_exported_with_place_reason_and_remedy(
    gongshi: Installation, desk: Desk, tmp_path: Path, name: str
) -> None:
    desk.write(*GOOD, BAD)
    desk.harvest()
    header, held = exported(gongshi, tmp_path / name)
    assert header == ["file", "row", "column", "reason", "how to mend it", "the row", *HEADER.split(",")[:5]]
    file, place, column, reason, mend, says, *cells = held
    assert (file, place, column) == ("rows.csv", "12", "列入日期")
    assert "there is no such day" in reason
    assert mend == "Write year, month and day, such as 2026-03-08."
    assert says.startswith("海南第20贸易有限公司")
    assert cells == BAD.split(",")[:5]


def test_an_export_has_the_columns_of_all_rows_and_tells_of_no_person(
    gongshi: Installation, desk: Desk, tmp_path: Path
) -> None:
    person = "王小明,460100199001011234,琼税列〔2026〕30号,王小明逃税,2026-02-30,,王小明之妻,"
    broken = "海南第31贸易有限公司,琼税列"
    desk.write(*(f"{each},," for each in GOOD), person, broken, f"{BAD},,=1+1", header=f"{HEADER},甲,=乙")
    desk.harvest()
    header, of_person, of_broken, of_bad = exported(gongshi, tmp_path / "refused.csv")
    assert header[6:] == ["纳税人名称", "统一社会信用代码", "文号", "列入原因", "列入日期", "'=乙"]
    assert of_person[6:] == ["王＊＊", "******", "琼税列〔2026〕30号", "王＊＊逃税", "2026-02-30", ""]
    assert of_broken[5:] == [""] * 7
    assert of_bad[6:] == [*BAD.split(",")[:5], "'=1+1"]


@pytest.mark.parametrize("name", ["refused.csv", "refused.xlsx"])
def test_a_cell_that_no_workbook_could_hold_is_cut(
    gongshi: Installation, desk: Desk, tmp_path: Path, name: str
) -> None:
    desk.write(*GOOD, BAD.replace("虚开", "虚开" * 20_000))
    desk.harvest()
    _, held = exported(gongshi, tmp_path / name)
    assert len(held[9]) == LONGEST


@pytest.mark.parametrize("name", ["refused.csv", "refused.xlsx"])
def test_an_export_that_cannot_be_written_says_so_and_leaves_what_is_there(
    gongshi: Installation, desk: Desk, tmp_path: Path, name: str
) -> None:
    desk.write(*map(row, range(1, 10)), row(10).replace("2026-03-01", "2026-02-30"))
    desk.harvest()
    done = gongshi("quarantine", "export", "tax/list", "--to", str(tmp_path / "no folder" / name))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "cannot be used: No such file or directory." in done.stderr
    (tmp_path / name).write_text("what was there")
    exported(gongshi, tmp_path / name)
    assert sorted(file.name for file in tmp_path.glob("*refused*")) == [name]


@pytest.mark.parametrize("name", ["refused.csv", "refused.xlsx"])
@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "＝"])
def test_nothing_in_an_export_is_a_formula(
    gongshi: Installation, desk: Desk, tmp_path: Path, name: str, begin: str
) -> None:
    attack = f"{begin}1+cmd|' /C calc'!A0有限公司,{code(30)},琼税列〔2026〕30号,逃税,2026-02-30,"
    desk.write(*GOOD, attack)
    desk.harvest()
    _, held = exported(gongshi, tmp_path / name)
    assert held[5].startswith(f"'{begin.strip()}1+cmd")
    assert held[6].startswith(f"'{begin.strip()}1+cmd")


def test_an_export_that_cannot_be_is_one_sentence(gongshi: Installation, desk: Desk, tmp_path: Path) -> None:
    desk.write(*GOOD)
    desk.harvest()
    told = gongshi("quarantine", "export", "tax/list", "--to", "refused.pdf")
    assert told.returncode == 2
    assert "refused.pdf is neither .csv nor .xlsx." in told.stderr
    told = gongshi("quarantine", "export", "tax/nothing", "--to", "refused.csv")
    assert told.returncode == 2
    assert "No source tax/nothing has been harvested" in told.stderr
    missing = tmp_path / "nowhere" / "refused.csv"
    told = gongshi("quarantine", "export", "tax/list", "--to", str(missing))
    assert (told.returncode, len(told.stderr.splitlines())) == (1, 1)
    assert str(missing) in told.stderr


def test_a_mended_row_leaves_the_quarantine_by_itself(desk: Desk) -> None:
    desk.write(*GOOD, BAD)
    desk.harvest()
    with desk.platform.store.reading() as store:
        assert [refusal.where.row for refusal in store.refusals("tax/list")] == [12]
    desk.write(*GOOD, row(20))
    assert desk.harvest().counts.new == 1
    with desk.platform.store.reading() as store:
        assert store.refusals("tax/list") == []
    assert len(desk.names()) == 11


def test_a_replay_harvests_just_the_sources_with_refused_rows(gongshi: Installation, desk: Desk) -> None:
    desk.write(*GOOD, BAD, row(21, removed="2026-02-30"))
    desk.harvest()
    told = gongshi("quarantine", "replay")
    assert told.returncode == 0
    assert told.stdout.splitlines()[-1] == "tax/list: 0 rows left the quarantine, 2 stayed, 0 are new."
    desk.write(row(1, removed="2026-02-30"), *GOOD[1:], row(20), row(21, removed="2026-02-30"))
    told = gongshi("quarantine", "replay", "tax/list")
    assert told.stdout.splitlines()[-1] == "tax/list: 1 rows left the quarantine, 1 stayed, 1 are new."
    desk.write(*GOOD, row(20), row(21))
    told = gongshi("quarantine", "replay")
    assert told.stdout.splitlines()[-1] == "tax/list: 2 rows left the quarantine, 0 stayed, 0 are new."
    assert gongshi("quarantine", "replay").stdout == "No row is in quarantine.\n"
    with desk.platform.store.reading() as store:
        assert len(store.harvests("tax/list")) == 4  # the last replay had nothing to harvest
    assert len(desk.names()) == 12


def test_a_replay_says_what_it_cannot_harvest(gongshi: Installation, desk: Desk) -> None:
    desk.write(*GOOD, BAD)
    desk.harvest()
    desk.file.with_name("list.toml").unlink()
    told = gongshi("quarantine", "replay")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == "tax/list: its definition is missing or wrong; see `gongshi sources check`.\n"
    told = gongshi("quarantine", "replay", "tax/nothing")
    assert told.returncode == 2
    assert "No source tax/nothing has been harvested" in told.stderr
