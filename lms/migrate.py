"""Migrations: bringing a database to the tables of today, by Alembic, on SQLite and PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from lms.db import Database

SCRIPTS = Path(__file__).parent.parent / "migrations"


def configuration(database: Database) -> Config:
    """Alembic's configuration for this database; `migrations/env.py` takes the engine from its attributes."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s")
    config.attributes["engine"] = database.engine
    return config


def upgrade(database: Database, to: str = "head") -> None:
    """Run every migration that is missing."""
    command.upgrade(configuration(database), to)


def downgrade(database: Database, to: str) -> None:
    """Undo migrations down to a revision, or all with `base`."""
    command.downgrade(configuration(database), to)


def is_current(session: Session) -> bool:
    """Whether the database stands at the newest migration."""
    newest = ScriptDirectory(str(SCRIPTS)).get_current_head()
    return MigrationContext.configure(session.connection()).get_current_revision() == newest
