"""Records that have been kept long enough lose their names and nothing else: everybody can still verify them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from certificates import jobs
from certificates.editions import EditionKind, Holder
from certificates.models.issued import Certificate, CertificateEdition, CertificateEvent
from certificates.queries.retention import to_anonymise
from certificates.retention import is_over, kept_through
from certificates.services.anonymising import anonymise
from certificates.services.decisions import decide_certificate
from certificates.services.reissuing import reissue
from certificates.status import EventKind
from lms import doctor
from lms.audit import AuditEntry
from lms.cli import make_cli
from lms.clock import FrozenClock, at_local
from lms.db import Database
from lms.features import Work
from lms.outbox import OutboxMail
from lms.people import Person
from tests.cast import Cast
from tests.certificates import factories
from tests.clients import Browser
from wsgi import FEATURES

THROUGH = date(2029, 11, 22)  # Kari's certificate
KEPT = date(2039, 11, 22)
AFTER = at_local(date(2039, 11, 23), 12)
WORDS = ("Kari", "Åsen", "Berg", "Tone", "Mons", "Gift", "Klage fra")


def test_ten_years_after_the_last_day_is_the_last_day() -> None:
    assert kept_through(THROUGH, 10) == KEPT
    assert kept_through(date(2028, 2, 28), 10) == date(2038, 2, 28), "the first day no longer valid was the 29th"
    assert kept_through(THROUGH, 0) == THROUGH


@given(st.lists(st.tuples(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 20)), min_size=1))
def test_the_record_is_kept_as_long_as_any_of_a_persons_certificates(own: list[tuple[date, int]]) -> None:
    last = max(kept_through(through, years) for through, years in own)
    assert not is_over(own, last)
    assert is_over(own, last + timedelta(days=1))


def test_who_has_no_certificate_is_none_of_this() -> None:
    assert not is_over([], date(2090, 1, 1))


@pytest.fixture
def lived(app: Flask, database: Database, people: Cast) -> Certificate:
    """Kari's certificate, re-issued in a new name and revoked; she has left."""
    certificate = factories.certify(app, database, people)
    now = at_local(date(2027, 1, 4), 12)
    with app.test_request_context(), database.transaction() as session:
        row = session.get_one(Certificate, certificate.id)
        wanted = Holder(name="Kari Berg", unit_id=people.tromso, sector="nav")
        reissue(session, row, wanted, EditionKind.REISSUED, based_on=1, reason="Gift", actor_id=people.knut, now=now)
        decide_certificate(
            session,
            row,
            EventKind.REVOKED,
            effective_on=date(2027, 1, 4),
            reason="Klage fra Berg AS",
            actor_id=people.knut,
            now=now,
        )
        session.execute(
            text("UPDATE membership SET through_date = '2027-01-31' WHERE person_id = :id"), {"id": people.kari}
        )
    return certificate


def due(database: Database, on: date) -> list[int]:
    with database.reading() as session:
        return list(to_anonymise(session, on=on))


def do(database: Database, person_id: int) -> bool:
    with database.transaction() as session:
        return anonymise(session, person_id, now=AFTER)


def test_nobody_is_anonymised_before_the_day_and_everybody_after_it(
    database: Database, people: Cast, lived: Certificate
) -> None:
    assert due(database, KEPT) == []
    assert due(database, KEPT + timedelta(days=1)) == [people.kari]
    with database.transaction() as session:
        later = factories.give_certificate(session, people.geir, valid_from=date(2026, 12, 1))
        assert not anonymise(session, people.geir, now=AFTER), "his is kept a few days longer"
        assert session.get_one(Certificate, later.id).salt


