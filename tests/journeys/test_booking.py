"""A cohort from plan to full list, on phones: booked, waited for, given up, offered, moved, kept in calendars."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage, Message

import pytest
import vobject
from playwright.sync_api import Page, expect

from lms import jobs
from tests.courses import cohorts
from tests.journeys.conftest import Site
from tests.journeys.screens import PHONE, follow, menu, press, shown_flash, sideways, sign_in
from tests.transports import link_in

KARI, GEIR, MONS, TONE, KNUT = (f"{name}@cast.example" for name in ("kari", "geir", "mons", "tone", "knut"))
NAME = "Grunnopplæring vinteren 2027"
KEYS = {"del-1-dag-1", "del-1-dag-2", "del-1-dag-3", "del-2-dag-1", "del-2-dag-2"}

pytestmark = pytest.mark.browser


def as_text(part: Message) -> str:
    """The words of a part of a mail, whatever it is wrapped in."""
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


def calendar_in(message: EmailMessage) -> tuple[str, dict[str, int]]:
    """What the calendar file of a mail asks for, and the number of each event by its name."""
    texts = {as_text(part) for part in message.walk() if part.get_content_type() == "text/calendar"}
    read = [vobject.readOne(text) for text in texts]  # an event each; one alone stands beside the words as well
    (method,) = {each.method.value for each in read}
    return method, {each.vevent.uid.value: int(each.vevent.sequence.value) for each in read}


def told(site: Site, address: str) -> list[EmailMessage]:
    """What somebody has been sent."""
    jobs.send_mail(site.app)
    return site.mail.to(address)


def planned_and_opened(trainer: Page) -> str:
    """A cohort of two seats planned by a trainer and opened for booking; the path of its page."""
    sign_in(trainer, TONE)
    menu(trainer, "Samlinger")
    follow(trainer, "Planlegg en samling")
    trainer.get_by_label("Navn på samlingen").fill(NAME)
    trainer.get_by_label("Sted", exact=True).fill("Tromsø")
    trainer.get_by_label("Antall plasser").fill("2")
    for part, days in enumerate((cohorts.PART_1, cohorts.PART_2), start=1):
        for number, day in enumerate(days, start=1):
            trainer.get_by_label(f"Del {part}, dag {number}").fill(day.isoformat())
    assert sideways(trainer) == 0
    press(trainer, "Planlegg samlingen")
    shown_flash(trainer, "Samlingen er planlagt")
    assert sideways(trainer) == 0
    path = trainer.url
    follow(trainer, "Påmelding")
    trainer.get_by_label("Åpen for påmelding fra og med").fill("2026-11-23")
    trainer.get_by_label(re.compile("^Til og med")).fill("2027-01-04")
    trainer.get_by_label("Siste dag for å melde seg av selv").fill("2027-01-02")
    press(trainer, "Lagre påmeldingen")
    shown_flash(trainer, "Påmeldingen er lagret")
    return path


def booked(page: Page, email: str, button: str = "Meld meg på") -> None:
    """The cohort found on the own path, and booked or waited for."""
    sign_in(page, email)
    menu(page, "Min vei")
    follow(page, "Se ledige samlinger")
    follow(page, NAME)
    expect(page.get_by_role("main").get_by_role("button", name=button)).to_be_visible()
    assert sideways(page) == 0
    with page.expect_navigation():
        press(page, button)
    assert sideways(page) == 0


def test_a_cohort_is_booked_waited_for_given_up_offered_and_moved_on_phones(
    site: Site, window: Callable[[int], Page]
) -> None:
    trainer, phone, waiting = window(PHONE), window(PHONE), window(PHONE)
    path = planned_and_opened(trainer)
    booked(phone, GEIR)
    shown_flash(phone, "Du har fått plass")
    booked(phone, KARI)
    booked(waiting, MONS, "Sett meg på venteliste")
    shown_flash(waiting, "Du står på ventelisten som nummer 1")

    press(phone, "Meld meg av")
    shown_flash(phone, "Du er meldt av")
    (given, lost) = (calendar_in(mail) for mail in told(site, KARI))
    assert (given[0], lost[0]) == ("REQUEST", "CANCEL")
    assert {uid.partition("@")[0].partition("-del-")[2] for uid in given[1]} == {
        key.removeprefix("del-") for key in KEYS
    }
    assert lost[1] == {uid: number + 1 for uid, number in given[1].items()}, "the same days leave the calendar"

    waiting.goto(link_in(told(site, MONS)[-1]))
    expect(waiting.get_by_role("main")).to_contain_text("Det er en ledig plass til deg")
    press(waiting, "Ja, jeg tar plassen")
    shown_flash(waiting, "Du har fått plass")
    assert calendar_in(told(site, MONS)[-1]) == given

    trainer.goto(path)
    expect(trainer.get_by_role("main")).to_contain_text("Deltakere: 2 av 2")
    expect(trainer.get_by_role("main")).to_contain_text("Ingen fra NAV har plass ennå")
    with site.app.test_request_context(base_url=site.url), site.database.transaction() as session:
        cohorts.open_cohort(session, site.people.nord, by=site.people.tone, name="Våren", later=True)
    seated = trainer.get_by_role("listitem").filter(has_text="Geir Ødegård")
    seated.get_by_role("link", name="Flytt eller ta av").click()
    expect(trainer.get_by_role("main").get_by_role("button", name="Flytt")).to_be_visible()
    assert sideways(trainer) == 0
    press(trainer, "Flytt")
    shown_flash(trainer, "Geir Ødegård er flyttet")
    expect(trainer.get_by_role("heading", level=1)).to_have_text("Våren")
    expect(trainer.get_by_role("main")).to_contain_text("Ingen fra NAV har plass ennå")
    assert sideways(trainer) == 0
    (first, moved, off) = (calendar_in(mail) for mail in told(site, GEIR))
    assert (first, off) == (given, lost)
    assert moved[0] == "REQUEST" and len(moved[1]) == len(KEYS) and not moved[1].keys() & first[1].keys()

    sign_in(phone, KNUT)
    follow(phone, NAME)
    expect(phone.get_by_role("main")).to_contain_text("Mons Sørby")
    expect(phone.get_by_role("main")).to_contain_text("Deltakere: 1 av 2")
    assert sideways(phone) == 0


def test_a_changed_day_is_the_same_event_in_the_calendar_of_who_booked_it(
    site: Site, window: Callable[[int], Page]
) -> None:
    trainer, phone = window(PHONE), window(PHONE)
    path = planned_and_opened(trainer)
    sign_in(phone, KARI)
    follow(phone, "Se ledige samlinger")
    follow(phone, NAME)
    press(phone, "Meld meg på")
    trainer.goto(path)
    follow(trainer, "Endre planen")
    assert sideways(trainer) == 0
    trainer.get_by_label("Sted denne dagen").nth(1).fill("Alta")
    press(trainer, "Lagre planen")
    shown_flash(trainer, "deltakerne får vite hva som er endret")
    seat, changed = (calendar_in(mail) for mail in told(site, KARI))
    (uid,) = changed[1]
    assert changed == ("REQUEST", {uid: seat[1][uid] + 1}) and "-del-1-dag-2@" in uid
    menu(phone, "Min vei")
    follow(phone, "Se plassen din")
    expect(phone.get_by_role("main").get_by_role("link", name=NAME)).to_be_visible()
    expect(phone.get_by_text("du har plass")).to_be_visible()
