"""The shell of every page: security headers, languages, errors, sign-in demanded, health."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms import jobs
from lms.clock import FrozenClock
from lms.db import Database
from lms.web import safe_target
from tests.cast import Cast, email_of
from tests.clients import Browser


def test_every_answer_carries_the_strict_policy(stranger: FlaskClient) -> None:
    for path in ("/", "/logg-inn", "/finnes-ikke", "/healthz", "/static/app.css"):
        headers = stranger.get(path, buffered=True).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"


def test_pages_are_not_kept_by_browsers_but_versioned_assets_are(stranger: FlaskClient) -> None:
    assert stranger.get("/").headers["Cache-Control"] == "no-store"
    assert "immutable" in stranger.get("/static/app.css?v=1", buffered=True).headers["Cache-Control"]
    assert "immutable" not in stranger.get("/static/app.css", buffered=True).headers["Cache-Control"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Browser, people: Cast) -> None:
    browser.get("/logg-inn")
    answer = browser.post("/logg-inn", {"email": email_of("kari"), "password": "rolig som en fjellvidde"})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_page_asks_for_sign_in_and_leads_back(browser: Browser, people: Cast) -> None:
    asked = browser.get("/min-side?x=1")
    assert asked.status_code == 303
    assert asked.location == "/logg-inn?videre=/min-side?x%3D1"
    browser.get(asked.location)
    answer = browser.post(asked.location, {"email": email_of("kari"), "password": "rolig som en fjellvidde"})
    assert answer.location == "/min-side?x=1"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\\\\evil", "", None, "evil"],
)
def test_signing_in_never_leads_to_another_site(target: str | None) -> None:
    assert safe_target(target) is None


@pytest.mark.parametrize(
    ("asked_for", "lang"),
    [
        ("nb", "nb"),
        ("no", "nb"),
        ("nn-NO,nn;q=0.9", "nn"),
        ("en-GB", "en"),
        ("sv,de", "nb"),
        ("", "nb"),
        ("x" * 500, "nb"),
    ],
)
def test_the_browsers_language_is_met(stranger: FlaskClient, asked_for: str, lang: str) -> None:
    page = stranger.get("/", headers={"Accept-Language": asked_for}).text
    assert f'<html lang="{lang}"' in page


def test_a_chosen_language_stays_for_strangers_and_people(browser: Browser, people: Cast, database: Database) -> None:
    browser.get("/")
    browser.post("/sprak/en")
    assert '<html lang="en"' in browser.get("/").text
    browser.sign_in_as(database, people.kari)
    assert '<html lang="nb"' in browser.get("/").text
    browser.post("/sprak/nn")
    assert '<html lang="nn"' in browser.get("/").text


def test_an_unknown_address_says_so_in_words_and_as_json(stranger: FlaskClient) -> None:
    page = stranger.get("/finnes-ikke")
    assert page.status_code == 404
    assert "Vi fant ikke siden." in page.text
    answer = stranger.get("/finnes-ikke", headers={"Accept": "application/json"})
    assert answer.json == {"status": 404, "title": "Vi fant ikke siden.", "reasons": []}


def test_too_large_a_form_is_refused(browser: Browser, people: Cast, database: Database) -> None:
    browser.sign_in_as(database, people.kari)
    assert browser.post("/min-side", {"locale": "nb", "x": "y" * (3 * 1024 * 1024)}).status_code == 413


@pytest.mark.parametrize("path", ["/folk/?q=%00", "/verify/%00", "/logg-inn?videre=%00", "/aktiver/%00", "/kurs/%00"])
def test_a_nul_byte_breaks_nothing(browser: Browser, people: Cast, database: Database, path: str) -> None:
    browser.sign_in_as(database, people.knut)
    assert browser.get(path).status_code < 500
    invited = {"name": "a\0b", "email": "a\0b@x.example", "unit": people.nord, "sector": "nav", "locale": "nb\0"}
    assert browser.post("/folk/inviter", invited).status_code < 500


@pytest.mark.parametrize("path", ["/folk/2147483648", "/sertifikat/99999999999999999999", "/prove/2147483648"])
def test_a_number_no_database_keeps_is_no_address(
    browser: Browser, people: Cast, database: Database, path: str
) -> None:
    browser.sign_in_as(database, people.siri)
    assert browser.get(path).status_code == 404


def test_deep_json_sent_to_a_form_is_not_looked_into(stranger: FlaskClient, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    answer = stranger.post("/glemt-passord", data="[" * 50_000, content_type="application/json")
    assert answer.status_code == 422


def test_an_unexpected_fault_is_told_without_its_inside(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken() -> str:
        raise RuntimeError("secret inside")

    broken.is_public = True  # type: ignore[attr-defined]
    app.add_url_rule("/broken", "broken", broken)
    answer = app.test_client().get("/broken")
    assert answer.status_code == 500
    assert "secret inside" not in answer.text
    assert "secret inside" in caplog.text


def test_readiness_speaks_of_database_migrations_and_worker(
    stranger: FlaskClient, app: Flask, database: Database, clock: FrozenClock
) -> None:
    assert stranger.get("/healthz").json == {"status": "ok"}
    before = stranger.get("/readyz")
    assert before.status_code == 503
    assert before.json == {"database": True, "migrations": True, "worker": False}
    jobs.give_sign_of_life(app, "test")
    assert stranger.get("/readyz").status_code == 200
    clock.advance(minutes=11)
    assert stranger.get("/readyz").status_code == 503
