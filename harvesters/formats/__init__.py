"""Formats: a fetched file in, rows of text out. One module a format; nothing here knows what a row means."""

from collections.abc import Iterator

from harvesters.formats.raw import BadRow, Fetched, Layout, RawRow

__all__ = ["BadRow", "Fetched", "Layout", "RawRow", "rows"]


def rows(fetched: Fetched, definition: Layout) -> Iterator[RawRow | BadRow]:
    """The file's rows in its own order, streamed.

    Raises SourceUnreadable (one sentence naming the file) when it cannot be read at all, or not to its end.
    """
    raise NotImplementedError
