"""Whether a column holds one of many values, as each database is asked it best."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ARRAY, BindParameter, ColumnElement, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

CHUNK = 2000
"""Values in one IN list: far below every database's limit of parameters, SQLite's 32 766 first."""

T = TypeVar("T")


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The values in lists of at most `size`."""
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part


class _Among(FunctionElement[bool]):
    """`column` among the values of a parameter. Without a type: of a boolean SQLite would be asked "… = 1",
    which no index answers."""

    inherit_cache = True


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether the column holds one of the values that the statement is executed with, a list under `name`."""
    return _Among(column, bindparam(name, expanding=True))


@compiles(_Among)
def _one_by_one(element: _Among, compiler: SQLCompiler, **given: Any) -> str:
    column, values = element.clauses
    return compiler.process(column.in_(values), **given)


@compiles(_Among, "postgresql")
def _as_one_array(element: _Among, compiler: SQLCompiler, **given: Any) -> str:
    """As one parameter: psycopg takes longer to find the places of two thousand than PostgreSQL to answer."""
    column, values = element.clauses
    assert isinstance(values, BindParameter)
    array = bindparam(values.key, type_=ARRAY(column.type))
    return f"{compiler.process(column, **given)} = ANY ({compiler.process(array, **given)})"
