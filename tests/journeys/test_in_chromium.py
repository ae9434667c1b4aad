"""From the invitation mail to a certificate a stranger can verify, in Chromium, by clicking what a person sees."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from courses.drafts import Draft
from courses.publishing import publish
from lms import jobs
from lms.clock import at_local
from tests.journeys import script
from tests.journeys.conftest import Site, open_window
from tests.journeys.screens import (
    PHONE,
    answer,
    choose_level,
    chosen,
    follow,
    menu,
    press,
    saving,
    shown_flash,
    sideways,
    sign_in,
)
from tests.journeys.script import NAME, NEWCOMER, PART_1, PART_2, PASSWORD, norwegian
from tests.transports import link_in

TONE, KNUT, MONS = "tone@cast.example", "knut@cast.example", "mons@cast.example"
Window = Callable[[int], Page]

pytestmark = pytest.mark.browser


def on(site: Site, day: date) -> None:
    """It is ten o'clock on a day."""
    site.clock.instant = at_local(day, 10)


def right_answers(site: Site, page: Page) -> Mapping[int, tuple[str, ...]]:
    """The right answers to the paper that is open."""
    attempt = re.search(r"/prove/(\d+)", page.url)
    assert attempt, page.url
    with site.database.reading() as session:
        return script.right_answers(session, int(attempt[1]))


def test_from_invitation_to_verified_certificate_in_a_browser(
    site: Site, page: Page, phone: Page, window: Window, tmp_path: Path, shipped: tuple[Draft, ...]
) -> None:
    (foundation,) = (draft for draft in shipped if draft.course.id == "startopplaering")
    with site.database.transaction() as session:
        now = site.clock.now()
        publish(session, script.shortened(foundation), foundation.assets, published_by=site.people.ari, now=now)
    invited_by_the_coordinator(site, page)
    chooses_a_password(site, phone)
    desk = window(1280)
    takes_the_pre_test_in_pieces(site, desk, phone)
    reads_every_lesson(phone)
    fails_and_passes_the_post_test(site, phone, desk)
    meets_the_others(site, page, phone)
    is_assessed(site, page, phone)
    code = fetches_the_certificate(site, phone)
    a_stranger_looks_at_it(site, window(360), code)
    the_region_sees_it(page, tmp_path)


def invited_by_the_coordinator(site: Site, page: Page) -> None:
    page.goto("/")
    page.get_by_role("banner").get_by_role("link", name="Logg inn").click()
    sign_in(page, KNUT)
    menu(page, "Folk")
    follow(page, "Inviter en person")
    page.get_by_label("Navn").fill(NAME)
    page.get_by_label("E-postadresse").fill(NEWCOMER)
    page.get_by_label("Enhet").select_option("Tromsø")
    page.get_by_role("radio", name="NAV").check()
    press(page, "Send invitasjonen")
    shown_flash(page, NAME)
    page.get_by_role("button", name="Logg ut").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Logg inn")).to_be_visible()
    jobs.send_mail(site.app)


def chooses_a_password(site: Site, phone: Page) -> None:
    (invitation,) = site.mail.to(NEWCOMER)
    phone.goto(link_in(invitation))
    phone.get_by_label("Nytt passord").fill(PASSWORD)
    phone.get_by_label("Gjenta passordet").fill(PASSWORD)
    press(phone, "Lagre og gå videre")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Hei, Nina")
    assert sideways(phone) == 0


def takes_the_pre_test_in_pieces(site: Site, desk: Page, phone: Page) -> None:
    sign_in(desk, NEWCOMER, PASSWORD)
    follow(desk, "Se kurset")
    press(desk, "Begynn på kurset")
    press(desk, "Ta førtesten")
    right = right_answers(site, desk)
    total = len(right)
    expect(desk.get_by_text(f"0 av {total} besvart")).to_be_visible()
    expect(desk.get_by_role("button", name="Lagre svarene")).to_be_hidden()
    for number in (1, 2, 3):
        answer(desk, number, right[number])
    expect(saving(desk)).to_contain_text("Lagret ")
    expect(desk.get_by_text(f"3 av {total} besvart")).to_be_visible()
    tab = desk.context.new_page()
    tab.goto(desk.url)
    assert [chosen(tab, number) for number in (1, 2, 3, 4)] == [right[1], right[2], right[3], ()]
    desk.close()
    answer(tab, 4, right[4])
    tab.close(run_before_unload=True)

    sign_in(phone, NEWCOMER, PASSWORD)
    press(phone, "Fortsett på førtesten")
    expect(phone.get_by_text(f"4 av {total} besvart")).to_be_visible()
    assert [chosen(phone, number) for number in (1, 2, 3, 4)] == [right[number] for number in (1, 2, 3, 4)]
    assert sideways(phone) == 0
    press(phone, "Lever prøven")
    expect(phone).to_have_url(re.compile("/lever$"))
    press(phone, "Lever likevel")
    expect(phone.get_by_role("heading", name="Resultatet ditt")).to_be_visible()
    expect(phone.get_by_text(f"{400 // total} %").first).to_be_visible()
    expect(phone.get_by_role("heading", name="Forklaring")).to_have_count(0)
    follow(phone, "Tilbake til kurset")


