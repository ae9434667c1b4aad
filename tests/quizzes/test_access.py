"""Having an attempt is the permission to answer it: nobody else so much as learns that it exists."""

from __future__ import annotations

import pytest

from lms.db import Database
from quizzes import queries
from tests.cast import Cast
from tests.clients import Browser
from tests.quizzes.factories import begin, publish, questions

PAGES = [
    ("get", ""),
    ("get", "/resultat"),
    ("get", "/lever"),
    ("post", "/lever"),
    ("post", "/svar"),
    ("post", "/svar/1"),
]


def karis_attempt(database: Database, people: Cast) -> int:
    bank = questions(20)
    with database.transaction() as session:
        publish(session, bank)
        return begin(session, people.kari, bank).id


@pytest.mark.parametrize("method, page", PAGES)
def test_another_persons_attempt_is_not_found_whatever_the_role(
    database: Database, people: Cast, browser: Browser, method: str, page: str
) -> None:
    attempt_id = karis_attempt(database, people)
    for other in (people.mons, people.tone, people.knut, people.siri):
        browser.sign_in_as(database, other)
        foreign = getattr(browser, method)(f"/prove/{attempt_id}{page}")
        unknown = getattr(browser, method)(f"/prove/{attempt_id + 1}{page}")
        assert foreign.status_code == unknown.status_code == 404
        assert _bare(foreign.text, attempt_id) == _bare(unknown.text, attempt_id + 1)
    with database.reading() as session:
        paper = queries.paper(session, attempt_id)
    assert (paper.answered, paper.submitted_at) == (0, None)


@pytest.mark.parametrize("method, page", PAGES)
def test_a_stranger_is_asked_to_sign_in(
    database: Database, people: Cast, browser: Browser, method: str, page: str
) -> None:
    attempt_id = karis_attempt(database, people)
    answer = getattr(browser, method)(f"/prove/{attempt_id}{page}")
    assert answer.status_code == 303
    assert answer.location.startswith("/logg-inn")


@pytest.mark.parametrize("number", ["0", "2147483648", "9" * 30])
def test_numbers_no_row_can_have_are_not_found(database: Database, people: Cast, browser: Browser, number: str) -> None:
    attempt_id = karis_attempt(database, people)
    browser.sign_in_as(database, people.kari)
    assert browser.get(f"/prove/{number}").status_code == 404
    assert browser.post(f"/prove/{attempt_id}/svar/{number}", {"svar": "a"}).status_code == 404


@pytest.mark.parametrize("page", ["/svar", "/svar/1", "/lever"])
def test_nothing_is_changed_without_the_csrf_token(
    database: Database, people: Cast, browser: Browser, page: str
) -> None:
    attempt_id = karis_attempt(database, people)
    browser.sign_in_as(database, people.kari)
    answer = browser.client.post(f"/prove/{attempt_id}{page}", data={"sporsmal": "1", "svar-1": "a", "svar": "a"})
    assert answer.status_code == 400
    with database.reading() as session:
        paper = queries.paper(session, attempt_id)
    assert (paper.answered, paper.submitted_at) == (0, None)


def _bare(html: str, attempt_id: int) -> str:
    """A page without what differs by nature: tokens and its own address."""
    lines = (line for line in html.splitlines() if "csrf_token" not in line)
    return "\n".join(lines).replace(f"/prove/{attempt_id}", "/prove/N")
