"""What a source is asked for: its placeholders filled, page by page. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any
from urllib.parse import quote, urlencode

from harvesters.source import Definition
from publisher.outgoing import Ask

_PLACEHOLDER = re.compile(r"\{(page|offset|cursor)\}")
_EMPTY_PAIR = re.compile(r"[?&][^?&=]*=\{cursor\}")


def counted(definition: Definition) -> Iterator[Ask] | None:
    """The requests for pages with {page} or {offset}, one after the other; None if pages are not counted."""
    pages = definition.pages
    if pages is None or pages.cursor or pages.next or pages.link_header:
        return None
    numbers = range(pages.first, pages.last + 1, pages.step)
    beginning = [Ask(pages.first_url)] if pages.first_url else []
    return chain(beginning, (ask(definition, number) for number in numbers))


def ask(definition: Definition, value: int | str | None = None) -> Ask:
    """The request with {page}, {offset} or {cursor} filled. None: the first page of a cursor that begins with
    nothing, so what would hold it is left out.
    """
    assert definition.url is not None
    url = _filled_url(definition.url, value)
    if definition.method == "GET":
        return Ask(url)
    body = _filled(definition.body, value)
    if definition.body_format == "form":
        pairs = [(name, _form_value(said)) for name, said in body.items()]
        return Ask(url, urlencode(pairs).encode(), "application/x-www-form-urlencoded; charset=utf-8")
    return Ask(url, json.dumps(body, ensure_ascii=False).encode(), "application/json")


def _filled_url(url: str, value: int | str | None) -> str:
    if value is not None:
        return _PLACEHOLDER.sub(lambda _: quote(str(value), safe=""), url)
    bare = _EMPTY_PAIR.sub(lambda found: "?" if found[0][0] == "?" else "", url)
    return _PLACEHOLDER.sub("", bare).replace("?&", "?").removesuffix("?")


def _filled(said: Any, value: int | str | None) -> Any:
    """A body's part. A placeholder alone is a number, or the cursor, and goes where there is none."""
    if isinstance(said, Mapping):
        return {
            name: _filled(part, value)
            for name, part in said.items()
            if value is not None or not _is_placeholder(part)
        }
    if isinstance(said, list):
        return [_filled(part, value) for part in said if value is not None or not _is_placeholder(part)]
    if _is_placeholder(said):
        return value
    return _PLACEHOLDER.sub(lambda _: str(value or ""), said) if isinstance(said, str) else said


def _is_placeholder(said: object) -> bool:
    return isinstance(said, str) and _PLACEHOLDER.fullmatch(said) is not None


def _form_value(said: object) -> str:
    if isinstance(said, bool):
        return "true" if said else "false"
    return "" if said is None else str(said)
