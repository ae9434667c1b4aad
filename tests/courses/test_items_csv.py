"""The figures about questions as CSV: what the page shows, for those who see it, and nothing a spreadsheet runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

import pytest

from lms.clock import FrozenClock
from lms.db import Database
from quizzes import withdrawing
from quizzes.withdrawal import Way
from tests.cast import Cast
from tests.clients import Browser
from tests.courses import factories

PAGE = f"/kurs/{factories.COURSE}/innhold/statistikk"


@pytest.fixture
def sat(database: Database, people: Cast, clock: FrozenClock) -> None:
    """Six have taken both tests, nothing answered before and all right after. A title begins like a formula."""
    files = factories.files()
    files["02-uro/questions.md"] = files["02-uro/questions.md"].replace(b"Sp\xc3\xb8rsm\xc3\xa5l uro-1", b"=1+1;&quot")
    course, assets = factories.compiled(files)
    with database.transaction() as session:
        factories.publish(session, course, assets, published_by=None, now=clock.now())
        for person_id in (people.kari, people.stian, people.mons, people.tone, people.geir, people.sonja):
            factories.passed(session, person_id, clock.now())


def rows(browser: Browser) -> list[Mapping[str, str]]:
    answer = browser.get(f"{PAGE}.csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert f'filename="sporsmal-{factories.COURSE}.csv"' in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def test_a_row_for_each_question_and_form_with_what_the_page_says(
    browser: Browser, database: Database, people: Cast, sat: None
) -> None:
    browser.sign_in_as(database, people.ari).get(PAGE)
    assert browser.click("Last ned som CSV").request.path == f"{PAGE}.csv"
    found = rows(browser)
    assert {row["Id"] for row in found} == {*(f"rygg-{n}" for n in range(1, 5)), "uro-1", "uro-2"}
    for row in found:
        if int(row["Antall svar"]) < 5:
            assert {row[name] for name in ("Løsningsgrad", "Ikke besvart", "Fordeling av svarene")} == {""}
        else:
            before = row["Prøve"] == "førtest"
            assert (row["Løsningsgrad"], row["Ikke besvart"]) == (("0", "100") if before else ("100", "0"))
    counts: dict[str, int] = {}
    for row in found:
        counts[row["Prøve"]] = counts.get(row["Prøve"], 0) + int(row["Antall svar"])
    assert counts == {"førtest": 18, "ettertest": 18}


def test_nothing_in_it_is_run_by_a_spreadsheet(browser: Browser, database: Database, people: Cast, sat: None) -> None:
    browser.sign_in_as(database, people.ari)
    titles = {row["Spørsmål"] for row in rows(browser) if row["Id"] == "uro-1"}
    assert titles == {"'=1+1;&quot"}


def test_withdrawn_questions_and_those_never_asked_are_there(
    browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now())
        withdrawing.withdraw(
            session, bank=factories.COURSE, question_id="rygg-2", way=Way.FULL, reason="Galt.", actor_id=people.siri,
            now=clock.now(),
        )  # fmt: skip
    browser.sign_in_as(database, people.ari)
    with database.transaction() as session:
        factories.passed(session, people.kari, clock.now())
    states = {row["Id"]: row["Tilstand"] for row in rows(browser)}
    assert len(states) == 6
    assert {id for id, state in states.items() if state} == {"rygg-2"}
    assert states["rygg-2"] == "trukket"


def test_only_those_who_see_the_page_get_the_file(
    browser: Browser, database: Database, people: Cast, sat: None
) -> None:
    for who in (people.kari, people.mons, people.ari, people.siri):
        browser.sign_in_as(database, who)
        assert browser.get(f"{PAGE}.csv").status_code == browser.get(PAGE).status_code
    assert browser.get("/kurs/ukjent/innhold/statistikk.csv").status_code == 404
    assert browser.sign_in_as(database, people.kari).get(f"{PAGE}.csv").status_code == 403
