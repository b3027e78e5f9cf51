"""Alembic's entry: migrates the connection, to the schema, that the caller hands over."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["schema"],
    compare_type=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
