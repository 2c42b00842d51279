"""Alembic's entry: migrates on the connection that Database.upgrade gives it."""

from alembic import context

from publisher.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
