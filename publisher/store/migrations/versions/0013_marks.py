"""Up to which day or number a source was read; what is known of days alone is read once more"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("read_until")
    op.create_table(
        "read_until",
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("reading", sa.LargeBinary(length=16), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_read_until")),
    )
