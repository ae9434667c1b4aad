"""The private feed: everything I must do, nothing of others, behind an address nobody guesses."""

from __future__ import annotations

from datetime import timedelta

import pytest
import vobject
from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.gatherings import GatheringPlan
from courses.guidance import GuidanceKind, Proposal, Said
from courses.models.calendar import CalendarFeed
from courses.models.seminars import Seminar
from courses.planning import Substitution
from courses.seminars import GatheringKind, days_of
from courses.services import gathering_plans, guidance, planning, visits
from courses.views import calendar as views
from lms.clock import FrozenClock, at_local, local_date
from lms.db import Database
from lms.people import Locale, Person, add_person
from lms.roles import Role
from lms.units import Sector, Unit, appoint, join_unit
from tests.cast import LONG_AGO, Cast
from tests.certificates import factories
from tests.clients import Browser
from tests.courses.fieldwork import HOSTILE, NOW, TODAY, TOMORROW, a_visit, plan


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


def test_who_runs_a_seminar_has_its_days_until_another_takes_over(
    browser: Browser, people: Cast, database: Database
) -> None:
    days = [TODAY + timedelta(days=n) for n in (1, 2, 3)]
    seminar = plan(database, people.nord, now=NOW, days=days_of({1: days}))
    off = plan(database, people.nord, now=NOW, name="Avlyst", days=days_of({1: days}))
    told = {"by": people.tone, "now": NOW}
    with browser.app.test_request_context(), database.transaction() as session:
        trine = another_trainer(session, people)
        for planned in (seminar, off):
            planning.set_trainers(session, seminar_id=planned.id, person_ids=[people.tone], lead_id=people.tone, **told)  # type: ignore[arg-type]
        planning.cancel_seminar(session, seminar_id=off.id, reason="For få", **told)  # type: ignore[arg-type]
        change = Substitution(absent_id=people.tone, substitute_id=trine, from_on=days[2])
        planning.substitute(session, seminar_id=seminar.id, wanted=change, reason="Syk", **told)  # type: ignore[arg-type]
    found = {
        person: sorted(
            (event.dtstart.value.date(), event.location.value)  # type: ignore[attr-defined]
            for event in events(browser, the_address(Browser(browser.app).sign_in_as(database, person))).values()
        )
        for person in (people.tone, trine, people.knut)
    }
    assert found == {
        people.tone: [(days[0], "Tromsø"), (days[1], "Tromsø")],
        trine: [(days[2], "Tromsø")],
        people.knut: [],
    }


def test_a_visit_is_in_it_until_it_is_struck_out(browser: Browser, people: Cast, database: Database) -> None:
    path = the_address(browser.sign_in_as(database, people.kari))
    with database.transaction() as session:
        report = a_visit(on=TOMORROW, mentor_id=people.mons)
        visit = visits.plan_visit(session, person_id=people.kari, report=report, now=NOW)
    assert list(events(browser, path)) == [f"hospitering-{visit.id}@127.0.0.1"]
    with database.transaction() as session:
        visits.strike_out(session, visit_id=visit.id, by=people.kari, now=NOW)
    assert events(browser, path) == {}


def test_a_gathering_one_has_signed_up_for_is_in_it_until_it_is_called_off(
    browser: Browser, people: Cast, database: Database
) -> None:
    wanted = GatheringPlan(
        title="Nettverk høst",
        kind=GatheringKind.NETWORK,
        on=TOMORROW,
        starts="09:00",
        ends="15:00",
        webinar_link="https://webinar.example/rom",
    )
    with browser.app.test_request_context(), database.transaction() as session:
        factories.give_certificate(session, people.geir, valid_from=local_date(NOW))
        row = gathering_plans.plan_gathering(
            session, wanted, unit_ids=[people.nord], entry="en", by=people.tone, now=NOW
        )
    path = the_address(browser.sign_in_as(database, people.geir))
    uid = f"opplaering-{row.id}@127.0.0.1"
    assert uid not in events(browser, path), "open to him, and nothing he has said yes to"
    with browser.app.test_request_context(), database.transaction() as session:
        gathering_plans.sign_up(session, gathering_id=row.id, person_id=people.geir, now=NOW)
    event = events(browser, path)[uid]
    assert event.dtstart.value == at_local(TOMORROW, 9)  # type: ignore[attr-defined]
    assert event.location.value == "https://webinar.example/rom"  # type: ignore[attr-defined]
    with browser.app.test_request_context(), database.transaction() as session:
        gathering_plans.cancel_gathering(session, gathering_id=row.id, by=people.tone, now=NOW)
    assert uid not in events(browser, path)


def test_the_visits_of_an_agreement_are_in_both_calendars_once_both_have_said_yes(
    browser: Browser, people: Cast, database: Database
) -> None:
    wanted = Proposal(
        kind=GuidanceKind.METHOD,
        person_id=people.kari,
        guide_id=people.tone,
        first=TODAY,
        last=TODAY + timedelta(days=60),
        goals="Spørre mer, forklare mindre.",
        visits=(TODAY, TOMORROW),
    )
    with browser.app.test_request_context(), database.transaction() as session:
        row = guidance.propose(session, wanted, unit_id=people.nord, entry="en", by=people.tone, now=NOW)
    paths = [the_address(Browser(browser.app).sign_in_as(database, who)) for who in (people.kari, people.tone)]
    assert [events(browser, path) for path in paths] == [{}, {}]
    with browser.app.test_request_context(), database.transaction() as session:
        guidance.say(session, agreement_id=row.id, word=Said.AGREED, by=people.kari, now=NOW)
    for path in paths:
        found = events(browser, path)
        assert sorted(event.dtstart.value for event in found.values()) == [TODAY, TOMORROW]  # type: ignore[attr-defined]
        assert {event.summary.value for event in found.values()} == {"Avtalt besøk: metodeveiledning"}  # type: ignore[attr-defined]
    with browser.app.test_request_context(), database.transaction() as session:
        guidance.say(session, agreement_id=row.id, word=Said.ENDED, by=people.tone, now=NOW)
    assert [events(browser, path) for path in paths] == [{}, {}]


def another_trainer(session: Session, people: Cast) -> int:
    """A second trainer in Nord, who may take over."""
    unit = session.get_one(Unit, people.nord)
    person = add_person(session, name="Trine Trygg", email="trine@cast.example", locale=Locale.NB, now=NOW)
    person.activated_at = NOW
    join_unit(session, person, unit, Sector.NAV, on=LONG_AGO)
    appoint(session, person, Role.TRAINER, unit, on=LONG_AGO)
    return person.id


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
