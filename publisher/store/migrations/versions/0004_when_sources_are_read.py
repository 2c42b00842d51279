"""How sources stand with the scheduler"""

import sqlalchemy as sa
from alembic import op

from publisher.store.tables import Moment

revision = "0004"
down_revision = "0003"
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
