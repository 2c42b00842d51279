"""How punctual sources are, by authority and week"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "punctuality",
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("timely", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("provisional", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "authority", "week", name=op.f("pk_punctuality")),
    )
    op.create_index("ix_punctuality_week", "punctuality", ["week"], unique=False)
    op.create_table(
        "settled",
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("reading", sa.LargeBinary(length=16), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_settled")),
    )
