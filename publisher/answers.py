"""What is asked of the gate, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from publisher.harvests import Counts, RunState
from publisher.items import Item, What
from publisher.punctuality import Tally, Week, summed
from publisher.quality import Gaps, compliance
from publisher.sources import Freshness, NamedList, Source
from publisher.subjects import Subject
from search.parse import Expression


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
    """`facets` has a key for each of public.FACETS; of those with many values only the most frequent are
    given, and `distinct` says how many there are. `expression` is how the words were read, for highlights;
    `read_as` the same in words, where something in them had to be mended.
    `stale`: sources that may have more to say here and are later than they promise."""

    hits: tuple[Found, ...]
    total: int
    facets: Mapping[str, tuple[FacetCount, ...]]
    distinct: Mapping[str, int]
    next: str | None
    expression: Expression | None
    read_as: str | None
    stale: tuple[Source, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class SubjectRecord:
    """A subject with counts per kind, zeros included, and its newest items of each kind. `stale`: sources
    that are later than they promise."""

    subject: Subject
    counts: Mapping[str, int]
    items: Mapping[str, tuple[Item, ...]]
    stale: tuple[Source, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What a follower of the log is told of an item: all of it, or without `item` only that it has ended.
    `moment`: when `what` happened; for one that its period ended, when that was."""

    id: str
    kind: str
    what: What
    moment: datetime
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """A piece of the log. `next` is the cursor of what comes after it, `more` whether there is any yet."""

    entries: tuple[Told, ...]
    next: str
    more: bool
    as_of: datetime


@dataclass(frozen=True, slots=True)
class ListRecord:
    """`as_of_day`: the day of the youngest complete reading of a source that feeds the list."""

    list: NamedList
    count: int
    as_of_day: date | None


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """`last_run`: what became of the rows of its last complete run; None before the first. `weeks`: how
    punctual it was in each of the last board.WEEKS that has any decision, newest first. `gaps`: those in its
    document numbers, if they were ever counted."""

    source: Source
    count: int
    freshness: Freshness
    stale: bool
    last_run: Counts | None
    weeks: tuple[Week, ...]
    gaps: Gaps | None

    @property
    def punctuality(self) -> Tally:
        return summed(week.tally for week in self.weeks)

    @property
    def compliance(self) -> float | None:
        return compliance(self.last_run) if self.last_run else None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What the public may know of a run: when it began, how it ended, and what became of the rows."""

    started_at: datetime
    state: RunState
    counts: Counts
