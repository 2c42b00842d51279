"""What a definition may say of where its rows are, how they are asked for and how they are written.
Internal to `harvesters.source`."""

import codecs
import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from harvesters.formats import FORMATS, PAGED, PATHS, visible
from harvesters.formats.raw import Pattern

Checked = Mapping[str, Any]
"""A definition with every key of a right type and meaning; keys that are left out are not in it."""

PLACEHOLDER = re.compile(r"\{(page|offset|cursor)\}")
SINCE = "{since}"
"""What becomes the day from which on a source is asked."""

_PREFIX = re.compile(r"([^/@:]+):")
_MOST_PAGES = 100_000
_NESTED_REPEAT = re.compile(r"[+*}]\)*[?+]?\)[+*{]")
_POINTERS = ("cursor", "next", "link_header")


def text(**options: Any) -> fields.String:
    """A text that is not empty."""
    return fields.String(validate=validate.Length(min=1, error="must not be empty"), **options)


def web_address() -> fields.String:
    return fields.String(
        validate=validate.Regexp(r"https?://\S+\Z", error="must begin with http:// or https://")
    )


def selector(**options: Any) -> fields.String:
    """A CSS selector, perhaps with "@attribute" behind it."""
    return fields.String(validate=_check_selector, **options)


def _check_selector(said: str) -> None:
    if not visible.valid(said):
        raise ValidationError(f"is {said}, which is no CSS selector")


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValidationError("must be true or false")
    return value


class Strict(Schema):
    class Meta:
        unknown = RAISE


class Pages(Strict):
    first = fields.Integer(strict=True, validate=validate.Range(min=0, error="must not be below zero"))
    last = fields.Integer(strict=True, required=True)
    step = fields.Integer(strict=True, validate=validate.Range(min=1, error="must be above zero"))
    cursor = text()
    start = text()
    next = text()
    link_header = fields.Function(deserialize=flag)
    first_url = web_address()
    missing_ends = fields.Function(deserialize=flag)

    @validates_schema
    def _ascending(self, given: Checked, **_: Any) -> None:
        first = given.get("first", 0)
        if given["last"] < first:
            raise ValidationError("must not be below first", "last")
        if (given["last"] - first) // given.get("step", 1) >= _MOST_PAGES:
            raise ValidationError(f"must be at most {_MOST_PAGES} pages away", "last")
        pointers = [name for name in _POINTERS if given.get(name)]
        if len(pointers) > 1:
            raise ValidationError("cannot stand beside another of cursor, next and link_header", pointers[1])
        for name in ("first", "step", "first_url", "missing_ends"):
            if name in given and any(given.get(pointer) for pointer in _POINTERS):
                raise ValidationError("is only for {page} and {offset}", name)
        if "start" in given and "cursor" not in given:
            raise ValidationError("is only for a cursor", "start")


class Detail(Strict):
    link = selector(required=True)
    within = selector()
    cells = fields.Dict(keys=fields.String(), values=selector())


def _pattern(value: object) -> Pattern:
    if not isinstance(value, dict) or set(value) != {"in", "find"}:
        raise ValidationError('must be { in = "a column", find = "a regular expression" }')
    column, find = value["in"], value["find"]
    if not isinstance(column, str) or not column or not isinstance(find, str):
        raise ValidationError('must be { in = "a column", find = "a regular expression" }')
    try:
        compiled = re.compile(find)
    except re.error as error:
        raise ValidationError(f"has a regular expression that is wrong: {error}") from None
    if compiled.groups != 1:
        raise ValidationError("must have one pair of brackets, around what becomes the cell")
    if _NESTED_REPEAT.search(find):
        raise ValidationError("repeats a repetition, which can take for ever: write it without (…+)+")
    return Pattern(column, compiled)


class Layout(Strict):
    """The keys of this half of a definition."""

    url = web_address()
    path = text()
    files = text()
    method = fields.String(validate=validate.OneOf(("GET", "POST"), error='must be "GET" or "POST"'))
    body = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True))
    body_format = fields.String(validate=validate.OneOf(("json", "form"), error='must be "json" or "form"'))
    auth = fields.String(
        validate=validate.Regexp(
            r"[A-Z0-9]+(?:_[A-Z0-9]+)*\Z", error="must be capital letters and digits with _ between"
        )
    )
    pause = fields.Float(validate=validate.Range(0.5, 120, error="must be from 0.5 to 120 seconds"))
    format = fields.String(
        required=True, validate=validate.OneOf(FORMATS, error=f"must be one of {', '.join(FORMATS)}")
    )
    rows = text()
    sheet = text()
    encoding = fields.String()
    pages = fields.Nested(Pages)
    cells = fields.Dict(keys=fields.String(), values=selector())
    detail = fields.Nested(Detail)
    patterns = fields.Dict(keys=fields.String(), values=fields.Function(deserialize=_pattern))
    namespaces = fields.Dict(keys=fields.String(), values=text())


