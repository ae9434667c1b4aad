"""Signing up without an invitation: nothing is given away, links are used once, numbers belong to one."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms import audit, practitioners, units
from lms.clock import FrozenClock, at_local
from lms.db import Database
from lms.errors import Gone, Refused
from lms.features import Work
from lms.jobs import housekeeping
from lms.outbox import OutboxMail
from lms.people import Locale, Person
from lms.practitioners import Application, Occupation, Practitioner, SignUp
from tests import cast
from tests.cast import Cast
from tests.clients import PASSWORD, Browser

DOCTOR = {"name": "Grete Lie", "email": "Grete@Lege.example", "occupation": "gp", "hpr_number": "012 34 567"}
COUNSELLOR = {"name": "Nils Vik", "email": "nils@nav.example", "occupation": "counsellor", "office": "NAV Alta"}
CHOSEN = {"password": PASSWORD, "again": PASSWORD}


def apply(browser: Browser, people: Cast, said: dict[str, str], **changes: str) -> str:
    """Fill the form in; the page that answers."""
    answer = browser.post("/meld-deg-pa?videre=/kurs/emnekurs", {"region": str(people.nord), **said, **changes})
    assert answer.status_code == 200, answer.text
    return answer.text


def mails(database: Database) -> list[OutboxMail]:
    with database.reading() as session:
        return list(session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def link_in(mail: OutboxMail) -> str:
    found = re.search(r"/meld-deg-pa/\S+", mail.text)
    assert found is not None, mail.text
    return found[0]


def said(**changes: object) -> Application:
    facts = {
        "name": "Grete Lie",
        "email": "grete@lege.example",
        "occupation": Occupation.GP,
        "hpr_number": "1234567",
        "office": "",
        "region_id": None,
        "locale": Locale.NB,
        "go_on_to": "",
    }
    return Application(**(facts | changes))  # type: ignore[arg-type]


def test_a_doctor_signs_up_confirms_and_is_in(browser: Browser, database: Database, people: Cast) -> None:
    apply(browser, people, DOCTOR)
    (mail,) = mails(database)
    assert (mail.name, mail.recipient, mail.person_id) == ("sign_up", "grete@lege.example", None)
    with database.reading() as session:
        assert session.scalar(select(Person).where(Person.email == "grete@lege.example")) is None
    assert "1234567" in browser.get(link_in(mail)).text
    answer = browser.post(link_in(mail), CHOSEN)
    assert (answer.status_code, answer.location) == (303, "/kurs/emnekurs")
    assert "Grete Lie" in browser.get("/min-side").text
    assert browser.get(link_in(mail)).status_code == 410
    with database.reading() as session:
        person = session.scalars(select(Person).where(Person.hpr_number == "1234567")).one()
        practitioner = session.get_one(Practitioner, person.id)
        assert audit.verify(session) == []
    assert (person.email, practitioner.occupation, practitioner.region_id) == ("grete@lege.example", "gp", people.nord)


def test_a_counsellor_needs_an_office_and_no_number(browser: Browser, database: Database, people: Cast) -> None:
    apply(browser, people, COUNSELLOR, hpr_number="dette er ikke et nummer")
    browser.post(link_in(mails(database)[0]), CHOSEN)
    with database.reading() as session:
        person = session.scalars(select(Person).where(Person.email == "nils@nav.example")).one()
        assert person.hpr_number is None
        assert session.get_one(Practitioner, person.id).office == "NAV Alta"


def test_the_answer_is_the_same_for_known_and_unknown_addresses_and_numbers(
    app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        session.get_one(Person, people.geir).hpr_number = "555"
        session.get_one(Person, people.mons).deactivated_at = session.get_one(Person, people.mons).created_at
    answers = set()
    for email, number in (
        ("ny@lege.example", "777"),
        (cast.email_of("kari"), "778"),
        ("annen@lege.example", "000000555"),
        (cast.email_of("mons"), "779"),
    ):
        page = apply(Browser(app), people, DOCTOR, email=email, hpr_number=number)
        answers.add(re.sub(r'csrf_token" value="[^"]*"', "", page).replace(email, "ADRESSEN"))
    assert len(answers) == 1
    written = {(mail.name, mail.recipient) for mail in mails(database)}
    assert written == {
        ("sign_up", "ny@lege.example"),
        ("sign_up_known", cast.email_of("kari")),
        ("sign_up_hpr", cast.email_of("geir")),  # the owner, and nothing to the stranger
    }
    with database.reading() as session:  # nothing is kept of what leads nowhere
        assert session.scalars(select(SignUp.email)).all() == ["ny@lege.example"]


def test_of_two_with_one_number_the_first_to_confirm_gets_it_and_the_owner_is_told(
    app: Flask, database: Database, people: Cast
) -> None:
    first, second = Browser(app), Browser(app)
    apply(first, people, DOCTOR)
    apply(second, people, DOCTOR, email="en-annen@lege.example", hpr_number="1234567")
    one, other = [link_in(mail) for mail in mails(database)]
    assert first.post(one, CHOSEN).status_code == 303
    refused = second.post(other, CHOSEN)
    assert refused.status_code == 409
    assert "Grete" not in refused.text
    assert "grete" not in refused.text
    assert [mail.recipient for mail in mails(database) if mail.name == "sign_up_hpr"] == ["grete@lege.example"]
    with database.reading() as session:
        assert session.scalar(select(Person.id).where(Person.email == "en-annen@lege.example")) is None


@pytest.mark.parametrize("alike", ["number", "address"])
def test_confirmed_at_the_same_moment_one_becomes_a_person(shared_database: Database, alike: str) -> None:
    now = at_local(date(2026, 11, 23), 12)
    with shared_database.transaction() as session:
        cast.assemble(session)
        tokens = [
            practitioners.keep_sign_up(
                session,
                said(
                    email="grete@lege.example" if alike == "address" else f"grete{place}@lege.example",
                    hpr_number="1234567" if alike == "number" else f"12345{place}",
                ),
                now=now,
            )
            for place in range(1, 5)
        ]
    together = Barrier(len(tokens))

    def confirm(token: str) -> str:
        together.wait()
        try:
            with shared_database.transaction() as session:
                practitioners.complete(session, token, PASSWORD, now=now)
        except (Gone, Refused) as no:
            return no.reasons[0].code
        return "in"

    with ThreadPoolExecutor(len(tokens)) as pool:
        outcomes = sorted(pool.map(confirm, tokens))
    no = "sign-up-not-possible" if alike == "number" else "sign-up-gone"
    assert outcomes == sorted(["in", no, no, no])
    with shared_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Practitioner)) == 1
        assert audit.verify(session) == []


def test_a_link_runs_out_and_what_nobody_confirmed_is_forgotten(
    browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    apply(browser, people, DOCTOR)
    link = link_in(mails(database)[0])
    clock.advance(hours=48)
    assert browser.get(link).status_code == 410
    assert browser.post(link, CHOSEN).status_code == 410
    assert housekeeping(Work(database=database, now=clock.now()))["sign_ups"] == 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignUp)) == 0
    (mail,) = mails(database)
    assert (mail.recipient, mail.text, mail.html, mail.state) == ("", "", "", "cancelled"), "the mail says so, too"


def test_the_mail_to_a_stranger_says_nothing_that_was_typed(browser: Browser, database: Database, people: Cast) -> None:
    apply(browser, people, DOCTOR, name="Du har vunnet, se vinn.example")
    (mail,) = mails(database)
    assert "vinn" not in mail.subject + mail.text + mail.html


def test_two_links_for_one_address_are_both_used_up_by_the_first(
    browser: Browser, database: Database, people: Cast
) -> None:
    apply(browser, people, DOCTOR)
    apply(browser, people, DOCTOR)
    one, other = [link_in(mail) for mail in mails(database)]
    browser.post(other, CHOSEN)
    browser.post("/logg-ut")
    assert browser.get(one).status_code == 410


def test_tries_are_counted_by_address_place_and_number(app: Flask, database: Database, people: Cast) -> None:
    browser = Browser(app)
    for _ in range(5):
        apply(browser, people, DOCTOR)
    answer = browser.post("/meld-deg-pa", {"region": str(people.nord), **DOCTOR})
    assert answer.status_code == 429
    assert "Retry-After" in answer.headers
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    for place in range(5):  # the same number from other addresses: nobody's inbox is filled
        said = {"region": str(people.nord), **DOCTOR, "email": f"x{place}@lege.example"}
        assert browser.post("/meld-deg-pa", said, environ_overrides=elsewhere).status_code == 200
    said = {"region": str(people.nord), **DOCTOR, "email": "x9@lege.example"}
    assert browser.post("/meld-deg-pa", said, environ_overrides=elsewhere).status_code == 429


def test_a_household_is_one_place_however_many_addresses_it_has(
    app: Flask, database: Database, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.sign_up.TRIES_IN_ALL", 3)
    monkeypatch.setattr("lms.auth.TRIES_IN_ALL", 3)
    browser = Browser(app)
    for path, fields in (
        ("/meld-deg-pa", {"region": str(people.nord), **DOCTOR}),
        ("/glemt-passord", {}),
    ):
        answers = [
            browser.post(
                path,
                {**fields, "email": f"x{number}@lege.example", "hpr_number": f"{number + 100}"},
                environ_overrides={"REMOTE_ADDR": f"2001:db8::{number}"},
            ).status_code
            for number in range(1, 5)
        ]
        assert answers == [200, 200, 200, 429], path


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"hpr_number": ""}, "Skriv HPR-nummeret."),
        ({"hpr_number": "0000"}, "ikke bare nuller"),
        ({"hpr_number": "１２３"}, "bare sifre"),
        ({"hpr_number": "1234567890"}, "høyst 9 sifre"),
        ({"hpr_number": "<script>alert(1)</script>"}, "bare sifre"),
        ({"hpr_number": "1" * 5000}, "høyst 30 tegn"),
        ({"occupation": "counsellor", "office": " "}, "NAV-kontor du arbeider ved"),
        ({"occupation": "admin"}, "Velg"),
        ({"email": "ikke en adresse"}, "ikke ut som en e-postadresse"),
        ({"region": "999999"}, "Velg"),
        ({"region": ""}, "Fyll ut dette feltet."),
        ({"name": "\u200b \x07"}, "Fyll ut dette feltet."),
    ],
)
def test_hostile_and_wrong_input_is_told_in_place_and_what_was_typed_is_kept(
    browser: Browser, database: Database, people: Cast, changes: dict[str, str], says: str
) -> None:
    answer = browser.post("/meld-deg-pa", {"region": str(people.nord), **DOCTOR, **changes})
    assert answer.status_code == 422
    assert says in answer.text
    assert "<script>alert" not in answer.text
    if "email" not in changes:
        assert "Grete@Lege.example" in answer.text
    assert mails(database) == []


def test_where_to_go_on_is_never_another_site(browser: Browser, database: Database, people: Cast) -> None:
    browser.post("/meld-deg-pa?videre=https://ond.example/", {"region": str(people.nord), **DOCTOR})
    assert browser.post(link_in(mails(database)[0]), CHOSEN).location == "/"


def test_the_table_keeps_numbers_in_one_form_only(database: Database, people: Cast) -> None:
    for number in ("0123", "12a", "", "1234567890"):
        with pytest.raises(IntegrityError), database.transaction() as session:
            practitioners.keep_sign_up(session, said(hpr_number=number), now=at_local(cast.LONG_AGO, 12))


def test_the_own_number_is_set_right_until_a_certificate_carries_it(
    browser: Browser, database: Database, people: Cast
) -> None:
    browser.sign_in_as(database, people.geir)
    assert browser.post("/min-side/hpr", {"hpr_number": "00042"}).status_code == 303
    assert "<dd>42</dd>" in browser.get("/min-side").text
    assert browser.post("/min-side/hpr", {"hpr_number": "43"}).status_code == 303
    browser.sign_in_as(database, people.mons)
    taken = browser.post("/min-side/hpr", {"hpr_number": "43"})
    assert taken.status_code == 422
    assert "Geir" not in taken.text
    with database.reading() as session:
        actions = session.scalars(select(audit.AuditEntry.action)).all()
    assert list(actions) == ["hpr-corrected", "hpr-corrected"]


def test_the_secretariat_corrects_closes_and_opens_and_others_do_not_get_there(
    app: Flask, browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        token = practitioners.keep_sign_up(session, said(), now=clock.now())
        grete = practitioners.complete(session, token, PASSWORD, now=clock.now()).id
    siri = Browser(app).sign_in_as(database, people.siri)
    assert "1234567" in siri.get("/pameldte?q=grete").text
    page = f"/pameldte/{grete}"
    right = {"occupation": "gp", "hpr_number": "7654321", "reason": "Skrevet feil"}
    assert siri.post(page, right | {"reason": ""}).status_code == 422
    assert siri.post(page, right).status_code == 303
    assert (
        siri.post(page, {"occupation": "counsellor", "office": "NAV Moss", "reason": "Er veileder"}).status_code == 303
    )
    assert siri.get(f"/folk/{grete}/rett").status_code == 303  # belongs to no unit: corrected elsewhere
    grete_herself = Browser(app).sign_in("grete@lege.example")
    siri.post(f"{page}/lukk")
    assert grete_herself.get("/min-side").status_code == 303
    siri.post(f"{page}/apne")
    with database.reading() as session:
        actions = list(session.scalars(select(audit.AuditEntry.action)))
        assert audit.verify(session) == []
    assert actions == ["signed-up", "hpr-corrected", "occupation-corrected", "account-closed", "account-opened"]
    assert browser.sign_in_as(database, people.knut).get(page).status_code == 403
    assert siri.get(f"/pameldte/{people.kari}").status_code == 404


def test_who_only_takes_the_course_sees_nothing_else(
    browser: Browser, database: Database, people: Cast, library: None, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        token = practitioners.keep_sign_up(session, said(), now=clock.now())
        grete = practitioners.complete(session, token, PASSWORD, now=clock.now()).id
    browser.sign_in_as(database, grete)
    home = browser.get("/").text
    assert "Emnekurs" in home
    for closed in ("Min vei", "Hospitering", "Leveranser", "bli instruktør"):
        assert closed not in home
    for path in (
        "/min-vei",
        "/hospitering",
        "/samlinger",
        "/leveranser",
        "/kalender",
        "/register",
        "/folk/",
        "/pameldte",
    ):
        assert browser.get(path).status_code in (403, 404), path
    assert browser.get("/kurs/startopplaering").status_code == 404
    assert browser.post("/kurs/startopplaering/start").status_code == 404
    index = browser.get("/kurs").text
    assert "startopplaering" not in index
    assert "/kurs/emnekurs" in index
    for path in ("/kurs/emnekurs", "/mine-kurs", "/min-side", "/min-side/hpr", "/mine-kurs.pdf", "/mine-kurs.csv"):
        assert browser.get(path).status_code == 200, path
    assert "kalender" not in browser.get("/min-side").text.lower()
    assert browser.post("/kurs/emnekurs/start").location == "/kurs/emnekurs"


def test_once_they_belong_to_a_unit_they_have_what_everybody_has(
    browser: Browser, database: Database, people: Cast, library: None, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        token = practitioners.keep_sign_up(session, said(), now=clock.now())
        grete = practitioners.complete(session, token, PASSWORD, now=clock.now())
        unit = session.get_one(units.Unit, people.alta)
        units.join_unit(session, grete, unit, units.Sector.HELSE, on=clock.now().date())
    browser.sign_in_as(database, grete.id)
    assert browser.get("/min-vei").status_code == 200


def test_strangers_find_the_course_and_not_its_lessons(browser: Browser, people: Cast, library: None) -> None:
    assert browser.get("/").text.count('href="/emnekurs"') == 2
    assert "trenger du ingen invitasjon" in browser.get("/logg-inn").text
    assert browser.get("/emnekurs").location == "/kurs/emnekurs"
    page = browser.get("/kurs/emnekurs").text
    for shown in (
        "Meld deg på",
        "Kurstimer",
        "Kilder",
        "Vurdere en sykmelding som en behandling",
        'name="description"',
    ):
        assert shown in page
    assert "noindex" not in page
    assert "/meld-deg-pa?videre=/kurs/emnekurs" in page
    assert browser.get("/kurs/emnekurs/tre-uker").status_code in (303, 404)
    assert browser.get("/kurs/startopplaering").status_code == 303
