"""The screen in the room turns its code by itself, and the phone finds it good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from courses.seminars import days_of
from lms.clock import local_date
from tests.clients import Browser
from tests.courses.fieldwork import day_ids, plan
from tests.journeys.conftest import Site, open_window
from tests.journeys.screens import PHONE, sideways

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]


def become(site: Site, page: Page, person_id: int) -> None:
    cookie = Browser(site.app).sign_in_as(site.database, person_id).client.get_cookie("lms")
    assert cookie is not None
    page.context.add_cookies([{"name": "lms", "value": cookie.value, "url": site.url}])


def test_the_code_turns_on_the_screen_and_works_on_the_phone(site: Site, page: Page, chromium: Chromium) -> None:
    now, today = site.clock.now(), local_date(site.clock.now())
    days = days_of({1: [today, today + timedelta(days=1)]})
    seminar = plan(site.database, site.people.nord, now=now, days=days, seated=[site.people.kari])
    complaints: list[str] = []
    with open_window(chromium, site, width=PHONE, complaints=complaints) as phone:
        become(site, page, site.people.tone)
        become(site, phone, site.people.kari)
        from_screen_to_phone(site, page, phone, day_ids(site.database, seminar.id)[0], seminar.id)
        assert [said for said in complaints if "status of 422" not in said] == []
        complaints.clear()


def from_screen_to_phone(site: Site, screen: Page, phone: Page, day: int, seminar: int) -> None:
    screen.clock.install()
    screen.goto(f"/samlinger/{seminar}/dag/{day}/innsjekk")
    screen.get_by_role("button", name="Åpne innsjekkingen").click()
    shown = screen.locator(".code")
    first = shown.inner_text()
    expect(screen.get_by_role("img", name="QR-kode")).to_be_visible()
    site.clock.advance(minutes=11)
    screen.clock.fast_forward(20_000)
    expect(shown).not_to_have_text(first)
    phone.goto("/")
    phone.get_by_role("link", name="Sjekk inn").click()
    field = phone.get_by_label("Koden som vises i rommet")
    field.fill(first)
    with phone.expect_navigation():
        phone.get_by_role("button", name="Sjekk inn").click()
    expect(phone.locator("#feil")).to_contain_text("Koden stemmer ikke")
    assert field.input_value() == first and sideways(phone) == 0
    field.fill(shown.inner_text())
    with phone.expect_navigation():
        phone.get_by_role("button", name="Sjekk inn").click()
    expect(phone.get_by_text("Du er sjekket inn.")).to_be_visible()
    screen.clock.fast_forward(20_000)
    expect(screen.get_by_text("1 av 1 er registrert som til stede.")).to_be_visible()
