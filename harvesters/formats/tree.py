"""JSON: rows somewhere inside a page, objects in objects."""

import json
import re
from collections.abc import Iterator
from typing import Any

from harvesters.formats import barrier, table, text
from harvesters.formats.raw import MAX_CELL, MAX_EXCERPT, BadRow, Fetched, Layout, RawRow
from publisher import masking
from publisher.errors import SourceUnreadable
from publisher.items import RowRef

Json = Any
"""Parsed JSON; numbers are text as they stand, so that no digit is lost."""

_JSONP = re.compile(r"\s*(?:/\*.*?\*/\s*)?[A-Za-z_$][\w$.]*\s*\((?P<body>.*)\)\s*;?\s*", re.S)
_SAYS = ("message", "msg", "error", "errmsg", "errorMessage", "detail", "title")
_SEPARATOR = "; "


class _NoPath(Exception):
    """The path leads nowhere; the text says where it ends."""


def rows(fetched: Fetched, definition: Layout) -> Iterator[RawRow | BadRow]:
    """The rows of one page; nested objects become dotted names, lists one text joined by "; ".

    Raises Barrier for a page without rows that says that it is an error.
    """
    encoding = text.recognise(fetched.path, fetched.name, definition.encoding, fetched.encoding)
    page = parsed(fetched.path.read_text(encoding.name, encoding.errors), fetched.name)
    path = definition.rows or ""
    try:
        found = list(_follow(page, path.split(".") if path else [], ""))
    except _NoPath as error:
        said = says(page)
        kind = barrier.Barrier if barrier.in_json(page, said, fetched.first) else SourceUnreadable
        raise kind(f'{fetched.name} has no rows at "{path}": {error}{said}.') from error
    if not found and barrier.in_json(page, said := says(page), fetched.first):
        raise barrier.Barrier(f"{fetched.name} is an error where a list was due{said}.")
    for number, each in enumerate(found, 1):
        yield row(RowRef(fetched.name, number), each, encoding)


def pointer(fetched: Fetched, definition: Layout, place: str) -> str | None:
    """The text or number at a dotted path of the page; None where there is none, or it is blank or false."""
    encoding = text.recognise(fetched.path, fetched.name, definition.encoding, fetched.encoding)
    value = parsed(fetched.path.read_text(encoding.name, encoding.errors), fetched.name)
    for step in place.split("."):
        value = unpacked(value.get(step)) if isinstance(value, dict) else None
    return value.strip() or None if isinstance(value, str) else None


def verdict(fetched: Fetched, definition: Layout) -> dict[str, str]:
    """The codes by which a page says how it went, by their names."""
    encoding = text.recognise(fetched.path, fetched.name, definition.encoding, fetched.encoding)
    return barrier.codes(parsed(fetched.path.read_text(encoding.name, encoding.errors), fetched.name))


def flatten(value: Json, name: str = "") -> dict[str, str]:
    """An object's cells by dotted name. The parts of a list stand under one name, joined by "; "."""
    if isinstance(value, dict):
        cells: dict[str, str] = {}
        for key, part in value.items():
            cells.update(flatten(part, f"{name}.{key}" if name else key))
        return cells
    if not isinstance(value, list):
        return {name: _scalar(value)}
    parts: dict[str, list[str]] = {}
    for place, part in enumerate(value, 1):
        for key, words in flatten(part, name or str(place)).items():
            parts.setdefault(key, []).append(words)
    return {key: _SEPARATOR.join(filter(None, words)) for key, words in parts.items()} or {name: ""}


def loads(words: str) -> Json:
    """Parsed JSON. Raises json.JSONDecodeError, RecursionError."""
    return json.loads(words, parse_int=str, parse_float=str, parse_constant=str, strict=False)


def row(where: RowRef, value: Json, encoding: text.Encoding) -> RawRow | BadRow:
    """A parsed object or list as a row; a value that cannot be one as a BadRow."""
    if isinstance(value, _NoPath):
        return BadRow(where, None, str(value), "")
    if not isinstance(value, dict | list):
        return BadRow(where, None, "the row is neither an object nor a list", _scalar(value)[:MAX_EXCERPT])
    cells = flatten(value)
    if max(map(len, cells.values()), default=0) > MAX_CELL:
        return table.long_cell(where, cells.keys(), cells.values())
    for name, cell in cells.items():
        if encoding.bad(name) or encoding.bad(cell):
            what = f"bytes that are not {encoding.name}" if encoding.damaged else "half a character"
            reason = f"the cell holds {what}"
            return BadRow(where, _printable(name), reason, _printable(cell[:MAX_EXCERPT]))
    return RawRow(where, cells)


def parsed(words: str, file: str) -> Json:
    """A page of JSON, or of JSONP. Raises SourceUnreadable naming the file."""
    words = words.lstrip("\ufeff")
    barrier.check_html(words, file, "JSON")
    if not words.strip():
        raise SourceUnreadable(f"{file} is empty.")
    if wrapped := _JSONP.fullmatch(words):
        words = wrapped["body"]
    try:
        return loads(words)
    except RecursionError as error:
        raise SourceUnreadable(f"{file} is nested too deeply to be read.") from error
    except json.JSONDecodeError as error:
        if error.pos >= len(words.rstrip()) or error.msg.startswith("Unterminated"):
            raise SourceUnreadable(f"{file} is cut off: its JSON ends before its end.") from error
        where = f"line {error.lineno}, column {error.colno}"
        raise SourceUnreadable(f"{file} is not JSON ({where}: {error.msg}).") from error


def _follow(value: Json, steps: list[str], at: str) -> Iterator[Json]:
    """The rows at the end of a path. "[]" goes into each element; one without the rest of the path comes as
    _NoPath, so that it costs only itself.
    """
    value = unpacked(value)
    if not steps:
        yield from value if isinstance(value, list) else [] if value is None else [value]
        return
    step, rest = steps[0], steps[1:]
    key, each = step.removesuffix("[]"), step.endswith("[]")
    if key:
        if not isinstance(value, dict):
            raise _NoPath(f"{at or 'it'} is {_what(value)}, not an object")
        if key not in value:
            names = ", ".join(f'"{name}"' for name in list(value)[:10]) or "nothing"
            raise _NoPath(f'{at or "it"} has {names} but not "{key}"')
        value, at = unpacked(value[key]), f"{at}.{key}" if at else key
    if not each or value is None:
        yield from _follow(value, rest if value is not None else [], at)
        return
    if not isinstance(value, list):
        raise _NoPath(f"{at or 'it'} is {_what(value)}, not a list")
    for element in value:
        try:
            yield from _follow(element, rest, "the row") if rest else [unpacked(element)]
        except _NoPath as error:
            yield error


def unpacked(value: Json) -> Json:
    """A string that holds JSON, as some servers send their rows, is that JSON."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _scalar(value: Json) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case _:
            return text.without_controls(str(value))


def _what(value: Json) -> str:
    kinds = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return kinds.get(type(value), "nothing")


def says(page: Json) -> str:
    """What a page says of itself when it has no rows: many servers send their errors as success."""
    if isinstance(page, dict):
        for key in _SAYS:
            if isinstance(said := page.get(key), str) and said.strip():
                return f'; it says "{masking.quoted(" ".join(_printable(said).split()))[:120]}"'
    return ""


def _printable(words: str) -> str:
    return words.encode("utf-8", "replace").decode()
