"""Runs that were asked for."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from publisher.harvests import Request
from publisher.store.tables import harvest_request as request


def unanswered(connection: Connection, source_id: str | None) -> list[Request]:
    """Those of a source, or of all, that no run has answered yet, the oldest first."""
    query = select(request).where(request.c.answered_at.is_(None)).order_by(request.c.id)
    if source_id is not None:
        query = query.where(request.c.source_id == source_id)
    return [
        Request(row.id, row.source_id, row.asked_at, row.asked_by, row.accept_removals, row.harvest_id)
        for row in connection.execute(query)
    ]


def add(connection: Connection, source_id: str, by: str, now: datetime, *, accept_removals: bool) -> None:
    row = {"source_id": source_id, "asked_at": now, "asked_by": by, "accept_removals": accept_removals}
    connection.execute(insert(request), row)


def take(connection: Connection, source_id: str, last: int, run: int) -> None:
    """Has `run` answer the requests for its source up to the one with the number `last`, instead of any run
    that did not come to do it."""
    mine = (request.c.source_id == source_id, request.c.id <= last, request.c.answered_at.is_(None))
    connection.execute(update(request).where(*mine).values(harvest_id=run))


def answer(connection: Connection, run: int, now: datetime) -> None:
    """Notes that `run` has answered what it took."""
    mine = (request.c.harvest_id == run, request.c.answered_at.is_(None))
    connection.execute(update(request).where(*mine).values(answered_at=now))


def forget(connection: Connection, before: datetime) -> None:
    """Forgets those that were answered before then."""
    connection.execute(delete(request).where(request.c.answered_at < before))
