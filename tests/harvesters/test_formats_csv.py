"""CSV as it is met in the wild: encodings that lie, titles, broken quoting, cells without end."""

import csv
import io
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvesters.formats import BadRow, Fetched, RawRow, rows
from publisher.errors import SourceUnreadable
from tests.fixtures.reading import Layout, Reader, brief

CHINESE = (
    "名称,文号,事由\n海口椰风贸易有限公司,琼罚〔2026〕1号,未按规定公示\n三亚海风酒店,琼罚〔2026〕2号,逾期\n"
)
TRADITIONAL = "名稱,文號,事由\n臺北市環境保護局,府環字第一號,違反廢棄物清理法第二十七條規定\n"


@pytest.fixture
def file(tmp_path: Path) -> Reader:
    return Reader(tmp_path / "rows.csv", Layout("csv"))


def stated(reader: Reader, encoding: str) -> Reader:
    return Reader(reader.file, Layout("csv", encoding=encoding))


# --- encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_recognised(file: Reader, encoding: str) -> None:
    assert file.cells(CHINESE.encode(encoding))[1] == {
        "名称": "三亚海风酒店",
        "文号": "琼罚〔2026〕2号",
        "事由": "逾期",
    }


@pytest.mark.parametrize("encoding", ["big5", "gb18030"])
def test_traditional_characters_in_either_encoding(file: Reader, encoding: str) -> None:
    assert file.cells(TRADITIONAL.encode(encoding))[0]["名稱"] == "臺北市環境保護局"


@pytest.mark.parametrize("name", ["gb2312", "GBK", "x-gbk", "GB18030"])
def test_what_says_gb2312_is_read_as_gb18030(file: Reader, name: str) -> None:
    text = "名称\n张喆的㐂店\n"
    if name == "x-gbk":
        file.declared = name  # a codec that nobody has: the ladder goes on
    else:
        file = stated(file, name)
    assert file.cells((text * 20).encode("gb18030"))[0] == {"名称": "张喆的㐂店"}


def test_what_the_server_declares_counts_before_guessing(file: Reader) -> None:
    file.declared = "windows-1252"
    assert file.cells("Name\nCompañía Turística\n".encode("cp1252")) == [{"Name": "Compañía Turística"}]


def test_letters_of_an_unknown_encoding_are_not_guessed(file: Reader) -> None:
    said = file.refused("Name\nCompañía Turística Habaguanex\n".encode("cp1252"))
    assert said.startswith("rows.csv is in no encoding that can be recognised surely")
    assert said.endswith("name it with `encoding` in the definition.")


def test_a_wrong_encoding_in_the_definition_says_which_one_it_is(file: Reader) -> None:
    assert stated(file, "utf-8").refused(CHINESE.encode("gb18030")) == (
        "rows.csv is not in utf-8, which its definition says: it looks like gb18030; "
        "correct `encoding`, or leave it out to have it recognised."
    )
    assert "it looks like utf-8" in stated(file, "gb18030").refused(CHINESE.encode())


def test_an_unknown_encoding_in_the_definition_is_named(file: Reader) -> None:
    assert stated(file, "martian").refused(CHINESE) == (
        'rows.csv cannot be read: its definition names an unknown encoding "martian".'
    )


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_bad_bytes_cost_their_row_only(file: Reader, encoding: str) -> None:
    lines = (CHINESE * 30).encode(encoding).splitlines(keepends=True)
    lines[4] = lines[4].replace(b"2026", b"20\xff26")
    found = file.read(b"".join(lines[:8] + [line for line in lines[8:] if b"," in line]))
    bad = [row for row in found if isinstance(row, BadRow)]
    assert [(row.where.row, row.reason) for row in bad] == [
        (5, f"the row holds bytes that are not {encoding}")
    ]
    bad[0].excerpt.encode()


def test_a_character_cut_at_the_end_costs_the_last_row(file: Reader) -> None:
    found = file.read((CHINESE * 4).encode("utf-16")[:-3])
    assert [type(row) for row in found] == [RawRow] * (len(found) - 1) + [BadRow]


