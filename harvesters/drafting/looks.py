"""How a file is to be read: its format by its content, then what that format leaves open.

One small function a format, in the table at the end.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from itertools import islice
from pathlib import Path
from typing import Any

import charset_normalizer
from python_calamine import CalamineError, CalamineWorkbook

from harvesters.formats import Fetched, delimited, html, markup, table, text, tree
from harvesters.formats.probe import readable, visible
from harvesters.formats.visible import Page, fragment, words
from harvesters.source import Definition
from publisher.errors import SourceUnreadable
from publisher.kinds import Label

_HEAD = 1 << 16
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_DEEPEST = 8
_ABOVE = 10
_SNIFFED = 100
_DECLARATION = re.compile(r"<\?xml[^>]*\?>\s*")
_FEED = re.compile(r"(?:<!--.*?-->\s*)*<(?:rss|feed|(?:\w+:)?RDF)\b", re.S)
_CALLED = re.compile(r"<title[^>]*>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</title>", re.S)
_JSONP = re.compile(r"(?:/\*.*?\*/\s*)?[A-Za-z_$][\w$.]*\s*\(\s*[\[{]", re.S)


@dataclass(frozen=True, slots=True)
class Look:
    """What a definition must say for the file to be read. `found` is the encoding whether or not it must be
    said; `above` are the texts over the header; `notes` say why, by key of the definition."""

    format: str
    rows: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    found: str = "utf-8"
    delimiter: str = ","
    above: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    files: str | None = None


def look(fetched: Fetched) -> Look:
    """Looks at a file. Raises SourceUnreadable when it is in no format that can be drafted."""
    return _LOOKS[format_of(fetched)](fetched)


def layout(file: Path, look: Look) -> Definition:
    """As much of a definition as it takes to read a file."""
    return Definition(
        file=file,
        version="",
        id="",
        sector="",
        title=Label("", ""),
        authority="",
        kind="",
        format=look.format,
        key=(),
        rows=look.rows,
        sheet=look.sheet,
        encoding=look.encoding,
    )


def format_of(fetched: Fetched) -> str:
    """The format that the content is in, whatever the file is called. Raises SourceUnreadable."""
    with fetched.path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise SourceUnreadable(f"{fetched.name} is empty.")
    if head.startswith(_OLE):
        return "xls"
    if head.startswith(_ZIP):
        if b"xl/" in head or b"[Content_Types].xml" in head:
            return "xlsx"
        raise SourceUnreadable(f"{fetched.name} is an archive without rows in it: give one of its files.")
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z")):
        raise SourceUnreadable(f"{fetched.name} is no table: give CSV, a workbook or JSON.")
    words = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "ignore")
    words = _DECLARATION.sub("", words.lstrip("\ufeff \t\r\n"), count=1)
    if text.as_html(words):
        return "html"
    if words.startswith("<"):
        return "feed" if _FEED.match(words) else "xml"
    if words.startswith(("{", "[")) or _JSONP.match(words):
        return "ndjson" if _is_ndjson(words) else "json"
    return "csv"


def _is_ndjson(words: str) -> bool:
    """Whether the first line is an object, and another follows it."""
    line, _, more = words.partition("\n")
    try:
        return isinstance(tree.loads(line), dict) and more.lstrip().startswith("{")
    except (ValueError, RecursionError):
        return False


def _csv(fetched: Fetched) -> Look:
    stated, notes = None, {}
    try:
        found = text.recognise(fetched.path, fetched.name, None, fetched.encoding)
    except SourceUnreadable:
        guess = charset_normalizer.from_path(fetched.path).best()
        if guess is None:
            raise
        stated = guess.encoding
        notes["encoding"] = "a guess: see that letters with accents are right"
        found = text.recognise(fetched.path, fetched.name, stated)
    with fetched.path.open(encoding=found.name, errors=found.errors, newline="") as stream:
        start = list(islice(stream, _SNIFFED))
    delimiter = delimited.delimiter_of(start)
    lines: list[list[str]] = []
    with suppress(csv.Error):  # a cell longer than the reader takes; the header stands before it
        lines.extend(islice(csv.reader(start, delimiter=delimiter), table.SAMPLE))
    return Look("csv", None, None, stated, found.name, delimiter, _above(lines), notes)


def _workbook(format: str) -> Callable[[Fetched], Look]:
    def look(fetched: Fetched) -> Look:
        if not readable(fetched.path, None):
            raise SourceUnreadable(f"{fetched.name} is damaged, or too large to be read: ask for CSV.")
        with suppress(CalamineError), CalamineWorkbook.from_path(str(fetched.path)) as book:
            names = visible(book)
            sizes = {name: _cells(book, name) for name in names}
            largest = max(names, key=lambda name: sizes[name], default=None)
            notes = {}
            sheet = None
            if largest is not None and len(names) > 1 and sizes[largest] > sizes[names[0]]:
                sheet = largest
                others = ", ".join(f'"{name}"' for name in names if name != largest)
                notes["sheet"] = f"the largest; there are also {others}"
            lines = _first_lines(book, sheet or largest)
            return Look(format, sheet=sheet, above=(*_above(lines), sheet or ""), notes=notes)
        return Look(format)  # reading it says what is wrong with it

    return look


def _cells(book: CalamineWorkbook, name: str) -> int:
    sheet = book.get_sheet_by_name(name)
    return sheet.height * sheet.width


def _first_lines(book: CalamineWorkbook, sheet: str | None) -> list[list[str]]:
    if sheet is None:
        return []
    rows = islice(book.get_sheet_by_name(sheet).iter_rows(), table.SAMPLE)
    return [[str(cell) for cell in row] for row in rows]


def _above(lines: list[list[str]]) -> tuple[str, ...]:
    """What stands over the header: titles, units, notes."""
    place = table.header_at(lines)
    return tuple(cell.strip() for line in lines[: min(place or 0, _ABOVE)] for cell in line if cell.strip())


@dataclass(frozen=True, slots=True)
class _Rows:
    """A list of objects somewhere in a page: its path, how many, how many cells a row has."""

    path: str
    count: int
    width: int


def _json(fetched: Fetched) -> Look:
    found = text.recognise(fetched.path, fetched.name, None, fetched.encoding)
    page = tree.parsed(fetched.path.read_text(found.name, found.errors), fetched.name)
    lists = sorted(_lists(page, "", 0), key=lambda rows: -rows.count * rows.width)
    if not lists:
        raise SourceUnreadable(f"{fetched.name} has no list of rows in it.")
    best, notes = lists[0], {}
    if others := [rows for rows in lists[1:4] if not rows.path.startswith(best.path)]:
        named = ", ".join(f'"{rows.path}" ({rows.count})' for rows in others)
        notes["rows"] = f"the largest list in it; there are also {named}"
    return Look("json", best.path or None, found=found.name, above=tuple(_titles(page)), notes=notes)


def _lists(value: Any, path: str, depth: int) -> Iterator[_Rows]:
    """All lists of objects in a page. Where each object only wraps another, the path goes on into that."""
    value = tree.unpacked(value)
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, part in value.items():
            if "." not in key:
                yield from _lists(part, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list) and (objects := [row for row in value[:50] if isinstance(row, dict)]):
        inner = _wrapped(objects)
        width = max(len(tree.flatten(row.get(inner) if inner else row)) for row in objects)
        yield _Rows(f"{path}[].{inner}" if inner else path, len(value), width)


def _wrapped(objects: list[dict[str, Any]]) -> str | None:
    """The key under which each object holds the row itself, beside at most two cells of its own."""
    for key, part in objects[0].items():
        if isinstance(part, dict) and len(part) > 2 and "." not in key:
            alone = all(len(row) <= 3 for row in objects)
            if alone and all(isinstance(row.get(key), dict) for row in objects):
                return key
    return None


def _ndjson(fetched: Fetched) -> Look:
    found = text.recognise(fetched.path, fetched.name, None, fetched.encoding)
    return Look("ndjson", found=found.name)


def _xml(fetched: Fetched) -> Look:
    """Rows are the elements of one name, with the most in them, whose parent stands there once."""
    found = markup.outline(fetched, layout(fetched.path, Look("xml")))
    sizes = {
        path: count * len(found.parts[path])
        for path, count in found.counts.items()
        if len(path) > 1 and found.counts[path[:-1]] == 1
    }
    best = max(sizes, key=lambda path: sizes[path], default=None)
    if best is None or not sizes[best]:
        raise SourceUnreadable(f"{fetched.name} has no list of rows in it.")
    notes = {}
    if others := [path for path in sizes if path != best and sizes[path] and found.counts[path] > 1]:
        named = ", ".join(f'"{"/".join(path)}" ({found.counts[path]})' for path in others[:3])
        notes["rows"] = f"the largest list in it; there are also {named}"
    return Look("xml", "/".join(best), notes=notes)


def _html(fetched: Fetched) -> Look:
    as_if = layout(fetched.path, Look("html"))
    page = Page(fetched, as_if)
    if html.table_rows(fetched, as_if) is None:
        raise SourceUnreadable(
            f'{fetched.name} is an HTML page ("{page.title}") without a table of rows: give the file that it '
            "links to, or write `rows` and [cells] of its definition by hand."
        )
    above = (page.title, *(words(node) for node in page.tree.css("h1, h2, caption")[:_ABOVE]))
    return Look("html", above=tuple(filter(None, above)))


def _feed(fetched: Fetched) -> Look:
    with fetched.path.open("rb") as file:
        called = _CALLED.search(file.read(_HEAD).decode("utf-8", "ignore"))
    return Look("feed", above=(fragment(unescape(called[1])),) if called else ())


def _titles(page: Any) -> Iterator[str]:
    if isinstance(page, dict):
        for key in ("title", "name", "标题", "名称"):
            if isinstance(found := page.get(key), str):
                yield found


_LOOKS: Mapping[str, Callable[[Fetched], Look]] = {
    "csv": _csv,
    "xlsx": _workbook("xlsx"),
    "xls": _workbook("xls"),
    "json": _json,
    "ndjson": _ndjson,
    "xml": _xml,
    "html": _html,
    "feed": _feed,
}
