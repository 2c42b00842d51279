"""`gongshi quality`: how good a source is."""

import json
from pathlib import Path

import openpyxl
import pytest

from tests.fixtures.commands import Installation
from tests.fixtures.harvesting import Desk, penalty, row


def installation(desk: Desk) -> Installation:
    settings = desk.platform.settings
    return Installation(settings.folder, GONGSHI_SOURCES=str(settings.sources))


def test_gaps_in_a_source_s_numbers_are_shown_and_called_no_proof(desk: Desk) -> None:
    desk.write(*map(row, (1, 2, 5, 9)), row(10).replace("琼税列〔2026〕10号", "无年份10号"))
    desk.harvest()
    gongshi = installation(desk)
    told = gongshi("quality", "gaps", "tax/list")
    assert (told.returncode, told.stderr) == (0, "")
    assert "3–4, 6–8" in told.stdout
    assert "1 numbers have no year or no serial" in told.stdout
    assert "no proof" in told.stdout
    (one,) = map(json.loads, gongshi("quality", "gaps", "tax/list", "--json").stdout.splitlines())
    assert one == {
        "authority": "国家税务总局海南省税务局",
        "prefix": "琼税列",
        "year": 2026,
        "seen": 4,
        "first": 1,
        "last": 9,
        "missing": 5,
        "not seen here": "3–4, 6–8",
    }
    with desk.platform.store.reading() as store:
        counted_at, *kept = store.gaps()["tax/list"]
    assert (counted_at <= desk.platform.settings.clock(), kept) == (True, [1, 4, 5, 1])


def test_punctuality_is_shown_by_source_authority_and_week(penalties: Desk) -> None:
    penalties.write(
        penalty(1, "2026-11-02", "2026-11-11"),
        penalty(2, "2026-11-02", "2026-11-12"),
        penalty(3, "2026-11-02", "2026-11-10"),
        penalty(4, "2026-05-06", "2026-05-07"),
        penalty(5, "2026-05-06"),
    )
    penalties.harvest()
    gongshi = installation(penalties)
    told = gongshi("quality", "punctuality")
    assert (told.returncode, told.stderr) == (0, "")
    line, whole = told.stdout.splitlines()[1:]
    office = "国家税务总局海口市税务局"
    assert line.split() == ["tax/list", office, "2026-11-09", "3", "2", "1", "66.7%", "0"]
    assert whole == "66.7% of 3 decisions were public in time."
    more = gongshi("quality", "punctuality", "tax/list", "--weeks", "30", "--json").stdout.splitlines()
    newest, oldest = map(json.loads, more)
    assert newest == {
        "source": "tax/list",
        "authority": office,
        "week": "2026-11-09",
        "published": 3,
        "in time": 2,
        "late": 1,
        "share": 2 / 3,
        "provisional": 0,
    }
    assert (oldest["week"], oldest["share"]) == ("2026-05-04", 1.0)


def test_where_no_day_is_known_there_is_no_share(desk: Desk) -> None:
    desk.write(row(1))
    desk.harvest()
    told = installation(desk)("quality", "punctuality", "--weeks", "4")
    assert told.stdout.splitlines()[-1] == (
        "No decision whose day of publication is known came in the last 4 weeks."
    )


@pytest.mark.parametrize("command", ["gaps", "punctuality"])
def test_a_source_that_was_never_harvested_is_named(desk: Desk, command: str) -> None:
    told = installation(desk)("quality", command, "tax/lists")
    assert told.returncode == 2
    assert "No source tax/lists has been harvested" in told.stderr


def test_a_register_is_compared_whatever_its_spelling(desk: Desk, tmp_path: Path) -> None:
    desk.write(*map(row, (1, 2, 5)))
    desk.harvest()
    gongshi, file = installation(desk), tmp_path / "register.csv"
    file.write_text("序号,决定书编号,备注\n1,琼税列[2026]第001号,\n2,琼税列（2026）3号,2026\n3,,\n", "utf-8")
    told = gongshi("quality", "register", "tax/list", str(file))
    assert told.returncode == 1
    assert told.stdout.splitlines() == [
        "number,row of the register,what",
        "琼税列（2026）3号,3,only in the register",
        "琼税列〔2026〕2号,,only here",
        "琼税列〔2026〕5号,,only here",
    ]
    assert "2 numbers in column 决定书编号 of register.csv: 1 are not here; 2 that are here" in told.stderr
    assert "no proof" in told.stderr


def test_a_workbook_that_agrees_is_told_so_by_the_exit_code(desk: Desk, tmp_path: Path) -> None:
    desk.write(row(1))
    desk.harvest()
    book, file = openpyxl.Workbook(), tmp_path / "register.xlsx"
    assert book.active is not None
    for line in (("文号", "日期"), ("琼税列【2026】01号", "2026-03-01")):
        book.active.append(line)
    book.save(file)
    told = installation(desk)("quality", "register", "tax/list", str(file))
    assert (told.returncode, told.stdout.count("\n")) == (0, 1)


def test_a_register_without_numbers_is_named(desk: Desk, tmp_path: Path) -> None:
    desk.write(row(1))
    desk.harvest()
    file = tmp_path / "register.csv"
    file.write_text("名称,日期\n甲,2026-03-01\n乙,2026-03-02\n", "utf-8")
    told = installation(desk)("quality", "register", "tax/list", str(file))
    assert told.returncode == 1
    assert "register.csv has no column of document numbers" in told.stderr
