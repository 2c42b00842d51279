"""What is kept of what the rows of a source are usually like."""

from collections.abc import Mapping
from dataclasses import asdict

import orjson
from sqlalchemy import Connection, select

from publisher.store import codec, tables
from publisher.usual import Filled, Usual


def load(connection: Connection, source_id: str) -> Usual | None:
    query = select(tables.usual).where(tables.usual.c.source_id == source_id)
    row = connection.execute(query).first()
    if row is None:
        return None
    spec = orjson.loads(row.spec)
    values = {name: seen and tuple(seen) for name, seen in spec["values"].items()}
    return Usual(row.reading, Filled(**spec["before"]), Filled(**spec["waiting"]), values)


def columns(value: Usual) -> Mapping[str, object]:
    """The columns of its row."""
    spec = asdict(value)
    return {"reading": spec.pop("reading"), "spec": codec.dump(spec)}
