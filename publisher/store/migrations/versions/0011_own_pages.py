"""Which rows' own pages were read, and when"""

import sqlalchemy as sa
from alembic import op

from publisher.store.tables import Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_page",
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=16), nullable=False),
        sa.Column("row_hash", sa.LargeBinary(length=16), nullable=False),
        sa.Column("read_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "mark", name=op.f("pk_own_page")),
    )
