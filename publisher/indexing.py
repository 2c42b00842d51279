"""The search index: what of an item and of a subject is searched, and how the index follows the change
log."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from hashlib import blake2b

from publisher.items import Change, Item
from publisher.joining import portrait
from publisher.kinds import FieldType, Registry
from publisher.store import Reading, Store, chunks
from publisher.subjects import IDENTIFIERS, PartyType, Subject
from search.engine import Engine, SearchError, Writer
from search.model import NEVER, Document, Match, Position, Schema, Tier

ITEMS = "items"
SUBJECTS = "subjects"

SCHEMA = Schema(
    text=("name", "number", "facts"),
    keywords=(
        "code",
        "exact_name",
        "kind",
        "list",
        "sector",
        "region",
        "authority",
        "source",
        "severity",
        "year",
        "subject",
        "called",
    ),
    numbers=("newest", "amount", "day", "valid_from", "valid_until"),
    facets=(("kind", "list", "sector", "region", "source", "severity", "year"), ("authority",)),
    tiers=(
        Tier("code", "code", Match.EXACT),
        Tier("exact_name", "exact_name", Match.EXACT),
        Tier("name_prefix", "exact_name", Match.PREFIX),
        Tier("name", "name", Match.WORDS),
        Tier("number", "number", Match.WORDS),
        Tier("anything", "", Match.WORDS),
    ),
    given=("called",),
)

NAME_TIERS = ("code", "exact_name", "name_prefix", "name")
"""The tiers in which a subject is suggested."""

BATCH = 2000
"""Changes read and applied at once."""
COMMIT = 10_000
"""Changes applied in one commit, where so many wait: what a killed follower does again. Fewer commits make
fewer segments, whose merging costs an embedded index a third of its work."""

NAMES_FROM = 20
"""So many of a subject's newest items name it."""

_HASH_BITS = 47
_FIRST_DAY = date(1900, 1, 1).toordinal()


def day_number(day: date) -> int:
    """A day as the index compares it: days since 1900-01-01, 0 for those before."""
    return max(day.toordinal() - _FIRST_DAY, 0)


def fen(amount: Decimal) -> int:
    """Yuan as integer 分."""
    return int((amount * 100).to_integral_value())


def newest_key(day: date | None, id: str) -> int:
    """63 bits that order by day, then by a hash of the id, so that no two documents tie."""
    tie = int.from_bytes(blake2b(id.encode(), digest_size=8).digest()) >> (64 - _HASH_BITS)
    days = min(day_number(day), 2**16 - 1) if day else 0
    return days << _HASH_BITS | tie


def ends(moment: datetime | None) -> int:
    """A moment as `Document.ends`."""
    return NEVER if moment is None else int(moment.timestamp())


def item_document(item: Item, registry: Registry, zone: tzinfo) -> Document:
    """What is searched of an item."""
    content, party = item.content, item.party
    names = (party.name, *party.aliases, *party.former_names)
    codes = [value for name in IDENTIFIERS if (value := party.identifiers.get(name))]
    kind = registry.kinds[item.kind]
    fields = registry.fields
    said = [str(value) for name, value in content.items() if fields[name].searched]
    numbers = [str(value) for name, value in content.items() if fields[name].type is FieldType.CODE]
    day = item.day
    valid_from, valid_until = content.get("valid_from"), content.get("valid_until")
    amounts = [value for value in content.values() if isinstance(value, Decimal)]
    return Document(
        id=item.id,
        collection=ITEMS,
        text={"name": names, "number": (*numbers, *codes), "facts": (*kind.label, *kind.plural, *said)},
        keywords={
            "code": tuple(codes) + tuple(numbers),
            "exact_name": names,
            "kind": (item.kind,),
            "list": (item.list,) if item.list else (),
            "sector": (item.sector,),
            "region": registry.with_ancestors(item.region) if item.region else (),
            "authority": (str(content["authority"]),) if "authority" in content else (),
            "source": item.sources,
            "severity": (item.severity,) if item.severity else (),
            "year": (str(day.year),) if day else (),
            "subject": (item.subject,),
        },
        numbers={
            "newest": newest_key(day, item.id),
            "amount": max(map(fen, amounts), default=0),
            "day": day_number(day) if day else 0,
            "valid_from": day_number(valid_from) if isinstance(valid_from, date) else 0,
            "valid_until": day_number(valid_until) if isinstance(valid_until, date) else NEVER,
        },
        ends=ends(item.period.ends_at(zone)),
    )


