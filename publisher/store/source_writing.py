"""What can be written of sources, their runs and their quality."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

import orjson
from sqlalchemy import (
    ColumnElement,
    Table,
    delete,
    insert,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from publisher.harvests import Counts, Line, RunState, Traffic, Validators
from publisher.items import Refusal
from publisher.punctuality import Tallies
from publisher.quality import Gaps
from publisher.sources import NamedList, Source
from publisher.store import codec, erasure, quality, requests, runs, tables, usual
from publisher.store.among import chunks
from publisher.store.reading import Reading
from publisher.store.tables import (
    fetch_state,
    gaps,
    harvest,
    named_list,
    own_page,
    quarantine,
    read_until,
    setting,
    settled,
    source,
    standing,
)
from publisher.usual import Usual


class SourceWriting(Reading):
    """The part of `Writing` that is about sources."""

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
            failures = self.standing(source_id).failures + 1 if state.failed else 0
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

    def set_read_until(self, source_id: str, reading: bytes, mark: str) -> None:
        """Keeps the mark up to which a source was read, for runs that read it in the same way."""
        self._upsert(read_until, {"source_id": source_id}, {"reading": reading, "mark": mark})

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
                        "row_hash": refusal.row_hash,
                    }
                    for refusal in refusals
                ],
            )

    def add_punctuality(self, source_id: str, tallies: Tallies) -> None:
        """Counts more decisions of a source by whether they were public in time."""
        quality.add(self._connection, source_id, tallies)

    def put_gaps(self, source_id: str, found: Gaps) -> None:
        self._upsert(gaps, {"source_id": source_id}, found._asdict())

    def note_purged(self, now: datetime) -> None:
        """Notes that nothing of what was erased by now is left in any file."""
        self._upsert(setting, {"name": erasure.PURGED}, {"value": now.isoformat()})

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
