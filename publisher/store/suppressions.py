"""What is suppressed, and which rows of sources are barred because of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Table, bindparam, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from publisher.items import HELD, ItemState
from publisher.store.among import among, chunks
from publisher.store.suppression_tables import barred, suppressed
from publisher.store.tables import fetch_state, item, read_until

_SUPPRESSED = select(suppressed).where(among(suppressed.c.digest, "digests"))
_ANY = select(suppressed.c.digest).limit(1)
_BARRED = select(barred.c.row_hash).where(
    barred.c.source_id == bindparam("source"), among(barred.c.row_hash, "hashes")
)


class Suppressed(NamedTuple):
    """Why and since when something is suppressed. `whole` is the digest of its item; `coded`: see
    suppression.suppress."""

    digest: bytes
    whole: bytes
    coded: bool
    why: ItemState
    since: datetime


class Barred(NamedTuple):
    """A row that is not read any further, for it tells of a suppressed item; `longer`: and says that it is
    still public."""

    row_hash: bytes
    whole: bytes
    longer: bool


def any_found(connection: Connection) -> bool:
    """Whether anything is suppressed."""
    return connection.execute(_ANY).first() is not None


def found(connection: Connection, digests: Collection[bytes]) -> dict[bytes, Suppressed]:
    """Those of the digests that are suppressed."""
    given = {}
    for part in chunks(digests):
        for row in connection.execute(_SUPPRESSED, {"digests": part}):
            given[row.digest] = Suppressed(row.digest, row.whole, row.coded, ItemState(row.why), row.since)
    return given


def add(connection: Connection, entries: Sequence[Suppressed]) -> None:
    """Keeps these; those that are there stay as they are."""
    _insert_new(connection, suppressed, [entry._asdict() for entry in entries])


def about(connection: Connection, subjects: Collection[str]) -> list[str]:
    """The ids of all items about these subjects."""
    query = select(item.c.id)
    return [
        id
        for part in chunks(subjects)
        for id in connection.execute(query.where(item.c.subject_id.in_(part))).scalars()
    ]


def sharing(connection: Connection, wholes: Collection[bytes]) -> set[bytes]:
    """The digests of all suppressed items that share a digest with these, these among them."""
    shared: set[bytes] = set()
    for part in chunks(wholes):
        own = select(suppressed.c.digest).where(suppressed.c.whole.in_(part))
        query = select(suppressed.c.whole).where(suppressed.c.digest.in_(own))
        shared.update(connection.execute(query).scalars())
    return shared


def held(connection: Connection) -> list[str]:
    """The ids of all items that are in one of the states of HELD."""
    return list(connection.execute(select(item.c.id).where(item.c.state.in_(HELD))).scalars())


def lift(connection: Connection, wholes: Collection[bytes]) -> None:
    """Forgets all about these items and those that share a digest with them: the next row about the one would
    be taken for the other's. The sources that tell of them are read whole again, however little has changed
    in them."""
    for part in chunks({*wholes, *sharing(connection, wholes)}):
        connection.execute(delete(suppressed).where(suppressed.c.whole.in_(part)))
        ours = barred.c.whole.in_(part)
        sources = set(connection.execute(select(barred.c.source_id).where(ours).distinct()).scalars())
        connection.execute(delete(barred).where(ours))
        for table in (fetch_state, read_until):
            connection.execute(delete(table).where(table.c.source_id.in_(sources)))


def rows(connection: Connection, source_id: str, hashes: Collection[bytes]) -> set[bytes]:
    """Those of a source's rows that are barred, by their hashes."""
    known: set[bytes] = set()
    for part in chunks(hashes):
        known.update(connection.execute(_BARRED, {"source": source_id, "hashes": part}).scalars())
    return known


def bar(connection: Connection, source_id: str, entries: Iterable[Barred], run: int | None) -> None:
    """Has rows of a source not read any further; those that are barred already stay so."""
    given = [{"source_id": source_id, "harvest_id": run, **entry._asdict()} for entry in entries]
    _insert_new(connection, barred, given)


def keep_only(connection: Connection, source_id: str, hashes: Collection[bytes], run: int) -> None:
    """Forgets those rows of a source that are barred, but neither these nor barred by this run."""
    others = or_(barred.c.harvest_id.is_(None), barred.c.harvest_id != run)
    query = select(barred.c.row_hash).where(barred.c.source_id == source_id, others)
    gone = set(connection.execute(query).scalars()) - set(hashes)
    for part in chunks(gone):
        connection.execute(delete(barred).where(barred.c.source_id == source_id, barred.c.row_hash.in_(part)))


def longer(connection: Connection, wholes: Collection[bytes]) -> dict[bytes, list[str]]:
    """The sources of rows which say that these items are still public, by item."""
    given: dict[bytes, list[str]] = {}
    for part in chunks(wholes):
        query = select(barred.c.whole, barred.c.source_id).where(barred.c.whole.in_(part), barred.c.longer)
        for whole, source in connection.execute(query.distinct().order_by(barred.c.source_id)):
            given.setdefault(whole, []).append(source)
    return given


def _insert_new(connection: Connection, table: Table, entries: Sequence[Mapping[str, object]]) -> None:
    if not entries:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), entries)
