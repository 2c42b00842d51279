"""The one gate: all that any output may show, judged at its own now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from publisher.items import Item
from publisher.sources import Freshness, NamedList, Source
from publisher.subjects import Subject
from search.parse import Expression

FACETS = ("kind", "sector", "region", "authority", "source", "severity", "year")
SORTS = ("relevance", "newest", "oldest", "amount")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What may be asked; several values of a filter mean "or". `page` is the cursor of `Results.next`."""

    q: str = ""
    kind: tuple[str, ...] = ()
    list: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    authority: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    since: date | None = None  # ?from=
    until: date | None = None  # ?to=
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    valid_on: date | None = None
    sort: str = "relevance"
    page: str | None = None
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A hit: the item, read from the store, and the tier of relevance in which it was found."""

    item: Item
    tier: str


@dataclass(frozen=True, slots=True)
class FacetCount:
    value: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Results:
    """`facets` has a key for each of FACETS. `expression` is how the words were read, for highlights."""

    hits: tuple[Found, ...]
    total: int
    facets: Mapping[str, tuple[FacetCount, ...]]
    next: str | None
    expression: Expression | None
    as_of: datetime


@dataclass(frozen=True, slots=True)
class SubjectRecord:
    """A subject with counts per kind, zeros included, and its newest items of each kind."""

    subject: Subject
    counts: Mapping[str, int]
    items: Mapping[str, tuple[Item, ...]]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class ListRecord:
    """`as_of_day`: the day of the youngest complete reading of a source that feeds the list."""

    list: NamedList
    count: int
    as_of_day: date | None


@dataclass(frozen=True, slots=True)
class SourceRecord:
    source: Source
    count: int
    freshness: Freshness


class Public:
    """What is public at `now`. Make one per request; every method judges at that same moment."""

    now: datetime

    def search(self, request: SearchRequest) -> Results:
        """Raises search.engine.BadQuery for what cannot be asked, SearchError when the index cannot answer."""
        raise NotImplementedError

    def newest(self, limit: int) -> tuple[Item, ...]:
        raise NotImplementedError

    def counts_by_kind(self) -> Mapping[str, int]:
        """Every kind of the registry, zeros included."""
        raise NotImplementedError

    def item(self, id: str) -> Item:
        """Raises Ended, NotFound."""
        raise NotImplementedError

    def subject(self, ref: str, per_kind: int = 20) -> SubjectRecord:
        """`ref` is a subject's id or a USCC. Raises NotFound, also when nothing public is left but its id was never
        that of an organisation."""
        raise NotImplementedError

    def subjects(self, ids: tuple[str, ...]) -> Mapping[str, Subject]:
        raise NotImplementedError

    def suggest(self, text: str, limit: int = 8) -> tuple[Subject, ...]:
        raise NotImplementedError

    def lists(self) -> tuple[ListRecord, ...]:
        raise NotImplementedError

    def named_list(self, id: str) -> ListRecord:
        """Raises NotFound."""
        raise NotImplementedError

    def sources(self) -> tuple[SourceRecord, ...]:
        raise NotImplementedError

    def source(self, id: str) -> SourceRecord:
        """Raises NotFound."""
        raise NotImplementedError
