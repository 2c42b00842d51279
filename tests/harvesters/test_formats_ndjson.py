"""NDJSON: one object a line, and lines that are none."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvesters.formats import RawRow
from tests.fixtures.reading import Layout, Reader, brief


@pytest.fixture
def file(tmp_path: Path) -> Reader:
    return Reader(tmp_path / "rows.ndjson", Layout("ndjson"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_line_is_a_row(file: Reader, encoding: str, end: str) -> None:
    lines = ['{"名称": "海口椰风贸易有限公司", "a": {"b": 1.10}}', "", '{"名称": "三亚椰海餐饮有限公司"}', ""]
    found = file.read(end.join(lines).encode(encoding))
    assert brief(found) == [(1, ["海口椰风贸易有限公司", "1.10"]), (3, ["三亚椰海餐饮有限公司"])]


def test_a_bad_line_costs_itself_alone(file: Reader) -> None:
    deep = "[" * 100_000
    lines = [
        '{"n": "甲"}',
        '{"n": "乙"',
        "words",
        '["甲"]',
        '{"n": "' + "x" * 10_000_000 + '"}',
        '{"n": ' + deep,
        '{"n": "' + "x" * 20_000_000 + '"}',
        '{"n": "half \\ud800"}',
        '{"n": "丙"}',
    ]
    found = file.read("\n".join(lines))
    assert brief(found) == [
        (1, ["甲"]),
        (2, "the line is not JSON (column 1: Expecting ',' delimiter)"),
        (3, "the line is not JSON (column 1: Expecting value)"),
        (4, "the line is not an object"),
        (5, "the cell has 10,000,000 characters, more than 1,048,576"),
        (6, "the line is nested too deeply to be read"),
        (7, "the line is longer than 16,777,216 characters"),
        (8, "the cell holds half a character"),
        (9, ["丙"]),
    ]
    for row in found:
        assert isinstance(row, RawRow) or len(row.excerpt) <= 200


def test_bad_bytes_cost_their_line(file: Reader) -> None:
    line = '{"n": "海口椰风贸易有限公司"}\n'.encode()
    found = file.read(line * 3 + line.replace("风".encode(), b"\xff") + line)
    assert brief(found)[3] == (4, "the cell holds bytes that are not utf-8")
    assert sum(isinstance(row, RawRow) for row in found) == 4


def test_a_cut_off_file_shows_by_its_last_line(file: Reader) -> None:
    whole = '{"n": "甲"}\n{"n": "乙"}'
    reason = "the line is not JSON (column 7: Unterminated string starting at)"
    assert brief(file.read(whole[:-2])) == [(1, ["甲"]), (2, reason)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "rows.ndjson is empty."),
        (
            "<!DOCTYPE html><title>登录</title>".encode(),
            'rows.ndjson is an HTML page ("登录") where NDJSON was due.',
        ),
        (
            b'[\n{"n": 1},\n{"n": 2}\n]',
            'rows.ndjson is one JSON list, not a row a line: say format = "json".',
        ),
        (bytes(range(128, 256)) * 9, "rows.ndjson is in no encoding that can be recognised surely"),
    ],
)
def test_a_file_that_is_none_is_one_sentence(file: Reader, content: bytes, says: str) -> None:
    assert file.refused(content).startswith(says)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(
            st.text(st.characters(exclude_categories=["C"]), min_size=1),
            st.text(st.characters(exclude_categories=["C"])),
            min_size=1,
        )
    ),
    st.booleans(),
)
def test_what_was_written_is_read(file: Reader, rows: list[dict[str, str]], ascii: bool) -> None:
    if rows:
        assert file.cells("\n".join(json.dumps(row, ensure_ascii=ascii) for row in rows)) == rows
