"""NDJSON: one JSON object a line; a line that is none costs itself alone."""

import json
from collections.abc import Iterator
from typing import TextIO

from harvesters.formats import instead, text, tree
from harvesters.formats.raw import MAX_EXCERPT, BadRow, Fetched, Layout, RawRow
from publisher.errors import SourceUnreadable
from publisher.items import RowRef

MAX_LINE = 16 << 20
"""The longest line that is looked at, in characters."""


def rows(fetched: Fetched, definition: Layout) -> Iterator[RawRow | BadRow]:
    """The rows of an NDJSON file, numbered by its lines; blank lines are none. Memory stays flat."""
    encoding = text.recognise(fetched.path, fetched.name, definition.encoding, fetched.encoding)
    with fetched.path.open(encoding=encoding.name, errors=encoding.errors) as stream:
        head = stream.read(text.HEAD)
        instead.check_line(head, fetched.name, "NDJSON")
        if head.lstrip("\ufeff \r\n\t").startswith("["):
            raise SourceUnreadable(f'{fetched.name} is one JSON list, not a row a line: say format = "json".')
        stream.seek(0)
        for number, line in _lines(stream):
            yield _row(RowRef(fetched.name, number), line, encoding)


def _lines(stream: TextIO) -> Iterator[tuple[int, str]]:
    """The lines with their numbers, cut after MAX_LINE."""
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        rest = line
        while len(rest) > MAX_LINE and not rest.endswith("\n"):
            rest = stream.readline(MAX_LINE + 1)
        if not line.isspace():
            yield number, line.removeprefix("\ufeff") if number == 1 else line


def _row(where: RowRef, line: str, encoding: text.Encoding) -> RawRow | BadRow:
    excerpt = line[:MAX_EXCERPT].rstrip("\n").encode("utf-8", "replace").decode()
    if len(line) > MAX_LINE:
        return BadRow(where, None, f"the line is longer than {MAX_LINE:,} characters", excerpt)
    try:
        value = tree.loads(line)
    except json.JSONDecodeError as error:
        return BadRow(where, None, f"the line is not JSON (column {error.colno}: {error.msg})", excerpt)
    except RecursionError:
        return BadRow(where, None, "the line is nested too deeply to be read", excerpt)
    if not isinstance(value, dict):
        return BadRow(where, None, "the line is not an object", excerpt)
    return tree.row(where, value, encoding)
