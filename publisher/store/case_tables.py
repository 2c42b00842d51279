"""The tables of cases. They stand apart from items: a case outlives the content of what it is about."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from publisher.store.tables import Moment, SerialKey, metadata

# One application and what became of it: see cases.Case. Holds nothing personal. `token`: the SHA-256 of
# what its applicant follows it by; None where there is none. `sealed`: by what an imported decision is known
# again.
filed_case = Table(
    "filed_case",
    metadata,
    Column("id", SerialKey, primary_key=True, autoincrement=True),
    Column("token", LargeBinary(32)),
    Column("sealed", String(32)),
    Column("kind", String(20), nullable=False),
    Column("about", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("item_id", String(16), nullable=False),
    Column("item_kind", String(40), nullable=False),
    Column("source_id", String(200)),
    Column("authority", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("review_of", SerialKey, ForeignKey("filed_case.id")),
    Column("language", String(8), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("due", Date, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("accepted_at", Moment),
    Column("decided_at", Moment),
    Column("outcome", String(20)),
    Column("extended", Boolean, nullable=False),
    Column("left", Integer),
    Column("version", Integer, nullable=False),
    UniqueConstraint("token"),
    Index("ix_filed_case_sealed", "sealed"),
    Index("ix_filed_case_item_id", "item_id"),
    Index("ix_filed_case_state", "state", "due"),
    Index("ix_filed_case_decided_at", "decided_at"),
    sqlite_autoincrement=True,
)

# Who applied and what they said, masked: erased some days after the decision.
case_applicant = Table(
    "case_applicant",
    metadata,
    Column(
        "case_id",
        SerialKey,
        ForeignKey("filed_case.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("applicant", Text, nullable=False),
    Column("statement", Text, nullable=False),
)

# Files that were handed in: `key` is what they are kept under. Erased with their applicant.
case_evidence = Table(
    "case_evidence",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("case_id", SerialKey, ForeignKey("filed_case.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", String(80), nullable=False),
    Column("size", Integer, nullable=False),
    Index("ix_case_evidence_case_id", "case_id"),
)

# What was done to a case. The applicant's own notes are erased with them.
case_step = Table(
    "case_step",
    metadata,
    Column("id", SerialKey, primary_key=True, autoincrement=True),
    Column("case_id", SerialKey, ForeignKey("filed_case.id", ondelete="CASCADE"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor_kind", String(20), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("what", String(20), nullable=False),
    Column("note", Text),
    Index("ix_case_step_case_id", "case_id", "id"),
)
