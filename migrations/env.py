"""Runs the migrations on the engine it is handed; imports no models, so that old migrations keep their meaning.

SQLite changes many a table only by making it anew, and a table that others point at can't be dropped while foreign keys
are looked at. So they are not, within the one transaction of the migrations, and all of them are before it ends.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

config = context.config


def switch_foreign_keys(connection: Connection, to: str) -> None:
    """On SQLite: between transactions, where alone it has an effect."""
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        assert driver is not None, "the connection is open"
        driver.execute(f"PRAGMA foreign_keys = {to}")


def look_at_foreign_keys(connection: Connection) -> None:
    """On SQLite: nothing points at nothing. Raises RuntimeError with what does."""
    if connection.dialect.name == "sqlite":
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if dangling:
            raise RuntimeError(f"after the migrations, rows point at nothing: {dangling[:5]}")


with config.attributes["engine"].execution_options(lms_writes=True).connect() as connection:
    switch_foreign_keys(connection, "OFF")
    try:
        context.configure(
            connection=connection,
            target_metadata=config.attributes.get("metadata"),
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            look_at_foreign_keys(connection)
        connection.commit()
    finally:
        connection.rollback()
        switch_foreign_keys(connection, "ON")
