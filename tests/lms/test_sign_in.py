"""Signing in, activating, resetting, signing out; sessions live in the database."""

from __future__ import annotations

from lms import ids
from lms import people as accounts
from lms.clock import FrozenClock
from lms.db import Database
from tests.cast import Cast, email_of
from tests.clients import PASSWORD, Browser


def test_a_person_signs_in_and_sees_the_own_name(browser: Browser, people: Cast) -> None:
    browser.sign_in(email_of("kari"))
    assert "Kari Åsen" in browser.get("/").text


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(browser: Browser, people: Cast) -> None:
    wrong = browser.post("/logg-inn", {"email": email_of("kari"), "password": "feil passord her"})
    unknown = browser.post("/logg-inn", {"email": "ingen@cast.example", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 422
    assert "passer ikke sammen" in wrong.text
    assert "passer ikke sammen" in unknown.text


def test_the_eleventh_try_in_a_quarter_is_told_to_wait(browser: Browser, people: Cast) -> None:
    for _ in range(10):
        assert browser.post("/logg-inn", {"email": email_of("kari"), "password": "x" * 12}).status_code == 422
    refused = browser.post("/logg-inn", {"email": email_of("kari"), "password": PASSWORD})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60


def test_signing_out_ends_the_session_in_the_database(browser: Browser, people: Cast, database: Database) -> None:
    browser.sign_in(email_of("kari"))
    with browser.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    browser.post("/logg-ut")
    with browser.client.session_transaction() as cookie:
        cookie["_user_id"] = token  # the old cookie, kept by somebody
    assert browser.get("/min-side").status_code == 303
    with database.reading() as session:
        assert session.get(accounts.WebSession, ids.token_hash(token)) is None


def test_a_session_ends_by_itself(browser: Browser, people: Cast, clock: FrozenClock) -> None:
    browser.sign_in(email_of("kari"))
    clock.advance(hours=11, minutes=59)
    assert browser.get("/min-side").status_code == 200
    clock.advance(minutes=1)
    assert browser.get("/min-side").status_code == 303


def test_a_form_without_its_token_changes_nothing_and_says_why(browser: Browser, people: Cast) -> None:
    browser.get("/logg-inn")
    browser.csrf = "forged"
    answer = browser.post("/logg-inn", {"email": email_of("kari"), "password": PASSWORD})
    assert answer.status_code == 400
    assert "stått åpen for lenge" in answer.text
