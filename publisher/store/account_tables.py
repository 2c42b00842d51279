"""The tables of those who sign in to the console. How they are asked is in accounts.py."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from publisher.store.tables import Moment, SerialKey, metadata

# Who may sign in. `password`: its Argon2 hash, with its parameters.
account = Table(
    "account",
    metadata,
    Column("login", String(64), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("source_id", String(200)),
    Column("password", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
)

# Who is signed in. `token`: the SHA-256 of what their browser shows.
session = Table(
    "session",
    metadata,
    Column("id", SerialKey, primary_key=True, autoincrement=True),
    Column("token", LargeBinary(32), nullable=False),
    Column("login", String(64), ForeignKey("account.login", ondelete="CASCADE"), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("address", String(64), nullable=False),
    Column("agent", String(200), nullable=False),
    UniqueConstraint("token"),
    Index("ix_session_login", "login"),
    sqlite_autoincrement=True,
)

# Who signed in wrongly of late: see throttling.Failures. `key`: the keyed digest of what is counted.
sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("until", Moment),
    Index("ix_sign_in_failure_last_at", "last_at"),
)
