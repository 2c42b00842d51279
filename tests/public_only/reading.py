"""What an answer of the site shows, whatever its format."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from tests.fixtures.site import BASE_URL

_NUMBER = r"([\d,]+)"
MARKER = re.compile(r"第k\d{4}v\d+z号")
"""Stands in all texts of an item."""


class Answer:
    """An answer; what stands in it is found by the marks that the rows of the oracle carry in all texts."""

    def __init__(self, address: str, status: int, text: str, mimetype: str) -> None:
        self.address, self.status, self.text = address, status, text
        self.json: Any = orjson.loads(text) if mimetype.endswith("json") else None
        page, self._atom = mimetype == "text/html", mimetype == "application/atom+xml"
        self._seen = re.sub(r"<[^>]*>", "", text[text.index("<main") :]) if page else text

    @cached_property
    def items(self) -> set[str]:
        """Ids of items."""
        return set(re.findall(r"/items/([a-z2-7]{16})\b", self.text))

    @cached_property
    def markers(self) -> set[str]:
        """Texts of items, with their version."""
        return set(MARKER.findall(self._seen))

    @cached_property
    def numbers(self) -> set[int]:
        """Numbers of items."""
        return {int(number) for number in re.findall(r"第k(\d{4})(?:v\d+)?z号", self._seen)}

    @cached_property
    def companies(self) -> set[int]:
        return {int(number) for number in re.findall(r"海南c(\d{3})z", self._seen)}

    def suggested(self) -> list[str]:
        """Ids of the subjects of a name: all of the API's, or those above the results of a search."""
        if self.json:
            return [subject["id"] for subject in self.json["data"]]
        box = re.search(r'<section class="subjects-found".*?</section>', self.text, re.S)
        return re.findall(r"/subjects/([a-z2-7]{16})\b", box.group()) if box else []

    @cached_property
    def objected(self) -> dict[str, bool]:
        """Of each item that stands in it as the API gives it, whether somebody has objected to it; of a page
        whether any has, under ""."""
        if self.json is None:
            return {"": bool(re.search("异议处理中|Objection being examined", self.text))}
        return dict(_objected(self.json))

    @property
    def next(self) -> str | None:
        """The address of the next page."""
        if self._atom:
            found = re.search(r'<link rel="next" href="([^"]*)"', self.text)
            return html.unescape(found[1]).removeprefix(BASE_URL) if found else None
        if self.json is None:
            found = re.search(r'class="next" rel="next" href="([^"]*)"', self.text)
            return html.unescape(found[1]) if found else None
        if "items" in self.json:
            following = self.json.get("next_url")
            return following.removeprefix(BASE_URL) if following else None
        cursor = self.json["meta"].get("next")
        path = re.sub(r"[?&]page=[^&]*", "", self.address)
        return f"{path}{'&' if '?' in path else '?'}page={cursor}" if cursor else None

    # numbers of items; a counter makes no difference between none and nothing said

    def total(self) -> int | None:
        """How many there are on all pages; a feed does not say."""
        if self._atom:
            return None
        if self.json is None:
            return self._first(r'<h2 id="found">\D*' + _NUMBER)
        return self.json["meta"]["total"] if "meta" in self.json else None

    def by_kind(self) -> Counter[str]:
        """Of the home page or of a subject."""
        if self.json is not None:
            return Counter(self.json["data"]["counts"])
        tile = r'(?:kind=|#)(\w+)[^"]*"><span class="tile-label">[^<]*</span> <strong class="tile-count">'
        return self._named(tile)

    def by_list(self) -> Counter[str]:
        return self._named(
            r'href="/lists/([^"?/]+)[^"]*">[^<]*</a>(?:</h2>.*?<strong>| <span class="count">)\D*?'
        )

    def by_source(self) -> Counter[str]:
        if self.json is not None:
            data = self.json["data"]
            return Counter({source["id"]: source["items"] for source in data})
        return self._named(r'<a href="/sources/([^"?]+)[^"]*">[^<]*</a>.*?<td class="numeric"[^>]*>')

    def of_list(self) -> int:
        """How many items are on the list that the page is about."""
        return self._first(r"<p><strong>\D*" + _NUMBER)

    def of_source(self) -> int:
        if self.json is not None:
            return int(self.json["data"]["items"])
        return self._first(r'<dl class="small">.*?<dd>.*?</dd>.*?<dd>' + _NUMBER)

    def facets(self) -> dict[str, Counter[str]]:
        """Of the API all values; of a page those that it offers to choose."""
        if self.json is not None:
            facets = self.json["meta"]["facets"]
            return {
                name: Counter({one["value"]: one["count"] for one in values})
                for name, values in facets.items()
            }
        offered: dict[str, Counter[str]] = {}
        asked = {*parse_qsl(urlsplit(self.address).query), ("sort", "newest")}
        link = (
            r'<a href="([^"]*)" rel="nofollow"><span class="choice-label">[^<]*</span> <span class="count">'
        )
        for url, count in self._named(link).items():
            for name, value in set(parse_qsl(urlsplit(html.unescape(url)).query)) - asked:
                offered.setdefault(name, Counter())[value] = count
        return offered

    def _named(self, before: str) -> Counter[str]:
        found = re.findall(before + _NUMBER, self.text, re.S)
        return Counter({name: int(count.replace(",", "")) for name, count in found})

    def _first(self, pattern: str) -> int:
        found = re.search(pattern, self.text, re.S)
        assert found, f"{self.address} has no {pattern}"
        return int(found[1].replace(",", ""))


def _objected(value: Any) -> Iterator[tuple[str, bool]]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict) and "objected_at" in value:
        yield value["id"], value["objected_at"] is not None
    for part in parts:
        yield from _objected(part)
