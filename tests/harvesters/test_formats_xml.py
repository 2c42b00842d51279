"""XML as servers send it: namespaces, attributes, CDATA, other encodings, half of it, or bombs."""

import tracemalloc
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvesters.formats import Fetched, RawRow, pointer, rows
from tests.fixtures.reading import Layout, Reader, brief

LIST = "list/item"


@pytest.fixture
def file(tmp_path: Path) -> Reader:
    return Reader(tmp_path / "rows.xml", Layout("xml", rows=LIST))


def at(reader: Reader, path: str, **namespaces: str) -> Reader:
    return Reader(reader.file, Layout("xml", rows=path, namespaces=namespaces))


def test_elements_and_attributes_become_cells(file: Reader) -> None:
    page = """<?xml version="1.0"?>
<list total="2">
  <item id="1">
    <name>甲</name><code type="uscc">91</code>
    <fines><fine kind="罚款"><sum>1.10</sum></fine><fine kind="没收"><sum/></fine></fines>
    <tag>a</tag><tag/><tag> b </tag>
    <text><![CDATA[<p>一 & 二</p>]]></text>
    <mixed>before <b>bold</b> after</mixed>
    <blank/>
  </item>
  <note>no row</note>
  <item>own text</item>
</list>"""
    assert file.cells(page) == [
        {
            "@id": "1",
            "name": "甲",
            "code/@type": "uscc",
            "code": "91",
            "fines/fine/@kind": "罚款; 没收",
            "fines/fine/sum": "1.10",
            "tag": "a; b",
            "text": "<p>一 & 二</p>",
            "mixed/b": "bold",
            "mixed": "before  after",
            "blank": "",
        },
        {".": "own text"},
    ]


NAMESPACES = """<e:envelope xmlns:e="urn:e" xmlns="urn:rows" xmlns:dc="urn:dc" xmlns:x="{xsi}">
<item dc:id="1" x:nil="true"><name>甲</name><dc:name>乙</dc:name></item></e:envelope>"""


@pytest.mark.parametrize(
    ("path", "namespaces", "cells"),
    [
        ("envelope/item", {}, {"@id": "1", "name": "甲; 乙"}),
        ("env:envelope/item", {"env": "urn:e"}, {"@id": "1", "name": "甲; 乙"}),
        ("envelope/item", {"d": "urn:dc"}, {"@d:id": "1", "name": "甲", "d:name": "乙"}),
    ],
)
def test_namespaces_count_only_where_they_are_named(
    file: Reader, path: str, namespaces: dict[str, str], cells: dict[str, str]
) -> None:
    page = NAMESPACES.replace("{xsi}", "http://www.w3.org/2001/XMLSchema-instance")
    assert at(file, path, **namespaces).cells(page) == [cells]


@pytest.mark.parametrize(
    ("encoding", "says"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb2312"),
        ("utf-16", "utf-16"),
        ("big5", "big5"),
    ],
)
def test_encodings(file: Reader, encoding: str, says: str) -> None:
    page = f'<?xml version="1.0" encoding="{says}"?>\n<list><item><名称>海口椰風</名称></item></list>'
    if encoding == "big5":
        page = page.replace("名称", "名稱")
    (cells,) = file.cells(page.encode(encoding))
    assert list(cells.values()) == ["海口椰風"]


def test_what_a_page_says_of_its_encoding_may_be_wrong(file: Reader) -> None:
    page = '<?xml version="1.0" encoding="gb2312"?><list><item><n>海口椰风</n></item></list>'
    assert file.cells(page.encode()) == [{"n": "海口椰风"}]


def test_small_sins_are_forgiven(file: Reader) -> None:
    page = "\n <?xml version='1.0'?><list><item><n>a&nbsp;b&mdash;\x0bc</n></item></list>\n"
    assert file.cells(page) == [{"n": "a\xa0b—c"}]


