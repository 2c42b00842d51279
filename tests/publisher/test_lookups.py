"""Rows that are looked up by many values are found by an index, never by reading a table through."""

from typing import Any

from sqlalchemy import event

from publisher.store import Store
from tests.fixtures.store import NOON

MANY = [f"{number:016}" for number in range(500)]
DIGESTS = [number.to_bytes(16) for number in range(500)]


def test_sqlite_looks_many_up_by_an_index(sqlite_store: Store) -> None:
    asked: list[tuple[str, Any]] = []
    with sqlite_store.reading() as reading:
        connection = reading._connection

        def keep(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            if statement.startswith("SELECT"):
                asked.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", keep)
        reading.items(MANY)
        reading.public_items(MANY, NOON)
        reading.codes(MANY)
        reading.namesakes(MANY)
        reading.profiles(MANY, NOON, 20)
        reading.sightings_of(MANY)
        reading.sighting_ids_of(MANY)
        reading.sightings_by_key("tax/list", MANY)
        reading.sightings_by_row_hash("tax/list", DIGESTS)
        reading.own_pages("tax/list", DIGESTS)
        reading.left(MANY)
        reading.refused("tax/list", DIGESTS)
        event.remove(connection, "before_cursor_execute", keep)
        assert len(asked) == 12
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            steps = [str(row[-1]) for row in plan]
            tables = ("SCAN item", "SCAN sighting", "SCAN quarantine", "SCAN own_page")
            assert not [step for step in steps if step.startswith(tables)], (statement[:200], steps)
