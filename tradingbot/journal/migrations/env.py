"""Runs the migrations on the connection that is handed in, in its transaction."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], version_table="journal_version", transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
