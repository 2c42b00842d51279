"""What is kept of runs, and the rows that they refused."""

from collections.abc import Iterator
from datetime import datetime
from typing import TypeVar

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from publisher.harvests import Counts, Harvest, RunState
from publisher.items import Refusal, RowRef
from publisher.store.tables import harvest, quarantine, source

T = TypeVar("T", bound=tuple[object, ...])


def newest(connection: Connection, source_id: str | None, limit: int) -> list[Harvest]:
    """Runs, newest first."""
    query = select(harvest).order_by(harvest.c.id.desc()).limit(limit)
    return [_harvest(row) for row in connection.execute(_of_source(query, harvest.c.source_id, source_id))]


def one(connection: Connection, id: int) -> Harvest | None:
    row = connection.execute(select(harvest).where(harvest.c.id == id)).first()
    return _harvest(row) if row else None


def last_unheld(connection: Connection, source_id: str) -> Counts | None:
    """The counts of the last complete run of a source in which no missing row was held."""
    query = (
        select(harvest.c.counts)
        .where(harvest.c.source_id == source_id, harvest.c.state == RunState.COMPLETE)
        .order_by(harvest.c.id.desc())
    )
    told = (Counts(**orjson.loads(row.counts)) for row in connection.execute(query))
    return next((counts for counts in told if not counts.held), None)


def last_complete(connection: Connection) -> dict[str, Harvest]:
    """The last complete run of each source that had one; costs one indexed read a source."""
    run = harvest.alias()
    last = (
        select(run.c.id)
        .where(run.c.source_id == source.c.id, run.c.state == RunState.COMPLETE)
        .order_by(run.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(harvest).where(harvest.c.id.in_(select(last).select_from(source)))
    return {row.source_id: _harvest(row) for row in connection.execute(query)}


def refusals(connection: Connection, source_id: str | None, limit: int | None = None) -> Iterator[Refusal]:
    """Rows in quarantine, in order of source, file and row; all of them without a limit."""
    query = select(quarantine).order_by(quarantine.c.source_id, quarantine.c.id).limit(limit)
    query = _of_source(query, quarantine.c.source_id, source_id).execution_options(yield_per=5000)
    for row in connection.execute(query):
        yield _refusal(row)


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
    query = select(quarantine.c.source_id, func.count()).group_by(quarantine.c.source_id)
    return dict(connection.execute(query).tuples().all())


def _refusal(row: Row[tuple[object, ...]]) -> Refusal:
    return Refusal(row.source_id, RowRef(row.file, row.row), row.column, row.reason, row.excerpt, row.key)


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
        warnings=tuple(orjson.loads(row.warnings)),
        message=row.message,
    )
