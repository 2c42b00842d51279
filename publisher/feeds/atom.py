"""Atom (RFC 4287), with the pages of RFC 5005: what a JSON Feed says, in the other format."""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

NAMESPACE = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(feed: Mapping[str, Any], id: str, author: str, empty: str) -> bytes:
    """The JSON Feed as a document of Atom. `id` names the feed on all its pages, `author` is who speaks where
    an entry names nobody, `empty` the moment that a feed without entries was updated."""
    root = Element("feed", {"xmlns": NAMESPACE, "xml:lang": feed["language"]})
    _text(root, "id", id)
    _text(root, "title", feed["title"])
    _text(root, "subtitle", feed["description"])
    _text(root, "updated", max((entry["date_modified"] for entry in feed["items"]), default=empty))
    _text(SubElement(root, "author"), "name", author)
    links = {
        "self": feed["feed_url"],
        "alternate": feed["home_page_url"],
        "first": id,
        "next": feed.get("next_url"),
    }
    for relation, address in links.items():
        if address:
            SubElement(root, "link", rel=relation, href=address)
    for entry in feed["items"]:
        _entry(SubElement(root, "entry"), entry)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _entry(element: Element, entry: Mapping[str, Any]) -> None:
    _text(element, "id", entry["id"])
    _text(element, "title", entry["title"])
    _text(element, "published", entry["date_published"])
    _text(element, "updated", entry["date_modified"])
    for author in entry.get("authors", ()):
        _text(SubElement(element, "author"), "name", author["name"])
    for tag in entry["tags"]:
        SubElement(element, "category", term=tag)
    SubElement(element, "link", rel="alternate", href=entry["url"])
    _text(element, "content", entry["content_text"])


def _text(parent: Element, name: str, text: str) -> None:
    """Texts of sources may hold characters that XML does not know."""
    SubElement(parent, name).text = _NO_XML.sub("\ufffd", text)
