"""What an engine is given and what it gives back: documents, a query, a page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from search.parse import Expression

NEVER = 2**62
"""`Document.ends` of what has no end."""


class Match(StrEnum):
    """How a tier compares the words asked for with its field."""

    EXACT = "exact"  # the whole query, folded, equals a value of the field
    PREFIX = "prefix"  # a value of the field begins with the whole query, folded
    WORDS = "words"  # the expression holds within the field's text


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of relevance. `field` is a keyword field for EXACT and PREFIX, a text field for WORDS;
    an empty `field` with WORDS means all text fields together."""

    name: str
    field: str
    match: Match


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields that documents of every collection share.

    `text` is cut into tokens; words and phrases are looked for there. `keywords` hold exact values, several
    to a document, for filters, facets and tiers. `numbers` are 63-bit integers for ranges and sorts.
    `facets` are the keywords whose values are counted, in groups: the fields of one group are counted
    together, so the combinations of their values should be few. `tiers` are ordered best first and together
    hold every hit of a query. `given` are keywords whose values an index gives back (see Like).
    """

    text: tuple[str, ...]
    keywords: tuple[str, ...]
    numbers: tuple[str, ...]
    facets: tuple[tuple[str, ...], ...]
    tiers: tuple[Tier, ...]
    given: tuple[str, ...] = ()
    version: int = 1


@dataclass(frozen=True, slots=True)
class Document:
    """One thing to be found. `ends` is the moment (seconds since the epoch) from which it is found no more.

    `numbers` must hold the schema's first number field; documents that lack another come last in its sorts.
    """

    id: str
    collection: str
    text: Mapping[str, tuple[str, ...]]
    keywords: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, int]
    ends: int = NEVER


class Order(NamedTuple):
    """A sort by a number field. The field's values must differ between documents, else ids break the tie."""

    field: str
    descending: bool = True


class Range(NamedTuple):
    """Both ends belong to it; None is open."""

    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A question to an engine, with the moment at which it is asked.

    `order` None is relevance: by tier, then by `newest` (the schema's first number field) descending; without
    an expression relevance is newest. `where`: any of the values of each field. `facets`: field → how many
    values at most (0: all); a facet does not filter itself. `tiers` limits matching to the tiers named
    (suggestions). `without`: ids that must not count, be hit or be in facets.
    """

    collection: str
    at: int
    expression: Expression | None = None
    where: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    order: Order | None = None
    limit: int = 20
    after: str | None = None
    facets: Mapping[str, int] = field(default_factory=dict)
    tiers: tuple[str, ...] | None = None
    without: frozenset[str] = frozenset()


class Hit(NamedTuple):
    """A document found, and the tier in which (empty without an expression)."""

    id: str
    tier: str


@dataclass(frozen=True, slots=True)
class Similar:
    """A question for documents that are like some text: those of whose text field at least `least` of the
    `tokens`, all different, are in the index. At most `limit`; the engine puts those first that share more
    and rarer tokens, which is only good for choosing whom to compare in earnest. `giving` is a keyword of
    Schema.given."""

    collection: str
    at: int
    field: str
    tokens: tuple[str, ...]
    least: int
    giving: str
    limit: int = 50


class Like(NamedTuple):
    """A document that was found to be similar, and the values of its keyword that was asked for."""

    id: str
    values: tuple[str, ...]


class FacetValue(NamedTuple):
    """A value of a keyword field and in how many of the hits it stands."""

    value: str
    count: int  # type: ignore[assignment]  # hides tuple.count, which a facet value has no use for


class Position(NamedTuple):
    """How far an index has followed the change log."""

    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Page:
    """Hits in order; `total` over all pages; `next` the cursor of the following page, None on the last.

    Facet values come by count descending, then by value; `distinct` says how many values each facet has,
    those that were cut off included. `position` is that of the very state of the index that answered; None
    for an empty or missing index.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[FacetValue, ...]]
    distinct: Mapping[str, int]
    next: str | None
    position: Position | None


def nothing(query: Query) -> Page:
    """What an empty or missing index answers."""
    return Page((), 0, dict.fromkeys(query.facets, ()), dict.fromkeys(query.facets, 0), None, None)
