"""The open course in Chromium: from the public page to the course certificate, on a phone and at a desk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from certificates.demo import lives
from lms import jobs
from lms.clock import at_local, local_date
from lms.people import Person
from quizzes import services as quizzes
from quizzes.models import Attempt
from tests import open_courses
from tests.courses import factories as courses
from tests.journeys import script
from tests.journeys.conftest import Site
from tests.journeys.screens import follow, menu, press, shown_flash, sideways
from tests.transports import link_in

pytestmark = pytest.mark.browser

PASSWORD = script.PASSWORD


def signs_up(site: Site, page: Page, *, name: str, email: str) -> None:
    """From the front page to the form; what is asked of doctors or counsellors the caller has yet to say."""
    page.goto("/")
    page.get_by_role("banner").get_by_role("link", name="Emnekurs").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("sykmelding")
    expect(page.get_by_role("heading", name="Kilder")).to_be_visible()
    assert sideways(page) == 0
    follow(page, "Meld deg på")
    expect(page.get_by_role("heading", level=1)).to_have_text("Meld deg på kurset")
    assert sideways(page) == 0
    page.get_by_label("Navn").fill(name)
    page.get_by_label("E-postadresse").fill(email)
    page.get_by_label("Hvor i landet jobber du?").select_option("Regional enhet Nord")


def confirms(site: Site, page: Page, email: str) -> None:
    """Sends the form, opens the link in the mail, chooses a password."""
    press(page, "Meld deg på")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se i innboksen")
    jobs.send_mail(site.app)
    (mail,) = site.mail.to(email)
    page.goto(link_in(mail))
    page.get_by_label("Nytt passord").fill(PASSWORD)
    page.get_by_label("Gjenta passordet").fill(PASSWORD)
    assert sideways(page) == 0
    press(page, "Lagre og gå til kurset")
    shown_flash(page, "Kontoen er klar")


def takes_the_pre_test(page: Page) -> None:
    press(page, "Begynn på kurset")
    press(page, "Ta førtesten")
    press(page, "Lever prøven")
    expect(page).to_have_url(re.compile("/lever$"))
    press(page, "Lever likevel")
    expect(page.get_by_role("heading", name="Resultatet ditt")).to_be_visible()
    follow(page, "Tilbake til kurset")


def passes_the_post_test(site: Site, page: Page) -> None:
    press(page, "Ta ettertesten")
    expect(page).to_have_url(re.compile(r"/prove/\d+"))
    found = re.search(r"/prove/(\d+)", page.url)
    assert found
    with site.database.transaction() as session:  # questions of every kind: another journey answers them by hand
        attempt = session.get_one(Attempt, int(found[1]))
        quizzes.save_answers(session, attempt, answers=courses.right_answers(session, attempt), now=site.clock.now())
    page.reload()
    expect(page.get_by_text("12 av 12 besvart")).to_be_visible()
    press(page, "Lever prøven")
    expect(page).to_have_url(re.compile("/lever$"))
    press(page, "Lever prøven")
    expect(page.get_by_text("Bestått", exact=True)).to_be_visible()
    page.get_by_role("link", name="Tilbake til kurset").first.click()
    expect(page.get_by_role("heading", name="Kursbeviset ditt")).to_be_visible()
    follow(page, "Se kursbeviset")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kursbevis")


def test_a_gp_finds_the_course_and_has_the_certificate_at_once_on_a_phone(site: Site, phone: Page) -> None:
    today = local_date(site.clock.now())
    with site.app.test_request_context(), site.database.transaction() as session:
        open_courses.enter_approval(session, site.people, today)
    signs_up(site, phone, name="Grete Lie", email="grete@lege.example")
    phone.get_by_role("radio", name="Fastlege").check()
    phone.get_by_label("HPR-nummer").fill("001 234 567")
    confirms(site, phone, "grete@lege.example")
    takes_the_pre_test(phone)
    follow(phone, "Begynn på første leksjon")
    finish = phone.get_by_role("button", name="Ferdig – gå videre")
    expect(finish).to_be_visible()
    while finish.is_visible():
        here = phone.url
        finish.click()
        expect(phone).not_to_have_url(here)
        phone.wait_for_load_state()
    expect(phone.get_by_role("heading", name="Nå: ettertesten")).to_be_visible()
    passes_the_post_test(site, phone)
    sheet = phone.get_by_role("article")
    for words in ("Grete Lie", "1234567", "HIK-2026-000001", "Godkjent av", "2026/1182", "Oppgaver og refleksjon"):
        expect(sheet).to_contain_text(words)
    assert sideways(phone) == 0
    with phone.expect_download() as fetched:
        phone.get_by_role("link", name="PDF på bokmål").evaluate("link => link.setAttribute('download', '')")
        phone.get_by_role("link", name="PDF på bokmål").click()
    assert fetched.value.path().read_bytes().startswith(b"%PDF-")
    code = script.printed_code(sheet.inner_text())
    menu(phone, "Mine kursbevis")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Kursene mine")
    assert sideways(phone) == 0
    phone.goto(f"/verify/{code.lower().replace('-', ' ')}")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Kursbeviset er utstedt av HelseIArbeid")
    expect(phone.get_by_role("main")).not_to_contain_text("1234567")
    jobs.send_mail(site.app)
    assert len(site.mail.to("grete@lege.example")) == 2


def test_a_nav_counsellor_gets_one_without_number_and_without_approval(site: Site, page: Page) -> None:
    today = local_date(site.clock.now())
    with site.app.test_request_context(), site.database.transaction() as session:
        open_courses.enter_approval(session, site.people, today)
    signs_up(site, page, name="Nils Vik", email="nils@nav.example")
    page.get_by_role("radio", name="Veileder ved et NAV-kontor").check()
    page.get_by_label("NAV-kontor", exact=True).fill("NAV Alta")
    confirms(site, page, "nils@nav.example")
    takes_the_pre_test(page)
    with site.database.transaction() as session:
        nils = session.scalars(select(Person).where(Person.email == "nils@nav.example")).one()
        lives.read(session, nils.id, open_courses.COURSE, today, today)
    site.clock.instant = at_local(today, 23)
    page.goto(f"/kurs/{open_courses.COURSE}")
    passes_the_post_test(site, page)
    sheet = page.get_by_role("article")
    expect(sheet).to_contain_text("Nils Vik")
    expect(sheet).not_to_contain_text("HPR")
    expect(sheet).not_to_contain_text("Godkjent")
    navigation = page.get_by_role("navigation", name="Hovedmeny")
    expect(navigation.get_by_role("link")).to_have_text(["Kurs", "Mine kursbevis"])
    page.goto("/min-side/hpr")
    expect(page.get_by_role("main")).to_contain_text("Du er påmeldt som veileder i NAV")
