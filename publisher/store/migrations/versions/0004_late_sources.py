"""From when on a source is later than it promises"""

import sqlalchemy as sa
from alembic import op

from publisher.store.tables import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("source", sa.Column("stale_from", Moment(), nullable=True))
