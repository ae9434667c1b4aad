"""Runs the migrations on the engine it is handed; imports no models, so that old migrations keep their meaning."""

from __future__ import annotations

from alembic import context

config = context.config

with config.attributes["engine"].execution_options(lms_writes=True).connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=config.attributes.get("metadata"),
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
