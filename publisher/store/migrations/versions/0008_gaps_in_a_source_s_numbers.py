"""Gaps in a source's document numbers"""

import sqlalchemy as sa
from alembic import op

from publisher.store.tables import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gaps",
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("counted_at", Moment(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_gaps")),
    )
