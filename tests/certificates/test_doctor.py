"""`lms doctor` finds every planted fault, names its row and says how it is mended; what is whole, it leaves alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from flask import Flask

from certificates.models.issued import Certificate
from certificates.services.decisions import decide_certificate
from certificates.services.recording import add_event, record_event
from certificates.services.reminding import remind
from certificates.status import EventKind
from lms import doctor, outbox
from lms.cli import make_cli
from lms.clock import FrozenClock, at_local
from lms.db import Database
from lms.doctor import Fault
from lms.people import Person
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.factories import PROGRAMME, TODAY
from tests.tampering import lay_bare, tamper
from wsgi import FEATURES

RENEWED = date(2029, 6, 1)
LATER = at_local(date(2029, 6, 2), 12)


def examined(database: Database, *, leaving_out: Sequence[str] = ("kjeden",)) -> list[Fault]:
    """What the doctor finds, but for the broken seals a planted fault leaves behind."""
    with database.reading() as session:
        found = doctor.examine(session, FEATURES, LATER)
    return [fault for fault in found if fault.check not in leaving_out]


@pytest.fixture
def lived(app: Flask, database: Database, people: Cast) -> Certificate:
    """Kari, certified by Tone and renewed in the window, suspended and lifted since; reminded once before."""
    first = factories.certify(app, database, people)
    with app.test_request_context(), database.transaction() as session:
        assert remind(session, PROGRAMME, first.id, now=at_local(date(2029, 5, 23), 12)) is not None
    factories.recertify_evidence(database, people.kari, on=RENEWED - timedelta(days=1), by=people.tone)
    renewed = factories.approve(
        app, people.kari, by=people.tone, now=at_local(RENEWED, 12), verdict=factories.PLAIN_APPROVAL
    )
    assert isinstance(renewed, Certificate)
    for kind, day in ((EventKind.SUSPENDED, RENEWED), (EventKind.LIFTED, date(2029, 6, 2))):
        with app.test_request_context(), database.transaction() as session:
            certificate = session.get_one(Certificate, first.id)
            decide_certificate(
                session,
                certificate,
                kind,
                effective_on=day,
                reason="Klage",
                actor_id=people.knut,
                now=at_local(day, 13),
            )
    return first


def test_what_the_services_made_has_no_fault(database: Database, lived: Certificate) -> None:
    assert examined(database, leaving_out=()) == []


PLANTED = [
    # a statement, the check that finds it, the row it names, a piece of what it says
    ("UPDATE certificate SET valid_through = '2030-03-01' WHERE cycle = 1", "datoer", "certificate 1", "etter regelen"),
    ("UPDATE certificate SET window_opens = '2029-05-22' WHERE cycle = 1", "datoer", "certificate 1", "etter regelen"),
    ("UPDATE certificate SET grace_through = '2031-01-01' WHERE cycle = 2", "datoer", "certificate 2", "etter regelen"),
    (
        "UPDATE certificate SET valid_from = '2029-11-20' WHERE cycle = 2",
        "ett gyldig",
        "person 1",
        "er gyldige samtidig den 2029-11-20",
    ),
    ("UPDATE certificate SET issued_on = '2026-11-22' WHERE cycle = 1", "krav", "certificate 1", "utstedt 2026-11-22"),
    ("UPDATE certificate SET cycle = 3 WHERE cycle = 2", "sykluser", "person 1", "syklusene er 1, 3"),
    (
        "UPDATE certificate SET number = 'HIA-2026-000009' WHERE cycle = 1",
        "numre",
        "certificate_number 2026",
        "nummer 1 av 1 finnes ikke",
    ),
    ("UPDATE certificate SET number = 'HIA-2027-000001' WHERE cycle = 1", "numre", "certificate 1", "passer ikke"),
    ("UPDATE certificate SET number = '1' WHERE cycle = 1", "numre", "certificate 1", "passer ikke"),
    ("UPDATE certificate_number SET last = 0 WHERE year = 2026", "numre", "certificate_number 2026", "telleren sier 0"),
    (
        "UPDATE certificate_number SET last = 2 WHERE year = 2026",
        "numre",
        "certificate_number 2026",
        "nummer 2 av 2 finnes ikke",
    ),
    (
        "UPDATE certificate SET print_code = 'AAAA-AAAA-AAAA' WHERE cycle = 1",
        "koder",
        "certificate 1",
        "kontrolltegnet",
    ),
    ("UPDATE certificate SET verify_code = 'abc' WHERE cycle = 1", "koder", "certificate 1", "kan gjettes"),
    ("UPDATE certificate SET evidence = '[]' WHERE cycle = 1", "krav", "certificate 1", "er ingen; veien krever"),
    (
        "UPDATE certificate_edition SET edition = 2 WHERE certificate_id = 1",
        "utgaver",
        "certificate 1",
        "utgavene er 2",
    ),
    ("DELETE FROM certificate_edition WHERE certificate_id = 1", "utgaver", "certificate 1", "utgavene er ingen"),
    (
        "DELETE FROM certificate_event WHERE kind = 'issued' AND certificate_id = 1",
        "hendelser",
        "certificate 1",
        "har 0 hendelser som begynner det",
    ),
    (
        "UPDATE certificate_event SET effective_on = '2026-11-24' WHERE kind = 'issued' AND certificate_id = 1",
        "hendelser",
        "certificate 1",
        "hendelsen sier 2026-11-24",
    ),
    (
        "UPDATE certificate_event SET effective_on = '2020-01-01' WHERE kind = 'suspended' AND certificate_id = 1",
        "hendelser",
        "certificate_event",
        "før sertifikatet ble utstedt",
    ),
    (
        "UPDATE certificate_event SET effective_on = '2031-01-01' WHERE kind = 'suspended' AND certificate_id = 1",
        "hendelser",
        "certificate_event",
        "mer enn ett år etter",
    ),
    (
        "DELETE FROM certificate_event WHERE kind = 'suspended' AND certificate_id = 2",
        "hendelser",
        "certificate_event",
        "opphever noe som ikke er besluttet",
    ),
    (
        "UPDATE certificate_event SET at = '2027-01-01 10:00:00+00' WHERE kind = 'lifted' AND certificate_id = 2",
        "hendelser",
        "certificate_event",
        "besluttet før den som står foran",
    ),
    ("UPDATE reminder SET stage = 'days_45'", "påminnelser", "reminder 1", "trinnet «days_45» finnes ikke"),
    ("UPDATE reminder SET mail_id = NULL", "påminnelser", "reminder 1", "ingen e-post ble skrevet"),
    (
        "UPDATE reminder SET mail_id = (SELECT min(id) FROM outbox_mail WHERE name <> 'reminder')",
        "påminnelser",
        "reminder 1",
        "er ikke en påminnelse",
    ),
    (
        "UPDATE reminder SET claimed_at = '2029-06-02 10:00:00+00'",
        "påminnelser",
        "reminder 1",
        "etter at sertifikatet var fornyet",
    ),
    ("UPDATE programme_version SET source = source || ' '", "program", "programme_version 1", "teksten er endret"),
    ("DELETE FROM membership WHERE person_id = 1", "tilhørighet", "person 1", "hører ikke til noen enhet"),
    (
        "INSERT INTO membership (person_id, unit_id, sector, from_date, through_date)"
        " VALUES (1, 1, 'nav', '2025-02-01', '2025-03-01')",
        "tilhørighet",
        "membership",
        "to enheter på samme dag",
    ),
    (
        "UPDATE outbox_mail SET state = 'sending', lease_until = '2029-06-02 08:00:00+00' WHERE id = 1",
        "utboks",
        "outbox_mail 1",
        "fristen gikk ut",
    ),
    (
        "INSERT INTO digest_sent (unit_id, month, mails, claimed_at) VALUES"
        " (2, '2029-06-01', 1, '2029-06-01 05:00:00+00'), (2, '2029-06-02', 1, '2029-06-02 05:00:00+00')",
        "oversikter",
        "digest_sent",
        "mer enn én gang",
    ),
]


@pytest.mark.parametrize(("statement", "check", "row", "says"), PLANTED, ids=[f"{p[1]}: {p[3]}" for p in PLANTED])
def test_a_planted_fault_is_found_and_its_row_named(
    database: Database, lived: Certificate, statement: str, check: str, row: str, says: str
) -> None:
    assert lived.id == 1
    lay_bare(database)
    if database.engine.dialect.name == "sqlite":
        statement = statement.replace("+00'", ".000000'")
    tamper(database, statement)
    found = examined(database)
    named = [fault for fault in found if fault.check == check and fault.row.startswith(row) and says in fault.what]
    assert named, found
    assert all(fault.mend for fault in found)


def test_a_reminder_after_the_revocation_is_found(app: Flask, database: Database, people: Cast) -> None:
    certificate = factories.certify(app, database, people)
    with app.test_request_context(), database.transaction() as session:
        remind(session, PROGRAMME, certificate.id, now=at_local(date(2029, 5, 23), 12))
    with database.transaction() as session:
        revoked_on, now = date(2029, 5, 1), at_local(date(2029, 5, 1), 12)
        event = add_event(
            session, certificate.id, "revoked", effective_on=revoked_on, reason="Klage", actor_id=people.knut, now=now
        )
        record_event(session, event)
    (fault,) = examined(database, leaving_out=())
    assert (fault.check, fault.row) == ("påminnelser", f"reminder 1 ({certificate.number})")
    assert "trukket tilbake" in fault.what


def test_a_broken_seal_is_a_fault_too(database: Database, lived: Certificate) -> None:
    tamper(database, "UPDATE certificate_edition SET holder_name = 'En annen' WHERE id = 1")
    (fault,) = examined(database, leaving_out=())
    assert fault.check == "kjeden" and "har fått et annet navn" in fault.what and "sikkerhetskopi" in fault.mend


def test_the_command_tells_what_is_wrong_and_exits_1_but_not_for_what_is_only_to_be_seen_to(
    app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    cli = make_cli(lambda: app, FEATURES)

    def run(*arguments: str) -> tuple[int, str]:
        done = app.test_cli_runner().invoke(cli, ["doctor", *arguments])
        return done.exit_code, done.output

    assert run() == (0, "Feil: 0. Å se til: 0.\n")
    with database.transaction() as session:
        session.get_one(Person, people.geir).mail_refused_at = clock.now()
    code, told = run()
    assert code == 0 and f"Å se til [adresser] person {people.geir}: " in told and "Feil: 0. Å se til: 1." in told
    with app.test_request_context(), database.transaction() as session:
        kari = session.get_one(Person, people.kari)
        context = {"link": "https://x.example", "until": clock.now()}
        mail = outbox.enqueue(session, name="reset", person=kari, context=context, now=clock.now())
        mail.state, mail.lease_until = "sending", clock.now() - timedelta(hours=2)
    code, told = run()
    assert code == 1
    assert run("--at", "2026-11-22")[0] == 0, "on the day before, its lease had not run out"
    assert f"FEIL [utboks] outbox_mail {mail.id}: e-posten «reset»" in told and "lms outbox --send" in told


assert TODAY < RENEWED, "the certificate of the test is renewed in its window"
