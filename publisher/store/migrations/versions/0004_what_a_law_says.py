"""What a law says of an item, which takes more room"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":  # which does not hold texts to a length
        op.alter_column("item", "rule", type_=sa.String(length=120))
