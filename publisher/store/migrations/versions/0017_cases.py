"""Cases, who applied for them, their papers and steps"""

import sqlalchemy as sa
from alembic import op

from publisher.store.tables import Moment, SerialKey

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "filed_case",
        sa.Column("id", SerialKey, autoincrement=True, nullable=False),
        sa.Column("token", sa.LargeBinary(length=32)),
        sa.Column("sealed", sa.String(length=32)),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("item_kind", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=200)),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("review_of", SerialKey),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("accepted_at", Moment()),
        sa.Column("decided_at", Moment()),
        sa.Column("outcome", sa.String(length=20)),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("left", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_of"], ["filed_case.id"], name=op.f("fk_filed_case_review_of_filed_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filed_case")),
        sa.UniqueConstraint("token", name=op.f("uq_filed_case_token")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_filed_case_sealed", "filed_case", ["sealed"])
    op.create_index("ix_filed_case_item_id", "filed_case", ["item_id"])
    op.create_index("ix_filed_case_state", "filed_case", ["state", "due"])
    op.create_index("ix_filed_case_decided_at", "filed_case", ["decided_at"])
    op.create_table(
        "case_applicant",
        sa.Column("case_id", SerialKey, autoincrement=False, nullable=False),
        sa.Column("applicant", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        _of_case("case_applicant"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_applicant")),
    )
    op.create_table(
        "case_evidence",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("case_id", SerialKey, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        _of_case("case_evidence"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_case_evidence")),
    )
    op.create_index("ix_case_evidence_case_id", "case_evidence", ["case_id"])
    op.create_table(
        "case_step",
        sa.Column("id", SerialKey, autoincrement=True, nullable=False),
        sa.Column("case_id", SerialKey, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text()),
        _of_case("case_step"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
    )
    op.create_index("ix_case_step_case_id", "case_step", ["case_id", "id"])


def _of_case(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_case_id_filed_case")
    return sa.ForeignKeyConstraint(["case_id"], ["filed_case.id"], name=name, ondelete="CASCADE")
