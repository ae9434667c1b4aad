"""Logging a delivery on the way out of the door: few taps, one screen; the partner says yes, and it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator, Page, expect

from courses.services import pairs
from tests.certificates.factories import give_certificate
from tests.courses.fieldwork import YESTERDAY
from tests.journeys.conftest import Site, open_window
from tests.journeys.screens import PHONE, follow, menu, press, shown_flash, sideways, sign_in

KARI, GEIR = "kari@cast.example", "geir@cast.example"
COMPANY, WRONG, RIGHT = "Fiskeforedling AS", "974760674", "974 760 673"
TAPS_MAX = 10

pytestmark = pytest.mark.browser


class Thumb:
    """Taps and fields, counted."""

    def __init__(self) -> None:
        self.used = 0

    def tap(self, what: Locator) -> None:
        self.used += 1
        what.click()

    def type(self, field: Locator, words: str) -> None:
        self.used += 1
        field.fill(words)


@pytest.fixture(autouse=True)
def certified(site: Site) -> None:
    """Kari, Knut and Geir are certified instructors in the same region, Geir alone from the health service."""
    with site.database.transaction() as session:
        for person in (site.people.kari, site.people.knut, site.people.geir):
            give_certificate(session, person, valid_from=YESTERDAY)


def paired(site: Site) -> None:
    """Kari and Geir teach together."""
    with site.database.transaction() as session:
        people, now = site.people, site.clock.now()
        pairs.link(session, person_ids=(people.kari, people.geir), from_on=YESTERDAY, by=people.tone, now=now)


def counted(page: Page) -> Locator:
    """How many deliveries count for the one who looks, on the own log."""
    page.goto("/leveranser")
    return page.get_by_role("heading", name="Teller for deg")


def test_a_delivery_with_a_partner_is_few_taps_and_counts_for_both_once_the_partner_has_said_yes(
    site: Site, phone: Page, window: Callable[[int], Page]
) -> None:
    sign_in(phone, GEIR)
    menu(phone, "Leveranser")
    thumb, form = Thumb(), phone.locator("form.quick")
    thumb.type(form.get_by_label("Bedrift"), COMPANY)
    thumb.tap(form.get_by_role("radio", name="Psykisk helse"))
    thumb.tap(form.get_by_role("radio", name="Modell 2"))
    thumb.type(form.get_by_label("Ansatte"), "24")
    thumb.type(form.get_by_label("Ledere"), "2")
    form.get_by_label("Partner").select_option("Kari Åsen, Tromsø")
    thumb.used += 2  # a list is opened, then chosen from
    box = form.bounding_box()
    assert box is not None and box["height"] <= 800, "the form is one screen"
    thumb.tap(form.get_by_role("button", name="Registrer leveransen"))
    shown_flash(phone, "Partneren din får en e-post og kan bekrefte den")
    assert thumb.used <= TAPS_MAX and sideways(phone) == 0

    partner = window(PHONE)
    sign_in(partner, KARI)
    expect(counted(partner)).to_have_text("Teller for deg: 0")
    partner.goto("/")
    follow(partner, "1 leveranse å bekrefte")
    press(partner, "Ja, jeg var med")
    shown_flash(partner, "Leveransen er bekreftet, og teller for deg fra i dag")
    assert sideways(partner) == 0
    for page in (phone, partner):
        expect(counted(page)).to_have_text("Teller for deg: 1")
        menu(page, "Min vei")
        expect(page.get_by_role("main")).to_contain_text("1 av 6")
        assert sideways(page) == 0

    menu(phone, "Leveranser")
    follow(phone, "En til her")
    expect(phone.get_by_label("Bedrift")).to_have_value(COMPANY)
    again = Thumb()
    again.tap(phone.get_by_role("radio", name="Muskel og skjelett"))
    again.tap(phone.get_by_role("button", name="Registrer leveransen"))
    shown_flash(phone, "Leveransen er registrert")
    assert again.used <= 2


def test_whom_one_teaches_with_stands_there_already(site: Site, phone: Page) -> None:
    paired(site)
    sign_in(phone, GEIR)
    menu(phone, "Leveranser")
    expect(phone.get_by_label("Partner")).to_have_value(str(site.people.kari))
    first = phone.get_by_label("Partner").locator("option").nth(1)
    expect(first).to_have_text("Kari Åsen, Tromsø")


@pytest.fixture
def complaining(chromium: Chromium, site: Site) -> Iterator[Page]:
    """A phone whose console may complain of what a form refused."""
    complaints: list[str] = []
    with open_window(chromium, site, width=PHONE, complaints=complaints) as page:
        yield page
        assert [said for said in complaints if "status of 422" not in said] == []
        complaints.clear()


def test_a_wrong_organisation_number_keeps_what_was_typed(site: Site, complaining: Page) -> None:
    page = complaining
    sign_in(page, GEIR)
    menu(page, "Leveranser")
    page.get_by_label("Bedrift").fill(COMPANY)
    page.get_by_role("radio", name="Partsmodul").click()
    page.get_by_role("radio", name="Modell 1").click()
    page.get_by_label("Ansatte").fill("7")
    page.get_by_label("Partner").select_option("Kari Åsen, Tromsø")
    page.get_by_text("Org.nr. og varighet").click()
    page.get_by_label("Organisasjonsnummer").fill(WRONG)
    press(page, "Registrer leveransen")
    number = page.get_by_role("textbox", name="Organisasjonsnummer")
    expect(number).to_be_visible()
    expect(number).to_have_value(WRONG)
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Bedrift")).to_have_value(COMPANY)
    expect(page.get_by_role("radio", name="Partsmodul")).to_be_checked()
    expect(page.get_by_role("radio", name="Modell 1")).to_be_checked()
    expect(page.get_by_label("Ansatte")).to_have_value("7")
    expect(page.get_by_label("Partner")).to_have_value(str(site.people.kari))
    told = (
        page.locator("#leaders")
        .locator("xpath=ancestor::*[contains(@class, 'ds-field')][1]")
        .get_by_text("Fyll ut dette feltet.")
    )
    box = told.bounding_box()
    assert box is not None and box["height"] < 40, "what is wrong stands on a line, not a letter at a time"
    assert sideways(page) == 0
    page.get_by_label("Ledere").fill("0")
    number.fill(RIGHT)
    press(page, "Registrer leveransen")
    shown_flash(page, "Leveransen er registrert")
