"""When a source last said something else of an item than before"""

import sqlalchemy as sa
from alembic import op

from publisher.store.tables import Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("item", sa.Column("corrected_at", Moment()))
