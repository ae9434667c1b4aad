"""Migrations: up, down and up again on both databases, in one line, and they make what the models describe."""

from __future__ import annotations

import ast
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import wsgi
from lms import migrate
from lms.db import Base, Database

VERSIONS = Path(__file__).parent.parent / "migrations" / "versions"


def table_names(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_up_down_and_up_again(shared_database: Database) -> None:
    everything = table_names(shared_database)
    assert everything == set(Base.metadata.tables)
    migrate.downgrade(shared_database, "base")
    assert table_names(shared_database) == set()
    migrate.upgrade(shared_database)
    assert table_names(shared_database) == everything
    with shared_database.reading() as session:
        assert migrate.is_current(session)


def test_the_migrations_make_what_the_models_describe(shared_database: Database) -> None:
    assert wsgi.FEATURES, "all models are imported by their features"
    with shared_database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrations_stand_in_one_line() -> None:
    script = ScriptDirectory(str(migrate.SCRIPTS))
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1
    assert all(not revision.is_merge_point for revision in script.walk_revisions())


def test_migrations_import_no_models_and_know_the_way_back() -> None:
    own = {"lms", "courses", "quizzes", "certificates"}
    for path in VERSIONS.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {
            (node.module or "").partition(".")[0] if isinstance(node, ast.ImportFrom) else node.names[0].name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        assert not imported & own, path.name
        (downgrade,) = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "downgrade"]
        assert not all(
            isinstance(line, ast.Pass | ast.Expr) and isinstance(getattr(line, "value", None), ast.Constant | None)
            for line in downgrade.body
        ), path.name
