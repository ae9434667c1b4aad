"""Deliveries held by two, on their pages: asked, answered, remembered, and nobody else's business."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from courses.models.deliveries import Delivery
from courses.services import deliveries
from lms.db import Database
from lms.outbox import OutboxMail
from tests.cast import Cast
from tests.clients import Browser
from tests.courses.fieldwork import HOSTILE, NOW, a_delivery
from tests.courses.test_partners import log


def test_the_partner_is_asked_on_the_own_page_and_at_home(browser: Browser, people: Cast, database: Database) -> None:
    row = log(database, people.geir, people.kari)
    browser.sign_in_as(database, people.kari)
    assert "1 leveranse å bekrefte" in browser.get("/").text
    page = browser.get("/leveranser").text
    assert "Geir Ødegård har ført at dere holdt den sammen" in page
    assert "Teller for deg: 0" in page
    told = browser.submit("Ja, jeg var med: Fiskeforedling AS, 22.11.2026").text
    assert "teller for deg fra i dag" in told
    assert "Teller for deg: 1" in told
    assert "leveranse å bekrefte" not in browser.get("/").text
    browser.sign_in_as(database, people.geir)
    assert "Sammen med Kari Åsen, som har bekreftet" in browser.get("/leveranser").text
    assert row.id


def test_a_no_needs_a_word_and_the_owner_is_told(browser: Browser, people: Cast, database: Database) -> None:
    row = log(database, people.geir, people.kari)
    browser.sign_in_as(database, people.kari)
    address = f"/leveranser/{row.id}/ikke-meg"
    assert browser.post(address, {"comment": "  "}).status_code == 422
    browser.follow(browser.post(address, {"comment": HOSTILE}))
    browser.sign_in_as(database, people.geir)
    assert "1 leveranse der partneren ikke var med" in browser.get("/").text
    page = browser.get("/leveranser").text
    assert "&lt;script&gt;alert" in page
    browser.get(f"/leveranser/{row.id}/rett")
    page = browser.submit("Lagre rettelsen", partner="0").text
    assert "Leveransen er rettet" in page
    assert "var ikke med" not in page


def test_the_last_partner_and_the_number_of_the_company_are_remembered(
    browser: Browser, people: Cast, database: Database
) -> None:
    report = replace(a_delivery(), partner_id=people.kari, org_number="974760673")
    with database.transaction() as session:
        deliveries.log_delivery(session, person_id=people.geir, report=report, entry="a", now=NOW)
    browser.sign_in_as(database, people.geir)
    page = browser.get("/leveranser").text
    assert f'value="{people.kari}" selected' in page
    assert "Kari Åsen, Tromsø" in page
    assert "Mons Sørby, Tromsø" not in page, "of the same sector"
    assert "Knut Nordli, " not in page, "no instructor"
    browser.submit("Registrer leveransen", company="Fiskeforedling AS", employees="4", leaders="1", module="partsmodul")
    with database.reading() as session:
        newest = session.scalars(select(Delivery).order_by(Delivery.id.desc())).first()
    assert newest is not None
    assert (newest.org_number, newest.partner_id, newest.model) == ("974760673", people.kari, 2)
    assert 'value="Fiskeforedling AS" required' in browser.get(f"/leveranser?som={newest.id}").text


def test_the_partner_is_asked_by_mail_once_and_anew_only_after_another_day_or_company(
    browser: Browser, people: Cast, database: Database
) -> None:
    def asked() -> list[tuple[int | None, str]]:
        with database.reading() as session:
            mails = session.scalars(select(OutboxMail).where(OutboxMail.name == "delivery_partner"))
            return [(mail.person_id, mail.subject) for mail in mails]

    log(database, people.geir, people.kari)  # whom one has taught with can be chosen
    browser.sign_in_as(database, people.geir)
    filled = {"employees": "4", "leaders": "1", "model": "1", "module": "partsmodul"}
    browser.get("/leveranser")
    browser.submit("Registrer leveransen", company="Fjord & Fisk", partner=str(people.kari), **filled)
    assert asked() == [(people.kari, "Var du med hos Fjord & Fisk?")]
    browser.get("/leveranser")
    browser.submit("Registrer leveransen", company="Alene AS", partner="0", **filled)
    assert len(asked()) == 1, "nobody to ask"
    with database.reading() as session:
        row = session.scalars(select(Delivery).where(Delivery.company == "Fjord & Fisk")).one()
    browser.sign_in_as(database, people.kari)
    browser.post(f"/leveranser/{row.id}/bekreft")
    browser.sign_in_as(database, people.geir)
    browser.get(f"/leveranser/{row.id}/rett")
    browser.submit("Lagre rettelsen", employees="5")
    assert len(asked()) == 1, "what was confirmed stays confirmed"
    with database.reading() as session:
        row = session.scalars(select(Delivery).where(Delivery.replaces_id == row.id)).one()
    browser.get(f"/leveranser/{row.id}/rett")
    browser.submit("Lagre rettelsen", company="Verftet")
    assert asked()[1:] == [(people.kari, "Var du med hos Verftet?")]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"org_number": "97476067"}, "har 9 sifre. Her står det 8."),
        ({"org_number": "NO 974760673"}, "bare sifre"),
        ({"org_number": "974 760 674"}, "Kontrollsifferet stemmer ikke"),
        ({"partner": "4711"}, "partner-feil"),
    ],
)
def test_a_wrong_number_or_partner_is_told_and_the_rest_is_kept(
    browser: Browser, people: Cast, database: Database, wrong: dict[str, str], said: str
) -> None:
    browser.sign_in_as(database, people.geir)
    browser.get("/leveranser")
    filled = {"company": "Verftet", "employees": "3", "leaders": "0", "model": "1", "module": "partsmodul", **wrong}
    answer = browser.submit("Registrer leveransen", **filled)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Verftet"' in answer.text


def test_nobody_reaches_others_deliveries_by_their_number(browser: Browser, people: Cast, database: Database) -> None:
    row = log(database, people.geir, people.kari)
    for person, ways in {
        people.geir: ("bekreft", "ikke-meg"),  # not the partner
        people.kari: ("rett", "stryk", "to"),  # not the owner
        people.tone: ("rett", "stryk", "to", "bekreft", "ikke-meg"),
        people.siri: ("rett", "stryk", "to", "bekreft", "ikke-meg"),
    }.items():
        browser.sign_in_as(database, person)
        for way in ways:
            assert browser.post(f"/leveranser/{row.id}/{way}").status_code == 404
    assert browser.post(f"/leveranser/{2**40}/stryk").status_code == 404
