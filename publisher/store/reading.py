"""What can be asked of the store within one transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime
from itertools import groupby
from typing import NamedTuple

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    func,
    literal,
    literal_column,
    select,
)

from publisher.items import HELD, Change, Content, Draft, Earlier, Item, ItemState, Sighting
from publisher.periods import Period
from publisher.store import applied, changes, codec, provenance, trail
from publisher.store.accounts import AccountReading
from publisher.store.among import among, chunks
from publisher.store.applied import Applied
from publisher.store.case_reading import CaseReading
from publisher.store.certificates import CertificateReading
from publisher.store.changes import Left, public_at
from publisher.store.letters import LetterReading
from publisher.store.source_reading import SourceReading
from publisher.store.suppression_reading import SuppressionReading
from publisher.store.tables import (
    Moment,
    item,
    lease,
    own_page,
    sighting,
)
from publisher.subjects import Party
from publisher.trail import Head, Link, Recorded

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands for "no end" where ends are compared."""

# Every page of results asks these, and making a statement takes longer than asking it.
_BY_ROW_HASH = select(sighting.c.row_hash, sighting.c.id).where(
    sighting.c.source_id == bindparam("source"), among(sighting.c.row_hash, "hashes")
)
_BY_KEY = select(
    sighting.c.key, sighting.c.id, sighting.c.item_id, sighting.c.row_hash, sighting.c.fingerprint
).where(sighting.c.source_id == bindparam("source"), among(sighting.c.key, "keys"))
_ITEMS = select(item).where(among(item.c.id, "ids"))
_CODES = select(item.c.id, item.c.uscc, item.c.state).where(among(item.c.id, "ids"))
_NAMESAKES = select(item.c.id, item.c.name_key, item.c.uscc, item.c.subject_id).where(
    among(item.c.name_key, "keys"), item.c.personal.is_(False), item.c.state == ItemState.PUBLIC
)
_SAID = select(
    sighting.c.item_id, sighting.c.source_id, sighting.c.key, sighting.c.row_hash, sighting.c.draft
).where(among(sighting.c.item_id, "items"))
_PUBLIC_ITEMS = _ITEMS.where(public_at(bindparam("now")))


class KnownSighting(NamedTuple):
    """What the store knows of a source's row."""

    id: int
    item: str
    row_hash: bytes
    fingerprint: bytes


class Profile(NamedTuple):
    """A subject as its public items have it: the parties that its newest ones name, each once, newest first;
    the day of the newest; when the last of all ends (None: never)."""

    parties: list[Party]
    newest: date | None
    ends_at: datetime | None


class Namesake(NamedTuple):
    """An item of an organisation, with what joining compares."""

    item: str
    name_key: str
    uscc: str | None
    subject: str


