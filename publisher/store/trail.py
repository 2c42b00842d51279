"""The audit trail as the database keeps it."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import islice
from secrets import token_bytes

import orjson
from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from publisher.store.locks import Lock, take
from publisher.store.trail_tables import trail, trail_content
from publisher.trail import EMPTY, Actor, ActorKind, Entry, Head, Link, Recorded, body, digest, next_link

_ROWS = select(trail, trail_content.c.salt, trail_content.c.body).select_from(
    trail.outerjoin(trail_content, trail_content.c.number == trail.c.number)
)
_PART = _ROWS.where(trail.c.number > bindparam("last")).order_by(trail.c.number).limit(2000)
_HEAD = select(trail.c.number, trail.c.link).order_by(trail.c.number.desc()).limit(1)


def append(connection: Connection, told: Sequence[tuple[datetime, Entry]]) -> None:
    """Puts entries at the end, in their order; the last thing a transaction does, for the end of the trail is
    everybody's. See locks.Lock."""
    if not told:
        return
    take(connection, Lock.TRAIL)
    reached, links = head(connection), []
    for at, entry in told:
        salt, text = token_bytes(16), body(entry)
        links.append(next_link(reached, at, entry, digest(salt, text), salt, text))
        reached = Head(links[-1].number, links[-1].link)
    rows = [row._asdict() | {"item_id": row.item, "case_number": row.case} for row in links]
    for table in (trail, trail_content):
        names = table.c.keys()
        connection.execute(insert(table), [{name: row[name] for name in names} for row in rows])


def head(connection: Connection) -> Head:
    """Where the trail ends; EMPTY before its first entry."""
    row = connection.execute(_HEAD).first()
    return Head(row.number, row.link) if row else EMPTY


def links(connection: Connection) -> Iterator[Link]:
    """All of it in order; reads by number, so that memory stays flat."""
    last = 0
    while rows := connection.execute(_PART, {"last": last}).all():
        yield from (Link(*row) for row in rows)
        last = rows[-1].number


def newest(
    connection: Connection, item: str | None, case: str | None, before: int | None, limit: int
) -> tuple[Recorded, ...]:
    """Entries, newest first: those of an item, of a case, with a number below `before`; all where none is
    given."""
    query = _ROWS.order_by(trail.c.number.desc()).limit(limit)
    for column, value in ((trail.c.item_id, item), (trail.c.case_number, case)):
        query = query if value is None else query.where(column == value)
    if before is not None:
        query = query.where(trail.c.number < before)
    return tuple(_recorded(row) for row in connection.execute(query))


def _recorded(row: Row[tuple[object, ...]]) -> Recorded:
    said = orjson.loads(row.body) if row.body else {"why": None, "before": None, "after": None}
    actor = Actor(ActorKind(row.actor_kind), row.actor_name)
    entry = Entry(actor, row.action, item=row.item_id, case=row.case_number, **said)
    return Recorded(row.number, row.at, entry)


def erase(connection: Connection, items: Collection[str], size: int) -> int:
    """Deletes the contents of entries about these items; gives how many had any."""
    rest, erased = iter(items), 0
    while part := list(islice(rest, size)):
        about = select(trail.c.number).where(trail.c.item_id.in_(part))
        gone = connection.execute(delete(trail_content).where(trail_content.c.number.in_(about)))
        erased += gone.rowcount
    return erased
