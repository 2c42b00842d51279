"""What sources are said to be, without what nobody was told of it"""

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_source = sa.table("source", sa.column("id", sa.String()), sa.column("face", sa.Text()))


def upgrade() -> None:
    connection = op.get_bind()
    for id, face in connection.execute(sa.select(_source.c.id, _source.c.face)).all():
        said = orjson.loads(face)
        said.pop("full_names", None)
        text = orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()
        connection.execute(sa.update(_source).where(_source.c.id == id).values(face=text))