def reads_every_lesson(phone: Page) -> None:
    expect(phone.get_by_role("heading", name=re.compile("^Neste leksjon"))).to_be_visible()
    expect(phone.get_by_text("Den åpner når alle leksjonene er lest.")).to_be_visible()
    follow(phone, "Begynn på første leksjon")
    finish = phone.get_by_role("button", name="Ferdig – gå videre")
    expect(finish).to_be_visible()
    read: list[str] = []
    while finish.is_visible():
        assert phone.url not in read
        read.append(phone.url)
        assert sideways(phone) == 0, phone.url
        finish.click()
        expect(phone).not_to_have_url(read[-1])
        phone.wait_for_load_state()
    expect(phone.get_by_role("heading", name="Nå: ettertesten")).to_be_visible()


def fails_and_passes_the_post_test(site: Site, phone: Page, desk: Page) -> None:
    press(phone, "Ta ettertesten")
    right = right_answers(site, phone)
    wrong = len(right) * 3 // 10
    for number, keys in right.items():
        if number > wrong:
            answer(phone, number, keys)
    press(phone, "Lever prøven")
    press(phone, "Lever likevel")
    expect(phone.get_by_text("Ikke bestått", exact=True)).to_be_visible()
    expect(phone.get_by_role("heading", name="Forklaring").first).to_be_visible()
    assert sideways(phone) == 0
    phone.get_by_role("link", name="Tilbake til kurset").first.click()

    press(phone, "Ta ettertesten på nytt")
    for number, keys in right_answers(site, phone).items():
        answer(phone, number, keys)
    press(phone, "Lever prøven")
    expect(phone).to_have_url(re.compile("/lever$"))
    press(phone, "Lever prøven")
    expect(phone.get_by_text("Bestått", exact=True)).to_be_visible()
    expect(phone.get_by_text("100 %").first).to_be_visible()
    menu(phone, "Min vei")
    expect(phone.locator("[aria-current=step]")).to_contain_text("del 1")
    assert sideways(phone) == 0


def meets_the_others(site: Site, page: Page, phone: Page) -> None:
    sign_in(page, TONE)
    menu(page, "Samlinger")
    follow(page, "Planlegg en samling")
    page.get_by_label("Navn på samlingen").fill("Samling vinter")
    page.get_by_label("Sted", exact=True).fill("Tromsø")
    for part, days in ((1, PART_1), (2, PART_2)):
        for number, day in enumerate(days, 1):
            page.get_by_label(f"Del {part}, dag {number}").fill(day.isoformat())
    press(page, "Planlegg samlingen")
    page.get_by_label("Søk etter navn").fill("øyen")
    press(page, "Søk")
    page.get_by_role("checkbox", name=NAME).check()
    press(page, "Legg til de avkryssede")
    shown_flash(page, "1 deltaker er lagt til")
    for day in (*PART_1, *PART_2):
        on(site, day)
        sign_in(page, TONE)
        menu(page, "Samlinger")
        page.get_by_role("table").get_by_role("link", name="Samling vinter").click()
        follow(page, "Registrer frammøte")
        page.get_by_role("checkbox", name=NAME).check()
        press(page, "Lagre frammøtet")
        shown_flash(page, "1 av 1 til stede")
        if day == PART_1[-1]:
            observes_two_presentations(site, page, phone)


def observes_two_presentations(site: Site, page: Page, phone: Page) -> None:
    names = {"muskel_skjelett": "Muskel og skjelett", "psykisk_helse": "Psykisk helse"}
    for day, module in script.VISITS:
        on(site, day)
        sign_in(phone, NEWCOMER, PASSWORD)
        menu(phone, "Hospitering")
        follow(phone, "Legg inn en hospitering")
        phone.get_by_label("Dato").fill(day.isoformat())
        phone.get_by_label("Bedrift").fill("Nordlys Lager & <Sønn>")
        phone.get_by_label(names[module]).check()
        phone.get_by_label("Mentor", exact=True).select_option("Mons Sørby")
        phone.get_by_label("Modell 1").check()
        press(phone, "Gå videre")
        phone.get_by_label("Hvordan ble budskapet formidlet?").fill("Rolig, med en historie fra lageret.")
        phone.get_by_label("Hva spurte deltakerne om?").fill("Om man kan løfte når det gjør vondt.")
        phone.get_by_label("Hva tar du med deg til din egen formidling?").fill("Å tåle stillheten.")
        press(phone, "Lever rapporten")
        shown_flash(phone, "Rapporten er levert")
        menu(phone, "Hospitering")
        expect(phone.get_by_role("listitem").filter(has_text=norwegian(day))).to_contain_text("venter på bekreftelse")
        assert sideways(phone) == 0
        sign_in(page, MONS)
        follow(page, "1 hospitering å bekrefte")
        press(page, re.compile(f"^Bekreft.*{NAME}"))
        shown_flash(page, "Hospiteringen er bekreftet")


