"""What may not come back, and what was erased"""

import sqlalchemy as sa
from alembic import op

from publisher.store.tables import Moment, SerialKey

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "suppressed",
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("whole", sa.LargeBinary(length=16), nullable=False),
        sa.Column("coded", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "whole", name=op.f("pk_suppressed")),
    )
    op.create_index("ix_suppressed_whole", "suppressed", ["whole"])
    op.create_table(
        "barred",
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("row_hash", sa.LargeBinary(length=16), nullable=False),
        sa.Column("whole", sa.LargeBinary(length=16), nullable=False),
        sa.Column("harvest_id", SerialKey),
        sa.Column("longer", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "row_hash", name=op.f("pk_barred")),
    )
    op.create_index("ix_barred_whole", "barred", ["whole"])
    op.add_column("item", sa.Column("erased_at", Moment()))
    waiting = "erased_at IS NULL AND "
    for columns, condition in (
        (["state", "changed_at"], sa.text(waiting + "state <> 'public'")),
        (["ends_at"], sa.text(waiting + "ends_at IS NOT NULL")),
        (["erased_at"], sa.text("erased_at IS NOT NULL")),
    ):
        op.create_index(
            f"ix_item_{columns[0]}", "item", columns, sqlite_where=condition, postgresql_where=condition
        )