def subject_document(subject: Subject, newest: date | None, last_end: datetime | None) -> Document:
    """What is searched of a subject; found as long as one of its items is public."""
    names = (subject.name, *subject.names)
    codes = tuple(subject.identifiers.values())
    return Document(
        id=subject.id,
        collection=SUBJECTS,
        text={"name": names, "number": codes, "facts": ()},
        keywords={"code": codes, "exact_name": names, "called": names},
        numbers={"newest": newest_key(newest, subject.id)},
        ends=ends(last_end),
    )


class ForeignIndex(SearchError):
    """The index has followed the log of another database."""

    def __init__(self) -> None:
        super().__init__("The search index is of another database; run `gongshi index rebuild`.")


def own_position(engine: Engine, store: Reading) -> Position | None:
    """Where the index stands in the store's log; None when it is empty. Raises ForeignIndex."""
    position = engine.position()
    if position and position.epoch != store.epoch():
        raise ForeignIndex()
    return position


@dataclass(frozen=True, slots=True)
class Index:
    """An engine that follows a store. `check` is called between batches; what it raises ends the work, which
    loses nothing."""

    store: Store
    engine: Engine
    registry: Registry
    zone: tzinfo
    clock: Callable[[], datetime]
    check: Callable[[], None] = lambda: None

    def follow(self) -> int:
        """Applies the change log to its end; gives the number of changes applied.

        Idempotent: after a crash the same changes are applied again. Raises WriterBusy while another follows,
        ForeignIndex when the index is of another database.
        """
        if self.position() and not self.behind(1):
            return 0
        with self.engine.writer() as writer:
            position = self.position()
            if position is None:
                with self.store.reading() as store:
                    position = Position(store.epoch(), 0)
                writer.commit(position)  # from now on it can answer, if only that nothing is there
            _, applied = self._follow(writer, position.seq)
            return applied

    def mend(self) -> int:
        """Puts in what the index lacks, as after damage, and takes out what is not public, also what has
        merely ended and no query finds; gives the number of documents. Reads all ids, so seldom is enough.

        Raises WriterBusy, ForeignIndex.
        """
        self.follow()
        with self.store.reading() as store:
            differing = set().union(*_comparison(self.engine.ids, store, self.clock()))
        if not differing:
            return 0
        with self.engine.writer() as writer:
            position = self.position()
            for ids in map(set, chunks(sorted(differing))):
                self.check()
                with self.store.reading() as store:
                    self._put(writer, store, ids, ids)
            if position:
                writer.commit(position)
        return len(differing)

    def rebuild(self) -> int:
        """Fills a fresh index from the store while the old one serves, lets it catch up, checks it, and puts
        it in the old one's place; gives the number of items. A failed one changes nothing.

        Raises WriterBusy, SearchError when the new one is not what it should be.
        """
        with self.engine.rebuild() as writer:
            with self.store.reading() as store:
                position = Position(store.epoch(), store.last_change())
                count = self._fill(writer, store)
            writer.commit(position)
            self._check(writer, position.seq)
        return count

    def behind(self, limit: int = 100_000) -> int:
        """How many changes the index has not applied, counted to `limit` at most."""
        position = self.position()
        with self.store.reading() as store:
            return store.changes_behind(position.seq if position else 0, limit)

    def position(self) -> Position | None:
        """Where the index stands in this store's log; None when it is empty. Raises ForeignIndex."""
        with self.store.reading() as store:
            position = own_position(self.engine, store)
            if position and position.seq > store.last_change():
                raise ForeignIndex()
            return position

    def _follow(self, writer: Writer, seq: int) -> tuple[int, int]:
        """Applies what comes after `seq`; gives the last number applied, and how many changes they were."""
        applied = committed = 0
        while True:
            self.check()
            with self.store.reading() as store:
                changes = store.changes(seq, BATCH)
                if changes:
                    self._apply(writer, store, changes)
                    seq = changes[-1].seq
                    applied += len(changes)
                epoch = store.epoch()
            last = len(changes) < BATCH  # what came meanwhile makes a better batch next time
            if applied - committed >= (1 if last else COMMIT):
                writer.commit(Position(epoch, seq))
                committed = applied
            if last:
                return seq, applied

    def _check(self, writer: Writer, seq: int) -> None:
        """Compares a version being built with the store, at a moment at which nothing is left to apply."""
        while True:
            seq, _ = self._follow(writer, seq)
            now = self.clock()
            with self.store.reading() as store:
                if store.changes_behind(seq, 1):
                    continue  # there was a change in between
                missing, surplus = _difference(writer.ids, store, now, self.zone)
            if missing or surplus:
                raise SearchError(
                    f"The rebuilt index lacks {len(missing)} and has {len(surplus)} surplus documents; it "
                    "was discarded, and the old one goes on. Run `gongshi doctor`, then rebuild it again."
                )
            return

    def _apply(self, writer: Writer, store: Reading, changes: list[Change]) -> None:
        items, subjects = {change.item for change in changes}, {change.subject for change in changes}
        self._put(writer, store, items, subjects)

    def _put(self, writer: Writer, store: Reading, items: set[str], subjects: set[str]) -> None:
        """Has the index say of these items and subjects, and of the items' subjects, what the store does."""
        now = self.clock()
        public = store.public_items(items, now)
        writer.remove(ITEMS, items - public.keys())
        writer.put(item_document(item, self.registry, self.zone) for item in public.values())
        subjects = subjects | {item.subject for item in public.values()}
        documents = {document.id: document for document in self._subjects(store, subjects, now)}
        writer.remove(SUBJECTS, subjects - documents.keys())
        writer.put(documents.values())

    def _fill(self, writer: Writer, store: Reading) -> int:
        now, count = self.clock(), 0
        seen: set[str] = set()
        for items in store.each_public_item(now):
            self.check()
            writer.put(item_document(item, self.registry, self.zone) for item in items)
            fresh = {item.subject for item in items} - seen
            seen |= fresh
            writer.put(self._subjects(store, fresh, now))
            count += len(items)
        return count

    def _subjects(self, store: Reading, subjects: Iterable[str], now: datetime) -> Iterator[Document]:
        """Documents of those of the subjects that have public items; natural persons are never suggested."""
        for id, profile in store.profiles(list(subjects), now, NAMES_FROM).items():
            if profile.parties[0].type is not PartyType.PERSON:
                yield subject_document(portrait(id, profile.parties), profile.newest, profile.ends_at)