def is_assessed(site: Site, page: Page, phone: Page) -> None:
    on(site, script.APPROVED)
    sign_in(page, TONE)
    follow(page, NAME)
    press(page, "Begynn vurderingen")
    choose_level(page, "2 – På vei")
    page.get_by_role("group", name="Vurdering").get_by_label("Ikke ennå").check()
    page.get_by_label("Tilbakemelding til deltakeren").fill("Spør mer, forklar mindre.")
    page.get_by_label("Hva deltakeren skal gjøre nå").fill("Øv på spørsmål med makkeren.")
    press(page, "Lever vurderingen")
    shown_flash(page, "Vurderingen er lagret.")
    sign_in(phone, NEWCOMER, PASSWORD)
    menu(phone, "Min vei")
    expect(phone.get_by_text("Spør mer, forklar mindre.").first).to_be_visible()
    follow(phone, re.compile("^Vurderingen "))
    expect(phone.get_by_text("2 – På vei").first).to_be_visible()
    assert sideways(phone) == 0
    menu(page, "Deltakere")
    follow(page, NAME)
    press(page, "Begynn vurderingen")
    choose_level(page, "4 – Godt på plass")
    page.get_by_role("group", name="Vurdering").get_by_label("Godkjent").check()
    press(page, "Lever vurderingen")
    expect(page.get_by_text(norwegian(script.VALID_THROUGH)).first).to_be_visible()


def fetches_the_certificate(site: Site, phone: Page) -> str:
    jobs.send_mail(site.app)
    phone.goto(link_in(site.mail.to(NEWCOMER)[-1]))
    expect(phone.get_by_role("heading", level=1)).to_have_text("Instruktørsertifikat")
    expect(phone.get_by_text(NAME, exact=True).last).to_be_visible()
    expect(phone.get_by_text(norwegian(script.VALID_THROUGH), exact=True)).to_be_visible()
    assert sideways(phone) == 0
    link = phone.get_by_role("main").get_by_role("link", name="PDF på bokmål")
    pdf = phone.request.get(site.url + str(link.get_attribute("href"))).body()
    printed = " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
    assert NAME in printed
    assert norwegian(script.VALID_THROUGH) in printed
    return script.printed_code(printed)


def a_stranger_looks_at_it(site: Site, window: Page, code: str) -> None:
    window.goto("/")
    window.get_by_label("Kontrollkode").fill(code.lower().replace("-", " "))
    press(window, "Kontroller")
    expect(window.get_by_role("heading", level=1)).to_contain_text("Gyldig i dag, ")
    expect(window.get_by_text(NAME, exact=True)).to_be_visible()
    expect(window.get_by_text(norwegian(script.VALID_THROUGH), exact=True)).to_be_visible()
    assert sideways(window) == 0
    today = site.clock.instant
    on(site, script.VALID_THROUGH + timedelta(days=1))
    window.reload()
    expect(window.get_by_role("heading", level=1)).to_contain_text("Utløpt. Det gjaldt til og med 10.01.2030")
    site.clock.instant = today


def the_region_sees_it(page: Page, folder: Path) -> None:
    sign_in(page, KNUT)
    follow(page, "Åpne registeret")
    expect(page.get_by_role("row", name=NAME)).to_contain_text(norwegian(script.VALID_THROUGH))
    with page.expect_download() as download:
        follow(page, "Last ned som CSV")
    download.value.save_as(folder / "register.csv")
    assert NAME in (folder / "register.csv").read_text(encoding="utf-8-sig")


@pytest.mark.usefixtures("short")
def test_answers_given_without_a_connection_arrive_when_it_is_back(site: Site, chromium: Chromium) -> None:
    complaints: list[str] = []
    with open_window(chromium, site, width=PHONE, complaints=complaints) as phone:
        sign_in(phone, "kari@cast.example")
        follow(phone, "Se kurset")
        press(phone, "Begynn på kurset")
        press(phone, "Ta førtesten")
        right = right_answers(site, phone)
        answer(phone, 1, right[1])
        expect(saving(phone)).to_contain_text("Lagret ")
        phone.context.set_offline(True)
        answer(phone, 2, right[2])
        expect(saving(phone)).to_contain_text("Ingen forbindelse")
        press(phone, "Lever prøven")
        expect(saving(phone)).to_contain_text("Prøven er ikke levert")
        phone.context.set_offline(False)
        expect(saving(phone)).to_contain_text("Lagret ")
        phone.reload()
        assert [chosen(phone, number) for number in (1, 2, 3)] == [right[1], right[2], ()]
        assert {"net::ERR_INTERNET_DISCONNECTED" in text for text in complaints} == {True}
        complaints.clear()
