"""What can be done to the store within one transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    insert,
    literal,
    select,
    update,
)

from publisher.items import Draft, Item, ItemState
from publisher.store import applied, changes, codec, trail
from publisher.store.accounts import AccountWriting
from publisher.store.among import CHUNK, chunks
from publisher.store.applied import Applied
from publisher.store.bulk import add_rows
from publisher.store.case_writing import CaseWriting
from publisher.store.certificates import CertificateWriting
from publisher.store.changes import NewChange
from publisher.store.letters import LetterWriting
from publisher.store.locks import Lock, take
from publisher.store.source_writing import SourceWriting
from publisher.store.suppression_writing import SuppressionWriting
from publisher.store.tables import (
    Moment,
    earlier,
    item,
    lease,
    sighting,
)
from publisher.trail import Entry


class NewSighting(NamedTuple):
    """A row with the item it is about."""

    written: codec.Written
    item: str


class Writing(
    CaseWriting, CertificateWriting, LetterWriting, SourceWriting, SuppressionWriting, AccountWriting
):
    """Queries and changes on one connection; committed together with the change log."""

    def __init__(self, connection: Connection, contents: codec.ContentCodec, zone: tzinfo) -> None:
        super().__init__(connection, contents)
        self._zone = zone
        self._told: list[tuple[datetime, Entry]] = []

    # --- items and sightings

    def lock_items(self) -> None:
        """Waits until nobody else publishes, and keeps others from it up to the end of the transaction.

        Whoever merges what sources say must see all that they said.
        """
        take(self._connection, Lock.ITEMS)

    def put_items(self, items: Iterable[tuple[Item, str]], known: Collection[str]) -> None:
        """Writes items with their name key; those in `known` exist already."""
        rows = [self._item_row(value, name_key) for value, name_key in items]
        if new := [row for row in rows if row["id"] not in known]:
            add_rows(self._connection, item, new)
        if old := [{"at": row.pop("id"), **row} for row in rows if row["id"] in known]:
            self._connection.execute(update(item).where(item.c.id == bindparam("at")), old)

    def _item_row(self, value: Item, name_key: str) -> dict[str, object]:
        return {
            "id": value.id,
            "kind": value.kind,
            "list_id": value.list,
            "sector": value.sector,
            "region": value.region,
            "subject_id": value.subject,
            "uscc": value.party.own,
            "name_key": name_key,
            "personal": value.personal,
            "party": codec.party(value.party),
            "content": codec.dump(dict(value.content)),
            "start_day": value.period.start,
            "last_day": value.period.last_day,
            "rule": value.period.rule,
            "ends_at": value.period.ends_at(self._zone),
            "state": value.state,
            "sources": codec.dump(value.sources),
            "published_at": value.published_at,
            "changed_at": value.changed_at,
            "corrected_at": value.corrected_at,
            "objected_at": value.objected_at,
            "erased_at": value.erased_at,
        }

    def set_subjects(self, subjects: Mapping[str, str], now: datetime) -> None:
        """Gives items another subject: item → subject."""
        if subjects:
            self._connection.execute(
                update(item)
                .where(item.c.id == bindparam("at"))
                .values(subject_id=bindparam("to"), changed_at=now),
                [{"at": id, "to": subject} for id, subject in subjects.items()],
            )

    def add_sightings(self, sightings: Sequence[NewSighting], run: int | None, now: datetime) -> None:
        """Keeps rows that the harvest `run` was the first to read."""
        rows = [
            {
                "source_id": draft.source,
                "key": draft.key,
                "item_id": item,
                "row_hash": draft.row_hash,
                "fingerprint": fingerprint,
                "draft": text,
                "record": draft.record,
                "file": draft.where.file,
                "row": draft.where.row,
                "harvest_id": run,
                "first_seen_at": now,
                "misses": 0,
            }
            for (draft, text, fingerprint), item in sightings
        ]
        add_rows(self._connection, sighting, rows)

    def change_sightings(self, sightings: Mapping[int, NewSighting], run: int | None, now: datetime) -> None:
        """Puts rows in place of what they said before, which is kept."""
        self._keep_earlier(sightings.keys(), now)
        self._rewrite(
            {id: row.written.draft for id, row in sightings.items()},
            run,
            ("item_id", "fingerprint", "draft"),
            [(item, fingerprint, text) for (_, text, fingerprint), item in sightings.values()],
        )

    def rewrite_sightings(self, drafts: Mapping[int, Draft], run: int | None) -> None:
        """Rows that were written another way but say the same."""
        self._rewrite(drafts, run, (), [()] * len(drafts))

    def _rewrite(
        self,
        drafts: Mapping[int, Draft],
        run: int | None,
        columns: Sequence[str],
        values: Iterable[Sequence[object]],
    ) -> None:
        if not drafts:
            return
        names = (*columns, "row_hash", "record", "file", "row", "harvest_id")
        self._connection.execute(
            update(sighting)
            .where(sighting.c.id == bindparam("at"))
            .values({name: bindparam(f"new_{name}") for name in names} | {"misses": 0}),
            [
                {
                    "at": id,
                    "new_row_hash": draft.row_hash,
                    "new_record": draft.record,
                    "new_file": draft.where.file,
                    "new_row": draft.where.row,
                    "new_harvest_id": run,
                    **dict(zip((f"new_{name}" for name in columns), more, strict=True)),
                }
                for (id, draft), more in zip(drafts.items(), values, strict=True)
            ],
        )

    def _keep_earlier(self, ids: Collection[int], now: datetime) -> None:
        kept = ("draft", "record", "file", "row", "harvest_id")
        for part in chunks(ids):
            held = select(sighting.c.id, *(sighting.c[name] for name in kept), literal(now, Moment)).where(
                sighting.c.id.in_(part)
            )
            self._connection.execute(insert(earlier).from_select(["sighting_id", *kept, "until"], held))

    def set_misses(self, ids: Collection[int], misses: int) -> None:
        for part in chunks(ids):
            self._connection.execute(update(sighting).where(sighting.c.id.in_(part)).values(misses=misses))

    def drop_sightings(self, ids: Collection[int]) -> None:
        for part in chunks(ids):
            self._connection.execute(delete(sighting).where(sighting.c.id.in_(part)))

    def set_states(self, items: Collection[str], state: ItemState) -> None:
        """Unlisted items lose their sources too."""
        sources = {"sources": "[]"} if state is ItemState.UNLISTED else {}
        for part in chunks(items):
            query = update(item).where(item.c.id.in_(part)).values(state=state, **sources)
            self._connection.execute(query)

    def set_changed(self, items: Collection[str], now: datetime) -> None:
        for part in chunks(items):
            self._connection.execute(update(item).where(item.c.id.in_(part)).values(changed_at=now))

    def set_objected(self, id: str, since: datetime | None) -> None:
        self._connection.execute(update(item).where(item.c.id == id).values(objected_at=since))

    def append_changes(self, entries: Sequence[NewChange], now: datetime) -> None:
        """The last call of a use case: see changes.append."""
        changes.append(self._connection, entries, now)

    # --- the audit trail

    def record(self, entries: Sequence[Entry], now: datetime) -> None:
        """Has the audit trail tell of what this transaction does. They are in it from the commit on, never
        without what they tell of, nor that without them."""
        self._told += [(now, entry) for entry in entries]

    def write_trail(self) -> None:
        """What `Store.writing` does before it commits: see trail.append."""
        trail.append(self._connection, self._told)
        self._told = []

    def erase_trail(self, items: Collection[str]) -> int:
        """Erases why entries about these items were made, and what was there before and after; that they
        were made stays. Gives how many had any of it."""
        return trail.erase(self._connection, items, CHUNK)

    # --- rule sets

    def add_applied(
        self, name: str, text: str, by: str, now: datetime, *, done_at: datetime | None
    ) -> Applied:
        return applied.add(self._connection, name, text, by, now, done_at)

    def move_applied(self, number: int, through: str, done_at: datetime | None) -> None:
        applied.move(self._connection, number, through, done_at)

    # --- leases

    def take_lease(self, name: str, holder: str, length: timedelta, now: datetime) -> bool:
        """Takes a lease; False while it has not expired."""
        values = {"holder": holder, "expires_at": now + length}
        return self._upsert(lease, {"name": name}, values, lease.c.expires_at <= now)

    def keep_lease(self, name: str, holder: str, length: timedelta, now: datetime) -> bool:
        """Prolongs a lease, also one that has expired; False when another has taken it since."""
        held = update(lease).where(lease.c.name == name, lease.c.holder == holder)
        query = held.values(expires_at=now + length).returning(lease.c.name)
        return self._connection.execute(query).first() is not None

    def free_lease(self, name: str, holder: str) -> None:
        self._connection.execute(delete(lease).where(lease.c.name == name, lease.c.holder == holder))