def _comparison(
    ids: Callable[[str], Iterable[str]], store: Reading, now: datetime
) -> tuple[set[str], set[str], set[str]]:
    """Which items and subjects an index with these `ids` of each collection lacks; which items, and which
    subjects, it has although they are not public now."""
    items, subjects = set(ids(ITEMS)), set(ids(SUBJECTS))
    missing: set[str] = set()
    named: set[str] = set()
    for item, subject, personal in store.public_ids(now):
        if item in items:
            items.remove(item)
        else:
            missing.add(item)
        if not personal:
            named.add(subject)
    return missing | named - subjects, items, subjects - named


def _difference(
    ids: Callable[[str], Iterable[str]], store: Reading, now: datetime, zone: tzinfo
) -> tuple[set[str], set[str]]:
    """Which items and subjects an index with these `ids` of each collection lacks, and which it has although
    they are not public. A document that merely ended is no surplus, for no query finds it."""
    missing, items, subjects = _comparison(ids, store, now)
    for part in chunks(list(items)):
        for stored in store.items(part).values():
            if stored.ended_by_time(now, zone):
                items.remove(stored.id)
                subjects.discard(stored.subject)
    return missing, items | subjects


@dataclass(frozen=True, slots=True)
class Drift:
    """How the index stands against the store. `behind` counts changes not yet applied (at most 100 000);
    `missing` and `surplus` are ids of items and subjects, at most 20 of each."""

    position: Position | None
    last_change: int
    behind: int
    documents: int
    public: int
    missing: tuple[str, ...]
    surplus: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether the index has everything that is public, and nothing that was taken out."""
        return not (self.behind or self.missing or self.surplus)


def drift(index: Index) -> Drift:
    """Compares all ids of the index with the store; a document that merely ended is no surplus, for no query
    finds it. Raises ForeignIndex."""
    now = index.clock().astimezone(UTC)
    position = index.position()
    indexed = {name: list(index.engine.ids(name)) for name in (ITEMS, SUBJECTS)}
    with index.store.reading() as store:
        missing, surplus = _difference(indexed.__getitem__, store, now, index.zone)
        return Drift(
            position=position,
            last_change=store.last_change(),
            behind=store.changes_behind(position.seq if position else 0, 100_000),
            documents=len(indexed[ITEMS]),
            public=store.count_public(now),
            missing=tuple(sorted(missing)[:20]),
            surplus=tuple(sorted(surplus)[:20]),
        )
