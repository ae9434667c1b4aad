"""The private feed: everything I must do, nothing of others, behind an address nobody guesses."""

from __future__ import annotations

from datetime import timedelta

import pytest
import vobject
from sqlalchemy import select

from courses.models.calendar import CalendarFeed
from courses.models.seminars import Seminar
from courses.seminars import days_of
from courses.views import calendar as views
from lms.clock import FrozenClock, local_date
from lms.db import Database
from lms.people import Person
from tests.cast import Cast
from tests.certificates import factories
from tests.clients import Browser
from tests.courses.fieldwork import HOSTILE, NOW, plan


def the_address(browser: Browser) -> str:
    text = browser.post("/kalender/adresse").text
    return "/kalender/" + text.partition('<code class="address">')[2].partition("</code>")[0].partition("/kalender/")[2]


def events(browser: Browser, path: str) -> dict[str, object]:
    read = vobject.readOne(Browser(browser.app).get(path).text)
    assert read.method.value == "PUBLISH"
    return {event.uid.value: event for event in getattr(read, "vevent_list", [])}


def test_the_feed_has_what_i_must_do_and_nobody_elses(browser: Browser, people: Cast, database: Database) -> None:
    plan(database, people.nord, now=NOW, name=HOSTILE, seated=[people.kari, people.geir])
    browser.sign_in_as(database, people.kari).get("/min-side")
    page = browser.click("Kalenderen min, og hvordan jeg får den på telefonen")
    assert "13. januar 2027, 09.00–16.00" in page.text and "<script>alert" not in page.text
    path = the_address(browser)
    answer = Browser(browser.app).get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    for name in ("Geir", "Ødegård", "Åsen", "cast.example"):
        assert name not in answer.text
    found = events(browser, path)
    assert len([uid for uid in found if uid.startswith("samling-")]) == 5
    assert all(uid.endswith("@127.0.0.1") for uid in found)


def test_deadlines_and_the_days_of_the_certificate_are_in_it(
    browser: Browser, people: Cast, database: Database, clock: FrozenClock
) -> None:
    later = [NOW.date() + timedelta(days=n) for n in (10, 11, 12)]
    with database.transaction() as session:
        factories.give_certificate(session, people.geir, valid_from=local_date(NOW))
    plan(database, people.nord, now=NOW, days=days_of({1: later}), seated=[people.kari])
    kari = events(browser, the_address(Browser(browser.app).sign_in_as(database, people.kari)))
    (deadline,) = (event for uid, event in kari.items() if uid.startswith("frist-"))
    assert deadline.dtstart.value == later[0] - timedelta(days=1)  # type: ignore[attr-defined]
    assert "førtest" in deadline.description.value.lower()  # type: ignore[attr-defined]
    geir = events(browser, the_address(Browser(browser.app).sign_in_as(database, people.geir)))
    days = sorted(event.dtstart.value.isoformat() for event in geir.values())  # type: ignore[attr-defined]
    assert days == ["2029-05-23", "2029-11-22"]


def test_a_new_address_ends_the_old_one_and_only_its_hash_is_kept(
    browser: Browser, people: Cast, database: Database
) -> None:
    browser.sign_in_as(database, people.kari)
    first = the_address(browser)
    assert first.rpartition("/")[2].removesuffix(".ics") not in browser.get("/kalender").text
    second = the_address(browser)
    anybody = Browser(browser.app)
    assert [anybody.get(path).status_code for path in (first, second)] == [404, 200]
    with database.reading() as session:
        (kept,) = session.scalars(select(CalendarFeed)).all()
    assert kept.token_hash not in second and len(kept.token_hash) == 64
    browser.post("/kalender/adresse/slutt")
    assert anybody.get(second).status_code == 404


def test_who_has_left_has_no_feed(browser: Browser, people: Cast, database: Database) -> None:
    path = the_address(browser.sign_in_as(database, people.kari))
    with database.transaction() as session:
        session.get_one(Person, people.kari).deactivated_at = NOW
    assert Browser(browser.app).get(path).status_code == 404


def test_a_calendar_that_has_it_already_is_told_so_until_something_changes(
    browser: Browser, people: Cast, database: Database, clock: FrozenClock
) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.kari])
    path = the_address(browser.sign_in_as(database, people.kari))
    calendar = Browser(browser.app)
    tag = calendar.get(path).headers["ETag"]
    clock.advance(minutes=20)
    assert calendar.get(path, headers={"If-None-Match": tag}).status_code == 304
    with database.transaction() as session:
        session.get_one(Seminar, seminar.id).place = "Alta"
    changed = calendar.get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200 and changed.headers["ETag"] != tag
    assert changed.headers["Cache-Control"] == "private, no-cache"


def test_guesses_and_hasty_calendars_are_asked_to_wait(
    browser: Browser, people: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "UNKNOWN_TRIES", 2)
    monkeypatch.setattr(views, "FETCHES", 3)
    path = the_address(browser.sign_in_as(database, people.kari))
    calendar = Browser(browser.app)
    assert [calendar.get("/kalender/gjett.ics").status_code for _ in range(3)] == [404, 404, 429]
    answers = [calendar.get(path) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429], "guesses elsewhere shut nobody out"
    assert int(answers[-1].headers["Retry-After"]) > 0
