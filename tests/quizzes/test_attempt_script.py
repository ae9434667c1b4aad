"""The script of the paper in a real browser: every answer is saved at once, and none is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator, Page, expect

from lms.clock import FrozenClock
from lms.config import Settings
from quizzes.questions import Kind
from tests.quizzes.desk import Desk, at_desk
from tests.quizzes.factories import question

pytestmark = pytest.mark.browser
BANK = [question(f"q-{n}", kind=Kind.MULTIPLE if n == 3 else Kind.SINGLE, options=4) for n in range(4)]
LOST = "Ingen forbindelse"


@pytest.fixture
def desk(chromium: Chromium, tmp_path: Path, settings: Settings, clock: FrozenClock) -> Iterator[Desk]:
    with at_desk(chromium, tmp_path, settings, clock, BANK) as desk:
        yield desk


def wait_until_told(page: Page, beginning: str) -> None:
    """Wait for the line that says how saving goes."""
    expect(page.locator("#lagring")).to_have_text(re.compile(f"^{beginning}"))


def choice(page: Page, kind: str, number: int, key: str) -> Locator:
    """An option, by key, of the so-manieth question of a kind."""
    group = page.locator(f".question:has(input[type={kind}]:not([data-flag]))").nth(number)
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
    assert desk.stored() == {}
    page.close()
    desk.context.set_offline(False)
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
    page.wait_for_url("**/lever")
    page.get_by_role("button", name="Lever prøven").click()
    page.wait_for_url("**/resultat")
    assert sorted(desk.stored().values()) == ["a", "a", "a", "ab"]
    page.go_back()
    page.wait_for_url("**/resultat")
