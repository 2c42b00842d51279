"""How sources stand with the scheduler, and which runs were asked for"""

import sqlalchemy as sa
from alembic import op

from publisher.store.tables import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "standing",
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("held_since", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_standing")),
    )
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "harvest_request",
        sa.Column("id", serial, autoincrement=True, nullable=False),
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("accept_removals", sa.Boolean(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("harvest_id", serial, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harvest_request")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_harvest_request_unanswered",
        "harvest_request",
        ["id"],
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )
