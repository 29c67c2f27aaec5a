"""Run by alembic: hands it the connection that `upgrade` put into the attributes."""

from __future__ import annotations

from alembic import context

from dispatch.database.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
context.run_migrations()