def wrong_layout(given: Checked) -> Iterator[tuple[str, str]]:
    """Key and complaint for all that types alone cannot tell, in the order of reading."""
    url, form = given.get("url"), given["format"]
    if (url is None) == ("path" not in given):
        yield "url", "or path must be given, one of the two"
    for key, formats in _ONLY_FOR.items():
        if key in given and form not in formats:
            yield key, f"is only for the format{'s' * (len(formats) > 1)} {_all(formats)}"
    yield from _wrong_rows(given)
    if "encoding" in given:
        try:
            codecs.lookup(given["encoding"])
        except LookupError:
            yield "encoding", f"is {given['encoding']}, which is no known encoding"
    for key in ("auth", "pause", "method"):
        if key in given and url is None:
            yield key, "is only for sources with a url"
    yield from _wrong_body(given)
    yield from _wrong_pages(given)


_ONLY_FOR: Mapping[str, tuple[str, ...]] = {
    "rows": PATHS,
    "sheet": ("xlsx", "xls"),
    "cells": ("html",),
    "detail": ("html",),
    "namespaces": ("xml",),
}


def _wrong_rows(given: Checked) -> Iterator[tuple[str, str]]:
    """Complaints about which parts of a page are rows and cells."""
    form = given["format"]
    if form == "xml" and "rows" not in given:
        yield "rows", 'is missing; say which elements are rows, from the outermost one on: "list/item"'
    for prefix in _PREFIX.findall(given.get("rows", "") if form == "xml" else ""):
        if prefix not in given.get("namespaces", {}):
            yield "rows", f"has the prefix {prefix}, which is not in [namespaces]"
    if form == "html":
        for key, said in (("rows", given.get("rows")), ("pages.next", given.get("pages", {}).get("next"))):
            if said is not None and not visible.valid(said):
                yield key, f"is {said}, which is no CSS selector"
    if form == "html" and "cells" in given and "rows" not in given:
        yield "rows", "is missing; say with a CSS selector which elements are rows"
    archive = any(given.get(key, "").lower().endswith(".zip") for key in ("url", "path", "files"))
    if "detail" in given and archive:
        yield "detail", "is not for ZIP archives: unpack it into a folder, and name that as path"
    if "detail" in given and "cells" not in given:
        yield "cells", "is missing; a table's rows have no details, so say what a row's cells are"


def _wrong_body(given: Checked) -> Iterator[tuple[str, str]]:
    posted = given.get("method") == "POST"
    for key in ("body", "body_format"):
        if key in given and not posted:
            yield key, 'is only for method = "POST"'
    if given.get("body_format") == "form":
        for name, value in given.get("body", {}).items():
            if isinstance(value, dict | list):
                yield f"body.{name}", "must be one value; only a JSON body has tables and lists"


def _wrong_pages(given: Checked) -> Iterator[tuple[str, str]]:
    """Complaints about paging: what is counted, what is put where."""
    pages, url = given.get("pages"), given.get("url", "")
    wanted = sorted(set(PLACEHOLDER.findall(f"{url} {given.get('body', '')}")))
    if len(wanted) > 1:
        yield "url", f"has {{{wanted[0]}}} and {{{wanted[1]}}}; pages are asked for in one way"
        return
    placeholder = wanted[0] if wanted else None
    if pages is None:
        if placeholder:
            yield "pages", f"and {{{placeholder}}} in url belong together: give both or neither"
        return
    points = next((name for name in _POINTERS if pages.get(name)), None)
    if placeholder is None and points in (None, "cursor"):
        name = "{cursor}" if points else "{page}"
        yield "pages", f"and {name} in url belong together: give both or neither"
    elif points == "cursor" and placeholder != "cursor":
        yield "pages.cursor", "and {cursor} in url belong together: give both or neither"
    elif placeholder == "cursor" and points != "cursor":
        yield "pages.cursor", "is missing; say where in a page the next {cursor} stands"
    elif placeholder and points in ("next", "link_header"):
        yield f"pages.{points}", f"needs no {{{placeholder}}}: the pages themselves say which is next"
    if placeholder == "offset" and "step" not in pages:
        yield "pages.step", "is missing; say how many rows a page has"
    for name in ("cursor", "next"):
        if name in pages and given["format"] not in PAGED:
            yield f"pages.{name}", f"is only for the formats {_all(PAGED)}; use link_header"


def _all(names: tuple[str, ...]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1]) if len(names) > 1 else names)
