"""Booking in the browser: participants book, wait, answer, move and give up; trainers open, invite and plan."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from courses.models.booking import SeatEvent
from courses.models.seminars import SeminarDay
from courses.services import booking
from lms.clock import FrozenClock, at_local
from lms.db import Database
from lms.outbox import OutboxMail
from lms.people import Person
from lms.units import Sector
from tests.cast import Cast
from tests.certificates import factories
from tests.clients import Browser
from tests.courses import cohorts
from tests.courses.cohorts import BOTH
from tests.courses.fieldwork import NOW

TYPED = {
    "part_1_day_1": "2027-01-11",
    "part_1_day_2": "2027-01-12",
    "part_1_day_3": "2027-01-13",
    "part_2_day_1": "2027-02-09",
    "part_2_day_2": "2027-02-10",
}


@pytest.fixture
def winter(app: Flask, database: Database, people: Cast) -> int:
    """A seminar of two seats, one of which Geir has."""
    with app.test_request_context(), database.transaction() as session:
        return cohorts.open_cohort(session, people.nord, by=people.tone, seats=2, seated=[people.geir])


def test_a_seminar_that_opens_is_on_the_front_page_also_while_another_step_comes_first(
    browser: Browser, database: Database, people: Cast, winter: int
) -> None:
    browser.sign_in_as(database, people.kari)
    page = browser.get("/")
    assert "Neste: Førtest." in page.text
    assert "Den neste som er åpen, er Vinter, Tromsø, fra 11.01.2027" in page.text
    browser.click("Se ledige samlinger")
    browser.click("Vinter")
    browser.submit("Meld meg på")
    assert "Se ledige samlinger" not in browser.get("/").text
    assert "Du har plass på samling del 1, Vinter, Tromsø" in browser.get("/min-vei").text
    browser.click("Se plassen din")
    assert "du har plass" in browser.page.text


def test_a_participant_finds_books_and_gives_up_a_seat(
    browser: Browser, database: Database, people: Cast, winter: int, clock: FrozenClock
) -> None:
    browser.sign_in_as(database, people.kari)
    assert "Vinter" in browser.get("/min-vei").text
    assert browser.click("Se ledige samlinger").status_code == 200
    assert "1 ledig plass" in browser.page.text
    browser.click("Vinter")
    assert "Meld deg på «Vinter" not in browser.page.text
    said = browser.submit("Meld meg på").text
    assert "Du har fått plass" in said
    assert "Plass på samling" not in browser.get("/").text
    browser.get(f"/samlinger/ledige/{winter}")
    assert "Du er meldt av" in browser.submit("Meld meg av").text
    assert cohorts.seated(database, winter) == {people.geir}
    browser.submit("Meld meg på")
    clock.instant = at_local(date(2027, 1, 3), 12)
    browser.sign_in_as(database, people.kari)
    assert "Fristen for å melde seg av var 02.01.2027" in browser.get(f"/samlinger/ledige/{winter}").text
    refused = browser.post(f"/samlinger/ledige/{winter}/meld-av")
    assert refused.status_code == 409 and "Fristen for å melde seg av var" in refused.text


def test_the_last_in_the_line_sees_the_number_and_answers_the_offer_from_home(
    browser: Browser, database: Database, people: Cast, winter: int
) -> None:
    for who in (people.kari, people.mons):
        browser.sign_in_as(database, who)
        browser.post(f"/samlinger/ledige/{winter}/meld-pa")
    assert "nummer 1" in browser.get(f"/samlinger/ledige/{winter}").text
    assert "Du står på venteliste til Vinter" in browser.get("/").text
    browser.sign_in_as(database, people.geir).post(f"/samlinger/ledige/{winter}/meld-av")
    browser.sign_in_as(database, people.mons)
    assert "Svar innen 25.11.2026 kl. 12.00" in browser.get("/").text
    browser.click("Svar på tilbudet: Vinter")
    assert "Du har fått plass" in browser.submit("Ja, jeg tar plassen").text
    assert cohorts.seated(database, winter) == {people.kari, people.mons}


def test_who_holds_a_certificate_needs_no_seminar_and_gets_no_seat(
    browser: Browser, database: Database, people: Cast, winter: int
) -> None:
    with database.transaction() as session:
        factories.give_certificate(session, people.mons, valid_from=date(2026, 3, 1))
    browser.sign_in_as(database, people.mons)
    assert "Du trenger ingen samling nå" in browser.get("/samlinger/ledige").text
    answer = browser.post(f"/samlinger/ledige/{winter}/meld-pa")
    assert answer.status_code == 409 and "Du trenger ingen samling nå" in answer.text
    with database.transaction() as session:  # long lapsed: part 2 must be taken again, and may be
        factories.give_certificate(session, people.tone, valid_from=date(2022, 1, 1))
    browser.sign_in_as(database, people.tone)
    assert "Du trenger del 2." in browser.get("/samlinger/ledige").text
    assert "Du har fått plass" in browser.follow(browser.post(f"/samlinger/ledige/{winter}/meld-pa")).text


def test_another_region_s_seminar_is_not_there_unless_one_is_invited(
    browser: Browser, database: Database, people: Cast, winter: int
) -> None:
    browser.sign_in_as(database, people.stian)
    assert "Vinter" not in browser.get("/samlinger/ledige").text
    for path in ("", "/meld-pa", "/vent", "/ja", "/nei", "/meld-av", "/flytt"):
        ask = browser.post if path else browser.get
        assert ask(f"/samlinger/ledige/{winter}{path}").status_code == 404
    assert browser.get(f"/samlinger/ledige/{'9' * 30}").status_code == 404
    with browser.app.test_request_context(), database.transaction() as session:
        day = date(2026, 12, 1)
        booking.invite(session, seminar_id=winter, person_ids=[people.stian], through=day, by=people.tone, now=NOW)
    assert "Vinter" in browser.get("/samlinger/ledige").text
    assert browser.post(f"/samlinger/ledige/{winter}/meld-pa").status_code == 303
    assert people.stian in cohorts.seated(database, winter)


def test_a_seat_is_moved_with_one_click_and_nobody_has_two(
    browser: Browser, database: Database, people: Cast, winter: int
) -> None:
    with browser.app.test_request_context(), database.transaction() as session:
        spring = cohorts.open_cohort(session, people.nord, by=people.tone, name="Vår", later=True)
    browser.sign_in_as(database, people.geir)
    browser.get(f"/samlinger/ledige/{spring}")
    assert "Du har plass på Vinter" in browser.page.text
    assert "Plassen din er flyttet hit" in browser.submit("Flytt plassen min hit").text
    assert (cohorts.seated(database, winter), cohorts.seated(database, spring)) == (set(), {people.geir})
    again = browser.post(f"/samlinger/ledige/{spring}/flytt", {"fra": winter})
    assert again.status_code == 303
    assert browser.post(f"/samlinger/ledige/{spring}/flytt", {"fra": "9" * 30}).status_code == 404
    nothing = browser.post(f"/samlinger/ledige/{winter}/flytt", {"fra": winter})
    assert nothing.status_code == 409


def test_a_trainer_opens_for_booking_with_quotas_and_sees_what_was_wrong(
    browser: Browser, database: Database, people: Cast
) -> None:
    browser.sign_in_as(database, people.tone)
    form = {"unit": people.nord, "name": "Vår", "place": "Alta", "seats": 4, **TYPED}
    browser.follow(browser.post("/samlinger/ny", form))
    browser.click("Påmelding")
    answer = browser.submit("Lagre påmeldingen", bookable_from="2026-11-01")
    assert answer.status_code == 422 and "Sett begge dagene" in answer.text
    answer = browser.submit("Lagre påmeldingen", bookable_through="2027-02-01")
    assert "Påmeldingen må stenge senest 11.01.2027" in answer.text and 'value="2027-02-01"' in answer.text
    field = f"most_unit_{people.tromso}"
    page = browser.submit("Lagre påmeldingen", bookable_through="2027-01-02", most_nav="2", **{field: "1"}).text
    assert "Høyst 2 fra NAV." in page and "Høyst 1 fra Tromsø." in page
    browser.sign_in_as(database, people.mons).post("/samlinger/ledige/1/meld-pa")
    browser.sign_in_as(database, people.kari).get("/samlinger/ledige/1")
    assert "Kvoten for Tromsø er full: høyst 1 plasser" in browser.page.text
    assert "nummer 1" in browser.submit("Sett meg på venteliste").text


def test_a_unit_is_invited_but_only_those_who_need_it(
    browser: Browser, database: Database, people: Cast, winter: int
) -> None:
    with database.transaction() as session:
        factories.give_certificate(session, people.mons, valid_from=date(2026, 3, 1))
    browser.sign_in_as(database, people.tone)
    browser.get(f"/samlinger/{winter}/inviter")
    assert browser.submit("Send invitasjonene", unit=str(people.tromso)).status_code == 422  # no last day
    page = browser.submit("Send invitasjonene", unit=str(people.tromso), through="2026-12-01").text
    assert "1 person er invitert" in page
    with database.reading() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.name == "seminar_invitation")).one()
    assert mail.person_id == people.kari
    assert f"/samlinger/ledige/{winter}" in mail.text and "1. desember 2026" in mail.text
    assert (
        browser.post(f"/samlinger/{winter}/inviter", {"person": people.stian, "through": "2026-12-01"}).status_code
        == 404
    )
    again = browser.post(f"/samlinger/{winter}/inviter", {"unit": people.tromso, "through": "2026-12-01"})
    assert again.status_code == 422 and "Ingen er invitert" in again.text


def test_fifteen_are_pasted_at_once_those_who_are_found_ticked_and_the_others_told_and_kept(
    browser: Browser, database: Database, people: Cast
) -> None:
    with browser.app.test_request_context(), database.transaction() as session:
        cohorts.crowd(session, people.alta, 13, sector=Sector.HELSE, prefix="Deltaker")
        cohorts.crowd(session, people.tromso, 1, prefix="Tvilling")
        twin = cohorts.crowd(session, people.alta, 1, prefix="x")[0]
        session.get_one(Person, twin).search_name = "tvilling 0"
        seminar = cohorts.open_cohort(session, people.nord, by=people.tone, name="Høst")
    names = [f"Deltaker {n}" for n in range(13)]
    pasted = "\n".join([*names, "Åsen, Kari", "geir@cast.example", "Ukjent Person", "Tvilling 0", "stian@cast.example"])
    browser.sign_in_as(database, people.tone)
    browser.get(f"/samlinger/{seminar}")
    page = browser.submit("Finn dem på listen", pasted=pasted)
    assert page.text.count(" checked") == 15
    assert "Ukjent Person: ingen i enhetene dine" in page.text and "Tvilling 0: flere heter det samme" in page.text
    form = browser.page.form_with("Legg til de avkryssede")
    assert ("pasted", "Ukjent Person\nTvilling 0\nstian@cast.example") in form.sent
    page = browser.submit("Legg til de avkryssede")
    assert "15 deltakere er lagt til" in page.text
    assert "Ikke lagt til: Ukjent Person; Tvilling 0; stian@cast.example" in page.text
    assert "Deltakere: 15 av 15" in browser.page.text and "Ingen fra" not in browser.page.text


def test_one_too_many_pasted_is_refused_and_everything_stays(
    browser: Browser, database: Database, people: Cast, winter: int
) -> None:
    browser.sign_in_as(database, people.tone)
    answer = browser.post(f"/samlinger/{winter}", {"pasted": "Kari Åsen\nKnut Nordli\nHvem Vet"})
    assert answer.status_code == 422 and "Ingen er lagt til" in answer.text
    assert answer.text.count(" checked") == 2 and "Hvem Vet</textarea>" in answer.text
    assert cohorts.seated(database, winter) == {people.geir}


def test_a_plan_is_changed_in_the_browser_hours_go_with_their_date_and_the_programme_is_shown_safely(
    browser: Browser, database: Database, people: Cast, winter: int
) -> None:
    browser.sign_in_as(database, people.tone)
    browser.get(f"/samlinger/{winter}/plan")
    hostile = "- 09.00 *Start*\n\n<script>alert(1)</script>"
    page = browser.submit(
        "Lagre planen",
        part_1_day_1="2027-01-13",
        part_1_day_1_starts="12:30",
        part_1_day_3="2027-01-11",
        part_1_day_3_programme=hostile,
        part_2_day_1="2027-05-09",
        part_2_day_2="2027-05-10",
        nav_place="NAV Tromsø",
        nav_trainer=str(people.tone),
    ).text
    assert "deltakerne får vite hva som er endret" in page
    assert "116 dager mellom delene" in page
    assert "<em>Start</em>" in page and "<script>alert" not in page
    with database.reading() as session:
        rows = session.scalars(select(SeminarDay).order_by(SeminarDay.on)).all()
        sent = session.scalars(select(OutboxMail).where(OutboxMail.name == "seminar_changed")).all()
    assert [(row.on.day, f"{row.starts:%H.%M}") for row in rows[:3]] == [(11, "09.00"), (12, "09.00"), (13, "12.30")]
    assert [mail.person_id for mail in sent] == [people.geir]
    browser.get(f"/samlinger/{winter}/plan")
    answer = browser.submit("Lagre planen", part_1_day_1_ends="08:00", name="Nytt navn")
    assert answer.status_code == 422 and "Klokken dagen slutter" in answer.text and "Nytt navn" in answer.text
    junk = browser.post(
        f"/samlinger/{winter}/plan", {**TYPED, "name": "x", "place": "y", "seats": 2, "nav_trainer": "x"}
    )
    assert junk.status_code == 422


def test_trainers_a_substitute_moving_and_calling_off_in_the_browser(
    browser: Browser, database: Database, people: Cast, winter: int, clock: FrozenClock
) -> None:
    with browser.app.test_request_context(), database.transaction() as session:
        spring = cohorts.open_cohort(session, people.nord, by=people.tone, name="Vår", later=True)
    browser.sign_in_as(database, people.knut)
    browser.get(f"/samlinger/{winter}/opplaeringsansvarlige")
    page = browser.submit("Lagre", trainer=[str(people.tone)], lead=str(people.tone)).text
    assert "hovedansvarlig" in page
    browser.get(f"/samlinger/{winter}/opplaeringsansvarlige")
    unchosen = browser.submit("Registrer vikaren", from_on="2027-01-12", reason="Syk")
    assert unchosen.status_code == 422 and "Hvem tar over" in unchosen.text
    answer = browser.submit("Registrer vikaren", substitute=str(people.tone), from_on="2027-01-12", reason="Syk")
    assert answer.status_code == 422 and "Vikaren er allerede opplæringsansvarlig" in answer.text
    assert 'value="Syk"' in answer.text
    browser.get(f"/samlinger/{winter}/deltakere/{people.geir}/fjern")
    assert "Geir Ødegård er flyttet" in browser.submit("Flytt", to=str(spring)).text
    clock.instant = NOW + timedelta(days=42)
    browser.sign_in_as(database, people.knut)
    browser.get(f"/samlinger/{spring}/deltakere/{people.geir}/fjern")
    answer = browser.submit("Ta av listen")
    assert answer.status_code == 409 and "Skriv hvorfor plassen tas tilbake" in answer.text
    assert "Geir Ødegård er tatt av listen" in browser.submit("Ta av listen", reason="Ny jobb").text
    assert "Ny jobb" in browser.get(f"/samlinger/{spring}").text
    browser.get(f"/samlinger/{winter}/avlys")
    assert browser.submit("Avlys samlingen").status_code == 422
    assert "Samlingen er avlyst" in browser.submit("Avlys samlingen", reason="For få påmeldte").text
    assert "For få påmeldte" in browser.get(f"/samlinger/{winter}").text
    with database.reading() as session:
        assert session.scalars(select(SeatEvent.reason).where(SeatEvent.kind == "removed")).all() == ["Ny jobb"]
    browser.sign_in_as(database, people.kari)
    assert "Vinter" not in browser.get("/samlinger/ledige").text
    answer = browser.post(f"/samlinger/ledige/{winter}/meld-pa")
    assert answer.status_code == 404


def test_the_trainer_s_home_shows_the_line_and_a_sector_that_is_missing(
    browser: Browser, database: Database, people: Cast, winter: int
) -> None:
    with browser.app.test_request_context(), database.transaction() as session:
        for who in (people.mons, people.tone):
            booking.book(session, seminar_id=winter, person_id=who, needed=BOTH, now=NOW)
    page = browser.sign_in_as(database, people.knut).get("/").text
    assert "Samlinger framover" in page and "1 på venteliste" in page and "mangler NAV" in page
    assert "når del 2 er ferdig" not in page
    assert "Alle plassene er tatt" not in browser.get(f"/samlinger/{winter}").text
    with browser.app.test_request_context(), database.transaction() as session:
        booking.give_up(session, seminar_id=winter, person_id=people.mons, now=NOW)
    assert "Alle plassene er tatt: 1 er tilbudt en på ventelisten" in browser.get(f"/samlinger/{winter}").text


@pytest.mark.parametrize(
    ("on", "next_day", "told"), [(26, "09.02.2027", False), (27, "09.02.2027", True), (41, "10.02.2027", True)]
)
def test_the_trainer_s_home_tells_the_next_day_and_how_many_will_be_assessed(
    browser: Browser,
    database: Database,
    people: Cast,
    winter: int,
    clock: FrozenClock,
    on: int,
    next_day: str,
    told: bool,
) -> None:
    with browser.app.test_request_context(), database.transaction() as session:
        booking.book(session, seminar_id=winter, person_id=people.mons, needed=BOTH, now=NOW)
    clock.instant = at_local(date(2026, 12, 31) + timedelta(days=on), 8)
    page = browser.sign_in_as(database, people.tone).get("/").text
    assert f"{next_day}: 2 av 2" in page
    assert ("2 vurderinger når del 2 er ferdig onsdag 10. februar" in page) is told
