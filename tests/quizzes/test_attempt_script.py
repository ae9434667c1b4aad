"""The script of the paper in a real browser: every answer is saved at once, and none is lost."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Locator, Page, expect
from werkzeug.serving import make_server

from lms import migrate, people
from lms.app import build_app
from lms.clock import FrozenClock
from lms.config import Settings
from lms.db import Database
from quizzes import queries
from quizzes.questions import Kind
from tests import cast
from tests.quizzes.factories import begin, publish, question
from tests.transports import KeptMail
from wsgi import FEATURES

pytestmark = pytest.mark.browser
BANK = [question(f"q-{n}", kind=Kind.MULTIPLE if n == 3 else Kind.SINGLE, options=4) for n in range(4)]
LOST = "Ingen forbindelse"


class Desk:
    """A person at the paper: the page, the browser's context, and what the server has."""

    def __init__(self, context: BrowserContext, database: Database, address: str, cookie: dict[str, str]) -> None:
        self.context, self.database, self.address, self.cookie = context, database, address, cookie
        self.requests: list[str] = []
        self.failures: list[str] = []

    def open(self) -> Page:
        """Open the paper in a new tab."""
        page = self.context.new_page()
        page.on("request", lambda one: self.requests.append(f"{one.method} {one.url.removeprefix(self.address)}"))
        page.on("pageerror", lambda error: self.failures.append(str(error)))
        page.goto(self.address)
        return page

    def sign_in(self) -> None:
        self.context.add_cookies([self.cookie])  # type: ignore[list-item]

    def stored(self) -> dict[int, str]:
        """The answers the server has."""
        with self.database.reading() as session:
            shown = queries.paper(session, int(self.address.rpartition("/")[2]))
        chosen = {one.position: "".join(sorted(o.key for o in one.options if o.chosen)) for one in shown.questions}
        return {position: keys for position, keys in chosen.items() if keys}


@pytest.fixture
def desk(chromium: Chromium, tmp_path: Path, settings: Settings, clock: FrozenClock) -> Iterator[Desk]:
    database = Database(f"sqlite:///{tmp_path / 'browser.sqlite3'}")
    migrate.upgrade(database)
    app = build_app(settings, FEATURES, clock=clock, transport=KeptMail(), database=database)
    with database.transaction() as session:
        kari = cast.assemble(session).kari
        publish(session, BANK)
        attempt = begin(session, kari, BANK, blueprint={"rygg": 4})
        token = people.start_session(session, kari, now=clock.now(), valid_for=timedelta(hours=12))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    site = f"http://127.0.0.1:{server.server_port}"
    cookie = {"name": "lms", "value": _signed(app, token), "url": site}
    context = chromium.new_context()
    desk = Desk(context, database, f"{site}/prove/{attempt.id}", cookie)
    desk.sign_in()
    yield desk
    context.close()
    server.shutdown()
    serving.join()
    server.server_close()
    database.dispose()
    assert desk.failures == []


def _signed(app: Flask, token: str) -> str:
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(serializer.dumps({"_user_id": token, "_fresh": True}))


def wait_until_told(page: Page, beginning: str) -> None:
    """Wait for the line that says how saving goes."""
    expect(page.locator("#lagring")).to_have_text(re.compile(f"^{beginning}"))


def choice(page: Page, kind: str, number: int, key: str) -> Locator:
    """An option, by key, of the so-manieth question of a kind."""
    group = page.locator(f".question:has(input[type={kind}])").nth(number)
    return group.locator(f"input[value={key}]")


def test_a_choice_is_saved_at_once_and_says_so(desk: Desk) -> None:
    page = desk.open()
    expect(page.locator("#lagre")).to_be_hidden()
    choice(page, "radio", 0, "b").check()
    wait_until_told(page, "Lagret")
    assert "b" in desk.stored().values()
    assert page.locator("#besvart").text_content() == "1 av 4 besvart"


def test_several_ticks_on_one_question_make_one_request(desk: Desk) -> None:
    page = desk.open()
    for key in "abc":
        choice(page, "checkbox", 0, key).check()
    wait_until_told(page, "Lagret")
    assert sum(one.startswith("POST") for one in desk.requests) == 1
    assert list(desk.stored().values()) == ["abc"]


def test_without_a_connection_the_page_says_so_keeps_everything_and_sends_it_later(desk: Desk) -> None:
    page = desk.open()
    desk.context.set_offline(True)
    choice(page, "radio", 0, "a").check()
    choice(page, "radio", 1, "b").check()
    wait_until_told(page, LOST)
    page.get_by_role("button", name="Lever prøven").click()
    wait_until_told(page, ".*ikke levert")
    choice(page, "radio", 0, "c").check()
    assert desk.stored() == {}
    desk.context.set_offline(False)
    wait_until_told(page, "Lagret")
    assert sorted(desk.stored().values()) == ["b", "c"]
    assert page.evaluate("localStorage.length") == 0


def test_a_tab_closed_without_a_connection_loses_nothing(desk: Desk) -> None:
    page = desk.open()
    desk.context.set_offline(True)
    choice(page, "radio", 0, "d").check()
    wait_until_told(page, LOST)
    page.close()
    desk.context.set_offline(False)
    assert desk.stored() == {}
    page = desk.open()
    wait_until_told(page, "Lagret")
    assert choice(page, "radio", 0, "d").is_checked()
    assert list(desk.stored().values()) == ["d"]


def test_signed_out_meanwhile_the_answer_waits_until_one_is_back(desk: Desk) -> None:
    page = desk.open()
    desk.context.clear_cookies()
    choice(page, "radio", 0, "b").check()
    wait_until_told(page, "Du er logget ut")
    assert desk.stored() == {}
    desk.sign_in()  # a new session: the page's own CSRF token is of the old one
    wait_until_told(page, "Lagret")
    assert list(desk.stored().values()) == ["b"]


def test_handing_in_right_after_the_last_change_takes_that_change_along(desk: Desk) -> None:
    page = desk.open()
    for number in range(3):
        choice(page, "radio", number, "a").check()
    choice(page, "checkbox", 0, "a").check()
    choice(page, "checkbox", 0, "b").check()
    page.get_by_role("button", name="Lever prøven").click()
    page.wait_for_url("**/resultat")
    assert sorted(desk.stored().values()) == ["a", "a", "a", "ab"]
    page.go_back()
    page.wait_for_url("**/resultat")
