"""A seminar's days for who takes part, on a phone: missed and made up, with what is handed out, and evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from sqlalchemy import select

from courses.models.evaluation import EvaluationAnswer
from courses.seminars import days_of
from lms.clock import local_date
from tests.courses.fieldwork import attend, day_ids, plan
from tests.journeys.conftest import Site, open_window
from tests.journeys.screens import PHONE, follow, press, shown_flash, sideways, sign_in

KARI, TONE = "kari@cast.example", "tone@cast.example"
NAME = "Samling denne uken"
AGREED, DONE = "Syk. Leser heftet og drøfter det med Tone.", "Drøftet i en time."

pytestmark = pytest.mark.browser


@pytest.fixture
def complaining(chromium: Chromium, site: Site) -> Iterator[Page]:
    """A phone whose console may complain of what a form refused."""
    complaints: list[str] = []
    with open_window(chromium, site, width=PHONE, complaints=complaints) as page:
        yield page
        assert [said for said in complaints if "status of 422" not in said] == []
        complaints.clear()


@pytest.fixture
def seminar(site: Site) -> int:
    """A seminar of yesterday and today, in which Kari and Geir have seats."""
    today, people = local_date(site.clock.now()), site.people
    days = days_of({1: [today - timedelta(days=1), today]})
    planned = plan(
        site.database, people.nord, now=site.clock.now(), name=NAME, days=days, seated=[people.kari, people.geir]
    )
    return planned.id


def test_a_missed_day_is_agreed_on_made_up_and_confirmed(site: Site, seminar: int, page: Page, phone: Page) -> None:
    yesterday = day_ids(site.database, seminar)[0]
    sign_in(page, TONE)
    page.goto(f"/samlinger/{seminar}/dag/{yesterday}")
    page.get_by_label("Geir Ødegård").check()
    press(page, "Lagre frammøtet")
    shown_flash(page, "Frammøtet er lagret: 1 av 2 til stede")
    page.goto(f"/samlinger/{seminar}/dag/{yesterday}")
    missing = page.get_by_role("region", name="Dagen må tas igjen")
    missing.get_by_role("link", name="Avtal hvordan").click()
    page.get_by_label("Med noe annet, som vi har avtalt").check()
    page.get_by_label("Hva er avtalt, og hvorfor?").fill(AGREED)
    press(page, "Lagre avtalen")
    shown_flash(page, "Avtalen er lagret")

    sign_in(phone, KARI)
    panel = phone.get_by_role("region", name="De neste samlingsdagene dine")
    expect(panel).to_contain_text(f"Du skal ta igjen del 1, dag 1 av {NAME}.")
    expect(panel).to_contain_text(AGREED)
    check_in = panel.get_by_role("link", name="Sjekk inn").bounding_box()
    assert check_in is not None and check_in["y"] < 800, "who stands in the room need not scroll"
    assert sideways(phone) == 0

    page.get_by_label("Når ble det gjort?").fill(local_date(site.clock.now()).isoformat())
    page.get_by_label("Hva ble gjort?").fill(DONE)
    press(page, "Bekreft dagen")
    shown_flash(page, "Dagen er bekreftet og teller med")

    phone.reload()
    expect(phone.get_by_role("main")).not_to_contain_text("Du skal ta igjen")
    follow(phone, "Alle dagene, med materiell")
    expect(phone.get_by_role("main")).to_contain_text("tatt igjen")
    phone.get_by_role("main").get_by_role("link", name="dag 1").click()
    expect(phone.get_by_role("main")).to_contain_text("Bekreftet av Tone Bjørnevik")
    assert sideways(phone) == 0


def test_what_a_trainer_hands_out_is_there_on_the_phone(site: Site, seminar: int, page: Page, phone: Page) -> None:
    today = day_ids(site.database, seminar)[1]
    sign_in(page, TONE)
    page.goto(f"/samlinger/{seminar}/dag/{today}/materiell")
    handout = {"name": "Lysbilder om kroppen.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    page.set_input_files("#file", handout)  # type: ignore[arg-type]
    press(page, "Legg til")
    expect(page.get_by_role("main")).to_contain_text("Lagt til av Tone Bjørnevik")
    sign_in(phone, KARI)
    phone.get_by_role("region", name="De neste samlingsdagene dine").get_by_role("link", name=NAME).first.click()
    with phone.expect_download() as saved:
        follow(phone, "Lysbilder om kroppen")
    assert saved.value.suggested_filename == "Lysbilder om kroppen.pdf"
    assert sideways(phone) == 0


def test_the_evaluation_is_answered_once_without_a_name_and_says_what_is_missing(
    site: Site, seminar: int, page: Page, complaining: Page
) -> None:
    phone, people = complaining, site.people
    for day in day_ids(site.database, seminar):
        attend(site.database, day, {people.kari: True, people.geir: True}, by=people.tone, now=site.clock.now())
    sign_in(phone, KARI)
    follow(phone, f"Evaluer {NAME}, del 1")
    statements = phone.get_by_role("main").locator("fieldset")
    form = phone.locator(".scales").bounding_box()
    assert form is not None and form["height"] <= 800, "all the statements are one screen"
    for statement in statements.all()[1:]:
        statement.get_by_role("radio", name="4", exact=True).check()
    phone.get_by_label("Hva var mest nyttig?").fill("Å øve to og to.")
    press(phone, "Send svaret")
    expect(statements.first).to_contain_text("Velg ett av alternativene.")
    expect(statements.last.get_by_role("radio", name="4", exact=True)).to_be_checked()
    expect(phone.get_by_label("Hva var mest nyttig?")).to_have_value("Å øve to og to.")
    assert sideways(phone) == 0
    statements.first.get_by_role("radio", name="5 – helt enig").check()
    press(phone, "Send svaret")
    expect(phone.get_by_role("status")).to_be_visible()
    phone.goto("/")
    expect(phone.get_by_role("main")).not_to_contain_text("Evaluer ")
    with site.database.reading() as session:
        (kept,) = session.scalars(select(EvaluationAnswer)).all()
        assert not {"person_id", "at", "answered_at"} & set(kept.__table__.columns.keys())
    sign_in(page, TONE)
    page.goto(f"/samlinger/{seminar}")
    follow(page, "Hva deltakerne synes om del 1")
    expect(page.get_by_role("main")).to_contain_text("Hittil har 1 svart.")
    expect(page.get_by_role("main")).not_to_contain_text("Å øve to og to.")
