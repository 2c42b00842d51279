"""Where rows are, how they are asked for and written: what definitions say of it, and every mistake."""

import re
from pathlib import Path

import pytest

from harvesters.formats.raw import Detail, Pattern
from harvesters.source import Definition, Pages, load
from publisher.errors import DefinitionError
from publisher.kinds import Registry, load_registry

REST = """
title = { zh = "处罚", en = "Penalties" }
authority = "局"
kind = "penalty"
key = ["subject"]
[fields]
subject = "名称"
[period]
months = 12
"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "tourism" / "penalties.toml"
    file.parent.mkdir()
    for suffix in ("csv", "json", "html"):
        file.with_name(f"penalties.sample.{suffix}").write_text("")
    return file


def said(file: Path, registry: Registry, layout: str) -> Definition:
    file.write_text(layout + REST, "utf-8")
    return load(file, registry=registry, trusted=False)


@pytest.mark.parametrize(
    ("layout", "pages"),
    [
        ("url = 'https://example.org/?p={page}'\npages = { last = 9 }", Pages(1, 9)),
        ("url = 'https://example.org/?p={page}'\npages = { first = 0, last = 9 }", Pages(0, 9)),
        ("url = 'https://example.org/?p={offset}'\npages = { step = 20, last = 999 }", Pages(0, 999, 20)),
        (
            "url = 'https://example.org/?p={cursor}'\npages = { cursor = 'a.b', start = '*', last = 9 }",
            Pages(1, 9, cursor="a.b", start="*"),
        ),
        ("url = 'https://example.org/'\npages = { next = 'a.b', last = 9 }", Pages(1, 9, next="a.b")),
        (
            "url = 'https://example.org/'\npages = { link_header = true, last = 9 }",
            Pages(1, 9, link_header=True),
        ),
        (
            "url = 'https://example.org/'\nmethod = 'POST'\nbody = { p = ['{offset}'] }\n"
            "pages = { step = 2, last = 9 }",
            Pages(0, 9, 2),
        ),
    ],
)
def test_pages_are_asked_for_in_many_ways(file: Path, registry: Registry, layout: str, pages: Pages) -> None:
    assert said(file, registry, f"{layout}\nformat = 'json'").pages == pages


def test_a_grid_and_who_asks(file: Path, registry: Registry) -> None:
    layout = """
url = "https://example.org/grid"
format = "json"
auth = "COURTS"
pause = 3
method = "POST"
body_format = "form"
body = { type = "处罚", size = 50, all = true }
"""
    definition = said(file, registry, layout)
    assert (definition.method, definition.body_format) == ("POST", "form")
    assert definition.body == {"type": "处罚", "size": 50, "all": True}
    assert (definition.auth, definition.pause) == ("COURTS", 3.0)


def test_a_list_page_with_own_pages(file: Path, registry: Registry) -> None:
    layout = """
