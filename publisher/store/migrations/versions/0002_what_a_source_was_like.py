"""What a source's file was like when it was last read"""

import sqlalchemy as sa
from alembic import op

from publisher.store.tables import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fetch_state",
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("reading", sa.LargeBinary(length=16), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("read_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_fetch_state")),
    )
