"""What runs asked of other machines, what they said of their steps, and the rows that they refused"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "run_log",
        sa.Column(
            "harvest_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["harvest_id"], ["harvest.id"], name=op.f("fk_run_log_harvest_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("harvest_id", name=op.f("pk_run_log")),
    )
    op.add_column("quarantine", sa.Column("key", sa.Text()))
    op.add_column("quarantine", sa.Column("record", sa.Text(), server_default="", nullable=False))
    op.add_column("harvest", sa.Column("traffic", sa.Text(), server_default="{}", nullable=False))
