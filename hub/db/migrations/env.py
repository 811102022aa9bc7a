"""Alembic's entry: run the steps on the connection that migrate() holds."""

from alembic import context

from hub.db.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
