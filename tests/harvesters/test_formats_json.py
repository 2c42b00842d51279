"""JSON as servers send it: rows anywhere, in strings, in JSONP, half of it, or none of it."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvesters.formats import BadRow, RawRow
from tests.fixtures.reading import Layout, Reader, brief


@pytest.fixture
def file(tmp_path: Path) -> Reader:
    return Reader(tmp_path / "rows.json", Layout("json", rows="data"))


def at(reader: Reader, path: str | None, encoding: str | None = None) -> Reader:
    return Reader(reader.file, Layout("json", rows=path, encoding=encoding))


ROWS = [{"name": "甲"}, {"name": "乙"}]


@pytest.mark.parametrize(
    ("path", "page"),
    [
        (None, ROWS),
        ("[]", ROWS),
        ("data", {"data": ROWS}),
        ("data.list", {"data": {"list": ROWS}}),
        ("data.list[]", {"data": {"list": ROWS}}),
        ("data.list[].entity", {"data": {"list": [{"entity": row} for row in ROWS]}}),
        ("groups[].rows[]", {"groups": [{"rows": ROWS[:1]}, {"rows": []}, {"rows": ROWS[1:]}]}),
        ("groups[].rows", {"groups": [{"rows": ROWS[:1]}, {"rows": None}, {"rows": ROWS[1:]}]}),
        ("data", {"data": json.dumps(ROWS)}),
        ("data.rows", {"data": json.dumps({"rows": json.dumps(ROWS)})}),
        ("rows[]", {"rows": [json.dumps(row) for row in ROWS]}),
    ],
)
def test_rows_anywhere(file: Reader, path: str | None, page: object) -> None:
    assert at(file, path).cells(json.dumps(page)) == ROWS


@pytest.mark.parametrize("page", [{"data": []}, {"data": None}, {"data": "[]"}])
def test_no_rows_are_no_error(file: Reader, page: object) -> None:
    assert file.read(json.dumps(page)) == []


@pytest.mark.parametrize("text", ["cb({});", " /**/ jQuery.cb_1({})\n", "\ufeff{}", "callback(\n{}\n)"])
def test_wrappings_are_taken_off(file: Reader, text: str) -> None:
    assert file.cells(text.replace("{}", json.dumps({"data": ROWS}))) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_encodings(file: Reader, encoding: str) -> None:
    text = json.dumps({"data": [{"名称": "海口椰风贸易有限公司"}]}, ensure_ascii=False)
    assert file.cells(text.encode(encoding)) == [{"名称": "海口椰风贸易有限公司"}]


def test_values_keep_every_digit(file: Reader) -> None:
    text = (
        '{"data": [{"id": 12345678901234567890123, "fine": 1.10, "small": 1E-7, "at": 1552003200000, '
        '"yes": true, "no": false, "none": null, "odd": NaN, "text": "a\\u0000b\\tc"}]}'
    )
    assert file.cells(text) == [
        {
            "id": "12345678901234567890123",
            "fine": "1.10",
            "small": "1E-7",
            "at": "1552003200000",
            "yes": "true",
            "no": "false",
            "none": "",
            "odd": "NaN",
            "text": "ab\tc",
        }
    ]


def test_objects_and_lists_become_cells(file: Reader) -> None:
    row = {
        "entity": {"name": "甲", "code": {"uscc": "91"}},
        "tags": ["a", None, "b", 1],
        "fines": [{"type": "罚款", "sum": 1}, {"type": "没收"}],
        "empty": [],
        "nothing": {},
    }
    assert file.cells(json.dumps({"data": [row, ["甲", 1]]})) == [
        {
            "entity.name": "甲",
            "entity.code.uscc": "91",
            "tags": "a; b; 1",
            "fines.type": "罚款; 没收",
            "fines.sum": "1",
            "empty": "",
        },
        {"1": "甲", "2": "1"},
    ]


def test_a_bad_row_costs_no_other(file: Reader) -> None:
    long = {"name": "x" * 10_000_000}
    rows = [ROWS[0], "words", None, long, {"name": "half \ud800"}, ROWS[1]]
    found = file.read(json.dumps({"data": rows}))
    assert brief(found) == [
        (1, ["甲"]),
        (2, "the row is neither an object nor a list"),
        (3, "the row is neither an object nor a list"),
        (4, "the cell has 10,000,000 characters, more than 1,048,576"),
        (5, "the cell holds half a character"),
        (6, ["乙"]),
    ]
    for row in found:
        assert isinstance(row, RawRow) or len(row.excerpt.encode()) <= 200


def test_a_row_without_the_rest_of_the_path_costs_no_other(file: Reader) -> None:
    page = {"data": [{"entity": ROWS[0]}, {"other": 1}, 7, {"entity": ROWS[1]}]}
    assert brief(at(file, "data[].entity").read(json.dumps(page))) == [
        (1, ["甲"]),
        (2, 'the row has "other" but not "entity"'),
        (3, "the row is text, not an object"),
        (4, ["乙"]),
    ]


def test_bad_bytes_cost_their_row(file: Reader) -> None:
    names = ["海口椰风贸易有限公司"] * 5
    content = json.dumps({"data": [{"n": name} for name in names]}, ensure_ascii=False).encode()
    place = content.index("贸".encode(), 60)
    found = file.read(content[:place] + b"\xff" + content[place + 1 :])
    assert [type(row) for row in found].count(BadRow) == 1
    assert "the cell holds bytes that are not utf-8" in [reason for _, reason in brief(found)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "rows.json is empty."),
        (" \n", "rows.json is empty."),
        ("<html><title>请 登录</title>", 'rows.json is an HTML page ("请 登录") where JSON was due.'),
        ("<!-- x --><div>busy</div>", "rows.json is an HTML page where JSON was due."),
        ('{"data": [{"name": "甲"}, {"na', "rows.json is cut off: its JSON ends before its end."),
        ('{"data": [{"name": "甲"}', "rows.json is cut off: its JSON ends before its end."),
        ('{"data": [1 2]}', "rows.json is not JSON (line 1, column 13: Expecting ',' delimiter)."),
        ("[" * 200_000, "rows.json is nested too deeply to be read."),
        (
            '{"code": 500, "msg": "系统\\n繁忙"}',
            'rows.json has no rows at "data": it has "code", "msg" but not "data"; it says "系统 繁忙".',
        ),
        ("[]", 'rows.json has no rows at "data": it is a list, not an object.'),
        ("{}", 'rows.json has no rows at "data": it has nothing but not "data".'),
    ],
)
def test_no_rows_where_they_were_due_is_one_sentence(file: Reader, content: str, says: str) -> None:
    assert file.refused(content) == says


def test_a_path_that_ends_early_says_where(file: Reader) -> None:
    reader = at(file, "data.list[].entity")
    assert reader.refused('{"data": {"rows": []}}') == (
        'rows.json has no rows at "data.list[].entity": data has "rows" but not "list".'
    )
    assert reader.refused('{"data": {"list": {}}}') == (
        'rows.json has no rows at "data.list[].entity": data.list is an object, not a list.'
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(JSON, max_size=5))
def test_every_row_comes_as_text_or_as_bad(file: Reader, table: list[object]) -> None:
    found = file.read(json.dumps({"data": table}))
    assert [row.where.row for row in found] == list(range(1, len(table) + 1))
    for row in found:
        if isinstance(row, RawRow):
            assert all(isinstance(cell, str) for pair in row.cells.items() for cell in pair)
