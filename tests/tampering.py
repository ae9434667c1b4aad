"""Doing what nobody may: changing what was decided, with everything in the database that refuses it out of the way."""

from __future__ import annotations

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from lms.db import Database

GUARDED = (
    "certificate",
    "certificate_edition",
    "certificate_event",
    "audit_entry",
    "audit_head",
    "certificate_document",
    "badge",
    "signing_key",
)


def unguard(session: Session) -> None:
    """Take the triggers away, for the rest of the test."""
    if session.get_bind().dialect.name == "sqlite":
        for name in session.execute(text("SELECT name FROM sqlite_schema WHERE type = 'trigger'")).scalars().all():
            session.execute(text(f"DROP TRIGGER {name}"))
        return
    for table in GUARDED:
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


def lay_bare(database: Database) -> None:
    """Take away what checks rows, and what holds them to each other, too."""
    if database.engine.dialect.name == "sqlite":
        with database.engine.connect() as connection:  # in memory, so that every connection is this one
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA foreign_keys = OFF")
            driver.execute("PRAGMA ignore_check_constraints = ON")
        return
    with database.transaction() as session:
        seen = inspect(session.connection())
        for table in seen.get_table_names():
            for key in seen.get_foreign_keys(table):
                session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {key['name']}"))
            for check in seen.get_check_constraints(table):
                session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {check['name']}"))


def tamper(database: Database, *statements: str, **values: object) -> None:
    """Run statements that the triggers would refuse."""
    with database.transaction() as session:
        unguard(session)
        for statement in statements:
            session.execute(text(statement), values)
