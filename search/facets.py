"""Facets counted by combination: of each group of fields an engine counts which values stand together in how
many hits; the counts of each field, under the filters of all others, follow from that."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from search.model import FacetValue

SEPARATORS = _VALUE, _FIELD = "\x1f", "\x1e"
"""Characters that no value may hold."""
_REMEMBERED = 50_000  # combinations kept in their parts


def combination(group: Iterable[str], keywords: Mapping[str, Sequence[str]]) -> str:
    """The values of a group's fields as one text."""
    return _FIELD.join(_VALUE.join(keywords.get(name, ())) for name in group)


@lru_cache(_REMEMBERED)
def _parts(text: str) -> tuple[tuple[str, ...], ...]:
    """What `combination` joined: the values of each field."""
    return tuple(tuple(values.split(_VALUE)) if values else () for values in text.split(_FIELD))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many hits pass all filters, and for each facet the hits of its values under all filters but its
    own."""

    total: int
    facets: Mapping[str, Mapping[str, int]]


def tally(
    counted: Iterable[tuple[str, int]],
    group: Sequence[str],
    facets: Collection[str],
    filters: Mapping[str, Collection[str]],
) -> Counts:
    """From each combination of the group's values and its count, without the filters, to the counts with
    them. All of `facets` and of `filters` are fields of the group."""
    asked = [(place, name, Counter[str]()) for place, name in enumerate(group) if name in facets]
    checks = [(place, frozenset(filters[name])) for place, name in enumerate(group) if name in filters]
    total = 0
    for text, count in counted:
        parts = _parts(text)
        failed = [place for place, wanted in checks if wanted.isdisjoint(parts[place])]
        if not failed:
            total += count
        for place, _, counter in asked:
            if not failed or failed == [place]:
                for value in parts[place]:
                    counter[value] += count
    return Counts(total, {name: counter for _, name, counter in asked})


def ranked(counts: Mapping[str, int], most: int) -> tuple[FacetValue, ...]:
    """The most frequent values, equal counts in order of value; at most `most` of them, 0 for all."""
    values = sorted((FacetValue(*pair) for pair in counts.items()), key=lambda one: (-one.count, one.value))
    return tuple(values[: most or None])