def test_names_go_everywhere_and_the_chain_and_every_invariant_still_hold(
    database: Database, people: Cast, lived: Certificate
) -> None:
    assert do(database, people.kari)
    assert not do(database, people.kari), "once"
    with database.reading() as session:
        assert [fault for fault in doctor.examine(session, FEATURES, AFTER) if fault.check != "adresser"] == []
        for model in (Certificate, CertificateEdition, CertificateEvent):
            for row in session.scalars(select(model)):
                told = str({column.key: getattr(row, column.key) for column in model.__mapper__.columns})
                assert not [word for word in WORDS if word in told], told
        kari = session.get_one(Person, people.kari)
        assert (kari.name, kari.email, kari.deactivated_at) == ("–", f"{people.kari}@anonym.invalid", AFTER)
        for mail in session.scalars(select(OutboxMail).where(OutboxMail.person_id == people.kari)):
            assert (mail.recipient, mail.subject, mail.text, mail.html) == ("", "", "", "")
        for entry in session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("certificate"))):
            assert not [word for word in WORDS if word in entry.details]
        newest = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
        assert newest is not None and (newest.action, newest.subject_id) == ("anonymised", people.kari)
        assert len(session.scalars(select(CertificateEvent)).all()) == 3, "what was decided stays"


def test_it_can_still_be_verified(
    browser: Browser, database: Database, people: Cast, lived: Certificate, clock: FrozenClock
) -> None:
    do(database, people.kari)
    clock.instant = AFTER
    page = browser.get(f"/verify/{lived.print_code}")
    assert page.status_code == 200
    assert lived.number in page.text and "04.01.2027" in page.text and "22.11.2029" in page.text
    assert "navnet er slettet hos oss" in page.text
    assert not [word for word in WORDS if word in page.text]
    answer = browser.get(f"/verify/{lived.print_code}", headers={"Accept": "application/json"}).get_json()
    assert (answer["number"], answer["name"], answer["state"]) == (lived.number, None, "revoked")


def test_who_still_belongs_here_keeps_the_account(database: Database, people: Cast, lived: Certificate) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE membership SET through_date = NULL WHERE person_id = :id"), {"id": people.kari})
    assert do(database, people.kari)
    with database.reading() as session:
        assert session.get_one(Person, people.kari).name == "Kari Åsen"
        assert set(session.scalars(select(CertificateEdition.holder_name))) == {""}


def test_the_register_and_its_files_do_not_say_whose_it_was_also_while_they_belong_here(
    browser: Browser, database: Database, people: Cast, lived: Certificate, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE membership SET through_date = NULL WHERE person_id = :id"), {"id": people.kari})
    do(database, people.kari)
    clock.instant = AFTER
    browser.sign_in_as(database, people.siri)
    for path in ("/register", "/register.csv", "/register?dag=2028-05-01"):
        told = browser.get(path).text
        assert lived.number in told and "Kari" not in told, path
    assert lived.number not in browser.get("/register?q=kari").text


def test_the_night_does_it_once_and_can_be_rehearsed(database: Database, people: Cast, lived: Certificate) -> None:
    for rehearse, done in ((True, 1), (False, 1), (False, 0)):
        work = Work(database=database, now=AFTER, rehearse=rehearse)
        assert jobs.anonymise_old(work) == {"anonymised": done, "failed": 0}


def test_the_command_says_for_whom_and_does_it(
    app: Flask, database: Database, people: Cast, lived: Certificate, clock: FrozenClock
) -> None:
    cli = make_cli(lambda: app, FEATURES)

    def run(*arguments: str) -> str:
        return str(app.test_cli_runner().invoke(cli, ["certificates", "anonymise", *arguments]).output)

    assert run() == "0 er anonymisert.\n"
    assert f"person {people.kari}: {lived.number} (til og med 2029-11-22)" in run("--at", "2039-11-23", "--dry-run")
    assert "bare for å øve" in run("--at", "2039-11-23")
    clock.instant = AFTER
    assert "1 ville blitt anonymisert." in run("--dry-run")
    assert "1 er anonymisert." in run()
    assert run() == "0 er anonymisert.\n"
