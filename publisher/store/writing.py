"""What can be done to the store within one transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    bindparam,
    delete,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from publisher.harvests import Counts, Line, RunState, Traffic, Validators
from publisher.items import Draft, Item, ItemState, Refusal
from publisher.punctuality import Tallies
from publisher.quality import Gaps
from publisher.sources import NamedList, Source
from publisher.store import applied, changes, codec, quality, requests, runs, tables, usual
from publisher.store.applied import Applied
from publisher.store.changes import NewChange
from publisher.store.reading import Reading, chunks
from publisher.store.tables import (
    Moment,
    earlier,
    fetch_state,
    gaps,
    harvest,
    item,
    lease,
    named_list,
    own_page,
    quarantine,
    read_until,
    settled,
    sighting,
    source,
    standing,
)
from publisher.usual import Usual

ITEMS_LOCK = 20260403


class NewSighting(NamedTuple):
    """A row with the item it is about."""

    written: codec.Written
    item: str


class Writing(Reading):
    """Queries and changes on one connection; committed together with the change log."""

    def __init__(self, connection: Connection, contents: codec.ContentCodec, zone: tzinfo) -> None:
        super().__init__(connection, contents)
        self._zone = zone

    # --- items and sightings

    def lock_items(self) -> None:
        """Waits until nobody else publishes, and keeps others from it up to the end of the transaction.

        Whoever merges what sources say must see all that they said. SQLite has one writer at a time anyway.
        """
        if self._connection.dialect.name == "postgresql":
            self._connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ITEMS_LOCK})")

    def put_items(self, items: Iterable[tuple[Item, str]], known: Collection[str]) -> None:
        """Writes items with their name key; those in `known` exist already."""
        rows = [self._item_row(value, name_key) for value, name_key in items]
        if new := [row for row in rows if row["id"] not in known]:
            self._connection.execute(insert(item), new)
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
            "uscc": value.party.uscc,
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
        if sightings:
            self._connection.execute(
                insert(sighting),
                [
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
                ],
            )

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

    def set_states(self, items: Collection[str], state: ItemState, now: datetime) -> None:
        for part in chunks(items):
            self._connection.execute(
                update(item).where(item.c.id.in_(part)).values(state=state, sources="[]", changed_at=now)
            )

    def add_punctuality(self, source_id: str, tallies: Tallies) -> None:
        """Counts more decisions of a source by whether they were public in time."""
        quality.add(self._connection, source_id, tallies)

    def put_gaps(self, source_id: str, found: Gaps) -> None:
        self._upsert(gaps, {"source_id": source_id}, found._asdict())

    def append_changes(self, entries: Sequence[NewChange], now: datetime) -> None:
        """The last call of a transaction: see changes.append."""
        changes.append(self._connection, entries, now)

    # --- sources and runs

    def put_source(self, face: Source, stale_from: datetime | None = None) -> None:
        """Keeps the face of a source, and from when on it is late, if it promises anything."""
        self._upsert(source, {"id": face.id}, {"face": codec.source(face), "stale_from": stale_from})

    def put_named_list(self, face: NamedList) -> None:
        self._upsert(named_list, {"id": face.id}, {"face": codec.named_list(face)})

    def set_complete(
        self, source_id: str, reading: bytes, now: datetime, stale_from: datetime | None = None
    ) -> None:
        """Notes a complete run, which read the source in this way, and from when on it will be late."""
        query = update(source).where(source.c.id == source_id)
        self._connection.execute(query.values(last_complete=now, stale_from=stale_from))
        so_far = self.settled(source_id, reading)
        self._upsert(settled, {"source_id": source_id}, {"reading": reading, "runs": so_far + 1})

    def start_harvest(self, source_id: str, now: datetime, request: int | None = None) -> int:
        """Opens a run; runs of the source that never ended are marked as interrupted. It is to answer the
        requests for its source up to the one with the number `request`: that it has, its end tells."""
        self._connection.execute(
            update(harvest)
            .where(harvest.c.source_id == source_id, harvest.c.state == RunState.RUNNING)
            .values(state=RunState.INTERRUPTED, ended_at=now, message="The process that ran it died.")
        )
        row = {
            "source_id": source_id,
            "started_at": now,
            "state": RunState.RUNNING,
            "counts": codec.dump(asdict(Counts())),
            "warnings": "[]",
        }
        query = insert(harvest).values(row).returning(harvest.c.id)
        run = int(self._connection.execute(query).scalar_one())
        if request is not None:
            requests.take(self._connection, source_id, request, run)
        return run

    def end_harvest(
        self,
        id: int,
        state: RunState,
        counts: Counts,
        traffic: Traffic,
        warnings: Sequence[str],
        message: str | None,
        now: datetime,
    ) -> None:
        query = (
            update(harvest)
            .where(harvest.c.id == id)
            .values(
                state=state,
                counts=codec.dump(asdict(counts)),
                traffic=codec.dump(asdict(traffic)),
                warnings=orjson.dumps(list(warnings)).decode(),
                message=message,
                ended_at=now,
            )
            .returning(harvest.c.source_id)
        )
        source_id = self._connection.execute(query).scalar_one()
        if state is not RunState.INTERRUPTED:
            read = state in (RunState.COMPLETE, RunState.REFUSED)
            failures = 0 if read else self.standing(source_id).failures + 1
            self._upsert(standing, {"source_id": source_id}, {"failures": failures})
            requests.answer(self._connection, id, now)

    def ask_for(self, source_id: str, by: str, now: datetime, *, accept_removals: bool = False) -> None:
        """Has the scheduler read a source, even if it is paused; a run that is under way does not count."""
        requests.add(self._connection, source_id, by, now, accept_removals=accept_removals)

    def hold(self, source_id: str, now: datetime) -> None:
        """Has the scheduler leave a source alone until it is resumed."""
        failures = self.standing(source_id).failures
        self._upsert(standing, {"source_id": source_id}, {"failures": failures, "held_since": now})

    def resume(self, source_id: str) -> None:
        """Has the scheduler read a source again; its failures are counted anew."""
        self._connection.execute(delete(standing).where(standing.c.source_id == source_id))

    def keep_log(self, run: int, lines: Sequence[Line]) -> None:
        """Keeps what a run said of its steps, once."""
        runs.keep_log(self._connection, run, lines)

    def forget_runs(self, before: datetime) -> int:
        """Forgets runs that began before then, and gives how many; requests too that were answered before.

        Of each source its last ones stay, by which it is seen when it is due; its last complete one, and the
        last of these that held no row; and those whose refused rows are still in quarantine.
        """
        requests.forget(self._connection, before)
        return runs.forget(self._connection, before)

    def put_validators(self, source_id: str, kept: Validators) -> None:
        self._upsert(fetch_state, {"source_id": source_id}, asdict(kept))

    def take_validators(self, source_id: str) -> Validators | None:
        """What was kept of a source's file. It is forgotten: who reads the file whole keeps it anew."""
        known = self.validators(source_id)
        self._connection.execute(delete(fetch_state).where(fetch_state.c.source_id == source_id))
        return known

    def set_read_until(self, source_id: str, reading: bytes, day: date) -> None:
        """Keeps the day up to which a source was read, for runs that read it in the same way."""
        self._upsert(read_until, {"source_id": source_id}, {"reading": reading, "day": day})

    def put_usual(self, source_id: str, value: Usual) -> None:
        """Keeps what the rows of a source are usually like."""
        self._upsert(tables.usual, {"source_id": source_id}, usual.columns(value))

    def put_own_pages(self, source_id: str, read: Mapping[bytes, bytes], now: datetime) -> None:
        """Keeps what rows became whose own page was read `now`, by their marks."""
        for part in chunks(read):
            here = (own_page.c.source_id == source_id) & own_page.c.mark.in_(part)
            self._connection.execute(delete(own_page).where(here))
            self._connection.execute(
                insert(own_page),
                [
                    {"source_id": source_id, "mark": mark, "row_hash": read[mark], "read_at": now}
                    for mark in part
                ],
            )

    def drop_own_pages(self, source_id: str, before: datetime) -> None:
        """Forgets the own pages that were read before a moment."""
        old = (own_page.c.source_id == source_id) & (own_page.c.read_at < before)
        self._connection.execute(delete(own_page).where(old))

    def clear_quarantine(self, source_id: str) -> None:
        """Forgets the rows refused by earlier runs of a source."""
        self._connection.execute(delete(quarantine).where(quarantine.c.source_id == source_id))

    def drop_refusals(self, ids: Sequence[int]) -> None:
        self._connection.execute(delete(quarantine).where(quarantine.c.id.in_(ids)))

    def add_refusals(self, harvest_id: int, refusals: Sequence[Refusal]) -> None:
        if refusals:
            self._connection.execute(
                insert(quarantine),
                [
                    {
                        "source_id": refusal.source,
                        "harvest_id": harvest_id,
                        "file": refusal.where.file,
                        "row": refusal.where.row,
                        "column": refusal.column,
                        "reason": refusal.reason,
                        "excerpt": refusal.excerpt,
                        "key": refusal.key,
                        "record": refusal.record,
                    }
                    for refusal in refusals
                ],
            )

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

    def _upsert(
        self,
        table: Table,
        key: Mapping[str, object],
        values: Mapping[str, object],
        condition: ColumnElement[bool] | None = None,
    ) -> bool:
        """Inserts a row, or updates the one with its key where the condition holds; tells whether it did."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        query = dialect.insert(table).values(**key, **values)
        query = query.on_conflict_do_update(index_elements=list(key), set_=dict(values), where=condition)
        return self._connection.execute(query.returning(table.c[next(iter(key))])).first() is not None
