"""Between the parts on phones: a visit planned, told of and confirmed by a mentor without an account; the plan kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from courses.services import pairs
from lms import jobs
from lms.clock import at_local, local_date
from tests.journeys.conftest import Site
from tests.journeys.screens import PHONE, follow, menu, press, shown_flash, sideways, sign_in
from tests.transports import link_in

KARI, GEIR, TONE, ASE = "kari@cast.example", "geir@cast.example", "tone@cast.example", "ase@vest.example"

pytestmark = pytest.mark.browser


def on(site: Site, day: date) -> None:
    """It is ten o'clock on a day."""
    site.clock.instant = at_local(day, 10)


def test_from_a_planned_visit_to_one_a_mentor_has_confirmed_on_a_phone(
    site: Site, page: Page, phone: Page, window: Callable[[int], Page]
) -> None:
    today = local_date(site.clock.now())
    tomorrow, people = today + timedelta(days=1), site.people
    with site.database.transaction() as session:
        now = site.clock.now()
        pairs.link(session, person_ids=(people.kari, people.geir), from_on=today, by=people.tone, now=now)
    sign_in(phone, KARI)
    menu(phone, "Hospitering")
    follow(phone, "Legg inn en hospitering")
    phone.get_by_label("Dato").fill(tomorrow.isoformat())
    phone.get_by_label("Bedrift").fill("Tromsø Bygg")
    phone.get_by_label("Psykisk helse").check()
    phone.get_by_label("Modell 2").check()
    phone.get_by_label("Navn på mentoren").fill("Åse Vestby")
    phone.get_by_label("E-postadressen til mentoren").fill(ASE)
    phone.get_by_label("Legg den inn for makkeren min også").check()
    press(phone, "Gå videre")
    shown_flash(phone, "Hospiteringen er planlagt")
    on(site, tomorrow)
    sign_in(phone, KARI)
    follow(phone, "1 hospitering venter på rapport")
    follow(phone, "Skriv rapporten")
    phone.get_by_label("Hvordan ble budskapet formidlet?").fill("Rolig.")
    phone.get_by_label("Hvor så du ikke-formyndende formidling?").fill("Hun spurte før hun svarte.")
    phone.get_by_label("Hva tar du med deg til din egen formidling?").fill("Å tåle stillheten.")
    press(phone, "Lever rapporten")
    shown_flash(phone, "Åse Vestby har fått en lenke på e-post")
    assert sideways(phone) == 0
    jobs.send_mail(site.app)
    mentors = window(PHONE)
    mentors.goto(link_in(site.mail.to(ASE)[-1]))
    expect(mentors.get_by_role("heading", level=1)).to_have_text("Stemmer dette?")
    expect(mentors.get_by_role("main")).not_to_contain_text("Å tåle stillheten.")
    assert sideways(mentors) == 0
    mentors.get_by_label("Hva skal rettes?").fill("Det var modell 1.")
    press(mentors, "Nei, send tilbake med kommentaren")
    expect(mentors.get_by_role("heading", level=1)).to_have_text("Takk, dette er besvart")
    phone.goto("/hospitering")
    follow(phone, "Rett rapporten")
    follow(phone, "Endre dag, bedrift, moduler eller mentor")
    phone.get_by_label("Modell 1").check()
    press(phone, "Lagre endringene")
    follow(phone, "Rett rapporten og send den på nytt")
    press(phone, "Lever rapporten")
    jobs.send_mail(site.app)
    mentors.goto(link_in(site.mail.to(ASE)[-1]))
    press(mentors, "Ja, bekreft")
    expect(mentors.get_by_role("main")).to_contain_text("Du har bekreftet hospiteringen")
    sign_in(page, GEIR)
    follow(page, "1 hospitering fra makkeren venter på ja fra deg")
    follow(page, "Svar makkeren")
    press(page, "Ja, den er også min")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rapport fra Tromsø Bygg")
    sign_in(page, TONE)
    page.goto(f"/deltakere/{people.kari}")
    expect(page.get_by_role("region", name="Mellom del 1 og del 2")).to_contain_text("bekreftet via lenke Åse Vestby")


def test_the_plan_is_kept_while_it_is_written_and_read_when_it_is_handed_in(
    site: Site, page: Page, phone: Page
) -> None:
    sign_in(phone, KARI)
    menu(phone, "Hospitering")
    follow(phone, "Planen min til del 2")
    phone.get_by_label("Hva jeg vil øve på").fill("Spørre mer.")
    expect(phone.get_by_text("Lagret").first).to_be_visible()
    phone.get_by_label("Lenke til presentasjonen").fill("https://plan.example/kari")
    phone.get_by_label("Presentasjonen jeg skal holde på del 2").fill("Psykisk helse, for ledere.")
    press(phone, "Lever planen")
    shown_flash(phone, "Planen er levert som versjon 1")
    phone.set_input_files("#file", {"name": "Min.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    press(phone, "Last opp")
    shown_flash(phone, "Filen er lagret med utkastet")
    press(phone, "Lever planen")
    shown_flash(phone, "versjon 2")
    assert sideways(phone) == 0
    sign_in(page, TONE)
    page.goto(f"/deltakere/{site.people.kari}")
    follow(page, "Les planen")
    page.get_by_label("Tilbakemelding").fill("Fint. Prøv den på makkeren din.")
    press(page, "Gi tilbakemelding")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Min.pdf").click()
    assert saved.value.suggested_filename == "Min.pdf"
    phone.reload()
    expect(phone.get_by_text("Fint. Prøv den på makkeren din.").first).to_be_visible()
