"""Workbooks as offices make them: titles, merged cells, totals, hidden sheets, numbers that were codes."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import xlwt
from openpyxl.worksheet.worksheet import Worksheet

from publisher.errors import SourceUnreadable
from tests.fixtures.reading import Layout, Reader, brief

HEADER: list[object] = ["序号", "名称", "罚款", "日期"]


@pytest.fixture
def file(tmp_path: Path) -> Reader:
    return Reader(tmp_path / "rows.xlsx", Layout("xlsx"))


def xlsx(*lines: list[object], shape: Callable[[Worksheet], None] | None = None) -> bytes:
    """A workbook of one sheet, which `shape` may still change."""
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    if shape:
        shape(book.active)
    return saved(book)


def saved(book: openpyxl.Workbook | xlwt.Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def xls(*lines: list[object]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("数据")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for row, line in enumerate(lines):
        for column, value in enumerate(line):
            sheet.write(row, column, value, *([day] if isinstance(value, date) else []))
    return saved(book)


@pytest.mark.parametrize("write", [xlsx, xls])
@pytest.mark.parametrize("format", ["xlsx", "xls"])
def test_values_are_text_as_the_workbook_shows_them(
    tmp_path: Path, write: Callable[..., bytes], format: str
) -> None:
    moment = datetime.combine(date(2026, 3, 8), time(9, 30))
    line = [1, 460100000012345, 12.5, 0.1 + 0.2, date(2026, 3, 8), moment, True, " a\tb"]
    reader = Reader(tmp_path / f"rows.{format}", Layout(format))
    found = reader.read(write([f"列{place}" for place in range(len(line))], line))
    when = "2026-03-08 09:30:00"
    assert brief(found) == [(2, ["1", "460100000012345", "12.5", "0.3", "2026-03-08", when, "true", " a\tb"])]


def test_numbers_that_lost_digits_never_pass_for_codes(file: Reader) -> None:
    cells = file.cells(xlsx(["代码", "大"], [914601000123456789, 10**15], [999999999999999, -1e-7]))
    assert [list(row.values()) for row in cells] == [
        ["9.14601000123457E+17", "1E+15"],
        ["999999999999999", "-0.0000001"],
    ]


def test_times_and_errors(file: Reader) -> None:
    assert file.cells(xlsx(["a", "b", "c"], [time(9, 5), "=1/0", "x"])) == [
        {"a": "09:05:00", "b": "", "c": "x"}
    ]


def test_titles_totals_notes_and_blank_lines_are_no_rows(file: Reader) -> None:
    def shape(sheet: Worksheet) -> None:
        sheet.merge_cells("A1:D1")

    found = file.read(
        xlsx(
            ["行政处罚公示表"],
            ["单位：万元", None, None, "填报日期：2026-03-08"],
            HEADER,
            [1, "甲", 2, "x"],
            [],
            [2, "乙", 3, "y"],
            ["合 计", None, 5],
            ["注：每季度更新"],
            shape=shape,
        )
    )
    assert brief(found) == [(4, ["1", "甲", "2", "x"]), (6, ["2", "乙", "3", "y"])]


def test_a_table_need_not_begin_in_the_corner(file: Reader) -> None:
    def shape(sheet: Worksheet) -> None:
        for row, line in enumerate((["名称", "文号"], ["甲", "一"], ["乙", "二"]), 4):
            for column, value in enumerate(line, 3):
                sheet.cell(row, column, value)
        sheet.merge_cells("D5:D6")
        sheet["D5"] = "一"

    found = file.read(xlsx(shape=shape))
    assert [row for row, _ in brief(found)] == [5, 6]
    assert [row["文号"] for row in file.cells()] == ["一", "一"]


def test_what_is_merged_over_rows_stands_in_each(file: Reader) -> None:
    def shape(sheet: Worksheet) -> None:
        sheet.merge_cells("A2:A4")

    lines: list[list[object]] = [["海关", "甲"], [None, "乙"], [None, "丙"], ["税务", "丁"]]
    found = file.cells(xlsx(["机关", "名称"], *lines, shape=shape))
    assert [row["机关"] for row in found] == ["海关", "海关", "海关", "税务"]


def test_a_header_of_two_lines_becomes_one(file: Reader) -> None:
    def shape(sheet: Worksheet) -> None:
        for cells in ("A1:D1", "A2:A3", "B2:C2", "D2:D3"):
            sheet.merge_cells(cells)

    content = xlsx(
        ["行政处罚公示表"],
        ["名称", "处罚", None, "日期"],
        [None, "罚款", "没收"],
        ["甲", 1, 2, "x"],
        ["乙", 3, 4, "y"],
        shape=shape,
    )
    assert file.cells(content)[1] == {"名称": "乙", "处罚.罚款": "3", "处罚.没收": "4", "日期": "y"}
    assert [row for row, _ in brief(file.read())] == [4, 5]


def book_of_sheets() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "隐藏"
    book.active.append(["错"])
    book.active.sheet_state = "hidden"
    book.create_chartsheet("图")
    for name in ("许可", "处罚"):
        sheet = book.create_sheet(name)
        sheet.append(["名称", "文号"])
        sheet.append([name, 1])
    book.create_sheet("空")
    return saved(book)


@pytest.mark.parametrize(("sheet", "name"), [(None, "许可"), ("处罚", "处罚")])
def test_the_first_visible_sheet_or_the_named_one(file: Reader, sheet: str | None, name: str) -> None:
    reader = Reader(file.file, Layout("xlsx", sheet=sheet))
    assert reader.cells(book_of_sheets()) == [{"名称": name, "文号": "1"}]


def test_a_sheet_that_is_not_there_is_named_with_those_that_are(file: Reader) -> None:
    reader = Reader(file.file, Layout("xlsx", sheet="奖励"))
    assert reader.refused(book_of_sheets()) == (
        'rows.xlsx has no sheet "奖励"; it has "隐藏", "图", "许可", "处罚", "空".'
    )


def test_an_empty_sheet_says_where_else_to_look(file: Reader) -> None:
    reader = Reader(file.file, Layout("xlsx", sheet="空"))
    assert reader.refused(book_of_sheets()) == (
        'rows.xlsx has nothing on sheet "空"; name another with `sheet` in the definition: "许可", "处罚".'
    )
    assert file.refused(xlsx()) == 'rows.xlsx has nothing on sheet "Sheet".'


DAMAGED = "rows.xlsx is a workbook that is cut off or damaged."


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "rows.xlsx is empty."),
        (xlsx(HEADER, [1, "甲", 2, "x"])[:3000], DAMAGED),
        (xls(HEADER, [1, "甲", 2, "x"])[:3000], DAMAGED),
        (b"PK\x03\x04", DAMAGED),
        (
            "<html><head><title>处罚公示</title></head><table><tr><td>名称</td></tr></table></html>".encode(),
            'rows.xlsx is an HTML page ("处罚公示"), not a workbook: '
            "use the link to the workbook itself, or save it as one.",
        ),
        (b'<?xml version="1.0"?><Workbook/>', "rows.xlsx is an XML document, not a workbook."),
        (
            "名称,文号\n".encode(),
            'rows.xlsx is not a workbook; if it is text with delimiters, say format = "csv".',
        ),
    ],
)
def test_what_is_no_workbook_is_one_sentence(file: Reader, content: bytes, says: str) -> None:
    assert file.refused(content) == says


def test_a_file_that_went_away_is_one_sentence(file: Reader) -> None:
    assert file.refused() == "rows.xlsx cannot be read: No such file or directory."


def test_one_cell_in_the_far_corner_does_not_end_the_process(file: Reader) -> None:
    def shape(sheet: Worksheet) -> None:
        sheet["XFD1048576"] = "x"

    assert file.refused(xlsx(HEADER, [1, "甲", 2, "x"], shape=shape)) == (
        "rows.xlsx is damaged, or needs more than 1,024 MiB of memory to be read: ask its publisher for CSV."
    )


@pytest.mark.parametrize("whole", [xlsx(HEADER, [1, "甲", 2, "x"]), xls(HEADER, [1, "甲", 2, "x"])])
def test_damage_is_never_a_crash(file: Reader, whole: bytes) -> None:
    for seed in range(25):
        chance = random.Random(seed)
        content = bytearray(whole)
        for _ in range(chance.randrange(1, 20)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        with suppress(SourceUnreadable):
            file.read(bytes(content))
