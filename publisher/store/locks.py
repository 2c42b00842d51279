"""The locks by which writers wait for each other on PostgreSQL. SQLite has one writer at a time anyway."""

from enum import IntEnum

from sqlalchemy import Connection


class Lock(IntEnum):
    """In the order in which a transaction takes them, so that no two wait for each other: never an upper one
    after a lower one that it did not hold already. Each is held to the end of the transaction."""

    SCHEMA = 20260401
    ITEMS = 20260403  # who merges what sources say
    LOG = 20260402  # who appends to the change log: with the last change
    TRAIL = 20260404  # who appends to the audit trail: at the commit


def take(connection: Connection, lock: Lock) -> None:
    """Waits until no other transaction holds the lock, and holds it."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({lock:d})")
