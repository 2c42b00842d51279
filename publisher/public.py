"""The one gate: all that any output may show, judged at its own now."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cached_property
from hashlib import sha256

from publisher import mirroring
from publisher.answers import (
    Changes,
    FacetCount,
    Found,
    ListRecord,
    Results,
    RunRecord,
    SearchRequest,
    SourceRecord,
    SubjectRecord,
)
from publisher.asking import limits
from publisher.board import WEEKS, Board, board
from publisher.bulk import Bulk
from publisher.checking import Asked, Checked, check
from publisher.errors import Ended, NotFound
from publisher.finding import Finder
from publisher.harvests import Counts
from publisher.identifiers import BadIdentifier, plain, uscc
from publisher.indexing import (
    ITEMS,
    NAME_TIERS,
    SCHEMA,
    SUBJECTS,
    day_number,
    fen,
    item_document,
    subject_document,
)
from publisher.items import Item, ItemState
from publisher.joining import Identity, portrait
from publisher.kinds import Registry
from publisher.known import KnownSubjects
from publisher.punctuality import first_week
from publisher.sources import Freshness, NamedList, Source, may_feed
from publisher.store import Reading
from publisher.store.codec import dump, party
from publisher.subjects import Subject
from search.matching import finds
from search.model import Order, Page, Query, Range
from search.parse import Limits, Word, parse
from search.plan import MOST_HITS

FACETS = ("kind", "sector", "region", "authority", "source", "severity", "year")
MANY_VALUES, MOST_SHOWN = ("authority", "source"), 50
"""Facets with so many values that only the most frequent are given, and how many of them."""

NOTICE = timedelta(days=30)
"""For how long it is told that a decision was revoked, unless an operator says otherwise."""

LONGEST_NUMBER = 60
"""Characters of what may be an identifier or a document number."""

SORTS = ("relevance", "newest", "oldest", "amount")


_HISTORY = ("published_at", "changed_at", "corrected_at", "objected_at", "erased_at", "state")

ORDERS = {
    "relevance": None,
    "newest": Order("newest"),
    "oldest": Order("newest", descending=False),
    "amount": Order("amount"),
}

FILTERS = ("kind", "list", "sector", "region", "authority", "source", "severity", "year", "subject")


class Public:
    """What is public at `now`. Make one per request; every method judges at that same moment.

    The finder's engine finds; what is shown is read from the store. So a dead follower shows nothing that it
    may not. For the time of `notice` it is told of an item that its authority took it back.
    """

    def __init__(
        self,
        store: Reading,
        finder: Finder,
        registry: Registry,
        identity: Identity,
        zone: tzinfo,
        now: datetime,
        notice: timedelta = NOTICE,
    ) -> None:
        self.now = now.astimezone(UTC)
        self._store, self._finder, self._registry = store, finder, registry
        self._identity, self._zone, self._notice = identity, zone, notice
        self._known = KnownSubjects(store, finder, identity, self.now)

    def search(self, request: SearchRequest) -> Results:
        """Raises search.engine.BadQuery and BadParameters for what cannot be asked, SearchError when the
        index cannot answer."""
        read = parse(request.q, self._limits)
        query = replace(_query(request, self._at), expression=read.expression)
        page = self._ask(query)
        items = self._store.public_items([hit.id for hit in page.hits], self.now)
        return Results(
            hits=tuple(Found(items[hit.id], hit.tier) for hit in page.hits if hit.id in items),
            total=page.total,
            facets={
                name: tuple(
                    FacetCount(value.value, value.count, value.value in getattr(request, name))
                    for value in values
                )
                for name, values in page.facets.items()
            },
            distinct=page.distinct,
            next=page.next,
            expression=read.expression,
            read_as=read.text if read.mended else None,
            stale=self._stale(query.where),
            as_of=self.now,
        )

    def direct(self, text: str) -> Subject | Item | None:
        """The only subject with the identifier that the text is, else the only item with that document
        number, however it is spaced."""
        number = "".join(text.split())
        if len(number) > LONGEST_NUMBER or not any(map(str.isdigit, number)):
            return None
        query = Query(SUBJECTS, self._at, Word(plain(number)), tiers=("code",), limit=2)
        subjects = [
            one
            for one in self.subjects(tuple(hit.id for hit in self._ask(query).hits)).values()
            if finds(query, subject_document(one, None, None), SCHEMA)
        ]
        if subjects:
            return subjects[0] if len(subjects) == 1 else None
        query = replace(query, collection=ITEMS, expression=Word(number))
        items = self._store.public_items([hit.id for hit in self._ask(query).hits], self.now).values()
        named = [
            item for item in items if finds(query, item_document(item, self._registry, self._zone), SCHEMA)
        ]
        return named[0] if len(named) == 1 else None

    def newest(self, limit: int) -> tuple[Item, ...]:
        """The newest items by day of decision or listing."""
        page = self._ask(Query(ITEMS, self._at, order=ORDERS["newest"], limit=limit))
        items = self._store.public_items([hit.id for hit in page.hits], self.now)
        return tuple(items[hit.id] for hit in page.hits if hit.id in items)

    def counts_by_kind(self) -> Mapping[str, int]:
        """Every kind of the registry, zeros included."""
        return dict.fromkeys(self._registry.kinds, 0) | self._counts["kind"]

    def item(self, id: str) -> Item:
        """Raises Ended, NotFound."""
        item = self._store.item(id)
        if item is None:
            raise NotFound(f"There is no item {id}.")
        if not item.public_at(self.now, self._zone):
            raise self._gone(item)
        return item

    def changes(self, since: str | None, limit: int) -> Changes:
        """See mirroring.changes. Raises BadCursor, CursorGone."""
        return mirroring.changes(self._store, since, limit, self.now)

    @property
    def bulk(self) -> Bulk:
        return Bulk(self._store, self.now)

    def _gone(self, item: Item) -> Ended:
        """All that is told of an item that is not public any more."""
        revoked = item.state is ItemState.REVOKED and self.now < item.changed_at + self._notice
        left = item.changed_at if revoked else item.left_at(self._zone)
        return Ended(item.id, item.kind, left.isoformat(), revoked=revoked)

    def subject(self, ref: str, per_kind: int = 20) -> SubjectRecord:
        """`ref` is a subject's id or a USCC. Raises NotFound when nothing public is left about it."""
        code = _code(ref)
        id = self._identity.subject_of_code(code) if code else ref
        items = self._store.subject_items(id, self.now, per_kind)
        if not items:
            raise NotFound(f"There is no public record of a subject {ref}.")
        return SubjectRecord(
            subject=portrait(id, [item.party for item in items]),
            counts=dict.fromkeys(self._registry.kinds, 0) | dict(self._known.counts_of([id]).get(id, {})),
            items={kind: tuple(item for item in items if item.kind == kind) for kind in self._registry.kinds},
            stale=self._stale({}),
            as_of=self.now,
        )

    def subjects(self, ids: tuple[str, ...]) -> Mapping[str, Subject]:
        """Those of the subjects about whom something is public."""
        return self._known.subjects(ids)

    def check(self, rows: Sequence[Asked]) -> list[Checked]:
        """Whom each row means; see checking. Raises SearchError."""
        return check(rows, self._known)

    def states(self, ids: Collection[str]) -> Mapping[str, Item | Ended]:
        """Of those of the items that there are or were: what is public, or that it ended."""
        found = self._store.items(ids)
        return {
            id: item if item.public_at(self.now, self._zone) else self._gone(item)
            for id, item in found.items()
        }

    def suggest(self, text: str, limit: int = 8) -> tuple[Subject, ...]:
        """Organisations whose name or code is, begins with or holds the text, best first.

        The index may know names that only items tell which are no longer public, or name subjects of which
        nothing is: what it finds counts only when the subject as it is now is found too.
        """
        expression = parse(text).expression
        if expression is None:
            return ()
        query = Query(SUBJECTS, self._at, expression, tiers=NAME_TIERS, limit=limit)
        found: list[Subject] = []
        while True:
            page = self._ask(query)
            subjects = self.subjects(tuple(hit.id for hit in page.hits)).values()
            found += [one for one in subjects if finds(query, subject_document(one, None, None), SCHEMA)]
            if len(found) >= limit or page.next is None:
                return tuple(found[:limit])
            query = replace(query, after=page.next, limit=MOST_HITS)

    def sources_by_id(self) -> Mapping[str, Source]:
        """Every source, for naming it; from the store alone."""
        return {id: source for id, (source, _) in self._sources.items()}

    def lists_by_id(self) -> Mapping[str, NamedList]:
        """Every named list, for naming it; from the store alone."""
        return self._store.named_lists()

    def lists(self) -> tuple[ListRecord, ...]:
        """All named lists, with how many stand on each."""
        counts, sources = self._counts["list"], self._sources
        records = []
        for id, named in self._store.named_lists().items():
            feeding = [fresh.last_complete for source, fresh in sources.values() if source.list == id]
            moments = [moment for moment in feeding if moment]
            day = max(moments).astimezone(self._zone).date() if moments else None
            records.append(ListRecord(named, counts.get(id, 0), day))
        return tuple(records)

    def named_list(self, id: str) -> ListRecord:
        """Raises NotFound."""
        for record in self.lists():
            if record.list.id == id:
                return record
        raise NotFound(f"There is no list {id}.")

    def sources(self) -> tuple[SourceRecord, ...]:
        """All sources, with how many public items each lists now, how fresh and how good it is."""
        return tuple(self._records(None))

    def source(self, id: str) -> SourceRecord:
        """Raises NotFound."""
        for record in self._records(id):
            return record
        raise NotFound(f"There is no source {id}.")

    def _records(self, only: str | None) -> Iterator[SourceRecord]:
        """All sources, or the one with that id."""
        weeks, gaps = self._store.weeks(self._first_week, only), self._store.gaps(only)
        for id, (source, fresh) in self._sources.items():
            if only in (None, id):
                yield SourceRecord(
                    source,
                    self._counts["source"].get(id, 0),
                    fresh,
                    fresh.stale_at(self.now),
                    self._last_runs.get(id),
                    weeks.get(id, ()),
                    gaps.get(id),
                )

    def board(self, sectors: Collection[str] = (), sources: Collection[str] = ()) -> Board:
        """How punctual the sources are that are in one of the sectors and are one of those named; of all
        where none is."""
        only = next(iter(sources)) if len(sources) == 1 else None
        chosen = [
            source
            for source in self.sources_by_id().values()
            if (not sectors or source.sector in sectors) and (not sources or source.id in sources)
        ]
        return board(
            self._first_week, self._store.punctuality(self._first_week, only), chosen, self._last_runs
        )

    def late_sources(self) -> tuple[Source, ...]:
        """All that are later than they promise."""
        return self._stale({})

    @cached_property
    def _limits(self) -> Limits:
        """What can stand before a colon in a search."""
        return limits(self._registry, self._authorities, self.sources_by_id, self.lists_by_id)

    def _authorities(self) -> list[str]:
        """All that have decided something public."""
        page = self._ask(Query(ITEMS, self._at, limit=0, facets={"authority": 0}))
        return [value.value for value in page.facets["authority"]]

    def _stale(self, where: Mapping[str, Collection[str]]) -> tuple[Source, ...]:
        """Sources of a search with these limits that are later than they promise."""
        late = self._store.stale_sources(self.now)
        return tuple(source for source in late if may_feed(source, where, self._registry.with_ancestors))

    def runs(self, source: str, limit: int) -> tuple[RunRecord, ...]:
        """The last runs of a source, newest first."""
        runs = self._store.harvests(source, limit)
        return tuple(RunRecord(run.started_at, run.state, run.counts) for run in runs)

    @property
    def _at(self) -> int:
        return int(self.now.timestamp())

    def _ask(self, query: Query) -> Page:
        return self._finder.find(query, self._store, self.now)

    @property
    def _first_week(self) -> date:
        return first_week(self.now.astimezone(self._zone).date(), WEEKS)

    @cached_property
    def _last_runs(self) -> Mapping[str, Counts]:
        """By source, what became of the rows of its last complete run."""
        return {id: run.counts for id, run in self._store.last_complete_runs().items()}

    @cached_property
    def _sources(self) -> Mapping[str, tuple[Source, Freshness]]:
        return self._store.sources()

    @cached_property
    def _counts(self) -> dict[str, dict[str, int]]:
        """How many items there are of each kind, on each list and from each source."""
        page = self._ask(Query(ITEMS, self._at, limit=0, facets=dict.fromkeys(("kind", "list", "source"), 0)))
        return {name: {value.value: value.count for value in values} for name, values in page.facets.items()}


