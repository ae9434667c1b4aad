"""Companies stay with the units that delivered: their trainers and coordinators see them, no other region ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from courses.services import deliveries
from courses.visits import DeliveryModel, ModuleKind
from lms.db import Database
from lms.people import Person
from lms.units import Sector, Unit, move
from tests.cast import Cast
from tests.clients import Browser
from tests.courses.fieldwork import HOSTILE, NOW, TODAY, YESTERDAY, a_delivery

LIST, CSV = "/leveranser/enheten", "/leveranser/enheten.csv"


def log(database: Database, person: int, company: str, *, partner: int | None = None, **more: object) -> None:
    report = replace(a_delivery(company=company), partner_id=partner, **more)  # type: ignore[arg-type]
    with database.transaction() as session:
        entry = f"{person}{company}{more}"
        deliveries.log_delivery(session, person_id=person, report=report, entry=entry, now=NOW)


def test_a_trainer_and_a_coordinator_see_their_own_region_and_nobody_elses(
    browser: Browser, people: Cast, database: Database
) -> None:
    log(database, people.geir, "Verftet i nord")
    log(database, people.stian, "Sagbruket i sør")
    for person in (people.tone, people.knut):
        browser.sign_in_as(database, person)
        for address in (LIST, CSV, f"{LIST}?enhet=/norge/sor/", f"{CSV}?enhet=/norge/sor/&bedrift=Sagbruket"):
            page = browser.get(address).text
            assert "Sagbruket i sør" not in page
        assert "Verftet i nord" in browser.get(LIST).text
        assert "Verftet i nord" in browser.get(CSV).text
    for person in (people.sonja, people.terje):
        browser.sign_in_as(database, person)
        assert "Sagbruket" in browser.get(LIST).text
        assert "Verftet" not in browser.get(LIST).text + browser.get(CSV).text
    for person in (people.geir, people.mons, people.siri, people.ari):
        browser.sign_in_as(database, person)
        assert browser.get(LIST).status_code == browser.get(CSV).status_code == 403


def test_a_company_stays_with_the_unit_that_delivered_when_people_move(
    browser: Browser, people: Cast, database: Database
) -> None:
    log(database, people.geir, "Verftet", on=YESTERDAY)
    with database.transaction() as session:
        person, sor = session.get_one(Person, people.geir), session.get_one(Unit, people.sor)
        move(session, person, sor, Sector.HELSE, on=TODAY)
    log(database, people.geir, "Sagbruket", on=TODAY)
    log(database, people.geir, "Verftets kantine", on=YESTERDAY)  # logged late
    browser.sign_in_as(database, people.knut)
    page = browser.get(LIST).text
    assert "Verftet" in page and "kantine" in page and "Sagbruket" not in page
    browser.sign_in_as(database, people.sonja)
    page = browser.get(LIST).text
    assert "Sagbruket" in page and "Verftet" not in page


def test_what_both_logged_is_one_line_with_both_names(browser: Browser, people: Cast, database: Database) -> None:
    log(database, people.geir, "Verftet AS", partner=people.kari)
    log(database, people.kari, "Verftet", partner=people.geir)
    log(database, people.geir, "Sykehjemmet", partner=people.kari)
    browser.sign_in_as(database, people.tone)
    page = browser.get(LIST).text
    assert "2 leveranser, 2 bedrifter, 24 deltakere" in page
    assert page.count("Geir Ødegård, Kari Åsen") == 2
    assert page.count("partneren har ikke bekreftet") == 1


def test_filters_combine_and_the_file_is_what_the_list_shows(
    browser: Browser, people: Cast, database: Database
) -> None:
    log(database, people.geir, HOSTILE, model=DeliveryModel.ONE)
    log(database, people.geir, "=1+1", module=ModuleKind.PARTSMODUL, on=date(2026, 10, 1))
    log(database, people.kari, "Verftet", org_number="974760673")
    browser.sign_in_as(database, people.knut)
    assert "<script>alert" not in browser.get(LIST).text
    assert "1 leveranse," in browser.get(f"{LIST}?modell=1").text
    assert "1 leveranse," in browser.get(f"{LIST}?modul=partsmodul&til=2026-10-01").text
    assert "Ingen leveranser passer" in browser.get(f"{LIST}?modul=partsmodul&fra=2026-10-02").text
    assert "1 leveranse," in browser.get(f"{LIST}?bedrift=974 760 673").text
    assert "1 leveranse," in browser.get(f"{LIST}?enhet=/norge/nord/tromso/").text
    assert "3 leveranser" in browser.get(f"{LIST}?enhet=x&modul=y&modell=z&fra=q&side=0").text
    text = browser.get(f"{CSV}?modul=partsmodul").data.decode("utf-8-sig")
    assert "'=1+1" in text
    assert "Verftet" not in text


@pytest.mark.parametrize("page", ["-1", "99", "x"])
def test_a_page_that_is_not_there_is_empty_or_the_first(
    browser: Browser, people: Cast, database: Database, page: str
) -> None:
    browser.sign_in_as(database, people.knut)
    assert browser.get(f"{LIST}?side={page}").status_code == 200
