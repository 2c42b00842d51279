"""An authority's own list of repairs: its columns by their names, and what is wrong with its rows."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from harvesters.repairs import read
from publisher.errors import SourceUnreadable
from tests.fixtures.store import ZONE, code

TODAY = date(2026, 11, 23)


def csv(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "修复名单.csv"
    file.write_text(text, "utf-8-sig")
    return file


@pytest.mark.parametrize(
    "header",
    [
        "行政处罚决定书文号,统一社会信用代码,行政相对人名称,修复决定日期,备注",
        "文号,行政相对人代码_1(统一社会信用代码),企业名称,准予修复日期,修复理由",
        "CF_WSH,CF_XDR_SHXYM,CF_XDR_MC,信用修复日期,修复原因",
        "Document number,Code,Name,Decision date,Reason",
        " document_number ,USCC,Subject,repaired-on,Note",
    ],
)
def test_columns_are_known_by_their_names(tmp_path: Path, header: str) -> None:
    row = f"琼旅罚〔2026〕1号,{code(1)},海南椰风旅行社有限公司,2026年11月2日,已履行"
    (decision,) = read(csv(tmp_path, f"{header}\n{row}\n"), ZONE, TODAY).decisions
    assert decision[:6] == (
        *(2, "琼旅罚〔2026〕1号", code(1)),
        *("海南椰风旅行社有限公司", date(2026, 11, 2), "已履行"),
    )


def test_workbooks_are_read_with_notes_above_the_header(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    for cells in (
        ["2026年信用修复名单"],
        ["文号", "名称"],
        ["琼旅罚〔2026〕1号", "甲公司"],
        ["琼旅罚〔2026〕2号", "乙公司"],
    ):
        sheet.append(cells)
    book.save(tmp_path / "list.xlsx")
    listed = read(tmp_path / "list.xlsx", ZONE, TODAY)
    assert [(one.row, one.name, one.decided_on) for one in listed.decisions] == [
        (3, "甲公司", None),
        (4, "乙公司", None),
    ]


def test_each_row_that_cannot_be_used_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    rows = [
        "文号,统一社会信用代码,名称,修复日期",
        f",{code(1)},甲公司,2026-11-02",
        f"琼旅罚〔2026〕2号,{code(1)[:-1]}?,甲公司,2026-11-02",
        "琼旅罚〔2026〕3号,,,2026-11-02",
        f"琼旅罚〔2026〕4号,{code(1)},甲公司,2026-02-30",
        f"琼旅罚〔2026〕5号,{code(1)},甲公司,2026-11-24",
        f"琼旅罚〔2026〕6号,{code(1)},甲公司,",
    ]
    listed = read(csv(tmp_path, "\n".join(rows)), ZONE, TODAY)
    assert [one.row for one in listed.decisions] == [7]
    assert [(fault.row, fault.column) for fault in listed.faults] == [
        (2, "文号"),
        (3, "统一社会信用代码"),
        (4, "统一社会信用代码"),
        (5, "修复日期"),
        (6, "修复日期"),
    ]
    assert "2026-11-24 has not come yet" in listed.faults[-1].reason


def test_nobodys_number_is_told(tmp_path: Path) -> None:
    number = "46010019900307231X"
    listed = read(
        csv(tmp_path, f"文号,统一社会信用代码,备注\n1号,{number},{number}\n2号,{code(1)},{number}\n"),
        ZONE,
        TODAY,
    )
    assert number not in f"{listed}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("名称,日期\n甲公司,2026-11-02\n", "has no column of document numbers; call it 行政处罚决定书文号"),
        (
            "文号,日期\n1号,2026-11-02\n",
            "does not say whose decisions they are; add a column 统一社会信用代码",
        ),
        ("文号,名称\n", "has no rows below its header"),
        ("", "is empty"),
        ("%PDF-1.7", "is no table"),
    ],
)
def test_a_file_that_is_no_list_is_told(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "x.csv"
    file.write_text(text)
    with pytest.raises(SourceUnreadable, match=told):
        read(file, ZONE, TODAY)
