"""How many decisions were public in time, by source, authority and week; kept as rows come, never counted
from items."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from publisher.punctuality import Tallies, Tally
from publisher.store.tables import punctuality


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
    query = select(punctuality).where(punctuality.c.week >= week)
    if source_id is not None:
        query = query.where(punctuality.c.source_id == source_id)
    order = (punctuality.c.week.desc(), punctuality.c.source_id, punctuality.c.authority)
    for row in connection.execute(query.order_by(*order)):
        tally = Tally(row.timely, row.late, row.provisional)
        yield Punctual(row.source_id, row.authority, row.week, tally)