class Reading(
    CaseReading, CertificateReading, LetterReading, SourceReading, SuppressionReading, AccountReading
):
    """Queries on one connection. `now` is always the moment at which something must be public."""

    def __init__(self, connection: Connection, contents: codec.ContentCodec) -> None:
        super().__init__(connection)
        self._contents = contents

    # --- items

    def item(self, id: str) -> Item | None:
        """The item whatever its state; only operators and the index may be shown it."""
        return next(iter(self.items([id]).values()), None)

    def items(self, ids: Collection[str]) -> dict[str, Item]:
        """Items whatever their state, by id."""
        return self._items_by_id(_ITEMS, ids)

    def public_items(self, ids: Collection[str], now: datetime) -> dict[str, Item]:
        """Those of the items that are public at `now`, by id."""
        return self._items_by_id(_PUBLIC_ITEMS, ids, now=now)

    def _items_by_id(
        self, query: Select[tuple[object, ...]], ids: Collection[str], **given: datetime
    ) -> dict[str, Item]:
        found = {}
        for part in chunks(ids):
            for row in self._connection.execute(query, {"ids": part, **given}).all():
                found[row.id] = self._item(row)
        return found

    def each_public_item(self, now: datetime, size: int = 1000) -> Iterator[list[Item]]:
        """All that is public at `now` in order of id, in lists; reads by key, so that memory stays flat."""
        last = ""
        while rows := self._connection.execute(
            select(item).where(public_at(now), item.c.id > last).order_by(item.c.id).limit(size)
        ).all():
            yield [self._item(row) for row in rows]
            last = rows[-1].id

    def public_order(self, now: datetime, size: int) -> Iterator[tuple[str, list[str]]]:
        """The ids of all that is public at `now` by kind, those that end first in front: lists of at most
        `size`, each with its kind."""
        query = select(item.c.kind, item.c.id).where(public_at(now))
        ordered = query.order_by(item.c.kind, item.c.ends_at.nulls_last(), item.c.id)
        rows = self._connection.execute(ordered.execution_options(yield_per=5000))
        for kind, group in groupby(rows, key=lambda row: row.kind):
            for part in chunks((row.id for row in group), size):
                yield kind, part

    def public_ids(self, now: datetime) -> Iterator[tuple[str, str, bool]]:
        """(item, subject, whether it is about a natural person) of all that is public at `now`."""
        query = select(item.c.id, item.c.subject_id, item.c.personal).where(public_at(now))
        for row in self._connection.execute(query.execution_options(yield_per=5000)):
            yield row.id, row.subject_id, row.personal

    def counts_of(self, subjects: Collection[str], now: datetime) -> dict[str, dict[str, int]]:
        """Public items of each of the subjects that has any, by kind."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for part in chunks(subjects):
            rows = self._connection.execute(
                select(item.c.subject_id, item.c.kind, func.count().label("total"))
                .where(item.c.subject_id.in_(part), public_at(now))
                .group_by(item.c.subject_id, item.c.kind)
            )
            for row in rows:
                found[row.subject_id][row.kind] = row.total
        return found

    def subject_items(self, subject: str, now: datetime, per_kind: int) -> list[Item]:
        """The newest public items of a subject, at most `per_kind` of each kind, newest first."""
        return self._newest_of(item.c.subject_id == subject, now, item.c.kind, per_kind)

    def _newest_of(
        self, condition: ColumnElement[bool], now: datetime, group: ColumnElement[str], count: int
    ) -> list[Item]:
        ranked = select(item.c.id, _place(group).label("place")).where(condition, public_at(now)).subquery()
        query = (
            select(item)
            .join(ranked, item.c.id == ranked.c.id)
            .where(ranked.c.place <= count)
            .order_by(*_NEWEST)
        )
        return [self._item(row) for row in self._connection.execute(query)]

    def profiles(self, subjects: Collection[str], now: datetime, newest: int) -> dict[str, Profile]:
        """What the public items of each subject that has any say of it, read from its `newest` ones."""
        forever = literal(FOREVER, Moment)
        last = func.max(func.coalesce(item.c.ends_at, forever)).over(partition_by=item.c.subject_id)
        found: dict[str, Profile] = {}
        for part in chunks(subjects):
            ranked = (
                select(
                    item.c.subject_id,
                    item.c.start_day,
                    item.c.party,
                    last.label("last"),
                    _place(item.c.subject_id).label("place"),
                )
                .where(item.c.subject_id.in_(part), public_at(now))
                .subquery()
            )
            query = select(ranked).where(ranked.c.place <= newest)
            rows = self._connection.execute(query.order_by(ranked.c.subject_id, ranked.c.place))
            for id, group in groupby(rows, key=lambda row: row.subject_id):
                own = list(group)
                parties = [codec.load_party(text) for text in dict.fromkeys(row.party for row in own)]
                ends_at = None if own[0].last == FOREVER else own[0].last
                found[id] = Profile(parties, own[0].start_day, ends_at)
        return found

    def codes(self, ids: Collection[str]) -> dict[str, str | None]:
        """The `Party.own` of each of the items that exist; of held ones, which stay as they were, the one of
        now."""
        found: dict[str, str | None] = {}
        for part in chunks(ids):
            rows = self._connection.execute(_CODES, {"ids": part}).all()
            found.update({row.id: row.uscc for row in rows})
            held = [row.id for row in rows if row.state in HELD]
            said = self.sightings_of(held)
            for id in held:
                found[id] = next((own for one in said.get(id, ()) if (own := one.party.own)), None)
        return found

    def namesakes(self, name_keys: Collection[str]) -> list[Namesake]:
        """All items of organisations under these names that a source still lists."""
        found = []
        for part in chunks(name_keys):
            found += [Namesake(*row) for row in self._connection.execute(_NAMESAKES, {"keys": part})]
        return found

    def _item(self, row: Row[tuple[object, ...]]) -> Item:
        return Item(
            id=row.id,
            kind=row.kind,
            list=row.list_id,
            sector=row.sector,
            region=row.region,
            subject=row.subject_id,
            party=codec.load_party(row.party),
            content=self._contents.load(row.content),
            period=Period(row.start_day, row.last_day, row.rule),
            state=ItemState(row.state),
            sources=tuple(orjson.loads(row.sources)),
            published_at=row.published_at,
            changed_at=row.changed_at,
            corrected_at=row.corrected_at,
            objected_at=row.objected_at,
            erased_at=row.erased_at,
        )

    # --- sightings

    def sightings_by_row_hash(self, source_id: str, hashes: Collection[bytes]) -> dict[bytes, int]:
        """Ids of the source's sightings whose raw row is known, by its hash."""
        found: dict[bytes, int] = {}
        for part in chunks(hashes):
            rows = self._connection.execute(_BY_ROW_HASH, {"source": source_id, "hashes": part})
            found.update(rows.all())
        return found

    def own_pages(self, source_id: str, marks: Collection[bytes]) -> dict[bytes, tuple[bytes, datetime]]:
        """What rows became whose own page was read, and when, by their marks."""
        found = {}
        for part in chunks(marks):
            query = select(own_page.c.mark, own_page.c.row_hash, own_page.c.read_at).where(
                own_page.c.source_id == source_id, own_page.c.mark.in_(part)
            )
            found.update(
                {mark: (became, read_at) for mark, became, read_at in self._connection.execute(query)}
            )
        return found

    def sightings_by_key(self, source_id: str, keys: Collection[str]) -> dict[str, KnownSighting]:
        """The source's sightings by natural key."""
        found = {}
        for part in chunks(keys):
            rows = self._connection.execute(_BY_KEY, {"source": source_id, "keys": part})
            found.update({key: KnownSighting(*rest) for key, *rest in rows})
        return found

    def sightings_of(self, items: Collection[str]) -> dict[str, list[Draft]]:
        """What each source says of the items."""
        found: dict[str, list[Draft]] = defaultdict(list)
        for part in chunks(items):
            for row in self._connection.execute(_SAID, {"items": part}):
                found[row.item_id].append(
                    self._contents.load_draft(row.draft, row.source_id, row.key, row.row_hash)
                )
        return found

    def sighting_ids_of(self, items: Collection[str]) -> dict[str, set[int]]:
        """The ids of the sightings of each item that has any."""
        found: defaultdict[str, set[int]] = defaultdict(set)
        for part in chunks(items):
            query = select(sighting.c.item_id, sighting.c.id).where(sighting.c.item_id.in_(part))
            for item_id, id in self._connection.execute(query):
                found[item_id].add(id)
        return found

    def sightings(self, item_id: str) -> list[Sighting]:
        return provenance.sightings(self._connection, self._contents, item_id)

    def earlier(self, item_id: str) -> list[Earlier]:
        return provenance.earlier(self._connection, self._contents, item_id)

    def sighting_count(self, source_id: str) -> tuple[int, int]:
        """How many sightings a source has, and how many of these its last complete run missed."""
        # Two counts by an index each: one with both conditions would read the rows themselves.
        all_of = select(func.count()).where(sighting.c.source_id == source_id)
        missed = all_of.where(sighting.c.misses > literal_column("0"))
        counts = select(all_of.scalar_subquery(), missed.scalar_subquery())
        total, missing = self._connection.execute(counts).one()
        return total, missing

    def sighting_ids(self, source_id: str) -> Iterator[tuple[int, str, int]]:
        """(id, item, misses) of all sightings of a source."""
        query = select(sighting.c.id, sighting.c.item_id, sighting.c.misses).where(
            sighting.c.source_id == source_id
        )
        for row in self._connection.execute(query.execution_options(yield_per=5000)):
            yield row.id, row.item_id, row.misses

    def contents_of(self, source_id: str) -> Iterator[Content]:
        """What each of a source's rows says, public or not, in order of their keys."""
        query = select(sighting.c.draft).where(sighting.c.source_id == source_id).order_by(sighting.c.key)
        for text in self._connection.execute(query.execution_options(yield_per=1000)).scalars():
            yield self._contents.load_said(text)

    # --- rule sets

    def last_applied(self) -> int:
        return applied.last(self._connection)

    def applied_rules(self) -> list[Applied]:
        return applied.history(self._connection)

    def judged_by(self, names: Collection[str], after: str, most: int) -> list[str]:
        return applied.judged(self._connection, names, after, most)

    def judged_kinds(self, name: str) -> set[str]:
        return applied.kinds(self._connection, name)

    # --- leases

    def lease_until(self, name: str) -> datetime | None:
        """When a lease ends unless it is prolonged; None for one that nobody has."""
        return self._connection.execute(select(lease.c.expires_at).where(lease.c.name == name)).scalar()

    # --- the log

    def left(self, ids: Collection[str]) -> dict[str, Left]:
        """See changes.left; by id."""
        found: dict[str, Left] = {}
        for part in chunks(ids):
            found |= changes.left(self._connection, part)
        return found

    def changes(self, seq: int, limit: int) -> list[Change]:
        return changes.since(self._connection, seq, limit)

    def changes_of(self, item: str) -> list[Change]:
        """All changes to an item, in order."""
        return changes.of(self._connection, item)

    def last_change(self) -> int:
        return changes.last(self._connection)

    def changes_behind(self, seq: int, limit: int) -> int:
        return changes.behind(self._connection, seq, limit)

    def overtaking(self, seq: int, now: datetime, limit: int) -> frozenset[str]:
        return changes.overtaking(self._connection, seq, now, limit)

    def epoch(self) -> str:
        return changes.epoch(self._connection)

    # --- the audit trail

    def trail(
        self, *, item: str | None = None, case: str | None = None, before: int | None = None, limit: int = 50
    ) -> tuple[Recorded, ...]:
        """What was done, to an item or in a case or at all, newest first; `before`: only entries with a lower
        number."""
        return trail.newest(self._connection, item, case, before, limit)

    def trail_head(self) -> Head:
        """Where the trail ends now."""
        return trail.head(self._connection)

    def trail_links(self) -> Iterator[Link]:
        """All of the trail in order, for trail.verify; reads a part at a time."""
        return trail.links(self._connection)

    # --- in all

    def count_public(self, now: datetime) -> int:
        query = select(func.count()).select_from(item).where(public_at(now))
        return self._connection.execute(query).scalar() or 0


_NEWEST = (item.c.start_day.desc().nulls_last(), item.c.id)


def _place(group: ColumnElement[str]) -> ColumnElement[int]:
    """The place of an item among those of its group, newest first, from 1."""
    return func.row_number().over(partition_by=group, order_by=_NEWEST)
