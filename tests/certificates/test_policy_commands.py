"""`lms programme`, `lms certificates import` and `lms people import` on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from certificates.models.issued import Certificate
from certificates.models.programmes import ProgrammeVersion
from lms.app import GROUND
from lms.cli import make_cli
from lms.db import Database
from lms.people import Person
from tests.cast import Cast
from tests.certificates.importing import csv_of, line
from tests.certificates.policies import LONGER, SHIPPED, put_in_force
from wsgi import FEATURES

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def lms(app: Flask, database: Database, people: Cast) -> Run:
    """The command, with the cast in its database."""
    group = make_cli(lambda: app, (*FEATURES, GROUND))

    def run(*words: object) -> tuple[int, str]:
        done = app.test_cli_runner().invoke(group, [str(word) for word in words])
        return done.exit_code, done.output

    return run


def rows(database: Database, model: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_file_is_checked_rehearsed_and_published(lms: Run, database: Database, tmp_path: Path) -> None:
    file, table = tmp_path / "nytt.md", tmp_path / "hvem.csv"
    file.write_text(LONGER.source, encoding="utf-8")
    assert lms("programme", "check", file) == (0, "Nye sertifikater gjelder i 48 måneder. Før: 36.\nIngen feil.\n")
    code, told = lms("programme", "publish", file, "--dry-run", "--csv", table)
    assert (code, rows(database, ProgrammeVersion)) == (0, 1)
    assert "0  datoer på utstedte sertifikater" in told
    assert "Ingenting er lagret." in told
    assert table.read_bytes().decode("utf-8-sig").startswith("Navn;")
    assert lms("programme", "publish", file, "--note", "Lenger")[0] == 0
    code, told = lms("programme", "list")
    assert "kommandolinjen  Lenger" in told
    assert "plattformen" in told
    assert "Nye sertifikater gjelder i 48 måneder" in lms("programme", "show", 2)[1]
    assert lms("programme", "export")[1] == LONGER.source
    assert lms("programme", "export", 1)[1] == SHIPPED.source
    code, told = lms("programme", "publish", file)
    assert (code, "Teksten er den samme" in told) == (1, True)


def test_problems_stand_with_path_and_line_and_nothing_is_published(
    lms: Run, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "feil.md"
    file.write_text(SHIPPED.source.replace("validity_months: 36", "validity_months: x"), encoding="utf-8")
    number = SHIPPED.source.splitlines().index("validity_months: 36") + 1
    for command in ("check", "publish"):
        code, told = lms("programme", command, file)
        assert code == 1
        assert told.startswith(f"{file}:{number}: ")
    file.write_bytes(b"\xff\xfe\x00")
    assert lms("programme", "check", file)[0] == 1
    assert rows(database, ProgrammeVersion) == 0


def test_a_newer_file_of_the_platform_is_spoken_of(
    lms: Run, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_force(database, LONGER)
    assert "fulgte med plattformen. Den" not in lms("programme", "list")[1]
    other = SHIPPED.source.replace("seats: 15", "seats: 12")
    from_update = type(SHIPPED)(programme=SHIPPED.programme, source=other, digest="f" * 64)
    monkeypatch.setattr("certificates.programmes_on_file.all_on_file", lambda: (from_update,))
    assert "fulgte med plattformen. Den gjelder ikke før noen godtar den" in lms("programme", "list")[1]
    assert lms("programme", "export", "--shipped")[1] == other


def test_what_does_not_exist_is_said(lms: Run) -> None:
    assert lms("programme", "show", 7) == (1, "Ingen versjon er lagret ennå.\n")


def test_upgrading_the_database_stores_the_shipped_programme_once(lms: Run, database: Database) -> None:
    for _again in range(2):
        assert lms("db", "upgrade")[0] == 0
        assert rows(database, ProgrammeVersion) == 1


def test_certificates_are_rehearsed_and_imported(lms: Run, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "gamle.csv"
    file.write_bytes(csv_of(line(), line("Ola Dunk", "ola@x.example", number="S-2", unit="Arendal", sector="nav")))
    code, told = lms("certificates", "import", file, "--dry-run")
    assert (code, rows(database, Certificate)) == (0, 0)
    assert "2 sertifikater legges til, 0 finnes fra før. 2 personer opprettes uten å bli invitert." in told
    assert "Ingenting er lagret." in told
    assert lms("certificates", "import", file)[1].endswith("2 sertifikater er importert.\n")
    assert "0 sertifikater legges til, 2 finnes fra før." in lms("certificates", "import", file)[1]
    assert rows(database, Certificate) == 2


def test_a_faulty_row_stops_the_whole_import(lms: Run, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "gamle.csv"
    file.write_bytes(csv_of(line(), line("Ola Dunk", "ola@x.example", number="S-2", unit="Mordor")))
    before = rows(database, Person)
    code, told = lms("certificates", "import", file)
    assert code == 1
    assert f"{file}:3: Enhet: " in told
    assert (rows(database, Certificate), rows(database, Person)) == (0, before)
    file.write_bytes(b"PK\x03\x04 nothing")
    assert lms("certificates", "import", file)[0] == 1


def test_the_template_of_certificates_can_be_imported(lms: Run, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "mal.csv"
    code, text = lms("certificates", "template")
    file.write_text(text, encoding="utf-8")
    assert code == 0
    assert "1 sertifikater legges til" in lms("certificates", "import", file, "--dry-run")[1]


def test_people_are_rehearsed_and_imported_without_an_invitation(lms: Run, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "folk.csv"
    file.write_text(
        "Navn;E-post;Enhet;Sektor;Språk\nNy Person;ny@x.example;tromso;NAV;nn\n"
        "Kari Åsen;kari@cast.example;Tromsø;nav;\n",
        encoding="utf-8",
    )
    before = rows(database, Person)
    assert "1 personer legges til, 1 finnes fra før." in lms("people", "import", file, "--dry-run")[1]
    assert rows(database, Person) == before
    assert lms("people", "import", file)[0] == 0
    assert lms("people", "import", file)[1].startswith("0 personer legges til, 2 finnes fra før.")
    with database.reading() as session:
        new = session.scalars(select(Person).where(Person.email == "ny@x.example")).one()
    assert (new.name, new.locale, new.activated_at) == ("Ny Person", "nn", None)


def test_one_faulty_person_stops_the_others(lms: Run, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "folk.csv"
    file.write_text(
        "Navn;E-post;Enhet;Sektor\nNy Person;ny@x.example;Tromsø;NAV\nNy Person;NY@x.example;Tromsø;NAV\n"
        "Feil;feil@x.example;Mordor;NAV\nIkke Kari;kari@cast.example;Tromsø;nav\n"
        "Kari Åsen;kari@ny.example;Tromsø;nav\n",
        encoding="utf-8",
    )
    before = rows(database, Person)
    code, told = lms("people", "import", file)
    assert (code, rows(database, Person)) == (1, before)
    for start in (":3: E-post: ", ":4: Enhet: ", ":5: Navn: ", ":6: E-post: "):
        assert f"{file}{start}" in told