url = "https://example.org/index_{page}.html"
format = "html"
rows = "ul.list > li"
cells = { "名称" = "a", "链接" = "a@href" }
detail = { link = "a@href", within = "div.content", cells = { "正文" = "div.text" } }
pages = { first_url = "https://example.org/index.html", last = 50, missing_ends = true }
patterns = { "文号" = { in = "正文", find = '(\\S+号)' } }
"""
    definition = said(file, registry, layout)
    assert definition.cells == {"名称": "a", "链接": "a@href"}
    assert definition.detail == Detail("a@href", "div.content", {"正文": "div.text"})
    assert definition.pages == Pages(1, 50, first_url="https://example.org/index.html", missing_ends=True)
    assert definition.patterns == {"文号": Pattern("正文", re.compile(r"(\S+号)"))}


@pytest.mark.parametrize(
    ("layout", "says"),
    [
        ("format = 'csv'", "url or path must be given, one of the two."),
        ("PATH\nformat = 'pdf'", "format must be one of csv, xlsx, xls, json"),
        ("PATH\nformat = 'csv'\nrows = 'data'", "rows is only for the format"),
        ("PATH\nformat = 'xml'", "rows is missing; say which elements are rows, from the outermost one on"),
        ("PATH\nformat = 'xml'\nrows = 'd:list/e'", "rows has the prefix d, which is not in [namespaces]."),
        ("PATH\nformat = 'csv'\nnamespaces = { d = 'urn:d' }", "namespaces is only for the format xml."),
        ("PATH\nformat = 'html'\nrows = 'li['", "rows is li[, which is no CSS selector."),
        ("PATH\nformat = 'html'\ncells = { a = 'p' }", "rows is missing; say with a CSS selector which"),
        (
            "PATH\nformat = 'html'\nrows = 'li'\ncells = { a = 'p >' }",
            "cells.a is p >, which is no CSS selector.",
        ),
        (
            "path = 'x.ZIP'\nformat = 'html'\nrows = 'li'\ncells = { a = 'p' }\ndetail = { link = 'a@href' }",
            "detail is not for ZIP archives: unpack it into a folder, and name that as path.",
        ),
        (
            "PATH\nformat = 'html'\nrows = 'li'\ndetail = { link = 'a@href' }",
            "cells is missing; a table's rows have no details, so say what a row's cells are.",
        ),
        (
            "PATH\nformat = 'html'\nrows = 'li'\ncells = { a = 'p' }\ndetail = { links = 'a' }",
            "detail.links is not a known key (do you mean link?); known are cells, link, within.",
        ),
        (
            "PATH\nformat = 'html'\nrows = 'li'\ncells = { a = 'p' }\n"
            "detail = { link = 'a', cells = { b = '[' } }",
            "detail.cells.b is [, which is no CSS selector.",
        ),
        ("PATH\nformat = 'csv'\ncells = { a = 'p' }", "cells is only for the format html."),
        (
            "URL\nformat = 'html'\npages = { next = 'a[', last = 3 }",
            "pages.next is a[, which is no CSS selector.",
        ),
        (
            "URL\nformat = 'html'\npages = { next = 'a', missing_ends = true, last = 3 }",
            "pages.missing_ends is only for {page} and {offset}.",
        ),
        (
            "PATH\nformat = 'csv'\npatterns = { a = 'b' }",
            'patterns.a must be { in = "a column", find = "a regular expression" }.',
        ),
        (
            "PATH\nformat = 'csv'\npatterns = { a = { in = 'b', find = '(' } }",
            "patterns.a has a regular expression that is wrong: missing ), ",
        ),
        (
            "PATH\nformat = 'csv'\npatterns = { a = { in = 'b', find = 'c' } }",
            "patterns.a must have one pair of brackets, around what becomes the cell.",
        ),
        (
            "PATH\nformat = 'csv'\npatterns = { a = { in = 'b', find = '((?:c+)+)$' } }",
            "patterns.a repeats a repetition, which can take for ever: write it without (…+)+.",
        ),
        ("PATH\nformat = 'csv'\nsheet = 'a'", "sheet is only for the formats xlsx and xls."),
        ("PATH\nformat = 'csv'\nencoding = 'utf9'", "encoding is utf9, which is no known encoding."),
        ("PATH\nformat = 'csv'\nauth = 'COURTS'", "auth is only for sources with a url."),
        ("PATH\nformat = 'csv'\npause = 3", "pause is only for sources with a url."),
        ("PATH\nformat = 'csv'\nmethod = 'POST'", "method is only for sources with a url."),
        ("PATH\nformat = 'csv'\npages = { last = 3 }", "pages and {page} in url belong together"),
        ("URL\nformat = 'csv'\npages = { last = 3 }", "pages and {page} in url belong together"),
        ("URL{page}'\nformat = 'csv'", "pages and {page} in url belong together: give both or neither."),
        ("URL{cursor}'\nformat = 'json'", "pages and {cursor} in url belong together: give both or neither."),
        (
            "URL\nformat = 'json'\npages = { cursor = 'a', last = 3 }",
            "pages and {cursor} in url belong together",
        ),
        (
            "URL{page}'\nformat = 'json'\npages = { cursor = 'a', last = 3 }",
            "pages.cursor and {cursor} in url belong together",
        ),
        (
            "URL{cursor}'\nformat = 'json'\npages = { last = 3 }",
            "pages.cursor is missing; say where in a page the next {cursor} stands.",
        ),
        (
            "URL{page}'\nformat = 'json'\npages = { next = 'a', last = 3 }",
            "pages.next needs no {page}: the pages themselves say which is next.",
        ),
        (
            "URL{page}{offset}'\nformat = 'json'\npages = { last = 3 }",
            "url has {offset} and {page}; pages are asked for in one way.",
        ),
        (
            "URL{offset}'\nformat = 'json'\npages = { last = 3 }",
            "pages.step is missing; say how many rows a page has.",
        ),
        (
            "URL\nformat = 'csv'\npages = { next = 'a', last = 3 }",
            "pages.next is only for the format",
        ),
        (
            "URL{page}'\nformat = 'csv'\npages = { first = 3, last = 1 }",
            "pages.last must not be below first.",
        ),
        (
            "URL{page}'\nformat = 'csv'\npages = { last = 200000 }",
            "pages.last must be at most 100000 pages away.",
        ),
        (
            "URL{cursor}'\nformat = 'json'\npages = { cursor = 'a', next = 'b', last = 3 }",
            "pages.next cannot stand beside another of cursor, next and link_header.",
        ),
        (
            "URL\nformat = 'json'\npages = { next = 'b', step = 2, last = 3 }",
            "pages.step is only for {page} and {offset}.",
        ),
        (
            "URL{page}'\nformat = 'json'\npages = { start = 'b', last = 3 }",
            "pages.start is only for a cursor.",
        ),
        (
            "URL{page}'\nformat = 'json'\npages = { links = 'b', last = 3 }",
            "pages.links is not a known key; known are cursor, first, first_url, last, ",
        ),
        ("URL\nformat = 'csv'\nmethod = 'PUT'", 'method must be "GET" or "POST".'),
        ("URL\nformat = 'csv'\nbody = { a = 1 }", 'body is only for method = "POST".'),
        ("URL\nformat = 'csv'\nbody_format = 'form'", 'body_format is only for method = "POST".'),
        (
            "URL\nformat = 'csv'\nmethod = 'POST'\nbody_format = 'form'\nbody = { a = [1] }",
            "body.a must be one value; only a JSON body has tables and lists.",
        ),
        ("URL\nformat = 'csv'\nauth = 'a b'", "auth must be capital letters and digits with _ between."),
        ("URL\nformat = 'csv'\npause = 0", "pause must be from 0.5 to 120 seconds."),
    ],
)
def test_a_mistake_is_one_sentence(file: Path, registry: Registry, layout: str, says: str) -> None:
    layout = re.sub(r"^URL$", "URL'", layout, flags=re.M)
    layout = layout.replace("URL", "url = 'https://example.org/list").replace("PATH", "path = 'rows.csv'")
    with pytest.raises(DefinitionError) as raised:
        said(file, registry, layout)
    text = str(raised.value)
    assert text.startswith(f"{file}: {says}")
    assert re.fullmatch(r"[^\n]+[.]", text)
