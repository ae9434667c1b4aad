"""Which programme is in force: the newest accepted version, the shipped file while none is stored; read sparingly."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from certificates import programmes_on_file
from certificates.models.programmes import ProgrammeVersion
from certificates.queries.programmes import (
    main_programme,
    policies_of,
    programme_now,
    programmes,
    stored,
    version_now,
)
from certificates.services.programmes import in_force
from lms.db import Database
from tests.limits import statements

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROOT = Path(__file__).parent.parent.parent


def test_the_shipped_file_is_in_force_as_long_as_nothing_is_stored(database: Database) -> None:
    with database.reading() as session:
        assert version_now(session, "instruktor") is None
        assert main_programme(session) == programmes_on_file.main_programme()
        assert programmes(session) == programmes_on_file.programmes()


def test_the_shipped_file_is_stored_once_however_often_it_is_asked_for(database: Database) -> None:
    for _again in range(3):
        with database.transaction() as session:
            row = in_force(session, "instruktor", now=NOW)
            assert (row.number, stored(session, row.id)) == (1, main_programme(session))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ProgrammeVersion)) == 1


def test_a_session_asks_for_the_versions_once(database: Database) -> None:
    with database.transaction() as session:
        in_force(session, "instruktor", now=NOW)
    with database.reading() as session:
        main_programme(session)  # the text is parsed by now, wherever the test runs
    with statements(database) as seen, database.reading() as session:
        for _again in range(5):
            version_now(session, "instruktor"), main_programme(session), programmes(session), policies_of(session)
    assert len(seen) == 1, seen
    assert "source" not in seen[0]


def test_a_version_accepted_while_one_reads_is_found_when_a_certificate_names_it(database: Database) -> None:
    with database.reading() as reader:
        policies = policies_of(reader)
        assert not policies
        reader.rollback()  # leaves the file to the writer
        with database.transaction() as session:
            accepted = in_force(session, "instruktor", now=NOW).id
        assert policies[accepted] == programmes_on_file.main_programme().policy


def test_a_programme_nobody_knows_is_an_error(database: Database) -> None:
    with database.reading() as session, pytest.raises(KeyError):
        programme_now(session, "ukjent")


def test_nothing_on_this_floor_takes_the_shipped_programme_for_the_one_in_force() -> None:
    asked = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "certificates").rglob("*.py")
        if "programmes_on_file.main_programme(" in path.read_text(encoding="utf-8")
    ]
    assert asked == []
