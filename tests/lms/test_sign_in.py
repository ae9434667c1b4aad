"""Signing in, activating, resetting, signing out; sessions live in the database."""

from __future__ import annotations

from flask import Flask

from lms import ids, jobs
from lms import people as accounts
from lms.clock import FrozenClock
from lms.db import Database
from tests.cast import Cast, email_of
from tests.clients import PASSWORD, Browser
from tests.pages import Page
from tests.transports import KeptMail, link_in


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


def test_a_stranger_elsewhere_shuts_nobody_out(browser: Browser, people: Cast, app: Flask) -> None:
    stranger = Browser(app)
    stranger.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    for _ in range(12):
        stranger.post("/logg-inn", {"email": email_of("kari"), "password": "x" * 12})
    browser.sign_in(email_of("kari"))


def test_asking_for_a_new_password_ends_no_invitation(
    browser: Browser, people: Cast, database: Database, app: Flask, outbox_transport: KeptMail
) -> None:
    with database.transaction() as session:
        session.get_one(accounts.Person, people.kari).activated_at = None
    for _ in range(2):
        browser.post("/glemt-passord", {"email": email_of("kari")})
    jobs.send_mail(app)
    first, second = (link_in(mail).removeprefix("http://127.0.0.1:8000") for mail in outbox_transport.sent)
    assert Browser(app).get(first).status_code == Browser(app).get(second).status_code == 200
    chosen = {"password": "en setning som er lang", "again": "en setning som er lang"}
    assert browser.post(second, chosen).status_code == 303
    assert Browser(app).get(first).status_code == 410, "used up together"


def test_somebody_who_has_left_cannot_come_back_by_an_old_link(
    browser: Browser, people: Cast, database: Database, app: Flask, outbox_transport: KeptMail, clock: FrozenClock
) -> None:
    browser.post("/glemt-passord", {"email": email_of("kari")})
    jobs.send_mail(app)
    with database.transaction() as session:
        session.get_one(accounts.Person, people.kari).deactivated_at = clock.now()
    assert browser.get(link_in(outbox_transport.sent[0]).removeprefix("http://127.0.0.1:8000")).status_code == 410


def test_what_was_typed_is_given_back_when_the_session_has_ended(
    browser: Browser, people: Cast, clock: FrozenClock
) -> None:
    browser.sign_in(email_of("tone"))
    clock.advance(hours=13)
    feedback = "Spør mer, forklar mindre. <b>Fint</b> arbeid."
    answer = browser.post("/vurdering/1", {"feedback": feedback, "password": "h" * 30})
    assert answer.status_code == 401
    assert "Spør mer, forklar mindre. &lt;b&gt;Fint&lt;/b&gt; arbeid." in answer.text
    assert "h" * 30 not in answer.text


def test_a_session_ends_by_itself(browser: Browser, people: Cast, clock: FrozenClock) -> None:
    browser.sign_in(email_of("kari"))
    clock.advance(hours=11, minutes=59)
    assert browser.get("/min-side").status_code == 200
    clock.advance(minutes=1)
    assert browser.get("/min-side").status_code == 303


def test_a_forged_host_never_enters_a_mail(
    browser: Browser, people: Cast, app: Flask, outbox_transport: KeptMail
) -> None:
    browser.get("/glemt-passord", base_url="http://evil.example")
    browser.post("/glemt-passord", {"email": email_of("kari")}, base_url="http://evil.example")
    jobs.send_mail(app)
    (mail,) = outbox_transport.to(email_of("kari"))
    assert link_in(mail).startswith("http://127.0.0.1:8000/nytt-passord/")
    assert "evil.example" not in mail.as_string()


def test_forgetting_the_password_tells_nobody_who_has_an_account(
    browser: Browser, people: Cast, app: Flask, outbox_transport: KeptMail
) -> None:
    known = Page(browser.post("/glemt-passord", {"email": email_of("kari")}).text).text
    unknown = Page(browser.post("/glemt-passord", {"email": "ingen@cast.example"}).text).text
    assert known.replace(email_of("kari"), "X") == unknown.replace("ingen@cast.example", "X")
    jobs.send_mail(app)
    assert len(outbox_transport.sent) == 1


def test_a_new_password_signs_every_browser_out_and_works(
    browser: Browser, people: Cast, app: Flask, outbox_transport: KeptMail
) -> None:
    elsewhere = Browser(app).sign_in(email_of("kari"))
    browser.post("/glemt-passord", {"email": email_of("kari")})
    jobs.send_mail(app)
    link = link_in(outbox_transport.sent[0]).removeprefix("http://127.0.0.1:8000")
    assert browser.get(link).status_code == 200
    assert browser.post(link, {"password": "ny og lang setning", "again": "ny og lang setning"}).status_code == 303
    assert elsewhere.get("/min-side").status_code == 303
    assert Browser(app).post("/logg-inn", {"email": email_of("kari"), "password": PASSWORD}).status_code == 422
    Browser(app).sign_in(email_of("kari"), "ny og lang setning")


def test_a_form_without_its_token_changes_nothing_and_says_why(browser: Browser, people: Cast) -> None:
    browser.get("/logg-inn")
    browser.csrf = "forged"
    answer = browser.post("/logg-inn", {"email": email_of("kari"), "password": PASSWORD})
    assert answer.status_code == 400
    assert "stått åpen for lenge" in answer.text