# --- nothing to read


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "rows.csv is empty."),
        (b"\xef\xbb\xbf\r\n \r\n,,\r\n", "rows.csv has no rows, not even a header."),
        (
            b"<!DOCTYPE html><html><title> Log\n in </title>",
            'rows.csv is an HTML page ("Log in") where CSV was due.',
        ),
        (b"<html><body>busy", "rows.csv is an HTML page where CSV was due."),
    ],
)
def test_no_table_is_one_sentence(file: Reader, content: bytes, says: str) -> None:
    assert file.refused(content) == says


def test_a_file_that_went_away_is_one_sentence(file: Reader) -> None:
    assert file.refused() == "rows.csv cannot be read: No such file or directory."


def test_a_header_alone_has_no_rows(file: Reader) -> None:
    assert file.read("a,b\n") == []


# --- the header


def test_titles_units_and_notes_are_no_rows(file: Reader) -> None:
    text = (
        "海南省行政处罚信息公示表,,,\n单位：万元,,填报日期：2026-03-08,\n\n序号,名称,罚款,备注\n1,甲公司,2,\n"
        "序号,名称,罚款,备注\n2,合计商贸有限公司,3,无\n合计：,,5,\n注：本表每季度更新,,,\n填表人：王某,,,\n"
    )
    assert brief(file.read(text)) == [
        (5, ["1", "甲公司", "2", ""]),
        (7, ["2", "合计商贸有限公司", "3", "无"]),
    ]


def test_a_sparse_table_keeps_its_first_line_as_header(file: Reader) -> None:
    header = ",".join(f"c{number}" for number in range(12))
    text = f"{header}\n" + "x,y" + "," * 10 + "\n" + "x" + "," * 11 + "\n"
    assert list(file.cells(text)[0]) == header.split(",")


def test_repeated_and_blank_headers_get_names(file: Reader) -> None:
    (row,) = file.cells("备注,备注,,备注 (2), 名称 ,\n1,2,3,4,5,\n")
    assert row == {"备注": "1", "备注 (2)": "2", "column 3": "3", "备注 (2) (2)": "4", "名称": "5"}


def test_line_breaks_in_headers_are_mended(file: Reader) -> None:
    (row,) = file.cells('"处罚决定书\n文号","Start\r\ndate"\n1,2\n')
    assert list(row) == ["处罚决定书文号", "Start date"]


# --- delimiters


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_sniffed(file: Reader, delimiter: str) -> None:
    text = CHINESE.replace(",", delimiter).replace("逾期", "逾期, 未改; 罚")
    if delimiter in ",;":
        text = text.replace("逾期, 未改; 罚", '"逾期, 未改; 罚"')
    assert file.cells(text)[1]["事由"] == "逾期, 未改; 罚"


def test_excel_may_name_the_delimiter(file: Reader) -> None:
    assert brief(file.read("sep=^\r\na^b\r\n1^2\r\n")) == [(3, ["1", "2"])]


def test_one_column_is_a_table(file: Reader) -> None:
    assert brief(file.read("名称\n甲\n\n乙\n")) == [(2, ["甲"]), (4, ["乙"])]


# --- bad rows


def test_rows_of_another_width_say_so(file: Reader) -> None:
    assert brief(file.read("a,b,c\n1,2\n1,2,3,\n1,2,3,4\n1,2,3\n")) == [
        (2, "the row has 2 cells, the header 3"),
        (3, ["1", "2", "3"]),
        (4, "the row has 4 cells, the header 3"),
        (5, ["1", "2", "3"]),
    ]


@pytest.mark.parametrize("bad", ['1,"open,x', '1,"open "x" more",2', '1,2,"', '"1","2","3', '1,"a" b,2'])
@pytest.mark.parametrize("good", ["4,5,6", '4,"quoted",6', '"4",",5",6', '"4","5","6"', '4,"two\nlines",6'])
@pytest.mark.parametrize("count", [1, 300])
def test_a_broken_quotation_mark_costs_one_row(file: Reader, bad: str, good: str, count: int) -> None:
    found = file.read("\n".join(["a,b,c", good, bad, *[good] * count]) + "\n")
    assert [type(row) for row in found] == [RawRow, BadRow, *[RawRow] * count]
    bad_row = found[1]
    assert isinstance(bad_row, BadRow)
    assert "quotation mark" in bad_row.reason
    assert bad_row.where.row == 3 + good.count("\n")
    assert bad_row.excerpt == bad


