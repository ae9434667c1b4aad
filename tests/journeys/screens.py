"""What a person does in a window of Chromium: signs in, answers a question. Found as people find it, by its words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from playwright.sync_api import Locator, Page, expect

from tests.clients import PASSWORD

PHONE = 360


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """In through the form, and home."""
    page.goto("/logg-inn")
    page.get_by_label("E-postadresse").fill(email)
    page.get_by_label("Passord", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Logg inn").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hei, ")


def menu(page: Page, words: str) -> None:
    """Follow a link of the main menu, which a phone hides behind one button."""
    if page.viewport_size and page.viewport_size["width"] <= PHONE:
        page.get_by_role("banner").get_by_text("Meny", exact=True).click()
    page.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name=words, exact=True).click()


def press(page: Page, words: str | re.Pattern[str]) -> None:
    """Press the button with these words."""
    page.get_by_role("main").get_by_role("button", name=words).click()


def follow(page: Page, words: str | re.Pattern[str]) -> None:
    """Follow the link with these words."""
    page.get_by_role("main").get_by_role("link", name=words).click()


def question(page: Page, number: int) -> Locator:
    """A question of a paper, with its answers."""
    return page.get_by_role("group", name=re.compile(rf"^Spørsmål {number} av "))


def options(page: Page, number: int) -> Locator:
    """The answers to choose from."""
    return question(page, number).locator("input:not([type=hidden], [data-flag])")


def answer(page: Page, number: int, keys: Iterable[str]) -> None:
    """Choose the answers with these keys."""
    for key in keys:
        question(page, number).locator(f"input[value='{key}']").check()


def chosen(page: Page, number: int) -> tuple[str, ...]:
    """The keys of what is ticked in a question."""
    return tuple(
        sorted(tick.input_value() for tick in question(page, number).locator("input:checked:not([data-flag])").all())
    )


def choose_level(page: Page, words: str) -> None:
    """The same level of every criterion on the sheet of an assessment."""
    expect(page.get_by_role("button", name="Lever vurderingen")).to_be_visible()
    for radio in page.get_by_role("radio", name=words).all():
        radio.check()


def saving(page: Page) -> Locator:
    """The line of a paper that says how the saving goes."""
    return page.locator("#lagring")


def shown_flash(page: Page, words: str) -> None:
    """The page says what has just been done."""
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def sideways(page: Page) -> int:
    """How many pixels the page that has arrived is wider than its window: ask for something only it has first."""
    page.wait_for_load_state()
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
