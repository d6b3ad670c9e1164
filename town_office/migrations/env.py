"""Run by Alembic: applies migrations on the connection that `town_office.database.migrate` hands over."""

from alembic import context

from town_office.database import all_tables

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=all_tables(), render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
