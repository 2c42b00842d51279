"""Up to which day a source was read that is asked for what is new only"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "read_until",
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("reading", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_read_until")),
    )
