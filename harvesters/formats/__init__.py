"""Formats: a fetched file in, rows of text out. One module a format; nothing here knows what a row means."""

from collections.abc import Iterator

from harvesters.formats import delimited, tree, workbook
from harvesters.formats.raw import BadRow, Fetched, Layout, RawRow
from publisher.errors import SourceUnreadable

__all__ = ["BadRow", "Fetched", "Layout", "RawRow", "rows"]

_READERS = {"csv": delimited.rows, "xlsx": workbook.rows, "xls": workbook.rows, "json": tree.rows}


def rows(fetched: Fetched, definition: Layout) -> Iterator[RawRow | BadRow]:
    """The file's rows in its own order, streamed.

    Raises SourceUnreadable (one sentence naming the file) when it cannot be read at all, or not to its end.
    """
    try:
        yield from _READERS[definition.format](fetched, definition)
    except OSError as error:
        raise SourceUnreadable(f"{fetched.name} cannot be read: {error.strerror or error}.") from error
