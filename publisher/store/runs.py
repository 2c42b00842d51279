"""What is kept of runs, and the rows that they refused."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, insert, select

from publisher.harvests import FAILURES, Counts, Harvest, Line, RunState, Standing, Traffic, Validators
from publisher.items import Refusal, RowRef
from publisher.store import tables
from publisher.store.tables import fetch_state, harvest, quarantine, run_log, source

T = TypeVar("T", bound=tuple[object, ...])


def newest(
    connection: Connection, source_id: str | None, limit: int, before: int | None = None
) -> list[Harvest]:
    """Runs, newest first; those with an id below `before`, where it is given."""
    query = select(harvest).order_by(harvest.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(harvest.c.id < before)
    return [_harvest(row) for row in connection.execute(_of_source(query, harvest.c.source_id, source_id))]


def one(connection: Connection, id: int) -> Harvest | None:
    row = connection.execute(select(harvest).where(harvest.c.id == id)).first()
    return _harvest(row) if row else None


def log(connection: Connection, id: int) -> list[Line]:
    """What a run said of its steps."""
    text = connection.execute(select(run_log.c.lines).where(run_log.c.harvest_id == id)).scalar()
    return [Line(datetime.fromisoformat(at), said) for at, said in orjson.loads(text or "[]")]


def keep_log(connection: Connection, id: int, lines: Sequence[Line]) -> None:
    said = orjson.dumps([(line.at.isoformat(), line.said) for line in lines]).decode()
    connection.execute(insert(run_log).values(harvest_id=id, lines=said))


def last_unheld(connection: Connection, source_id: str) -> Harvest | None:
    """The last complete run of a source in which no missing row was held."""
    query = (
        select(harvest)
        .where(harvest.c.source_id == source_id, harvest.c.state == RunState.COMPLETE)
        .order_by(harvest.c.id.desc())
    )
    return next((run for run in map(_harvest, connection.execute(query)) if not run.counts.held), None)


def forget(connection: Connection, before: datetime) -> int:
    """See Writing.forget_runs."""
    old = harvest.c.started_at < before
    count = 0
    for source_id in connection.execute(select(harvest.c.source_id).where(old).distinct()).scalars().all():
        own = harvest.c.source_id == source_id
        newest = select(harvest.c.id).where(own).order_by(harvest.c.id.desc())
        complete = newest.where(harvest.c.state == RunState.COMPLETE)
        needed = {
            *connection.execute(newest.limit(FAILURES)).scalars(),
            *connection.execute(complete.limit(1)).scalars(),
        }
        if unheld := last_unheld(connection, source_id):
            needed.add(unheld.id)
        gone = delete(harvest).where(
            own, old, harvest.c.id.not_in(needed), harvest.c.id.not_in(select(quarantine.c.harvest_id))
        )
        count += connection.execute(gone).rowcount
    return count


def settled(connection: Connection, source_id: str, reading: bytes) -> int:
    """How many complete runs in a row have read a source in this way."""
    query = select(tables.settled.c.runs).where(
        tables.settled.c.source_id == source_id, tables.settled.c.reading == reading
    )
    return connection.execute(query).scalar() or 0


def last(connection: Connection, state: RunState | None = None) -> dict[str, Harvest]:
    """The last run of each source, or the last that ended in this state; costs one indexed read a source."""
    run = harvest.alias()
    own = select(run.c.id).where(run.c.source_id == source.c.id)
    if state is not None:
        own = own.where(run.c.state == state)
    newest = own.order_by(run.c.id.desc()).limit(1).scalar_subquery()
    query = select(harvest).where(harvest.c.id.in_(select(newest).select_from(source)))
    return {row.source_id: _harvest(row) for row in connection.execute(query)}


def validators(connection: Connection, source_id: str) -> Validators | None:
    row = connection.execute(select(fetch_state).where(fetch_state.c.source_id == source_id)).first()
    return Validators(row.reading, row.etag, row.last_modified, row.digest, row.read_at) if row else None


def standing(connection: Connection, source_id: str) -> Standing:
    query = select(tables.standing).where(tables.standing.c.source_id == source_id)
    row = connection.execute(query).first()
    return Standing(row.failures, row.held_since) if row else Standing()


def standings(connection: Connection) -> dict[str, Standing]:
    """How each source stands that has anything against it."""
    rows = connection.execute(select(tables.standing))
    return {row.source_id: Standing(row.failures, row.held_since) for row in rows}


def refusals(connection: Connection, source_id: str | None, limit: int | None = None) -> Iterator[Refusal]:
    """Rows in quarantine, in order of source, file and row; all of them without a limit."""
    place = quarantine.c.file, quarantine.c.row, quarantine.c.id
    query = select(quarantine).order_by(quarantine.c.source_id, *place).limit(limit)
    query = _of_source(query, quarantine.c.source_id, source_id).execution_options(yield_per=5000)
    for row in connection.execute(query):
        yield _refusal(row)


def refused(connection: Connection, source_id: str, hashes: Collection[bytes]) -> dict[bytes, Refusal]:
    query = select(quarantine).where(quarantine.c.source_id == source_id, quarantine.c.row_hash.in_(hashes))
    return {row.row_hash: _refusal(row) for row in connection.execute(query)}


def quarantined(connection: Connection, source_id: str) -> list[tuple[int, datetime, Refusal]]:
    """The rows of a source in quarantine, with the id and the start of the run that refused them."""
    query = (
        select(quarantine, harvest.c.started_at)
        .join(harvest, harvest.c.id == quarantine.c.harvest_id)
        .where(quarantine.c.source_id == source_id)
    )
    return [(row.id, row.started_at, _refusal(row)) for row in connection.execute(query)]


def refusal_counts(connection: Connection) -> dict[str, int]:
    """How many rows each source has in quarantine that has any."""
    query = select(quarantine.c.source_id, func.count().label("total")).group_by(quarantine.c.source_id)
    return {row.source_id: row.total for row in connection.execute(query)}


def _refusal(row: Row[tuple[object, ...]]) -> Refusal:
    said = row.column, row.reason, row.excerpt, row.key, row.record, row.row_hash
    return Refusal(row.source_id, RowRef(row.file, row.row), *said)


def _of_source(query: Select[T], column: ColumnElement[str], source_id: str | None) -> Select[T]:
    return query if source_id is None else query.where(column == source_id)


def _harvest(row: Row[tuple[object, ...]]) -> Harvest:
    return Harvest(
        id=row.id,
        source=row.source_id,
        started_at=row.started_at,
        ended_at=row.ended_at,
        state=RunState(row.state),
        counts=Counts(**orjson.loads(row.counts)),
        traffic=Traffic(**orjson.loads(row.traffic)),
        warnings=tuple(orjson.loads(row.warnings)),
        message=row.message,
    )
