"""The table of the outbox; what it means is said in letters.py."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from publisher.store.tables import Moment, SerialKey, metadata

letter = Table(
    "letter",
    metadata,
    Column("number", SerialKey, primary_key=True, autoincrement=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("kind", String(80), nullable=False),
    Column("to", String(254), nullable=False),
    Column("language", String(8), nullable=False),
    Column("facts", Text, nullable=False),
    Column("posted_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("sent_at", Moment),
    Column("failed_at", Moment),
    Column("error", String(500)),
    sqlite_autoincrement=True,
)
WAITING = letter.c.sent_at.is_(None) & letter.c.failed_at.is_(None)
Index("ix_letter_due_at", letter.c.due_at, sqlite_where=WAITING, postgresql_where=WAITING)
