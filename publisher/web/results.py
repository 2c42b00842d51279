"""What stands around a page of results: chips of what was asked, facets to choose from, and their links."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from flask import request, url_for

from publisher.kinds import Registry
from publisher.public import FACETS, SORTS, FacetCount, Results, SearchRequest
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
    name: str
    title: str
    shown: tuple[Choice, ...]
    more: tuple[Choice, ...]


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


def here(page: str | None) -> str:
    """The address of this request, at another page of it."""
    given = request.args.to_dict(flat=False)
    given.pop("page", None)
    query = urlencode([*given.items(), *([("page", [page])] if page else [])], doseq=True)
    path = quote(request.path)
    return f"{path}?{query}" if query else path


def chips(asked: SearchRequest, name: Name) -> tuple[Chip, ...]:
    """All filters in force, each with the way out of it."""
    found = []
    for parameter in NAMED:
        for value in getattr(asked, parameter):
            found.append(
                Chip(TITLES[parameter], name(parameter, value), address(_toggled(asked, parameter, value)))
            )
    for parameter in LIMITS:
        if (value := getattr(asked, parameter)) is not None:
            without = changed(asked, **{parameter: None})
            found.append(Chip(TITLES[parameter], name(parameter, _text(value)), address(without)))
    return tuple(found)


def facet_groups(
    asked: SearchRequest, results: Results, name: Name, registry: Registry
) -> tuple[FacetGroup, ...]:
    """The facets that leave a choice."""
    groups = []
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
                address(_toggled(asked, facet, found.value)),
                depths.get(found.value, 0),
            )
            for found in counts
        ]
        if len(choices) > 1 or any(choice.chosen for choice in choices):
            most = sorted(choices, key=lambda choice: (-choice.count, choice.depth))[:SHOWN]
            at_once = [choice.chosen or choice in most for choice in choices]
            shown = tuple(choice for choice, now in zip(choices, at_once, strict=True) if now)
            more = tuple(choice for choice, now in zip(choices, at_once, strict=True) if not now)
            groups.append(FacetGroup(facet, TITLES[facet], shown, more))
    return tuple(groups)


def sort_links(asked: SearchRequest) -> tuple[tuple[str, str, bool], ...]:
    """(title, address, in force) of each order; relevance only where there are words to be relevant to."""
    return tuple(
        (SORT_TITLES[sort], address(changed(asked, sort=sort)), sort == asked.sort)
        for sort in SORTS
        if asked.q or sort != "relevance"
    )


def _toggled(asked: SearchRequest, parameter: str, value: str) -> SearchRequest:
    chosen: tuple[str, ...] = getattr(asked, parameter)
    values = tuple(part for part in chosen if part != value) if value in chosen else (*chosen, value)
    return changed(asked, **{parameter: values})


def _as_tree(counts: Iterable[FacetCount], registry: Registry) -> list[FacetCount]:
    """Regions in the order of the registry, where each stands after the one above it; unknown ones last."""
    order = {code: n for n, code in enumerate(registry.regions)}
    return sorted(counts, key=lambda found: (order.get(found.value, len(order)), found.value))


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
