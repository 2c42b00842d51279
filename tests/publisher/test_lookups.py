"""Rows that are looked up by many values are found by an index, never by reading a table through."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from publisher.erasing import deadlines
from publisher.rulesets import Retention
from publisher.store import Reading, Store
from tests.fixtures.store import NOON

MANY = [f"{number:016}" for number in range(500)]
DIGESTS = [number.to_bytes(16) for number in range(500)]


def test_sqlite_looks_many_up_by_an_index(sqlite_store: Store) -> None:
    def ask(reading: Reading) -> None:
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
        reading.barred("tax/list", DIGESTS)
        reading.suppressed(DIGESTS)
        reading.due(deadlines({"cn-2026": Retention()}, NOON), 500)

    plans = plans_of(sqlite_store, ask)
    assert len(plans) == 19
    names = ("item", "sighting", "quarantine", "own_page", "barred", "suppressed")
    for statement, steps in plans:
        tables = tuple(f"SCAN {name}" for name in names)
        assert not [step for step in steps if step.startswith(tables)], (statement[:200], steps)


def test_sqlite_counts_a_source_s_rows_without_reading_them(sqlite_store: Store) -> None:
    ((_, steps),) = plans_of(sqlite_store, lambda reading: reading.sighting_count("tax/list"))
    searches = [step for step in steps if "sighting" in step]
    assert len(searches) == 2
    assert "USING COVERING INDEX" in searches[0]
    assert "ix_sighting_missed" in searches[1]


def plans_of(store: Store, ask: Callable[[Reading], object]) -> list[tuple[str, list[str]]]:
    """The statements that SQLite is asked, each with the steps of its plan."""
    asked: list[tuple[str, Any]] = []
    with store.reading() as reading:
        connection = reading._connection

        def keep(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            if statement.startswith("SELECT"):
                asked.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", keep)
        ask(reading)
        event.remove(connection, "before_cursor_execute", keep)
        plans = []
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            plans.append((statement, [str(row[-1]) for row in plan]))
        return plans
