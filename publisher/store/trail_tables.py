"""The tables of the audit trail. A trigger refuses to change or delete what is in them, except for the
deletion of contents, by which they are erased."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from publisher.store.tables import Moment, metadata

_Number = BigInteger().with_variant(Integer, "sqlite")

# What was done: see trail.Link. Numbers count from 1 without gaps.
trail = Table(
    "trail",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor_kind", String(20), nullable=False),
    Column("actor_name", String(200), nullable=False),
    Column("action", String(40), nullable=False),
    Column("item_id", String(16)),
    Column("case_number", String(40)),
    Column("digest", LargeBinary(32), nullable=False),
    Column("link", LargeBinary(32), nullable=False),
    Index("ix_trail_item_id", "item_id", "number"),
    Index("ix_trail_case_number", "case_number", "number"),
)

# Why it was done, what was there before and after: the part of an entry that can be erased.
trail_content = Table(
    "trail_content",
    metadata,
    Column("number", _Number, ForeignKey("trail.number"), primary_key=True, autoincrement=False),
    Column("salt", LargeBinary(16), nullable=False),
    Column("body", Text, nullable=False),
)
