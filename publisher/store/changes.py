"""The change log. Numbers rise, may have gaps, and become visible in their order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
)

from publisher.items import Change, ItemState, What, left_at
from publisher.store.among import among
from publisher.store.bulk import add_rows
from publisher.store.locks import Lock, take
from publisher.store.tables import change, item, setting


def public_at(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """`Item.public_at`, as the database asks it."""
    return and_(item.c.state == ItemState.PUBLIC, or_(item.c.ends_at.is_(None), item.c.ends_at > now))


class Left(NamedTuple):
    """All that may be told of an item that is not public: its kind, and since when."""

    kind: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class NewChange:
    """A change to be logged. `overtakes`: an index that has not applied it may show what may not be."""

    item: str
    subject: str
    what: What
    overtakes: bool = False


def append(connection: Connection, changes: Sequence[NewChange], moment: datetime) -> None:
    """Logs the changes; the last thing a use case does.

    On PostgreSQL the lock makes numbers visible in their order: a sequence alone hands out 7 before 6 is
    committed, and a reader that has seen 7 never looks for 6. It is taken last so that it is held only for
    the time of these rows.
    """
    if not changes:
        return
    take(connection, Lock.LOG)
    rows = [
        {
            "item_id": entry.item,
            "subject_id": entry.subject,
            "what": entry.what,
            "moment": moment,
            "overtakes": entry.overtakes,
        }
        for entry in changes
    ]
    add_rows(connection, change, rows)


def since(connection: Connection, seq: int, limit: int) -> list[Change]:
    """The changes after `seq`, in order, at most `limit`."""
    return _changes(connection, _ROWS.where(change.c.seq > seq).limit(limit))


def of(connection: Connection, item: str) -> list[Change]:
    """The changes to an item, in order. Reads the whole log: no index serves what few ask for."""
    return _changes(connection, _ROWS.where(change.c.item_id == item))


def _changes(connection: Connection, query: Select[Any]) -> list[Change]:
    return [
        Change(seq, item, subject, What(what), moment)
        for seq, item, subject, what, moment in connection.execute(query)
    ]


def last(connection: Connection) -> int:
    """The newest number; 0 for an empty log."""
    return connection.execute(select(func.max(change.c.seq))).scalar() or 0


def behind(connection: Connection, seq: int, limit: int) -> int:
    """How many changes come after `seq`, counted to `limit` at most."""
    rest = select(change.c.seq).where(change.c.seq > seq).limit(limit).subquery()
    return connection.execute(select(func.count()).select_from(rest)).scalar() or 0


def overtaking(connection: Connection, seq: int, now: datetime, limit: int) -> frozenset[str]:
    """Items that are not public at `now` but may be so in an index that stands at `seq`: they were ended,
    or given an earlier end, after it. At most `limit` ids."""
    given = {"seq": seq, "now": now, "limit": limit}
    rows: Iterable[str] = connection.execute(_OVERTAKING, given).scalars()
    return frozenset(rows)


def epoch(connection: Connection) -> str:
    """The name of this log; a restored database gets another, so that old cursors are known as foreign."""
    return str(connection.execute(_EPOCH).scalar_one())


def left(connection: Connection, ids: Sequence[str]) -> dict[str, Left]:
    """When each of the items, which are not public, stopped being so; reads nothing of their content."""
    found = {}
    for row in connection.execute(_LEFT, {"ids": ids}):
        found[row.id] = Left(row.kind, left_at(ItemState(row.state), row.ends_at, row.changed_at))
    return found


_ROWS: Select[Any] = select(
    change.c.seq, change.c.item_id, change.c.subject_id, change.c.what, change.c.moment
).order_by(change.c.seq)


# Every search asks these, and making a statement takes longer than asking it.
_OVERTAKING = (
    select(change.c.item_id)
    .join(item, item.c.id == change.c.item_id)
    .where(change.c.seq > bindparam("seq"), change.c.overtakes, ~public_at(bindparam("now")))
    .distinct()
    .limit(bindparam("limit"))
)
_LEFT = select(item.c.id, item.c.kind, item.c.state, item.c.ends_at, item.c.changed_at).where(
    among(item.c.id, "ids")
)
_EPOCH = select(setting.c.value).where(setting.c.name == "epoch")
