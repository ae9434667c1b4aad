"""The sheet of an assessor on a tablet: kept as it is filled in, also without a connection; two of them; an appeal."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from sqlalchemy import select

from certificates.models.assessments import Assessment, AssessmentSheet
from lms import jobs
from lms.people import Person
from tests.certificates import assessing
from tests.journeys.conftest import Site, open_window
from tests.journeys.screens import PHONE, choose_level, follow, menu, press, saving, shown_flash, sideways, sign_in
from tests.transports import link_in

TABLET = 768
KARI, TONE, TRINE, KNUT, TERJE = (f"{name}@cast.example" for name in ("kari", "tone", "trine", "knut", "terje"))
Window = Callable[[int], Page]

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]


@pytest.fixture(autouse=True)
def presenting(site: Site) -> None:
    """Kari holds her presentation; there are two to assess her."""
    assessing.ready(site.database, site.people)
    trine = assessing.another_trainer(site.database, site.people)
    with site.database.transaction() as session:
        tone = session.get_one(Person, site.people.tone)
        session.get_one(Person, trine).password_hash = tone.password_hash


def opened(page: Page, email: str, button: str = "Begynn vurderingen") -> Page:
    """The sheet about Kari, from signing in."""
    sign_in(page, email)
    follow(page, "Kari Åsen")
    press(page, button)
    expect(page.get_by_role("button", name="Lever vurderingen")).to_be_visible()
    return page


def level(page: Page, criterion: str, words: str) -> None:
    """Choose a level of a criterion."""
    page.get_by_role("group", name=criterion).get_by_role("radio", name=words).check()


def stored(site: Site) -> AssessmentSheet:
    """The one sheet, as the server has it."""
    with site.database.reading() as session:
        return session.scalars(select(AssessmentSheet)).one()


def test_every_choice_and_word_is_kept_at_once_and_there_on_the_next_device(site: Site, window: Window) -> None:
    tablet = opened(window(TABLET), TONE)
    expect(tablet.get_by_role("button", name="Lagre kladden")).to_be_hidden()
    assert sideways(tablet) == 0
    level(tablet, "Riktig kunnskap", "3 – På plass")
    expect(tablet.get_by_text("1 av 8 kriterier")).to_be_visible()
    expect(saving(tablet)).to_contain_text("Lagret ")
    tablet.get_by_label("Merknad : Rollen som instruktør").fill("Glemte makkeren.")
    tablet.get_by_label("Tilbakemelding til deltakeren").fill("Rolig og klar.")
    tablet.get_by_label("Tilbakemelding til deltakeren").blur()
    expect(saving(tablet)).to_contain_text("Lagret ")
    phone = window(PHONE)
    sign_in(phone, TONE)
    expect(phone.get_by_text("kladd, sist lagret")).to_be_visible()
    phone.get_by_role("region", name="Vurderinger du holder på med").get_by_role("link", name="Kari Åsen").click()
    expect(phone.get_by_role("group", name="Riktig kunnskap").get_by_role("radio", name="3 – På plass")).to_be_checked()
    expect(phone.get_by_label("Merknad : Rollen som instruktør")).to_have_value("Glemte makkeren.")
    expect(phone.get_by_label("Tilbakemelding til deltakeren")).to_have_value("Rolig og klar.")
    assert sideways(phone) == 0


def test_without_a_connection_nothing_is_lost_and_it_arrives_when_it_is_back(site: Site, chromium: Chromium) -> None:
    complaints: list[str] = []
    with open_window(chromium, site, width=TABLET, complaints=complaints) as tablet:
        opened(tablet, TONE)
        level(tablet, "Riktig kunnskap", "2 – På vei")
        expect(saving(tablet)).to_contain_text("Lagret ")
        tablet.context.set_offline(True)
        choose_level(tablet, "4 – Godt på plass")
        tablet.get_by_label("Merknad : Rollen som instruktør").fill("Glemte makkeren.")
        expect(saving(tablet)).to_contain_text("Ingen forbindelse")
        tablet.get_by_role("group", name="Vurdering").get_by_label("Godkjent").check()
        press(tablet, "Lever vurderingen")
        expect(saving(tablet)).to_contain_text("Vurderingen er ikke levert")
        assert stored(site).levels == {"riktig-kunnskap": 2}
        tablet.context.set_offline(False)
        expect(saving(tablet)).to_contain_text("Lagret ")
        kept = stored(site)
        assert (kept.levels, kept.outcome) == (dict.fromkeys(assessing.CRITERIA, 4), "approved")
        assert (kept.notes, kept.handed_in_at) == ({"rollen": "Glemte makkeren."}, None)
        assert tablet.evaluate("localStorage.length") == 0
        press(tablet, "Lever vurderingen")
        shown_flash(tablet, "er utstedt")
        assert {"net::ERR_INTERNET_DISCONNECTED" in text for text in complaints} == {True}
        complaints.clear()


def test_a_tab_closed_without_a_connection_gives_back_what_was_filled_in(site: Site, chromium: Chromium) -> None:
    complaints: list[str] = []
    with open_window(chromium, site, width=TABLET, complaints=complaints) as tablet:
        address = opened(tablet, TONE).url
        tablet.context.set_offline(True)
        level(tablet, "Gir rom for egne valg", "1 – Ikke på plass")
        tablet.get_by_label("Hva deltakeren skal gjøre nå").fill("Øv på spørsmål.")
        expect(saving(tablet)).to_contain_text("Ingen forbindelse")
        tablet.close()
        again = tablet.context.new_page()
        again.context.set_offline(False)
        again.goto(address)
        expect(saving(again)).to_contain_text("Lagret ")
        expect(again.get_by_label("Hva deltakeren skal gjøre nå")).to_have_value("Øv på spørsmål.")
        assert stored(site).levels == {"egne-valg": 1}
        complaints.clear()


def test_signed_out_in_the_middle_the_page_keeps_all_and_goes_on_after_signing_in(
    site: Site, chromium: Chromium
) -> None:
    complaints: list[str] = []
    with open_window(chromium, site, width=TABLET, complaints=complaints) as tablet:
        opened(tablet, TONE)
        tablet.context.clear_cookies()
        level(tablet, "Riktig kunnskap", "3 – På plass")
        expect(saving(tablet)).to_contain_text("Du er logget ut")
        sign_in(tablet.context.new_page(), TONE)
        expect(saving(tablet)).to_contain_text("Lagret ", timeout=30_000)
        assert stored(site).levels == {"riktig-kunnskap": 3}
        complaints.clear()


def test_two_assess_compare_and_decide_and_the_participant_appeals(site: Site, window: Window) -> None:
    one, other = opened(window(TABLET), TONE), opened(window(TABLET), TRINE, "Vurder sammen")
    expect(other.get_by_text("Du vurderer sammen med Tone Bjørnevik")).to_be_visible()
    choose_level(one, "2 – På vei")
    one.get_by_role("group", name="Vurdering").get_by_label("Ikke ennå").check()
    one.get_by_label("Tilbakemelding til deltakeren").fill(assessing.WHY)
    one.get_by_label("Hva deltakeren skal gjøre nå").fill(assessing.TO_DO)
    press(one, "Lever vurderingen")
    expect(one.get_by_text("Trine Trygg har ikke levert sitt ennå")).to_be_visible()
    choose_level(other, "3 – På plass")
    level(other, "Rollen som instruktør", "4 – Godt på plass")
    other.get_by_role("group", name="Vurdering").get_by_label("Godkjent").check()
    press(other, "Lever vurderingen")
    expect(other.get_by_text("Enige om 0, ett nivå fra hverandre på 7, mer på 1.")).to_be_visible()
    sign_in(one, TONE)
    expect(one.get_by_text("klar for beslutning")).to_be_visible()
    one.get_by_role("region", name="Vurderinger du holder på med").get_by_role("link", name="Kari Åsen").click()
    expect(one.get_by_role("main").get_by_role("button", name="Lagre beslutningen")).to_be_visible()
    assert sideways(one) == 0
    press(one, "Lagre beslutningen")
    shown_flash(one, "Vurderingen er lagret.")

    jobs.send_mail(site.app)
    phone = window(PHONE)
    sign_in(phone, KARI)
    phone.goto(link_in(site.mail.to(KARI)[-1]))
    expect(phone.get_by_text("4 – Godt på plass")).to_be_visible()
    expect(phone.get_by_text(assessing.TO_DO)).to_be_visible()
    phone.get_by_label("Kommentaren din").fill("Salen var stille den dagen.")
    press(phone, "Lagre kommentaren")
    follow(phone, "Klag på beslutningen")
    phone.get_by_label("Hva er du uenig i, og hvorfor?").fill("Jeg stilte tolv åpne spørsmål.")
    press(phone, "Send klagen")
    shown_flash(phone, "Klagen er sendt")
    assert sideways(phone) == 0

    sign_in(one, KNUT)
    follow(one, "Klage fra Kari Åsen")
    one.get_by_label("Hvem skal behandle klagen?").select_option("Terje Moen, Regional enhet Sør")
    press(one, "Gi saken til denne")
    shown_flash(one, "Klagen er fordelt")
    sign_in(other, TERJE)
    follow(other, "Klage fra Kari Åsen")
    follow(other, "Se hele vurderingen")
    expect(other.get_by_text("Salen var stille den dagen.")).to_be_visible()
    follow(other, "Gå til saken")
    other.get_by_label("Deltakeren skal vurderes på nytt").check()
    other.get_by_role("region", name="Avgjør klagen").get_by_label("Begrunnelse").fill("De to arkene er for ulike.")
    press(other, "Lagre avgjørelsen")
    shown_flash(other, "Avgjørelsen er lagret")
    menu(phone, "Min vei")
    follow(phone, re.compile("^Vurderingen "))
    expect(phone.get_by_text("avgjort: tatt til følge")).to_be_visible()
    with site.database.reading() as session:
        assert session.scalars(select(Assessment.outcome)).all() == ["not_yet"]
