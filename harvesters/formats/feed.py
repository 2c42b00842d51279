"""RSS and Atom: one entry a row, its texts as people see them, its dates as moments."""

import re
from collections.abc import Iterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any

from harvesters.formats import instead, table, text, visible
from harvesters.formats.raw import BadRow, Fetched, Layout, RawRow
from publisher.errors import SourceUnreadable
from publisher.items import RowRef

MAX_FEED = 32 << 20
"""The largest feed that is parsed, in bytes: it is held in memory, several times over."""

_SEPARATOR = "; "
_RFC_822 = re.compile(r"\s*(?:[A-Za-z]{3},?\s+)?\d{1,2}\s+[A-Za-z]{3}[A-Za-z]*\s+\d{4}\s+\d")
_DECLARATION = re.compile(r"\s*<\?xml[^>]*?(?:encoding\s*=\s*[\"'](?P<encoding>[\w.-]+)[\"'][^>]*)?\?>")
_ENDS = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf)\s*>\s*(?:<!--.*?-->\s*)*\Z", re.I | re.S)


def rows(fetched: Fetched, definition: Layout) -> Iterator[RawRow | BadRow]:
    """The entries with title, link, id, published, updated, author, categories, summary and content, "" where
    an entry lacks them. Texts are as people see them.
    """
    words, encoding = _text(fetched, definition)
    import feedparser  # takes long to load, and few sources are feeds

    # A stream: given text, feedparser would fetch what looks like an address.
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": fetched.url or ""}
    found = feedparser.parse(BytesIO(words.encode()), response_headers=headers)
    if not found.version:
        raise SourceUnreadable(f"{fetched.name} is neither RSS nor Atom.")
    if not _ENDS.search(words, max(0, len(words) - text.HEAD)):
        raise SourceUnreadable(f"{fetched.name} is cut off: its feed has no end.")
    for number, entry in enumerate(found.entries, 1):
        yield table.checked(RowRef(fetched.name, number), _cells(entry), encoding)


def _text(fetched: Fetched, definition: Layout) -> tuple[str, text.Encoding]:
    """The feed's text without its declaration, which may name another encoding."""
    if fetched.path.stat().st_size > MAX_FEED:
        raise SourceUnreadable(f"{fetched.name} is larger than {MAX_FEED >> 20} MiB, too large for a feed.")
    with fetched.path.open("rb") as file:
        declared = _DECLARATION.match(file.read(1024).decode("ascii", "ignore"))
    said = declared["encoding"] if declared and declared["encoding"] else fetched.encoding
    encoding = text.recognise(fetched.path, fetched.name, definition.encoding, said)
    words = fetched.path.read_text(encoding.name, encoding.errors).lstrip("\ufeff \r\n\t")
    words = text.without_surrogates(text.without_controls(words))
    instead.check(words[: text.HEAD], fetched.name, "a feed")
    return _DECLARATION.sub("", words, count=1), encoding


def _cells(entry: dict[str, Any]) -> dict[str, str]:
    # Without dict.get, feedparser gives one date in place of the other. Those that it parses are not taken:
    # of 2026年3月8日 it makes the first of November.
    contents = [each.get("value", "") for each in dict.get(entry, "content", [])]
    categories = [each.get("term") or each.get("label") or "" for each in dict.get(entry, "tags", [])]
    return {
        "title": visible.fragment(dict.get(entry, "title", "")),
        "link": dict.get(entry, "link", ""),
        "id": dict.get(entry, "id", ""),
        "published": _moment(dict.get(entry, "published", "")),
        "updated": _moment(dict.get(entry, "updated", "")),
        "author": dict.get(entry, "author", ""),
        "categories": _SEPARATOR.join(filter(None, categories)),
        "summary": visible.fragment(dict.get(entry, "summary", "")),
        "content": visible.fragment("\n".join(contents)),
    }


def _moment(said: str) -> str:
    """A date in the manner of RSS (Sun, 08 Mar 2026 09:00:00 +0800) as 2026-03-08T09:00:00+08:00; others as
    they stand."""
    with suppress(ValueError):
        return parsedate_to_datetime(said).isoformat() if _RFC_822.match(said) else said
    return said
