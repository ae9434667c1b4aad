"""The pages about knowledge checks: the own, which nobody else sees, and what a group of five may be told."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import select

from certificates.curve import curve
from certificates.models.checks import KnowledgeCheck
from certificates.models.issued import Certificate
from certificates.queries.checks import series_of
from lms.clock import FrozenClock, at_local
from lms.db import Database
from tests.cast import Cast
from tests.certificates import checking
from tests.certificates.checking import STAGES, night
from tests.certificates.factories import PROGRAMME
from tests.clients import Browser

THREE, TWELVE, TWENTY_FOUR = (day for _months, day in STAGES)
BEGIN, GO_ON = "Begynn på kunnskapssjekken", "Fortsett på kunnskapssjekken"
NO_THANKS, YES_AGAIN = "Nei takk, ikke flere", "Ja, jeg vil ha kunnskapssjekker igjen"


@pytest.fixture
def held(database: Database, people: Cast) -> Certificate:
    """Geir's certificate from 23.11.2026."""
    return checking.holder(database, people.geir, wrong=["uroen"])


@pytest.fixture
def geir(
    app: Flask, browser: Browser, database: Database, people: Cast, held: Certificate, clock: FrozenClock
) -> Browser:
    """Geir at his screen on the day the first check is offered."""
    night(app, THREE)
    clock.instant = at_local(THREE, 12)
    return browser.sign_in_as(database, people.geir)


def page_of(database: Database) -> str:
    return f"/kunnskapssjekk/{checking.newest(database).id}"


def test_from_the_home_page_through_the_questions_to_the_explanations_and_back_to_the_course(
    geir: Browser, database: Database
) -> None:
    assert "3 måneder etter sertifikatet" in geir.get("/").text
    page = geir.click("Se på kunnskapssjekken")
    assert "frivillig" in page.text and NO_THANKS in page.text
    paper = geir.submit(BEGIN)
    assert paper.request.path.startswith("/prove/")
    assert "verken bestås eller strykes på" in paper.text and "Du består med" not in paper.text
    assert "Tilbake til kunnskapssjekken" in paper.text
    printed = geir.click("Vis prøven for utskrift")
    assert "Kunnskapssjekk" in printed.text and "Ettertest" not in printed.text
    assert GO_ON in geir.get(page_of(database)).text
    geir.submit(GO_ON)
    asked = geir.submit("Lever prøven")
    assert "står uten svar" in asked.text
    result = geir.follow(geir.submit("Lever likevel"))
    assert result.request.path == page_of(database)
    assert "Forklaring" in result.text and "Resultat for hvert læringsmål" in result.text
    for word in ("Bestått", "bestått", "Ikke bestått", "Du trengte"):
        assert word not in result.text
    lesson = geir.click("Les om dette: Angsten går over")
    assert lesson.status_code == 200 and lesson.request.path == "/kurs/startopplaering/angsten"
    assert "kunnskapssjekk" not in geir.get("/").text.casefold(), "nothing waits any more"


def test_the_result_of_the_attempt_itself_leads_to_the_page_of_the_check(geir: Browser, database: Database) -> None:
    attempt = checking.answer(database, checking.newest(database).id, on=THREE)
    for path in (f"/prove/{attempt}", f"/prove/{attempt}/resultat", f"/prove/{attempt}/lever"):
        answer = geir.get(path)
        while answer.status_code == 303:
            answer = geir.get(answer.location)
        assert answer.request.path == page_of(database)
    start = geir.post(f"{page_of(database)}/start")
    assert start.location == page_of(database)


def test_nobody_else_sees_or_begins_it_whoever_they_are(
    app: Flask, geir: Browser, database: Database, people: Cast
) -> None:
    attempt = checking.answer(database, checking.newest(database).id, on=THREE)
    for person in checking.everybody(people):
        if person != people.geir:
            other = Browser(app).sign_in_as(database, person)
            assert other.get(page_of(database)).status_code == 404
            assert other.post(f"{page_of(database)}/start").status_code == 404
            assert other.get(f"/prove/{attempt}/resultat").status_code == 404
            assert "Startopplæring" not in other.get("/kunnskapssjekk").text
    for wild in (0, 2**31, 2**63, 10**30):
        assert geir.get(f"/kunnskapssjekk/{wild}").status_code == 404


def test_no_thanks_on_the_page_of_the_check_and_yes_again_on_the_own_page(
    app: Flask, geir: Browser, database: Database, people: Cast
) -> None:
    geir.get(page_of(database))
    said = geir.submit(NO_THANKS)
    assert "ikke flere e-poster" in said.text and YES_AGAIN in said.text
    assert BEGIN in said.text, "the one that is open may still be taken"
    assert "kunnskapssjekk" not in geir.get("/").text.casefold(), "the home page does not mention it again"
    assert night(app, TWELVE)["offered"] == 0
    geir.get("/min-vei")
    geir.click("Frivillige kunnskapssjekker")
    assert "tilbud om kunnskapssjekker igjen" in geir.submit(YES_AGAIN).text
    assert night(app, TWELVE)["offered"] == 1


@pytest.mark.parametrize("given", [{}, {"onsker": ""}, {"onsker": "kanskje"}])
def test_an_answer_that_is_neither_changes_nothing(geir: Browser, given: dict[str, str]) -> None:
    assert geir.post("/kunnskapssjekk/valg", given).status_code == 400
    assert NO_THANKS in geir.get("/kunnskapssjekk").text


def test_reading_a_page_or_following_a_link_never_says_no_thanks(geir: Browser) -> None:
    """Mail programs open links by themselves."""
    assert geir.get("/kunnskapssjekk/valg?onsker=nei").status_code == 405
    assert NO_THANKS in geir.get("/kunnskapssjekk?onsker=nei").text