def _code(ref: str) -> str | None:
    """The USCC that `ref` is, if it is one."""
    try:
        return uscc(ref)
    except BadIdentifier:
        return None


def _query(request: SearchRequest, at: int) -> Query:
    """The request in the engine's terms, without its words."""
    ranges: dict[str, Range] = {}
    if request.since or request.until:
        ranges["day"] = Range(
            day_number(request.since) if request.since else None,
            day_number(request.until) if request.until else None,
        )
    if request.amount_min is not None or request.amount_max is not None:
        low, high = request.amount_min, request.amount_max
        # 0 stands for items without an amount.
        ranges["amount"] = Range(max(fen(low or Decimal(0)), 1), None if high is None else fen(high))
    if request.valid_on:
        day = day_number(request.valid_on)
        ranges |= {"valid_from": Range(1, day), "valid_until": Range(day, None)}
    return Query(
        collection=ITEMS,
        at=at,
        where={name: frozenset(values) for name in FILTERS if (values := getattr(request, name))},
        ranges=ranges,
        order=ORDERS[request.sort],
        limit=request.limit,
        after=request.page,
        facets={name: MOST_SHOWN if name in MANY_VALUES else 0 for name in FACETS},
    )


def checksum(store: Reading, now: datetime) -> str:
    """One line over everything that is public at `now`: its count and a digest, equal for equal content
    whatever the path to it, on every database."""
    digest, count = sha256(), 0
    for items in store.each_public_item(now):
        for item in items:
            spec = {
                field.name: getattr(item, field.name) for field in fields(item) if field.name not in _HISTORY
            }
            spec["party"], spec["content"] = party(item.party), dict(item.content)
            spec["period"] = (item.period.start, item.period.last_day, item.period.rule)
            digest.update(dump(spec).encode())
            count += 1
    return f"{count} {digest.hexdigest()}"
