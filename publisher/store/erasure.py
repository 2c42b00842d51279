"""How the contents of items leave the database."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    delete,
    func,
    literal,
    not_,
    or_,
    select,
    text,
    update,
)

from publisher.cases import OPEN
from publisher.items import ItemState
from publisher.store import codec
from publisher.store.among import chunks
from publisher.store.case_tables import filed_case
from publisher.store.tables import Moment, change, item, quarantine, setting, sighting
from publisher.subjects import Party

T = TypeVar("T")

PURGED = "purged"
"""The setting that says when nothing erased was left in any file."""

SPAN = 20_000
"""Rows of the change log that are looked at in one transaction."""


class Deadline(NamedTuple):
    """What left the public for that reason is due if it did so at `before` at the latest; by a rule set's
    name where its items have another."""

    reason: ItemState
    before: datetime
    by_rules: Mapping[str, datetime]


class Row(NamedTuple):
    """A source's row about an item."""

    item: str
    source: str
    key: str
    row_hash: bytes


# As the partial indexes have it, word by word: SQLite uses them for no other.
_LEFT = {
    True: text("item.erased_at IS NULL AND item.ends_at IS NOT NULL"),
    False: text("item.erased_at IS NULL AND item.state <> 'public'"),
}

_DISPUTED = item.c.id.in_(select(filed_case.c.item_id).where(filed_case.c.state.in_(OPEN)))
"""Somebody is still deciding about it, and has to read what it says."""


def due(connection: Connection, deadlines: Sequence[Deadline], limit: int) -> dict[str, ItemState]:
    """Items that are to be erased, with the reason why they are not public; at most `limit`."""
    found: dict[str, ItemState] = {}
    for deadline in deadlines:
        if (rest := limit - len(found)) > 0:
            query = _due(select(item.c.id), deadline).limit(rest)
            found |= dict.fromkeys(connection.execute(query).scalars(), deadline.reason)
    return found


def count_due(connection: Connection, deadlines: Sequence[Deadline]) -> dict[ItemState, int]:
    """How many items are to be erased, by the reason why they are not public."""
    return {
        deadline.reason: connection.execute(
            _due(select(func.count()).select_from(item), deadline)
        ).scalar_one()
        for deadline in deadlines
    }


def _due(query: Select[T], deadline: Deadline) -> Select[T]:
    by_time = deadline.reason is ItemState.EXPIRED
    left = item.c.ends_at if by_time else item.c.changed_at
    state = ItemState.PUBLIC if by_time else deadline.reason
    laws = {name: item.c.rule.startswith(f"{name}/") for name in deadline.by_rules}
    cases: list[ColumnElement[bool]] = [
        and_(judged, left <= deadline.by_rules[name]) for name, judged in laws.items()
    ]
    cases.append(and_(*map(not_, laws.values()), left <= deadline.before))
    last = max(deadline.before, *deadline.by_rules.values())
    return query.where(item.c.state == state, _LEFT[by_time], left <= last, or_(*cases), ~_DISPUTED)


def rows_of(connection: Connection, ids: Collection[str]) -> list[Row]:
    """All that sources say of these items, without what they say."""
    columns = sighting.c.item_id, sighting.c.source_id, sighting.c.key, sighting.c.row_hash
    return [
        Row(*row)
        for part in chunks(ids)
        for row in connection.execute(select(*columns).where(sighting.c.item_id.in_(part)))
    ]


def erase(connection: Connection, ids: Collection[str], rows: Sequence[Row], now: datetime) -> None:
    """Leaves of these items what `Item.erased_at` says, and nothing of these rows, all that are about
    them."""
    by_source: dict[str, list[str]] = {}
    for row in rows:
        by_source.setdefault(row.source, []).append(row.key)
    for source, keys in by_source.items():
        for part in chunks(keys):
            ours = (quarantine.c.source_id == source) & quarantine.c.key.in_(part)
            connection.execute(delete(quarantine).where(ours))
    by_time = item.c.state == ItemState.PUBLIC
    # The earlier of both, as Item.left_at has it; but of a revocation a notice tells when it was.
    by_end = by_time | (item.c.state != ItemState.REVOKED) & (item.c.ends_at < item.c.changed_at)
    left = case((by_end, item.c.ends_at), else_=item.c.changed_at)
    for part in chunks(ids):
        connection.execute(delete(sighting).where(sighting.c.item_id.in_(part)))
        connection.execute(
            update(item)
            .where(item.c.id.in_(part))
            .values(
                **_NOTHING,
                state=case((by_time, literal(ItemState.EXPIRED)), else_=item.c.state),
                changed_at=left,
                erased_at=literal(now, Moment),
            )
        )


_NOTHING = {
    "list_id": None,
    "sector": "",
    "region": None,
    "subject_id": "",
    "uscc": None,
    "name_key": "",
    "personal": False,
    "party": codec.party(Party("")),
    "content": "{}",
    "start_day": None,
    "last_day": None,
    "rule": "none",
    "ends_at": None,
    "sources": "[]",
    "corrected_at": None,
    "objected_at": None,
}


def erased_ids(connection: Connection) -> Iterator[str]:
    """All erased items, those first that were erased first."""
    query = select(item.c.id).where(item.c.erased_at.is_not(None)).order_by(item.c.erased_at)
    yield from connection.execute(query.execution_options(yield_per=5000)).scalars()


def purged_at(connection: Connection) -> datetime | None:
    """When it was last noted that nothing erased is left in any file."""
    noted = connection.execute(select(setting.c.value).where(setting.c.name == PURGED)).scalar()
    return datetime.fromisoformat(noted) if noted else None


def last_erased(connection: Connection) -> datetime | None:
    """When something was last erased."""
    return connection.execute(select(func.max(item.c.erased_at))).scalar()


def readmit(connection: Connection, ids: Collection[str]) -> None:
    """Has erased items be as those that no source lists, whatever they were."""
    for part in chunks(ids):
        connection.execute(update(item).where(item.c.id.in_(part)).values(state=ItemState.UNLISTED))


def forget_subjects(connection: Connection, after: int, before: datetime) -> None:
    """Takes the subjects out of those of SPAN rows of the change log, from the number `after` on, that are of
    items erased before then. An id of a subject can be found out by trying all codes."""
    span = change.c.seq > after, change.c.seq <= after + SPAN, change.c.subject_id != ""
    erased = select(item.c.id).where(item.c.erased_at < before)
    query = select(change.c.seq).where(*span, change.c.item_id.in_(erased))
    for part in chunks(list(connection.execute(query).scalars())):
        connection.execute(update(change).where(change.c.seq.in_(part)).values(subject_id=""))
