"""The audit trail; and when an objection to an item began to be examined"""

import sqlalchemy as sa
from alembic import op

from publisher.store.tables import Moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_REFUSED = (("trail", "UPDATE"), ("trail", "DELETE"), ("trail_content", "UPDATE"))
_SAYS = "the audit trail cannot be changed"


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "trail",
        sa.Column("number", number, autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=True),
        sa.Column("case_number", sa.String(length=40), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_trail")),
    )
    op.create_index("ix_trail_item_id", "trail", ["item_id", "number"])
    op.create_index("ix_trail_case_number", "trail", ["case_number", "number"])
    op.create_table(
        "trail_content",
        sa.Column("number", number, autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["trail.number"], name=op.f("fk_trail_content_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_trail_content")),
    )
    op.add_column("item", sa.Column("objected_at", Moment()))
    _refuse()


def _refuse() -> None:
    """Has the database itself refuse what nobody has a reason to do."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_trail() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_SAYS}'; END $$"
        )
    for table, what in _REFUSED:
        name = f"{table}_no_{what.lower()}"
        if op.get_context().dialect.name == "postgresql":
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {what} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_trail()"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
            )
