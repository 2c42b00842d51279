"""How good sources are, in figures that pages read without looking at items: how many decisions were public
in time, counted as rows come; how many document numbers are missing, as it was when somebody counted."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, Row, Select, func, select
from sqlalchemy.dialects import postgresql, sqlite

from publisher.punctuality import Tallies, Tally, Week
from publisher.quality import Gaps
from publisher.store import tables
from publisher.store.tables import punctuality

T = TypeVar("T", bound=tuple[object, ...])


class Punctual(NamedTuple):
    """What one source told of one authority's decisions in the week that begins with `week`."""

    source: str
    authority: str
    week: date
    tally: Tally


def add(connection: Connection, source_id: str, tallies: Tallies) -> None:
    """Adds to what is counted already."""
    if not tallies:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    query = dialect.insert(punctuality)
    more = {name: punctuality.c[name] + query.excluded[name] for name in Tally._fields}
    connection.execute(
        query.on_conflict_do_update(index_elements=["source_id", "authority", "week"], set_=more),
        [
            {"source_id": source_id, "authority": authority, "week": week, **tally._asdict()}
            for (authority, week), tally in sorted(tallies.items())
        ],
    )


def since(connection: Connection, week: date, source_id: str | None) -> Iterator[Punctual]:
    """All that is counted from that week on, of one source or of all: newest week first, then by source and
    authority."""
    query = _since(select(punctuality), week, source_id)
    order = (punctuality.c.week.desc(), punctuality.c.source_id, punctuality.c.authority)
    for row in connection.execute(query.order_by(*order)):
        yield Punctual(row.source_id, row.authority, row.week, _tally(row))


def by_week(connection: Connection, week: date, source_id: str | None) -> dict[str, tuple[Week, ...]]:
    """The weeks of each source that has any, or of one, newest first; all its authorities together."""
    keys = (punctuality.c.source_id, punctuality.c.week)
    sums = (func.sum(punctuality.c[name]).label(name) for name in Tally._fields)
    query = _since(select(*keys, *sums).group_by(*keys), week, source_id)
    found: dict[str, list[Week]] = defaultdict(list)
    for row in connection.execute(query.order_by(punctuality.c.week.desc())):
        found[row.source_id].append(Week(row.week, _tally(row)))
    return {source: tuple(weeks) for source, weeks in found.items()}


def gaps(connection: Connection, source_id: str | None) -> dict[str, Gaps]:
    """The figures of each source that has any, or of one."""
    query = select(tables.gaps)
    if source_id is not None:
        query = query.where(tables.gaps.c.source_id == source_id)
    return {
        row.source_id: Gaps(*(getattr(row, name) for name in Gaps._fields))
        for row in connection.execute(query)
    }


def _since(query: Select[T], week: date, source_id: str | None) -> Select[T]:
    query = query.where(punctuality.c.week >= week)
    return query if source_id is None else query.where(punctuality.c.source_id == source_id)


def _tally(row: Row[tuple[object, ...]]) -> Tally:
    return Tally(int(row.timely), int(row.late), int(row.provisional))
