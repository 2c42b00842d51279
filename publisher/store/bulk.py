"""Many new rows at once. What SQLAlchemy does for each row of an `execute` takes as long as the database does
to store it: here a statement is made once, and only values that the driver does not take are converted.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Table, insert

Convert = Callable[[Any], Any]


class _Insert(NamedTuple):
    """`converted`: places of the columns whose values the driver does not take as they are."""

    sql: str
    columns: tuple[str, ...]
    positional: bool
    converted: tuple[tuple[int, Convert], ...]


def add_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Inserts rows, all with the same columns: each that has no default in the database."""
    if not rows:
        return
    made = _insert(connection.dialect, table, tuple(rows[0]))
    values = [list(found) for found in map(itemgetter(*made.columns), rows)]
    for place, convert in made.converted:
        known: dict[object, object] = {None: None}  # the rows of a batch have but a few days and moments
        for row in values:
            value = row[place]
            if value not in known:
                known[value] = convert(value)
            row[place] = known[value]
    if made.positional:
        connection.exec_driver_sql(made.sql, [tuple(row) for row in values])
    else:
        connection.exec_driver_sql(made.sql, [dict(zip(made.columns, row, strict=True)) for row in values])


@lru_cache(maxsize=64)
def _insert(dialect: Dialect, table: Table, given: tuple[str, ...]) -> _Insert:
    compiled = insert(table).inline().compile(dialect=dialect, column_keys=list(given))
    columns = tuple(compiled.positiontup or given)
    converters = (table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns)
    converted = tuple((place, convert) for place, convert in enumerate(converters) if convert)
    return _Insert(str(compiled), columns, bool(compiled.positional), converted)