def test_one_that_is_closed_says_so_and_cannot_be_begun(
    app: Flask, geir: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    first = page_of(database)
    night(app, TWELVE)
    clock.instant = at_local(TWELVE, 12)
    geir.sign_in_as(database, people.geir)
    page = geir.get(first)
    assert "ikke åpen lenger" in page.text and BEGIN not in page.text
    answer = geir.post(f"{first}/start")
    assert answer.status_code == 409 and "ikke åpen lenger" in answer.text
    assert BEGIN in geir.get(page_of(database)).text


def test_who_has_no_certificate_finds_a_calm_page(app: Flask, database: Database, people: Cast) -> None:
    page = Browser(app).sign_in_as(database, people.kari).get("/kunnskapssjekk")
    assert page.status_code == 200
    assert "Du har ingen kunnskapssjekk ennå" in page.text


def test_what_has_stayed_is_told_objective_by_objective_over_two_years(
    app: Flask, geir: Browser, database: Database, people: Cast
) -> None:
    wrong: tuple[tuple[str, ...], ...] = ((), ("ryggen",), ("ryggen", "uroen"))
    for (_months, day), missed in zip(STAGES, wrong, strict=True):
        night(app, day)
        checking.answer(database, checking.newest(database).id, on=day, wrong=missed)
    with database.reading() as session:
        (series,) = series_of(session, PROGRAMME, people.geir, language="nb")
    told = {row.objective: (row.before, *row.after) for row in series.rows}
    assert told == {"ryggen": (1, 1, 0, 0), "uroen": (0, 1, 1, 0)}
    assert series.points == (Fraction(1, 2), 1, Fraction(1, 2), 0)
    assert series.columns == tuple(STAGES)
    page = geir.get("/kunnskapssjekk").text
    for words in ("Forklare hva uro er", "21.09.2026", "23.02.2027", "23.11.2028", "<polyline", "Snitt"):
        assert words in page
    assert 'style="' not in page


def test_one_answer_of_three_leaves_holes(app: Flask, geir: Browser, database: Database, people: Cast) -> None:
    night(app, TWELVE)
    checking.answer(database, checking.newest(database).id, on=TWELVE)
    with database.reading() as session:
        (series,) = series_of(session, PROGRAMME, people.geir, language="nb")
    assert series.columns == ((3, None), (12, TWELVE), (24, None))
    assert [row.after[0] for row in series.rows] == [None, None]
    assert series.points[1] is None and series.points[2] == 1


def test_the_certificate_s_own_pages_say_nothing_of_it(
    geir: Browser, app: Flask, database: Database, people: Cast, held: Certificate
) -> None:
    checking.answer(database, checking.newest(database).id, on=THREE, wrong=["ryggen", "uroen"])
    knut = Browser(app).sign_in_as(database, people.knut)
    for path in (f"/sertifikat/{held.id}", f"/deltakere/{people.geir}", "/register"):
        page = knut.get(path)
        assert page.status_code == 200
        assert "kunnskapssjekk" not in page.text.casefold()
    assert "kunnskapssjekk" not in knut.get(f"/verify/{held.verify_code}").text.casefold()


@pytest.fixture
def crowd(app: Flask, database: Database, people: Cast) -> list[int]:
    """Five holders, four of whom have answered the first check."""
    chosen = [people.geir, people.kari, people.mons, people.stian, people.terje]
    for person in chosen:
        checking.holder(database, person, wrong=["uroen"])
    night(app, THREE)
    with database.reading() as session:
        checks = session.scalars(select(KnowledgeCheck.id).order_by(KnowledgeCheck.id)).all()
    for check in checks[:4]:
        checking.answer(database, check, on=THREE, wrong=["ryggen"])
    return list(checks)


def test_four_persons_are_not_shown_and_five_are_as_a_mean(
    app: Flask, database: Database, people: Cast, crowd: list[int], clock: FrozenClock
) -> None:
    clock.instant = at_local(THREE, 12)
    siri = Browser(app).sign_in_as(database, people.siri)
    siri.get("/register")
    page = siri.click("Se hva som svinner etter sertifikatet")
    assert "Ingen læringsmål har svar fra mange nok ennå" in page.text
    assert "%" not in page.text.split("<main")[1].split("</main")[0]
    checking.answer(database, crowd[4], on=THREE, wrong=["uroen"])
    page = siri.get("/kunnskapssjekk/oversikt")
    assert "Forklare at ryggen er sterk" in page.text
    assert "<strong>20\N{NO-BREAK SPACE}%</strong>" in page.text, "one of five had the back right"
    assert "<strong>80\N{NO-BREAK SPACE}%</strong>" in page.text
    assert "Ettertesten: 100\N{NO-BREAK SPACE}%, 5 personer" in page.text
    assert "For få svar" in page.text, "nobody has come to twelve months"
    for name in ("Geir", "Kari", "Stian"):
        assert name not in page.text


@pytest.mark.parametrize("who", ["geir", "tone", "knut", "ari", "mons"])
def test_only_the_secretariat_sees_groups(
    app: Flask, database: Database, people: Cast, crowd: list[int], who: str
) -> None:
    browser = Browser(app).sign_in_as(database, getattr(people, who))
    assert browser.get("/kunnskapssjekk/oversikt").status_code == 403
    assert "svinner" not in browser.get("/register").text


def test_the_curve_lies_in_its_frame_and_needs_two_points() -> None:
    whole = curve((Fraction(1, 2), Fraction(1), None, Fraction(0)))
    assert whole is not None
    assert whole.points == ((50, 60), (150, 10), (350, 110))
    assert (whole.line, whole.width, whole.height) == ("50,60 150,10 350,110", 400, 120)
    assert curve((None, Fraction(1))) is None
    assert curve(()) is None
