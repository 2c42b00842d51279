"""Files as sources write them: encodings, title rows, broken rows; one sentence where nothing can be read."""

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.formats import BadRow, Fetched, RawRow, rows
from publisher.errors import SourceUnreadable
from tests.fixtures.reading import Layout

HEADER = "名称,文号,日期"


def read(file: Path, layout: Layout) -> list[RawRow | BadRow]:
    return list(rows(Fetched(file, file.name), layout))


def cells(found: list[RawRow | BadRow]) -> list[dict[str, str]]:
    return [dict(row.cells) for row in found if isinstance(row, RawRow)]


def csv_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "rows.csv"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_every_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = (
        f"{HEADER}\n海南椰风旅行社,琼旅罚〔2026〕1号,2026-05-12\n三亚海风酒店,琼旅罚〔2026〕2号,2026-05-13\n"
    )
    file = csv_file(tmp_path, text.replace(",", delimiter), encoding)
    found = cells(read(file, Layout("csv")))
    assert [row["名称"] for row in found] == ["海南椰风旅行社", "三亚海风酒店"]
    assert found[1] == {"名称": "三亚海风酒店", "文号": "琼旅罚〔2026〕2号", "日期": "2026-05-13"}


def test_rows_are_counted_as_people_count_them(tmp_path: Path) -> None:
    file = csv_file(tmp_path, f'{HEADER}\n"甲\n乙",1,x\n丙,2,y\n')
    first, second = read(file, Layout("csv"))
    assert (first.where.row, second.where.row) == (2, 4)
    assert cells([first])[0]["名称"] == "甲\n乙"


def test_a_row_of_another_width_is_bad_and_costs_no_other(tmp_path: Path) -> None:
    file = csv_file(tmp_path, f"{HEADER}\n甲,1,x\n乙,2,y,多,余\n丙,3,z\n")
    found = read(file, Layout("csv"))
    assert [type(row) for row in found] == [RawRow, BadRow, RawRow]
    assert found[1].where.row == 3


@given(
    st.lists(
        st.tuples(*[st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), max_size=8)] * 3),
        min_size=1,
        max_size=8,
    )
)
def test_what_was_written_as_csv_is_read(
    tmp_path_factory: pytest.TempPathFactory, table: list[tuple[str, ...]]
) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    lines = [HEADER, *(",".join(map(quoted, ("行", *row[1:]))) for row in table)]
    file = csv_file(tmp_path_factory.mktemp("csv"), "\n".join(lines) + "\n")
    found = cells(read(file, Layout("csv", encoding="utf-8")))
    assert [tuple(row.values())[1:] for row in found] == [row[1:] for row in table]


def workbook(folder: Path, *lines: tuple[object, ...]) -> Path:
    file = folder / "rows.xlsx"
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    book.save(file)
    return file


def test_a_workbook_with_a_title_above_its_header(tmp_path: Path) -> None:
    file = workbook(
        tmp_path,
        ("行政处罚信息公示表",),
        ("名称", "文号", "日期"),
        ("海南椰风旅行社", 911100006000373, date(2026, 5, 12)),
    )
    (row,) = read(file, Layout("xlsx"))
    assert isinstance(row, RawRow)
    assert dict(row.cells) == {"名称": "海南椰风旅行社", "文号": "911100006000373", "日期": "2026-05-12"}
    assert row.where.row == 3


def test_a_truncated_workbook_and_a_page_named_xls_are_told_apart(tmp_path: Path) -> None:
    whole = workbook(tmp_path, ("名称", "文号"), ("甲", "1"))
    whole.write_bytes(whole.read_bytes()[:1000])
    with pytest.raises(SourceUnreadable, match=r"rows\.xlsx"):
        read(whole, Layout("xlsx"))
    page = tmp_path / "rows.xls"
    page.write_text("<html><table><tr><td>名称</td></tr></table></html>")
    with pytest.raises(SourceUnreadable, match=r"rows\.xls"):
        read(page, Layout("xls"))


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({"data": {"list": [{"name": "甲"}, {"name": "乙"}]}}, "data.list"),
        ({"data": {"list": [{"entity": {"name": "甲"}}, {"entity": {"name": "乙"}}]}}, "data.list[].entity"),
        ({"rows": json.dumps([{"name": "甲"}, {"name": "乙"}])}, "rows"),
        ([{"name": "甲"}, {"name": "乙"}], None),
    ],
)
def test_json_rows_wherever_they_are(tmp_path: Path, content: object, path: str | None) -> None:
    file = tmp_path / "rows.json"
    file.write_text(json.dumps(content))
    assert [row["name"] for row in cells(read(file, Layout("json", rows=path)))] == ["甲", "乙"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ('{"data": [{"name": "甲"}', "is cut off"),
        ("<html><title>登录</title></html>", "where JSON was due"),
        ('{"other": []}', 'no rows at "data"'),
    ],
)
def test_what_is_no_json_is_one_sentence(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "rows.json"
    file.write_text(content)
    with pytest.raises(SourceUnreadable) as caught:
        read(file, Layout("json", rows="data"))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
