"""By what a refused row is known again"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("quarantine", sa.Column("row_hash", sa.LargeBinary(length=16)))
    op.create_index("ix_quarantine_row_hash", "quarantine", ["row_hash"])
