"""The same site without a mouse, and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from tests.clients import PASSWORD
from tests.journeys.conftest import Site
from tests.journeys.screens import PHONE, chosen, follow, menu, options, press, saving, shown_flash, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

KARI = "kari@cast.example"
TABS_MAX = 250
# What has the focus: its words, whether a ring shows it, and whether it is in sight with nothing over it.
FOCUSED = """() => {
  const one = document.activeElement;
  const words = one.labels?.length ? one.labels[0].innerText : one.innerText || one.getAttribute("aria-label") || "";
  const box = one.getBoundingClientRect();
  const outlined = [one, one.closest(".ds-field")].filter(Boolean).map((element) => getComputedStyle(element))
    .some(({outlineStyle, outlineWidth}) => outlineStyle !== "none" && parseFloat(outlineWidth) >= 2);
  const ring = outlined || (one.matches(".ds-skip-link") && box.width > 100);
  const [x, y] = [box.x + Math.min(box.width / 2, 20), box.y + Math.min(box.height / 2, 10)];
  const top = document.elementFromPoint(x, y);
  const seen = one === top || one.contains(top);
  return {words: words.trim(), ring, seen, tag: one.tagName, html: one.outerHTML.slice(0, 200)};
}"""


def tab(page: Page) -> Mapping[str, Any]:
    """Press Tab; what has the focus now can be seen to have it."""
    page.keyboard.press("Tab")
    focused: Mapping[str, Any] = page.evaluate(FOCUSED)
    if focused["tag"] != "BODY":
        assert focused["ring"], f"no ring around {focused['html']}"
        assert focused["seen"], f"out of sight: {focused['html']}"
    return focused


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has these words has the focus."""
    met = []
    for _ in range(TABS_MAX):
        met.append(tab(page)["words"])
        if met[-1].startswith(words):
            return
    raise AssertionError(f"the Tab key never comes to «{words}», only to {met}")


def go(page: Page, words: str) -> None:
    """Tab to a link or button, and press Enter."""
    tab_to(page, words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.usefixtures("short")
def test_from_sign_in_to_a_lesson_with_nothing_but_the_keyboard(site: Site, page: Page) -> None:
    page.goto("/logg-inn")
    assert tab(page)["words"] == "Hopp til innholdet"
    page.keyboard.press("Enter")
    assert tab(page)["words"] == "E-postadresse", "the skip link leads past the header"
    page.keyboard.type(KARI)
    tab_to(page, "Passord")
    page.keyboard.type(PASSWORD)
    go(page, "Logg inn")
    go(page, "Se kurset")
    go(page, "Begynn på kurset")
    go(page, "Ta førtesten")
    first = options(page, 1).first
    tab_to(page, first.evaluate("input => input.labels[0].innerText.trim()"))
    page.keyboard.press("Space")
    assert len(chosen(page, 1)) == 1
    expect(saving(page)).to_contain_text("Lagret ")
    go(page, "Lever prøven")
    go(page, "Lever likevel")
    go(page, "Tilbake til kurset")
    go(page, "Begynn på første leksjon")
    assert tab(page)["words"] == "Hopp til innholdet"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "innhold"
    heading = page.get_by_role("heading", level=1).inner_text()
    go(page, "Ferdig – gå videre")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(heading)


@pytest.fixture
def plain(chromium: Chromium, site: Site) -> Iterator[Page]:
    """A phone's browser that runs no scripts."""
    context = chromium.new_context(
        base_url=site.url, viewport={"width": PHONE, "height": 800}, locale="nb-NO", java_script_enabled=False
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.mark.usefixtures("short")
def test_from_sign_in_to_a_lesson_without_javascript(plain: Page) -> None:
    sign_in(plain, KARI)
    menu(plain, "Kurs")
    follow(plain, "Grunnopplæring: startopplæring")
    press(plain, "Begynn på kurset")
    press(plain, "Ta førtesten")
    options(plain, 1).first.check()
    press(plain, "Lagre svarene")
    shown_flash(plain, "Svarene er lagret")
    assert len(chosen(plain, 1)) == 1
    options(plain, 2).first.check()
    press(plain, "Lever prøven")
    press(plain, "Lever likevel")
    expect(plain.get_by_role("heading", name="Resultatet ditt")).to_be_visible()
    follow(plain, "Tilbake til kurset")
    follow(plain, "Begynn på første leksjon")
    expect(plain.get_by_role("button", name="Ferdig – gå videre")).to_be_visible()
    first = plain.url
    press(plain, "Ferdig – gå videre")
    expect(plain).not_to_have_url(first)
    expect(plain.get_by_role("button", name="Ferdig – gå videre")).to_be_visible()
    menu(plain, "Kurs")
    expect(plain.get_by_text("1 av 10 leksjoner").first).to_be_visible()
