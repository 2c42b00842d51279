"""Rule sets as they were applied, and more room for what they say of an item"""

import sqlalchemy as sa
from alembic import op

from publisher.store.tables import Moment, SerialKey

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":  # which does not hold texts to a length
        op.alter_column("item", "rule", type_=sa.String(length=120))
    op.create_table(
        "applied_rules",
        sa.Column("number", SerialKey, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("through", sa.String(length=16), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_applied_rules")),
        sqlite_autoincrement=True,
    )
