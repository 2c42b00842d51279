"""Formats: a fetched file in, rows of text out. One module a format; nothing here knows what a row means."""

from collections.abc import Callable, Iterator, Mapping

from harvesters.formats import delimited, feed, html, lines, markup, script, tree, workbook
from harvesters.formats.patterns import cut
from harvesters.formats.raw import BadRow, Detail, Fetched, Layout, Own, Pattern, RawRow
from publisher.errors import SourceUnreadable

__all__ = [
    "FORMATS",
    "PAGED",
    "PATHS",
    "SUFFIXES",
    "BadRow",
    "Detail",
    "Fetched",
    "Layout",
    "Own",
    "Pattern",
    "RawRow",
    "links",
    "pointer",
    "rows",
    "verdict",
]

_READERS: Mapping[str, Callable[[Fetched, Layout], Iterator[RawRow | BadRow]]] = {
    "csv": delimited.rows,
    "xlsx": workbook.rows,
    "xls": workbook.rows,
    "json": tree.rows,
    "ndjson": lines.rows,
    "xml": markup.rows,
    "html": html.rows,
    "feed": feed.rows,
    "python": script.rows,
}
_POINTERS: Mapping[str, Callable[[Fetched, Layout, str], str | None]] = {
    "json": tree.pointer,
    "xml": markup.pointer,
    "html": html.pointer,
}
_VERDICTS: Mapping[str, Callable[[Fetched, Layout], Mapping[str, str]]] = {
    "json": tree.verdict,
    "html": html.verdict,
}

FORMATS = tuple(_READERS)
PAGED = tuple(_POINTERS)
"""Formats of which a page can say itself which is the next."""
PATHS = ("json", "xml", "html")
"""Formats whose rows stand somewhere inside a page."""
SUFFIXES: Mapping[str, tuple[str, ...]] = {
    **{name: (f".{name}",) for name in FORMATS},
    "ndjson": (".ndjson", ".jsonl"),
    "html": (".html", ".htm", ".shtml"),
    "feed": (".xml", ".rss", ".atom"),
    "python": (".page",),
}
"""How the names of a format's files end, the usual one first."""


def rows(fetched: Fetched, definition: Layout) -> Iterator[RawRow | BadRow]:
    """The file's rows in its own order, streamed.

    Raises SourceUnreadable (one sentence naming the file) when it cannot be read at all, or not to its end.
    """
    try:
        for row in _READERS[definition.format](fetched, definition):
            yield cut(row, definition.patterns) if definition.patterns and isinstance(row, RawRow) else row
    except OSError as error:
        raise SourceUnreadable(f"{fetched.name} cannot be read: {error.strerror or error}.") from error


def pointer(fetched: Fetched, definition: Layout, place: str) -> str | None:
    """What a page has at `place`, a path or selector, to say which page is next; None if it says none.

    Raises SourceUnreadable when the page cannot be read.
    """
    return _POINTERS[definition.format](fetched, definition, place)


def links(fetched: Fetched, definition: Layout) -> dict[str, Own]:
    """The rows' own pages, by the links as they are written; none without `detail`."""
    return html.links(fetched, definition) if definition.detail else {}


def verdict(fetched: Fetched, definition: Layout) -> Mapping[str, str] | None:
    """What a page says of itself beside its rows: an HTML page's title, the codes of a JSON page. One without
    rows that says something else is no sure end of a list. None for other formats."""
    says = _VERDICTS.get(definition.format)
    return says(fetched, definition) if says else None
