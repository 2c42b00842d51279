"""Letters that wait to be sent; certificates and links of applicants"""

import sqlalchemy as sa
from alembic import op

from publisher.store.tables import Moment

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "letter",
        sa.Column("number", serial, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("to", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("posted_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("failed_at", Moment(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_letter")),
        sa.UniqueConstraint("key", name=op.f("uq_letter_key")),
        sqlite_autoincrement=True,
    )
    waiting = sa.text("sent_at IS NULL AND failed_at IS NULL")
    op.create_index("ix_letter_due_at", "letter", ["due_at"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        "certificate",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("case_id", serial, nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("item_kind", sa.String(length=40), nullable=False),
        sa.Column("ended_at", Moment(), nullable=False),
        sa.Column("issued_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_certificate")),
    )
    op.create_index("ix_certificate_case_id", "certificate", ["case_id"])
    op.create_table(
        "case_seal",
        sa.Column("case_id", serial, autoincrement=False, nullable=False),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_seal")),
    )
