"""Migrations: up, down and up again on both databases, in one line, and they make what the models describe."""

from __future__ import annotations

import ast
from fractions import Fraction
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

import wsgi
from lms import migrate
from lms.db import Base, Database
from quizzes import services
from tests import cast
from tests.quizzes import factories

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


CHECKS, BEFORE_CHECKS = "20261122_knowledge_checks", "20261122_item_decisions"


def guards(database: Database) -> set[str]:
    """What guards the table of attempts: its constraints and indexes, as the database knows them."""
    with database.engine.connect() as connection:
        seen = inspect(connection)
        checks = {f"{one['name']}: {one['sqltext']}" for one in seen.get_check_constraints("attempt")}
        keys = {str(one["name"]) for one in seen.get_foreign_keys("attempt")}
        indexes = {f"{one['name']} {one['unique']} {one['column_names']}" for one in seen.get_indexes("attempt")}
        return checks | keys | indexes | {str(one["name"]) for one in seen.get_unique_constraints("attempt")}


def test_attempts_keep_all_they_have_when_the_table_learns_of_checks_and_forgets_them(
    shared_database: Database,
) -> None:
    with shared_database.transaction() as session:
        kari = cast.assemble(session).kari
        bank = factories.questions(20)
        factories.publish(session, bank)
        attempt = factories.begin(session, kari, bank)
        factories.answer_all(session, attempt)
        services.submit(session, attempt, now=factories.NOW)
        check = factories.begin(session, kari, bank, form="check", owner="check:1", pass_mark=Fraction(0))
        assert (attempt.id, check.form) == (1, "check")
    now = guards(shared_database)
    migrate.downgrade(shared_database, BEFORE_CHECKS)
    before = guards(shared_database)
    assert {name.partition(":")[0] for name in now - before} == {
        "ck_attempt_form", "ck_attempt_check_without_pass_mark"
    }  # fmt: skip
    assert len(before) == len(now) - 1
    assert attempts(shared_database) == [("post", 10)], "the check is gone, the test is not"
    with pytest.raises(IntegrityError):
        as_a_check(shared_database, pass_mark=0)
    migrate.upgrade(shared_database, CHECKS)
    assert guards(shared_database) == now
    assert attempts(shared_database) == [("post", 10)]
    with pytest.raises(IntegrityError):
        as_a_check(shared_database, pass_mark=1)
    as_a_check(shared_database, pass_mark=0)
    assert attempts(shared_database) == [("check", 0), ("post", 10)]
    with pytest.raises(IntegrityError), shared_database.transaction() as session:
        session.execute(text("DELETE FROM attempt WHERE form = 'post'"))  # its items still hold on to it


def attempts(database: Database) -> list[tuple[str, int]]:
    """The form of every attempt, with how many items it has."""
    with database.reading() as session:
        counted = text(
            "SELECT form, (SELECT count(*) FROM attempt_item WHERE attempt_id = attempt.id) FROM attempt ORDER BY form"
        )
        return [(row[0], row[1]) for row in session.execute(counted)]


def as_a_check(database: Database, *, pass_mark: int) -> None:
    """The first attempt once more, as a check with so high a pass mark."""
    with database.engine.connect() as connection:
        names = [column["name"] for column in inspect(connection).get_columns("attempt")]
    values = {"id": "id + 100", "form": "'check'", "pass_numerator": str(pass_mark)}
    copied = ", ".join(values.get(name, name) for name in names)
    with database.transaction() as session:
        session.execute(text(f"INSERT INTO attempt ({', '.join(names)}) SELECT {copied} FROM attempt WHERE id = 1"))


def test_deliveries_find_their_unit_and_their_seal_and_lose_only_what_the_older_code_cannot_say(
    shared_database: Database,
) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
    migrate.downgrade(shared_database, "20261122_round_seminars")
    old = (
        "INSERT INTO delivery (id, person_id, entry, on_date, company, module, model, employees, leaders,"
        " duration_minutes, recorded_at) VALUES (:id, :person, :entry, '2026-10-01', 'A', 'partsmodul', 1, 1, 0, 60,"
        " '2026-10-01 12:00:00')"
    )
    with shared_database.transaction() as session:
        session.execute(text(old), {"id": 1, "person": people.geir, "entry": "a"})
    migrate.upgrade(shared_database)
    with shared_database.transaction() as session:
        assert session.execute(text("SELECT unit_id, partner_id FROM delivery")).all() == [(people.alta, None)]
        session.execute(text(old), {"id": 2, "person": people.geir, "entry": "b"})
        session.execute(text("UPDATE delivery SET replaces_id = 1 WHERE id = 2"))
    migrate.downgrade(shared_database, "20261122_round_seminars")
    with shared_database.reading() as session:
        assert session.execute(text("SELECT id FROM delivery")).all() == [(2,)], "the correction stands"
    migrate.upgrade(shared_database)
