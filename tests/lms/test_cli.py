"""The `lms` command on an installation of its own: set-up, the night, the outbox, the chain."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from lms import migrate
from lms.app import GROUND
from lms.cli import make_cli
from lms.db import Database
from lms.people import Person
from lms.roles import Role
from lms.units import Appointment, Unit
from tests.cast import Cast
from tests.tampering import tamper
from tests.transports import KeptMail, link_in
from wsgi import FEATURES

Command = Callable[..., Result]


@pytest.fixture
def lms(app: Flask) -> Command:
    """Run `lms …` on the test's application."""
    group = make_cli(lambda: app, (*FEATURES, GROUND))
    return lambda *arguments: app.test_cli_runner().invoke(group, arguments)


def test_the_first_person_becomes_the_secretariat_and_can_sign_in(
    lms: Command, app: Flask, database: Database, outbox_transport: KeptMail
) -> None:
    done = lms("people", "first", "--name", "Siri Dahl", "--email", "Siri@etat.example")
    assert done.exit_code == 0, done.output
    assert "sent=1" in lms("outbox", "--send").output
    (mail,) = outbox_transport.to("siri@etat.example")
    assert link_in(mail) in done.output
    with database.reading() as session:
        assert session.scalars(select(Appointment.role)).all() == [Role.SECRETARIAT]
    assert app.test_client().get(link_in(mail).removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_there_is_only_one_first_person(lms: Command, people: Cast, database: Database) -> None:
    refused = lms("people", "first", "--name", "X", "--email", "x@y.example")
    assert refused.exit_code == 1
    with database.reading() as session:
        assert len(session.scalars(select(Person.id)).all()) == 10


def test_units_come_from_a_file_and_twice_changes_nothing(lms: Command, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "units.txt"
    file.write_text("norge;Norge;national;\nnord;Nord;regional;norge\nalta;Alta;local;nord\n", encoding="utf-8")
    assert "3 enheter er opprettet" in lms("people", "units", str(file)).output
    assert "0 enheter er opprettet, 3 fantes" in lms("people", "units", str(file)).output
    with database.reading() as session:
        assert session.scalars(select(Unit.path).order_by(Unit.path)).all() == [
            "/norge/",
            "/norge/nord/",
            "/norge/nord/alta/",
        ]


def test_a_faulty_unit_file_makes_nothing_and_names_every_line(
    lms: Command, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "units.txt"
    file.write_text("norge;Norge;national;\nnord;Nord;fylke;norge\nalta;Alta\n/../;X;local;norge\n", encoding="utf-8")
    refused = lms("people", "units", str(file))
    assert refused.exit_code == 1
    for line in (":2: ", ":3: ", ":4: "):
        assert line in refused.output
    with database.reading() as session:
        assert session.scalars(select(Unit.id)).all() == []


def test_the_night_can_be_run_and_rehearsed(lms: Command, people: Cast) -> None:
    for arguments in (("nightly",), ("nightly",), ("nightly", "--at", "2027-03-12", "--dry-run")):
        done = lms(*arguments)
        assert done.exit_code == 0, done.output
        assert "housekeeping: sessions=0" in done.output


def test_the_chain_is_verified_and_a_breach_exits_1(lms: Command, database: Database) -> None:
    lms("people", "first", "--name", "Siri", "--email", "siri@etat.example")
    assert lms("audit", "verify").exit_code == 0
    tamper(database, "UPDATE audit_head SET number = 7")
    broken = lms("audit", "verify")
    assert broken.exit_code == 1
    assert "kjeden er kappet" in broken.output


def test_a_noted_end_of_the_chain_shows_that_it_was_not_written_anew(lms: Command) -> None:
    lms("people", "first", "--name", "Siri", "--email", "siri@etat.example")
    noted = lms("audit", "verify").output.rpartition(" ")[2].strip()
    number, _, digest = noted.partition(":")
    assert lms("audit", "verify", "--known", noted).exit_code == 0
    for wrong in (f"{number}:{'0' * 64}", f"{int(number) + 1}:{digest}", "x:y", f"{number}:"):
        refused = lms("audit", "verify", "--known", wrong)
        assert refused.exit_code == 1, wrong
        assert "er ikke det som ble notert" in refused.output


def test_upgrading_again_changes_nothing(lms: Command, database: Database) -> None:
    assert lms("db", "upgrade").exit_code == 0
    with database.reading() as session:
        assert migrate.is_current(session)
