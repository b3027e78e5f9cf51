"""Alembic's entry: migrates the connection that app.migrate hands over."""

from alembic import context

from app.migrate import SCHEMA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SCHEMA,
    compare_type=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
