"""The scripts of a lesson in a real browser: answers are kept as one writes, words explain themselves, films wait."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, Route, expect

from courses.queries import learning as queries
from tests.clients import Browser
from tests.courses import rich
from tests.journeys.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

LESSON = "/kurs/rolig-start/skiven"
HOSTED = "/kurs/rolig-start/smerten"


@pytest.fixture
def kari(site: Site, chromium: Chromium) -> Iterator[BrowserContext]:
    """Kari's browser, at a site with an open course that has one of everything."""
    with site.database.transaction() as session:
        rich.published(session, site.clock.now(), rich.files(kind="open"))
    context = chromium.new_context(base_url=site.url, locale="nb-NO")
    context.set_default_timeout(10_000)
    cookie = Browser(site.app).sign_in_as(site.database, site.people.kari).client.get_cookie("lms")
    assert cookie is not None
    context.add_cookies([{"name": "lms", "value": cookie.value, "url": site.url}])
    yield context
    context.close()


def kept(site: Site) -> dict[str, str]:
    with site.database.reading() as session:
        return queries.answers_of(session, site.people.kari, rich.COURSE)


def opened(kari: BrowserContext, path: str = LESSON) -> Page:
    page = kari.new_page()
    page.goto(path)
    return page


def saved(page: Page) -> None:
    expect(page.locator('[data-status-for="svar-min-rygg"]')).to_have_text(re.compile("^Lagret"))


def test_what_one_writes_is_kept_without_a_button_and_the_newest_text_stands(site: Site, kari: BrowserContext) -> None:
    page = opened(kari)
    field = page.locator("#svar-min-rygg")
    field.fill("Jeg tåler mye.")
    field.blur()
    saved(page)
    assert kept(site) == {"min-rygg": "Jeg tåler mye."}
    field.fill("")
    field.blur()
    page.wait_for_timeout(500)
    assert kept(site) == {}
    page.reload()
    expect(field).to_have_value("")


def test_two_tabs_open_at_once_lose_nothing_of_each_other(site: Site, kari: BrowserContext) -> None:
    first, second = opened(kari), opened(kari)
    second.locator("#svar-min-rygg").fill("Fra den andre fanen.")
    second.locator("#svar-min-rygg").blur()
    saved(second)
    first.get_by_text("Mer om løft").click()
    first.locator("#svar-mitt-loft").fill("Fra den første.")
    first.get_by_role("button", name="Lagre svaret").last.click()
    expect(first.locator("#svar-min-rygg")).to_have_value("Fra den andre fanen.")
    assert kept(site) == {"min-rygg": "Fra den andre fanen.", "mitt-loft": "Fra den første."}


def test_a_text_kept_by_the_script_and_emptied_before_the_button_is_taken_away(
    site: Site, kari: BrowserContext
) -> None:
    page = opened(kari)
    field = page.locator("#svar-min-rygg")
    field.fill("Angrer på dette.")
    field.blur()
    saved(page)
    field.fill("")
    page.get_by_role("button", name="Lagre svaret").first.click()
    expect(page.get_by_text("Svaret er lagret")).to_be_visible()
    assert kept(site) == {}


def test_what_could_not_be_sent_is_told_and_stays_on_the_page(site: Site, kari: BrowserContext) -> None:
    page = opened(kari)
    page.route("**/svar", lambda route: route.abort())
    page.locator("#svar-min-rygg").fill("Uten nett.")
    page.locator("#svar-min-rygg").blur()
    expect(page.locator('[data-status-for="svar-min-rygg"]')).to_have_text(re.compile("^Ikke lagret ennå"))
    expect(page.locator("#svar-min-rygg")).to_have_value("Uten nett.")
    assert kept(site) == {}


def test_a_word_explains_itself_by_keyboard_and_goes_away_again(site: Site, kari: BrowserContext) -> None:
    page = opened(kari)
    bubble = page.get_by_role("tooltip")
    page.locator("a.term").focus()
    expect(bubble).to_have_text(re.compile("^Puten mellom to virvler"))
    assert page.locator("a.term").get_attribute("aria-describedby") == "ordforklaring"
    page.keyboard.press("Escape")
    expect(bubble).to_be_hidden()
    page.locator("a.term").click()
    expect(page).to_have_url(re.compile("#tekst-ord-skive-ord$"))


def test_nothing_is_asked_of_the_host_of_a_film_before_the_reader_says_yes(site: Site, kari: BrowserContext) -> None:
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    kari.route(lambda url: not url.startswith(site.url), refuse)
    page = opened(kari, HOSTED)
    page.wait_for_load_state("networkidle")
    assert asked == []
    page.get_by_role("button", name="Vis filmen").click()
    expect(page.locator("iframe")).to_have_count(1)
    page.wait_for_timeout(300)
    assert asked and all(url.startswith(f"https://{rich.HOST}/") for url in asked)
    opened(kari).wait_for_load_state("networkidle")
    assert len(asked) == 1
