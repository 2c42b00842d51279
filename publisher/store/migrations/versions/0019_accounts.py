"""Who may sign in to the console, who is signed in, and who tried in vain"""

import sqlalchemy as sa
from alembic import op

from publisher.store.tables import Moment, SerialKey

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("login", sa.String(64), primary_key=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("source_id", sa.String(200)),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("disabled_at", Moment),
    )
    op.create_table(
        "session",
        sa.Column("id", SerialKey, primary_key=True, autoincrement=True),
        sa.Column("token", sa.LargeBinary(32), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["login"], ["account.login"], ondelete="CASCADE"),
        sa.UniqueConstraint("token"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_session_login", "session", ["login"])
    op.create_table(
        "sign_in_failure",
        sa.Column("key", sa.LargeBinary(32), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last_at", Moment, nullable=False),
        sa.Column("until", Moment),
    )
    op.create_index("ix_sign_in_failure_last_at", "sign_in_failure", ["last_at"])