def test_an_open_quotation_mark_does_not_swallow_a_large_file(file: Reader) -> None:
    lines = ["a,b,c", '1,"open,3', *["1," + "海口市椰风贸易有限公司" * 10 + ",3"] * 200_000]
    found = iter(file.read("\n".join(lines)))
    bad = next(found)
    assert isinstance(bad, BadRow)
    assert (bad.where.row, bad.reason) == (2, "a quotation mark is never closed")
    assert sum(1 for row in found if isinstance(row, RawRow)) == 200_000


@pytest.mark.parametrize("cell", ["x" * 10_000_000, '"' + "line\n" * 2_000_000 + '"'])
def test_a_cell_without_end_costs_its_row(file: Reader, cell: str) -> None:
    first, bad, last = file.read(f"a,b\n1,2\n3,{cell}\n5,6\n")
    assert isinstance(bad, BadRow)
    assert (bad.column, bad.where.row) == ("b", 3)
    assert bad.reason == "the cell has 10,000,000 characters, more than 1,048,576"
    assert len(bad.excerpt) <= 200
    assert [brief([row])[0][1] for row in (first, last)] == [["1", "2"], ["5", "6"]]


def test_a_line_without_end_costs_itself(file: Reader) -> None:
    found = file.read("a,b\n1," + "x" * 40_000_000 + "\n3,4\n")
    assert brief(found) == [(2, "the row is longer than 16,777,216 characters"), (3, ["3", "4"])]


def test_a_cell_of_a_mebibyte_is_read(file: Reader) -> None:
    assert len(file.cells("a,b\n1," + "x" * (1 << 20) + "\n")[0]["b"]) == 1 << 20


def test_control_characters_are_dropped(file: Reader) -> None:
    assert file.cells("a,b\n1\0,\x012\x7f\u0085\t\n") == [{"a": "1", "b": "2\t"}]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_in_every_way(file: Reader, end: str) -> None:
    assert brief(file.read(end.join(["a,b", "1,2", "", '"3",4', "5,6\u2028"]))) == [
        (2, ["1", "2"]),
        (4, ["3", "4"]),
        (5, ["5", "6\u2028"]),
    ]


# --- all together

CELL = st.text(
    st.characters(codec="gb18030", exclude_categories=("Cs", "Cc"), exclude_characters="\u0085"), max_size=12
) | st.sampled_from(['"', '""', 'a"b', "两\n行", " 空 ", ",", ";", "|", '",', "=1+1", "合计"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.integers(2, 6).flatmap(
        lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=8)
    ),
    st.sampled_from([",", "\t", ";", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_written_is_read(
    file: Reader, table: list[list[str]], delimiter: str, encoding: str, end: str
) -> None:
    width = len(table[0]) if table else 2
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    # A first column that is never blank, nor a total; and enough rows that one is the usual one.
    lines = [[f"行{number}", *cells] for number, cells in enumerate(table)]
    writer.writerows([[f"标题{place}" for place in range(width + 1)], *lines])
    reader = Reader(file.file, Layout("csv", encoding=encoding))
    found = reader.cells(written.getvalue().encode(encoding))
    assert [list(row.values()) for row in found] == lines


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300) | st.text('ab,;"\n\r\0海', max_size=80).map(str.encode))
def test_no_bytes_are_a_crash(file: Reader, content: bytes) -> None:
    with suppress(SourceUnreadable):
        assert all(row.where.row > 0 for row in file.read(content))


def test_memory_stays_flat(file: Reader) -> None:
    def peak(count: int) -> int:
        with file.file.open("w") as stream:
            stream.write("a,b,c\n")
            stream.writelines(f'{number},"{"椰风贸易" * 100}",x\n' for number in range(count))
        tracemalloc.start()
        for _ in rows(Fetched(file.file, "rows.csv"), file.layout):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(9_000) < 1.1 * peak(3_000)
