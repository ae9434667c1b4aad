"""The mentor's link: one answer, by a phone, without an account; opening it changes nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from courses.models.visits import ObservationVisit, VisitLink, VisitWord
from courses.services import mentor_links, pairs
from courses.services import visits as services
from courses.visits import Standing, VisitReport, Word
from lms import outbox
from lms.clock import FrozenClock
from lms.db import Database
from lms.errors import Refused
from lms.ids import token_hash
from lms.outbox import OutboxMail
from tests.cast import Cast, email_of
from tests.clients import Browser
from tests.courses.fieldwork import HOSTILE, NOW, TODAY, a_visit
from tests.courses.test_visit_states import WRITTEN
from tests.courses.test_visits import NOTES, only_visit, typed
from tests.transports import KeptMail

ASE = "ase@vest.example"
LINK = re.compile(r"https?://[^/]+(/hospitering/lenke/[\w-]+)")


def handed_in(browser: Browser, people: Cast, database: Database, **more: object) -> str:
    """Kari tells of a visit; the path of the link that was mailed."""
    browser.sign_in_as(database, people.kari)
    data = typed(people, mentor=0, mentor_name="Åse Vest", mentor_address=ASE, **more)
    assert browser.post("/hospitering/ny", data).status_code == 303
    assert browser.post(f"/hospitering/{only_visit(database).id}/rapport", NOTES).status_code == 303
    return newest_link(database)


def newest_link(database: Database) -> str:
    with database.reading() as session:
        query = select(OutboxMail).where(OutboxMail.name == "visit_confirmation").order_by(OutboxMail.id.desc())
        mail = session.scalars(query).first()
    assert mail is not None
    (path,) = set(LINK.findall(mail.text))
    return str(path)


def standing(database: Database) -> str:
    with database.reading() as session:
        return str(session.scalars(select(VisitWord.word).order_by(VisitWord.id.desc()).limit(1)).one())


def test_a_mentor_without_an_account_confirms_with_one_press(
    browser: Browser, app: Flask, people: Cast, database: Database
) -> None:
    path = handed_in(browser, people, database)
    with database.reading() as session:
        mail = session.scalars(select(OutboxMail)).one()
        assert (mail.person_id, mail.about_id, mail.recipient) == (None, people.kari, ASE)
        link = session.scalars(select(VisitLink)).one()
        assert link.token_hash == token_hash(path.rpartition("/")[2])
        assert path.rpartition("/")[2] not in str(vars(link))
    phone = Browser(app)
    for _scanner in range(3):
        assert phone.get(path).status_code == 200
        assert app.test_client().head(path).status_code == 200
    assert standing(database) == "reported"
    assert "Kari Åsen" in phone.last.text
    assert "Med en historie om en sofa." in phone.last.text
    for hidden in ("Jeg vil spørre mer.", email_of("kari"), "Tromsø", "/hospitering/1"):
        assert hidden not in phone.last.text
    page = phone.follow(phone.post(f"{path}/bekreft"))
    assert "Du har bekreftet hospiteringen" in page.text
    assert "Fiskeforedling" not in page.text
    visit = only_visit(database)
    assert (visit.confirmed_by, visit.confirmed_name, visit.confirmed_address) == (None, "Åse Vest", ASE)
    browser.sign_in_as(database, people.tone)
    page = browser.get(f"/hospitering/{visit.id}")
    assert "bekreftet via lenke" in page.text
    assert ASE in page.text
    assert "bekreftet via lenke" in browser.get(f"/deltakere/{people.kari}").text


def test_a_second_press_and_another_answer_change_nothing(
    browser: Browser, app: Flask, people: Cast, database: Database
) -> None:
    path = handed_in(browser, people, database)
    phone = Browser(app)
    phone.get(path)
    phone.post(f"{path}/bekreft")
    for second, data in (("bekreft", {}), ("send-tilbake", {"comment": "Likevel ikke"})):
        assert "Du har bekreftet" in phone.follow(phone.post(f"{path}/{second}", data)).text
    assert standing(database) == "confirmed"


def test_what_is_sent_back_comes_again_with_a_new_link_and_the_old_one_is_spent(
    browser: Browser, app: Flask, people: Cast, database: Database
) -> None:
    path = handed_in(browser, people, database)
    phone = Browser(app)
    phone.get(path)
    empty = phone.post(f"{path}/send-tilbake", {"comment": "  "})
    assert empty.status_code == 422
    assert "Fyll ut dette feltet" in empty.text
    assert "sendt rapporten tilbake" in phone.follow(phone.post(f"{path}/send-tilbake", {"comment": HOSTILE})).text
    assert standing(database) == "sent_back"
    visit_id = only_visit(database).id
    page = browser.get(f"/hospitering/{visit_id}")
    assert "Åse Vest vil ha noe rettet" in page.text
    assert "<script>alert" not in page.text
    assert browser.post(f"/hospitering/{visit_id}/rapport", NOTES).status_code == 303
    assert "sendt rapporten tilbake" in phone.follow(phone.post(f"{path}/bekreft")).text
    assert standing(database) == "reported"
    again = newest_link(database)
    assert again != path
    phone.get(again)
    phone.post(f"{again}/bekreft")
    assert standing(database) == "confirmed"


def test_an_old_link_and_one_to_what_is_struck_out_say_so(
    browser: Browser, app: Flask, people: Cast, database: Database, clock: FrozenClock
) -> None:
    path = handed_in(browser, people, database)
    clock.advance(days=20, hours=23)
    assert browser.get(path).status_code == 200
    clock.advance(hours=1)
    assert browser.get(path).status_code == 410
    assert "be den som har hospitert" in browser.last.text.lower()
    phone = Browser(app)
    phone.get("/logg-inn")
    phone.post(f"{path}/bekreft")
    assert standing(database) == "reported"
    browser.sign_in_as(database, people.kari)
    assert browser.post(f"/hospitering/{only_visit(database).id}/lenke", {}).status_code == 303
    fresh = newest_link(database)
    assert browser.get(fresh).status_code == 200
    browser.post(f"/hospitering/{only_visit(database).id}/stryk")
    assert browser.get(fresh).status_code == 410
    assert "Fiskeforedling" not in browser.last.text
    assert browser.get("/hospitering/lenke/finnes-ikke").status_code == 410


def test_the_participant_s_own_hand_is_never_the_mentor_s(
    browser: Browser, app: Flask, people: Cast, database: Database
) -> None:
    path = handed_in(browser, people, database)
    browser.get(path)
    refused = browser.post(f"{path}/bekreft")  # Kari is signed in here
    assert refused.status_code == 409
    assert standing(database) == "reported"


@pytest.mark.parametrize("address", ["kari@cast.example", "KARI+m@cast.example", "geir@cast.example"])
def test_the_own_and_the_partner_s_addresses_are_refused_and_what_was_typed_stays(
    browser: Browser, people: Cast, database: Database, address: str
) -> None:
    with database.transaction() as session:
        pairs.link(session, person_ids=(people.kari, people.geir), from_on=TODAY, by=people.tone, now=NOW)
    browser.sign_in_as(database, people.kari)
    data = typed(people, mentor=0, mentor_name="Åse Vest", mentor_address=address)
    answer = browser.post("/hospitering/ny", data)
    assert answer.status_code == 422
    assert "Adressen er din egen eller makkerens" in answer.text
    assert "Fiskeforedling" in answer.text


def test_an_address_of_somebody_here_makes_them_the_mentor_who_may_not_assess(
    browser: Browser, app: Flask, people: Cast, database: Database
) -> None:
    browser.sign_in_as(database, people.kari)
    data = typed(people, mentor=0, mentor_name="En venn", mentor_address=email_of("tone"))
    browser.post("/hospitering/ny", data)
    visit = only_visit(database)
    assert (visit.mentor_id, visit.mentor_name) == (people.tone, "En venn")  # no name is told for an address
    browser.post(f"/hospitering/{visit.id}/rapport", NOTES)
    path, phone = newest_link(database), Browser(app)
    phone.get(path)
    phone.post(f"{path}/bekreft")
    assert only_visit(database).confirmed_by == people.tone


def test_a_mentor_with_an_account_gets_the_link_too_and_sees_it_here(
    browser: Browser, app: Flask, people: Cast, database: Database
) -> None:
    browser.sign_in_as(database, people.kari)
    browser.post("/hospitering/ny", typed(people))
    browser.post(f"/hospitering/{only_visit(database).id}/rapport", NOTES)
    path, phone = newest_link(database), Browser(app)
    with database.reading() as session:
        assert session.scalars(select(OutboxMail)).one().person_id == people.mons
    browser.sign_in_as(database, people.mons)
    assert "Kari Åsen" in browser.get("/hospitering").text
    browser.post(f"/hospitering/{only_visit(database).id}/bekreft")
    with database.reading() as session:
        assert session.scalars(select(OutboxMail)).one().state == "cancelled"  # it had not left yet
    phone.get(path)
    assert "allerede bekreftet" in phone.follow(phone.post(f"{path}/bekreft")).text
    assert only_visit(database).confirmed_address is None


def test_a_wrong_address_is_seen_by_the_participant_and_the_unit_and_corrected(
    browser: Browser, app: Flask, people: Cast, database: Database, clock: FrozenClock, outbox_transport: KeptMail
) -> None:
    path = handed_in(browser, people, database)
    outbox_transport.refusing.add(ASE)
    outbox.deliver_due(database, outbox_transport, clock, sender="x@y.example")
    visit_id = only_visit(database).id
    assert "kom ikke fram" in browser.get(f"/hospitering/{visit_id}").text
    knut, sonja = (Browser(app).sign_in_as(database, one) for one in (people.knut, people.sonja))
    page = knut.get("/folk/epost")
    assert ASE in page.text
    assert "på vegne av Kari Åsen" in page.text
    assert ASE not in sonja.get("/folk/epost").text
    wrong = browser.post(
        f"/hospitering/{visit_id}/lenke", {"mentor_name": "Åse", "mentor_address": "kari@cast.example"}
    )
    assert wrong.status_code == 422
    page = browser.follow(
        browser.post(f"/hospitering/{visit_id}/lenke", {"mentor_name": "Åse", "mentor_address": "ny@vest.example"})
    )
    assert "ny@vest.example" in page.text
    assert browser.get(path).status_code == 410  # the link to the wrong address has ended
    assert browser.get(newest_link(database)).status_code == 200


def test_a_link_that_has_been_sent_is_forgotten(
    browser: Browser, people: Cast, database: Database, outbox_transport: KeptMail, clock: FrozenClock
) -> None:
    path = handed_in(browser, people, database)
    outbox.deliver_due(database, outbox_transport, clock, sender="x@y.example")
    with database.reading() as session:
        mail = session.scalars(select(OutboxMail)).one()
    assert (mail.state, mail.text, mail.html) == ("sent", "", "")
    assert path in outbox_transport.sent[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_few_links_a_day_and_the_report_is_kept_all_the_same(
    browser: Browser, people: Cast, database: Database
) -> None:
    handed_in(browser, people, database)
    path = f"/hospitering/{only_visit(database).id}/lenke"
    assert [browser.post(path, {}).status_code for _ in range(3)] == [303, 303, 429]
    with database.reading() as session:
        assert len(session.scalars(select(VisitLink)).all()) == 3


# a week later


def waiting(database: Database, people: Cast, in_app: Flask, **more: object) -> int:
    report = VisitReport(**{
        **{name: getattr(a_visit(), name) for name in ("on", "company", "modules")},
        "mentor_id": None,
        "mentor_name": "Åse",
        "mentor_address": ASE,
        **more,
    })  # fmt: skip
    with database.transaction() as session:
        visit = services.plan_visit(session, person_id=people.kari, report=report, now=NOW)
        mentor_links.hand_in(session, visit_id=visit.id, notes=WRITTEN, by=people.kari, now=NOW)
    return visit.id


@pytest.mark.parametrize(("days", "reminded"), [(6, False), (7, True), (30, True)])
def test_a_mentor_is_reminded_once_after_a_week(
    database: Database, people: Cast, in_app: Flask, days: int, reminded: bool
) -> None:
    visit_id, later = waiting(database, people, in_app), NOW + timedelta(days=days)
    for expected in (reminded, False):
        with database.transaction() as session:
            assert mentor_links.remind_mentor(session, visit_id=visit_id, now=later) is expected
    with database.reading() as session:
        mails = session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
    assert [mail.daytime_only for mail in mails] == [False, True][: 1 + reminded]


@pytest.mark.parametrize("then", ["confirmed", "struck_out", "sent_back"])
def test_nobody_is_reminded_of_what_is_done(database: Database, people: Cast, in_app: Flask, then: str) -> None:
    visit_id, later = waiting(database, people, in_app), NOW + timedelta(days=9)
    with database.transaction() as session:
        if then == "confirmed":
            services.confirm_visit(session, visit_id=visit_id, by=people.tone, now=later)
        elif then == "struck_out":
            services.strike_out(session, visit_id=visit_id, by=people.kari, now=later)
        else:
            said = services.Said(by_id=people.tone)
            services.send_back(session, visit_id=visit_id, said=said, comment="x", now=later)
    with database.transaction() as session:
        assert mentor_links.remind_mentor(session, visit_id=visit_id, now=later) is False


def test_a_trainer_s_own_visit_with_no_address_waits_without_mail(
    database: Database, people: Cast, in_app: Flask
) -> None:
    visit_id = waiting(database, people, in_app, mentor_address="")
    with database.reading() as session:
        assert session.scalars(select(OutboxMail)).all() == []
        assert services.locked(session, visit_id)[1] is Standing.WAITING


def test_nobody_is_asked_about_what_does_not_wait(database: Database, people: Cast, in_app: Flask) -> None:
    with database.transaction() as session:
        visit = services.plan_visit(session, person_id=people.kari, report=a_visit(mentor_id=people.mons), now=NOW)
    with pytest.raises(Refused), database.transaction() as session:
        mentor_links.ask_mentor(session, visit_id=visit.id, now=NOW)
    assert standing(database) == Word.PLANNED
    with database.reading() as session:
        assert session.get_one(ObservationVisit, visit.id).confirmed_at is None
