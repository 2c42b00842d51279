"""What stands around a page of results: chips of what was asked, facets to choose from, and their links."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from flask import request, url_for

from publisher.answers import FacetCount, Results, SearchRequest
from publisher.kinds import Registry
from publisher.public import FACETS, SORTS
from publisher.schemas.parameters import mark

SHOWN = 8
"""Values of a facet that are seen at once; the others are behind "more"."""

TITLES = {
    "kind": mark("Kind"),
    "sector": mark("Sector"),
    "region": mark("Region"),
    "authority": mark("Authority"),
    "source": mark("Source"),
    "severity": mark("Severity"),
    "year": mark("Year"),
    "list": mark("List"),
    "subject": mark("Subject"),
    "since": mark("From"),
    "until": mark("To"),
    "amount_min": mark("At least"),
    "amount_max": mark("At most"),
    "valid_on": mark("Valid on"),
}
SORT_TITLES = {
    "relevance": mark("Relevance"),
    "newest": mark("Newest first"),
    "oldest": mark("Oldest first"),
    "amount": mark("Largest amount"),
}
IN_URL = {"since": "from", "until": "to"}
"""Parameters that are named otherwise than the fields of SearchRequest."""

NAMED = ("kind", "list", "sector", "region", "authority", "source", "severity", "year", "subject")
LIMITS = ("since", "until", "amount_min", "amount_max", "valid_on")

Name = Callable[[str, str], str]
"""From a parameter and its value to what people call it."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force. `without` is the address of the same search without it."""

    title: str
    label: str
    without: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet; `url` puts it in force, or out of it when it is chosen. `depth` indents regions."""

    label: str
    count: int
    chosen: bool
    url: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """The choices of a facet. `all`: how many values there are, where not all of them are choices."""

    name: str
    title: str
    shown: tuple[Choice, ...]
    more: tuple[Choice, ...]
    all: int | None = None


def changed(asked: SearchRequest, **changes: Any) -> SearchRequest:
    """The request with other fields, at its first page."""
    return replace(asked, page=None, **changes)


def arguments(asked: SearchRequest) -> dict[str, list[str]]:
    """The request as parameters of a URL, in one fixed order, defaults left out."""
    given: dict[str, list[str]] = {}
    for field in fields(asked):
        value = getattr(asked, field.name)
        if value in (field.default, ()):
            continue
        values = value if isinstance(value, tuple) else (value,)
        given[IN_URL.get(field.name, field.name)] = [_text(part) for part in values]
    return given


def address(asked: SearchRequest, endpoint: str = "site.search") -> str:
    """Where the search is answered."""
    given: dict[str, Any] = {**arguments(asked)}
    return url_for(endpoint, **given)


class Links:
    """Addresses of searches that differ from `asked` in one parameter, at their first page. Made once for all
    of them, since a page has a hundred."""

    def __init__(self, asked: SearchRequest) -> None:
        self._asked = asked
        self._path, _, self._kept = url_for("site.search").partition("?")  # the language, if it was asked for
        given = arguments(replace(asked, page=None))
        self._parts = {IN_URL.get(field.name, field.name): "" for field in fields(asked)}
        self._parts.update((name, _encoded(name, values)) for name, values in given.items())

    def toggled(self, parameter: str, value: str) -> str:
        """With a value more, or without it when it is in force."""
        values: tuple[str, ...] = getattr(self._asked, parameter)
        kept = [part for part in values if part != value] if value in values else [*values, value]
        return self._with(parameter, kept)

    def without(self, parameter: str) -> str:
        return self._with(IN_URL.get(parameter, parameter), [])

    def _with(self, name: str, values: Sequence[str]) -> str:
        parts = {**self._parts, name: _encoded(name, values)}
        query = "&".join(filter(None, [*parts.values(), self._kept]))
        return f"{self._path}?{query}" if query else self._path


def _encoded(name: str, values: Iterable[str]) -> str:
    return urlencode([(name, value) for value in values])


def here(page: str | None) -> str:
    """The address of this request, at another page of it."""
    given = request.args.to_dict(flat=False)
    given.pop("page", None)
    query = urlencode([*given.items(), *([("page", [page])] if page else [])], doseq=True)
    path = quote(request.path)
    return f"{path}?{query}" if query else path


def chips(asked: SearchRequest, name: Name) -> tuple[Chip, ...]:
    """All filters in force, each with the way out of it."""
    links = Links(asked)
    found = []
    for parameter in NAMED:
        for value in getattr(asked, parameter):
            chip = Chip(TITLES[parameter], name(parameter, value), links.toggled(parameter, value))
            found.append(chip)
    for parameter in LIMITS:
        if (value := getattr(asked, parameter)) is not None:
            chip = Chip(TITLES[parameter], name(parameter, _text(value)), links.without(parameter))
            found.append(chip)
    return tuple(found)


def facet_groups(
    asked: SearchRequest, results: Results, name: Name, registry: Registry
) -> tuple[FacetGroup, ...]:
    """The facets that leave a choice."""
    groups, links = [], Links(asked)
    for facet in FACETS:
        counts: Iterable[FacetCount] = results.facets.get(facet, ())
        depths: Mapping[str, int] = {}
        if facet == "region":
            depths = {code: len(registry.with_ancestors(code)) - 1 for code in registry.regions}
            counts = _as_tree(counts, registry)
        elif facet == "year":
            counts = sorted(counts, key=lambda found: found.value, reverse=True)
        choices = [
            Choice(
                name(facet, found.value),
                found.count,
                found.chosen,
                links.toggled(facet, found.value),
                depths.get(found.value, 0),
            )
            for found in counts
        ]
        if len(choices) > 1 or any(choice.chosen for choice in choices):
            most = sorted(choices, key=lambda choice: (-choice.count, choice.depth))[:SHOWN]
            at_once = [choice.chosen or choice in most for choice in choices]
            shown = tuple(choice for choice, now in zip(choices, at_once, strict=True) if now)
            more = tuple(choice for choice, now in zip(choices, at_once, strict=True) if not now)
            of = results.distinct[facet]
            groups.append(FacetGroup(facet, TITLES[facet], shown, more, of if of > len(choices) else None))
    return tuple(groups)


def sort_links(asked: SearchRequest) -> tuple[tuple[str, str, bool], ...]:
    """(title, address, in force) of each order; relevance only where there are words to be relevant to."""
    return tuple(
        (SORT_TITLES[sort], address(changed(asked, sort=sort)), sort == asked.sort)
        for sort in SORTS
        if asked.q or sort != "relevance"
    )


def _as_tree(counts: Iterable[FacetCount], registry: Registry) -> list[FacetCount]:
    """Regions in the order of the registry, where each stands after the one above it; unknown ones last."""
    order = {code: n for n, code in enumerate(registry.regions)}
    return sorted(counts, key=lambda found: (order.get(found.value, len(order)), found.value))


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
