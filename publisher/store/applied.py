"""Which rule sets were applied, by whom and when, and what each of them judges."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, or_, select, update

from publisher.store.tables import applied_rules, item, sighting


class Applied(NamedTuple):
    """A rule set as it was applied: its text, and `by` whom. Items up to the id `through` have been judged by
    it; all of them at `done_at` (None: not yet)."""

    number: int
    name: str
    text: str
    by: str
    at: datetime
    through: str
    done_at: datetime | None


_COLUMNS = tuple(applied_rules.c[name] for name in Applied._fields)
_LAST = select(func.max(applied_rules.c.number))
_JUDGED = (
    select(sighting.c.item_id)
    .where(sighting.c.item_id > bindparam("after"))
    .distinct()
    .order_by(sighting.c.item_id)
    .limit(bindparam("most"))
)


def last(connection: Connection) -> int:
    """The number of the last application; 0 before the first."""
    return connection.execute(_LAST).scalar() or 0


def history(connection: Connection) -> list[Applied]:
    """All applications, the newest first."""
    rows = connection.execute(select(*_COLUMNS).order_by(applied_rules.c.number.desc()))
    return [Applied(*row) for row in rows]


def judged(connection: Connection, names: Collection[str], after: str, most: int) -> list[str]:
    """Items of which a source tells whose definition names one of the rule sets: at most `most` ids in their
    order, from `after` on."""
    query = _JUDGED.where(or_(*map(_names, names)))
    return list(connection.execute(query, {"after": after, "most": most}).scalars())


def kinds(connection: Connection, name: str) -> set[str]:
    """The kinds of the items that a rule set judges. Looks at every row that any source wrote."""
    ids = select(sighting.c.item_id).where(_names(name))
    return set(connection.execute(select(item.c.kind).where(item.c.id.in_(ids)).distinct()).scalars())


def _names(rules: str) -> ColumnElement[bool]:
    return sighting.c.draft.contains(f'"rules":"{rules}"', autoescape=True)


def add(
    connection: Connection, name: str, text: str, by: str, now: datetime, done_at: datetime | None
) -> Applied:
    """Writes down that a rule set holds from now on."""
    row = {"name": name, "text": text, "by": by, "at": now, "through": "", "done_at": done_at}
    return Applied(*connection.execute(insert(applied_rules).values(row).returning(*_COLUMNS)).one())


def move(connection: Connection, number: int, through: str, done_at: datetime | None) -> None:
    """Writes down how far an application has come."""
    connection.execute(
        update(applied_rules).where(applied_rules.c.number == number).values(through=through, done_at=done_at)
    )
