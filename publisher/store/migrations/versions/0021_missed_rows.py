"""Rows that a source's last run missed, counted without reading all others"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    missed = sa.text("misses > 0")
    op.create_index(
        "ix_sighting_missed", "sighting", ["source_id"], sqlite_where=missed, postgresql_where=missed
    )
