"""Inviting, appointing, and mails that did not arrive: within one's own units only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms import jobs, units
from lms.audit import AuditEntry
from lms.clock import FrozenClock
from lms.db import Database
from lms.errors import Refused
from lms.people import Person, by_email
from lms.roles import Role
from lms.units import Unit
from tests.cast import Cast, assemble, email_of
from tests.clients import Browser
from tests.transports import KeptMail, link_in, text_of

NEWCOMER = "ny.instruktor@nav.example"


def invitation(people: Cast, **changes: object) -> dict[str, object]:
    return {
        "name": "Nina Ny",
        "email": NEWCOMER,
        "unit": people.tromso,
        "sector": "nav",
        "locale": "nn",
        **changes,
    }


def test_from_invitation_mail_to_signed_in(
    browser: Browser, people: Cast, database: Database, app: Flask, outbox_transport: KeptMail
) -> None:
    browser.sign_in_as(database, people.knut)
    assert browser.post("/folk/inviter", invitation(people)).status_code == 303
    jobs.send_mail(app)
    (mail,) = outbox_transport.to(NEWCOMER)
    assert "Knut Nordli" in text_of(mail)
    link = link_in(mail).removeprefix("http://127.0.0.1:8000")
    newcomer = Browser(app)
    assert "Nina Ny" in newcomer.get(link).text
    short = newcomer.post(link, {"password": "kort", "again": "kort"})
    assert short.status_code == 422
    done = newcomer.post(link, {"password": "en lang nok setning", "again": "en lang nok setning"})
    assert "Nina" in newcomer.follow(done).text
    again = Browser(app)
    assert again.get(link).status_code == 410, "a link works once"
    assert again.post(link, {"password": "noe helt annet her", "again": "noe helt annet her"}).status_code == 410


def test_an_invitation_runs_out(
    browser: Browser, people: Cast, database: Database, app: Flask, outbox_transport: KeptMail, clock: FrozenClock
) -> None:
    browser.sign_in_as(database, people.knut).post("/folk/inviter", invitation(people))
    jobs.send_mail(app)
    link = link_in(outbox_transport.sent[0]).removeprefix("http://127.0.0.1:8000")
    clock.advance(days=14)
    assert Browser(app).get(link).status_code == 410


@pytest.mark.parametrize("field", ["name", "email"])
def test_blanks_alone_are_nothing(browser: Browser, people: Cast, database: Database, field: str) -> None:
    browser.sign_in_as(database, people.knut)
    answer = browser.post("/folk/inviter", invitation(people, **{field: "   "}))
    assert answer.status_code == 422
    assert "Fyll ut dette feltet." in answer.text


def test_a_taken_address_keeps_what_was_typed(browser: Browser, people: Cast, database: Database) -> None:
    browser.sign_in_as(database, people.knut)
    answer = browser.post("/folk/inviter", invitation(people, email=email_of("stian").upper()))
    assert answer.status_code == 422
    assert "finnes allerede" in answer.text
    assert "Nina Ny" in answer.text


def test_nobody_invites_into_another_region(browser: Browser, people: Cast, database: Database) -> None:
    browser.sign_in_as(database, people.knut)
    assert browser.post("/folk/inviter", invitation(people, unit=people.arendal)).status_code == 422
    with database.reading() as session:
        assert by_email(session, NEWCOMER) is None


def test_a_person_of_another_region_cannot_be_found(browser: Browser, people: Cast, database: Database) -> None:
    browser.sign_in_as(database, people.knut)
    assert browser.get(f"/folk/{people.stian}").status_code == 404
    assert browser.get(f"/folk/{people.kari}").status_code == 200
    assert "Stian" not in browser.get("/folk/?q=stian").text


def test_search_finds_names_as_people_type_them(browser: Browser, people: Cast, database: Database) -> None:
    browser.sign_in_as(database, people.siri)
    assert "Kari Åsen" in browser.get("/folk/?q=aasen").text
    assert "Stian Aasland" in browser.get("/folk/?q=ÅSL").text
    assert "Ingen passer" in browser.get("/folk/?q=%25").text, "a per cent sign is a letter like others"


def test_a_role_takes_hold_at_once_and_ends_at_once_without_signing_anybody_out(
    browser: Browser, people: Cast, database: Database, app: Flask, clock: FrozenClock
) -> None:
    kari = Browser(app).sign_in_as(database, people.kari)
    assert kari.get("/folk/").status_code == 403
    browser.sign_in_as(database, people.siri)
    for days_later in (0, 2):  # ended the day it was given, and later
        given = browser.post(f"/folk/{people.kari}", {"role": Role.COORDINATOR, "unit": people.nord})
        assert given.status_code == 303
        assert kari.get("/folk/").status_code == 200
        with database.reading() as session:
            ((appointment, _unit),) = units.roles_of(session, people.kari, on=clock.now().date())
        clock.advance(days=days_later)
        browser.sign_in_as(database, people.siri)
        kari.sign_in_as(database, people.kari)
        assert browser.post(f"/folk/{people.kari}/roller/{appointment.id}/avslutt").status_code == 303
        assert kari.get("/folk/").status_code == 403, "that very moment"


def test_a_role_is_held_once_however_often_it_is_given(shared_database: Database, clock: FrozenClock) -> None:
    with shared_database.transaction() as session:
        cast = assemble(session)

    def give() -> bool:
        try:
            with shared_database.transaction() as session:
                person, unit = session.get_one(Person, cast.kari), session.get_one(Unit, cast.nord)
                units.appoint(session, person, Role.TRAINER, unit, on=clock.now().date())
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(6) as clicks:
        assert sum(clicks.map(lambda _: give(), range(6))) == 1


def test_the_last_of_the_secretariat_stays(
    browser: Browser, people: Cast, database: Database, clock: FrozenClock
) -> None:
    with database.reading() as session:
        ((appointment, _unit),) = units.roles_of(session, people.siri, on=clock.now().date())
    browser.sign_in_as(database, people.siri)
    refused = browser.post(f"/folk/{people.siri}/roller/{appointment.id}/avslutt")
    assert refused.status_code == 409
    assert "den siste i det nasjonale sekretariatet" in refused.text


def test_a_person_is_corrected_and_moved_within_reach_only(
    browser: Browser, people: Cast, database: Database, clock: FrozenClock
) -> None:
    browser.sign_in_as(database, people.knut)
    address = f"/folk/{people.kari}/rett"
    changed = {"name": "Kari Øst", "email": "Kari.Ost@nav.example", "unit": people.alta, "sector": "helse"}
    assert browser.post(address, changed).status_code == 303
    with database.reading() as session:
        person = session.get_one(Person, people.kari)
        assert (person.name, person.email) == ("Kari Øst", "kari.ost@nav.example")
        now = units.membership_on(session, people.kari, clock.now().date())
        before = units.membership_on(session, people.kari, clock.now().date() - timedelta(days=1))
    assert now is not None
    assert before is not None
    assert (now[1].id, now[0].sector, before[1].id) == (people.alta, "helse", people.tromso)
    taken = browser.post(address, {**changed, "email": email_of("stian")})
    assert taken.status_code == 422
    assert "er allerede i bruk" in taken.text
    assert browser.post(address, {**changed, "unit": people.arendal}).status_code == 422
    assert browser.post(f"/folk/{people.stian}/rett", changed).status_code == 404


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SECRETARIAT, Role.AUTHOR])
def test_a_coordinator_cannot_make_anybody_more_powerful(
    browser: Browser, people: Cast, database: Database, role: Role
) -> None:
    browser.sign_in_as(database, people.knut)
    assert browser.post(f"/folk/{people.kari}", {"role": role, "unit": people.nord}).status_code == 422


def test_a_coordinator_cannot_end_the_role_of_a_coordinator(
    browser: Browser, people: Cast, database: Database, clock: FrozenClock
) -> None:
    with database.reading() as session:
        ((appointment, _unit),) = units.roles_of(session, people.knut, on=clock.now().date())
    browser.sign_in_as(database, people.knut)
    assert browser.post(f"/folk/{people.knut}/roller/{appointment.id}/avslutt").status_code == 403


def test_a_refused_mail_is_shown_to_the_unit_and_sent_again_to_the_mended_address(
    browser: Browser, people: Cast, database: Database, app: Flask, outbox_transport: KeptMail
) -> None:
    outbox_transport.refusing.add(NEWCOMER)
    browser.sign_in_as(database, people.knut).post("/folk/inviter", invitation(people))
    jobs.send_mail(app)
    page = browser.get("/folk/epost").text
    assert "Nina Ny" in page
    assert "550 no such user" in page
    elsewhere = Browser(app).sign_in_as(database, people.sonja)
    assert "Nina Ny" not in elsewhere.get("/folk/epost").text
    assert elsewhere.post("/folk/epost/1").status_code == 404
    with database.transaction() as session:
        person = by_email(session, NEWCOMER)
        assert person is not None
        person.email = "nina@nav.example"
    assert browser.post("/folk/epost/1").status_code == 303
    jobs.send_mail(app)
    assert len(outbox_transport.to("nina@nav.example")) == 1
    with database.reading() as session:
        assert session.get_one(Person, person.id).mail_refused_at is None


def test_what_coordinators_decide_is_in_the_chain(browser: Browser, people: Cast, database: Database) -> None:
    browser.sign_in_as(database, people.knut).post("/folk/inviter", invitation(people))
    with database.reading() as session:
        (entry,) = session.scalars(select(AuditEntry)).all()
    assert (entry.action, entry.actor_id) == ("invited", people.knut)


def test_a_hostile_name_stays_text(browser: Browser, people: Cast, database: Database) -> None:
    browser.sign_in_as(database, people.knut)
    browser.post("/folk/inviter", invitation(people, name="<script>alert(1)</script>"))
    page = browser.get("/folk/").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