def test_no_rows_where_rows_could_be_are_no_error(file: Reader) -> None:
    assert file.read("<list><total>0</total></list>") == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "rows.xml is empty."),
        ("<!DOCTYPE html><title>登录</title>", 'rows.xml is an HTML page ("登录") where XML was due.'),
        (
            "<response><code>500</code><message>系统 繁忙</message></response>",
            'rows.xml has no rows at "list/item": its outermost element is response; it says "系统 繁忙".',
        ),
        ("<rows/>", 'rows.xml has no rows at "list/item": its outermost element is rows.'),
        ("<list><item><n>甲</n></item><item><n>", "rows.xml is cut off: its XML ends before its end."),
        ("<list><item><n>甲</n></item><item", "rows.xml is cut off: its XML ends before its end."),
        ("<?xml version='1.0'?>\n", "rows.xml is cut off: its XML ends before it begins."),
        ("<list><item></list>", "rows.xml is not XML (line 1, column 15: mismatched tag)."),
        ('{"data": []}', 'rows.xml is JSON where XML was due: if it has the rows, say format = "json".'),
        ("系统繁忙，请稍后再试", 'rows.xml is one line of text where XML was due: "系统繁忙，请稍后再试".'),
        (
            "<list><message>系统繁忙</message></list>",
            'rows.xml has no rows at "list/item": its outermost element is list; it says "系统繁忙".',
        ),
        ("名称,代码\n甲,1\n", "rows.xml is not XML (line 1, column 1: "),
        (
            '<!DOCTYPE list [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]><list><item>&b;</item></list>',
            "rows.xml declares entities of its own, which are not read: ask its publisher for plain XML.",
        ),
        (
            '<!DOCTYPE list [<!ENTITY a SYSTEM "file:///etc/passwd">]><list><item>&a;</item></list>',
            "rows.xml declares entities of its own, which are not read: ask its publisher for plain XML.",
        ),
    ],
)
def test_what_cannot_be_read_is_one_sentence(file: Reader, content: str, says: str) -> None:
    assert file.refused(content).startswith(says)


def test_a_document_type_elsewhere_is_not_fetched(file: Reader) -> None:
    elsewhere = file.file.with_name("list.dtd")
    elsewhere.write_text('<!ENTITY who "them">')
    page = f'<!DOCTYPE list SYSTEM "{elsewhere.as_uri()}"><list><item>&who;</item></list>'
    assert file.cells(page) == [{".": "&who;"}]


def test_a_bad_row_costs_no_other(file: Reader) -> None:
    item = "<item><n>{}</n></item>".format
    deep = item("<d>" * 1000 + "</d>" * 1000)
    many = "<item>" + "".join(f"<c{number}/>" for number in range(20_000)) + "</item>"
    page = (
        f"<list>{item('甲')}{item('x' * 10_000_000)}{item('x' * 20_000_000)}{deep}{many}{item('乙')}</list>"
    )
    found = file.read(page)
    assert brief(found) == [
        (1, ["甲"]),
        (2, "the cell has 10,000,000 characters, more than 1,048,576"),
        (3, "the row is longer than 16,777,216 characters"),
        (4, "the row is nested too deeply, or has too many cells, to be read"),
        (5, "the row is nested too deeply, or has too many cells, to be read"),
        (6, ["乙"]),
    ]
    for row in found:
        assert isinstance(row, RawRow) or len(row.excerpt) <= 200


def test_bad_bytes_cost_their_row(file: Reader) -> None:
    items = ["<item><n>海口椰风贸易有限公司</n></item>"] * 5
    content = f"<list>{''.join(items)}</list>".encode().replace("风".encode(), b"\xff", 1)
    assert brief(file.read(content))[0] == (1, "the cell holds bytes that are not utf-8")
    assert sum(isinstance(row, RawRow) for row in file.read(content)) == 4


def test_memory_stays_flat(file: Reader) -> None:
    def most(rows_written: int) -> int:
        with file.file.open("w") as out:
            out.write("<list>")
            for number in range(rows_written):
                out.write(f"<item id='{number}'><n>海口第{number}贸易有限公司</n><t>{'x' * 200}</t></item>\n")
            out.write("</list>")
        tracemalloc.start()
        assert sum(1 for _ in rows(Fetched(file.file, "rows.xml"), file.layout)) == rows_written
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(10)
    assert most(15_000) < 2 * most(5_000)


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("list/next", "b"),
        ("list/@next", "a"),
        ("list/page/@next", "c"),
        ("list/none", None),
        ("list/blank", None),
    ],
)
def test_a_page_says_which_is_next(file: Reader, place: str, found: str | None) -> None:
    file.file.write_text(
        "<list next='a'><next> b </next><next>d</next><page next='c'/><blank> </blank></list>"
    )
    assert pointer(Fetched(file.file, "rows.xml"), file.layout, place) == found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"])), min_size=1))
def test_what_was_written_is_read(file: Reader, texts: list[str]) -> None:
    page = "".join(f"<item><n>{escape(words)}</n></item>" for words in texts)
    assert file.cells(f"<list>{page}</list>") == [{"n": words} for words in texts]
