"""The tables of what applicants are given; what it means is said in certificates.py and case_links.py."""

from sqlalchemy import Column, Index, LargeBinary, String, Table

from publisher.store.tables import Moment, SerialKey, metadata

certificate = Table(
    "certificate",
    metadata,
    Column("code", String(20), primary_key=True),
    Column("case_id", SerialKey, nullable=False),
    Column("item_id", String(16), nullable=False),
    Column("item_kind", String(40), nullable=False),
    Column("ended_at", Moment, nullable=False),
    Column("issued_at", Moment, nullable=False),
    Index("ix_certificate_case_id", "case_id"),
)

# What the link of a case is made from, with a key that the store does not hold.
case_seal = Table(
    "case_seal",
    metadata,
    Column("case_id", SerialKey, primary_key=True, autoincrement=False),
    Column("seal", LargeBinary(16), nullable=False),
)
