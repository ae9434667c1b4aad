"""Who may open what of the fieldwork: every page by every one of the cast, and other regions' ids."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from courses.models.seminars import SeminarSeat
from courses.models.visits import ObservationVisit
from courses.services import attendance, visits
from lms import units
from lms.db import Database
from lms.people import Person
from lms.units import Sector, Unit
from tests.cast import Cast
from tests.clients import Browser
from tests.courses.fieldwork import NOW, TODAY, a_visit, attend, day_ids, plan

RUNS_SEMINARS = {"tone", "knut", "sonja", "terje", "siri"}
EVERYBODY = ("kari", "mons", "tone", "knut", "geir", "sonja", "terje", "stian", "ari", "siri")


def report(database: Database, person_id: int, *, mentor_id: int | None, by: int) -> int:
    with database.transaction() as session:
        visit = visits.record_visit(session, person_id=person_id, report=a_visit(mentor_id=mentor_id), by=by, now=NOW)
    return visit.id


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_pages_open_for_those_whose_work_it_is(
    browser: Browser, people: Cast, database: Database, who: str
) -> None:
    browser.sign_in_as(database, getattr(people, who))
    runs = 200 if who in RUNS_SEMINARS else 403
    expected = {
        "/samlinger": runs,
        "/samlinger/ny": runs,
        "/opplaering/ny": runs,
        "/hospitering": 200,
        "/hospitering/ny": 200,
        "/leveranser": 200,
    }
    assert {path: browser.get(path).status_code for path in expected} == expected
    assert ('href="/samlinger"' in browser.get("/").text) is (runs == 200)


@pytest.mark.parametrize(
    "path", ["/samlinger", "/samlinger/1", "/hospitering/ny?person=1", "/leveranser", "/opplaering/ny"]
)
def test_a_stranger_is_asked_to_sign_in(browser: Browser, people: Cast, path: str) -> None:
    assert browser.get(path).status_code == 303


def test_another_region_s_seminar_does_not_exist(browser: Browser, people: Cast, database: Database) -> None:
    theirs = plan(database, people.sor, now=NOW, name="Sørpå", seated=[people.stian])
    ours = plan(database, people.nord, now=NOW, seated=[people.kari])
    their_day, our_day = day_ids(database, theirs.id)[0], day_ids(database, ours.id)[0]
    browser.sign_in_as(database, people.tone)
    sent = {"listed": people.stian, "present": people.stian, "seen_row": 0}
    for path, data in {
        f"/samlinger/{theirs.id}": {"person": people.kari},
        f"/samlinger/{theirs.id}/dag/{their_day}": sent,
        f"/samlinger/{ours.id}/dag/{their_day}": sent,
        f"/samlinger/{theirs.id}/dag/{our_day}": sent,
        f"/samlinger/{'9' * 30}": {"person": people.kari},
        f"/samlinger/{ours.id}/dag/{'9' * 30}": sent,
    }.items():
        assert browser.get(path).status_code == 404, path
        assert browser.post(path, data).status_code == 404, path
    assert browser.post(f"/samlinger/{theirs.id}/deltakere/{people.stian}/fjern").status_code == 404
    assert "Sørpå" not in browser.get("/samlinger").text
    with database.reading() as session:
        assert len(session.scalars(select(SeminarSeat.id)).all()) == 2
        assert attendance.roll_of(session, their_day).present == {}


def test_a_participant_cannot_open_the_seminar_nor_tick_the_own_name(
    browser: Browser, people: Cast, database: Database
) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.kari])
    day_id = day_ids(database, seminar.id)[0]
    browser.sign_in_as(database, people.kari)
    path = f"/samlinger/{seminar.id}/dag/{day_id}"
    assert browser.get(path).status_code == 403
    assert browser.post(path, {"listed": people.kari, "present": people.kari, "seen_row": 0}).status_code == 403
    assert browser.post(f"/samlinger/{seminar.id}/deltakere/{people.kari}/fjern").status_code == 403


def test_people_of_another_region_are_neither_found_nor_seated_nor_named(
    browser: Browser, people: Cast, database: Database
) -> None:
    seminar = plan(database, people.nord, now=NOW)
    browser.sign_in_as(database, people.tone)
    path = f"/samlinger/{seminar.id}"
    assert "Stian" not in browser.post(path, {"q": "stian", "handling": "sok", "person": people.stian}).text
    assert browser.post(path, {"person": [people.kari, people.stian]}).status_code == 404
    gone = browser.post(f"{path}/deltakere/{people.stian}/fjern")
    assert "Stian" not in browser.follow(gone).text
    gathering = {"title": "Nettverk", "on": "2026-11-22", "kind": "network", "person": people.stian}
    assert browser.post("/opplaering/ny", gathering).status_code == 404
    with database.reading() as session:
        assert session.scalars(select(SeminarSeat.id)).all() == []


def test_a_seminar_is_planned_in_an_own_regional_unit_only(browser: Browser, people: Cast, database: Database) -> None:
    browser.sign_in_as(database, people.tone)
    form = {"name": "X", "place": "Y", "seats": 15, "part_2_day_1": "2027-03-01", "part_2_day_2": "2027-03-02"}
    for unit in (people.sor, people.tromso, people.norge, "9" * 30):
        assert browser.post("/samlinger/ny", {**form, "unit": unit}).status_code == 422
    assert browser.post("/samlinger/ny", {**form, "unit": people.nord}).status_code == 303


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        ("kari", 403),  # the own visit
        ("mons", 303),  # the mentor named in it
        ("tone", 303),  # a trainer in reach
        ("knut", 303),
        ("geir", 404),
        ("terje", 404),  # a trainer elsewhere
        ("stian", 404),
        ("siri", 303),  # the secretariat stands in where a unit has nobody
    ],
)
def test_a_visit_is_confirmed_by_its_mentor_or_a_trainer_in_reach(
    browser: Browser, people: Cast, database: Database, who: str, answer: int
) -> None:
    visit_id = report(database, people.kari, mentor_id=people.mons, by=people.kari)
    browser.sign_in_as(database, getattr(people, who))
    assert browser.post(f"/hospitering/{visit_id}/bekreft").status_code == answer
    with database.reading() as session:
        assert (session.get_one(ObservationVisit, visit_id).confirmed_at is not None) is (answer == 303)


def test_a_mentor_confirms_no_visit_made_with_another(browser: Browser, people: Cast, database: Database) -> None:
    visit_id = report(database, people.kari, mentor_id=people.geir, by=people.kari)
    browser.sign_in_as(database, people.mons)
    assert "Kari" not in browser.get("/hospitering").text
    assert browser.post(f"/hospitering/{visit_id}/bekreft").status_code == 404
    browser.sign_in_as(database, people.geir)  # named in it, but no mentor by appointment
    assert browser.post(f"/hospitering/{visit_id}/bekreft").status_code == 404


def test_a_trainer_waits_for_a_colleague_to_confirm_the_own_visit(
    browser: Browser, people: Cast, database: Database
) -> None:
    visit_id = report(database, people.tone, mentor_id=people.mons, by=people.tone)
    browser.sign_in_as(database, people.tone)
    assert f"/hospitering/{visit_id}/bekreft" not in browser.get("/hospitering").text
    assert browser.post(f"/hospitering/{visit_id}/bekreft").status_code == 403
    browser.sign_in_as(database, people.knut)
    assert f"/hospitering/{visit_id}/bekreft" in browser.get("/hospitering").text


@pytest.mark.parametrize(
    ("who", "whose", "answer"),
    [
        ("tone", "kari", 200),
        ("tone", "stian", 404),
        ("kari", "kari", 200),
        ("kari", "geir", 404),
        ("mons", "kari", 404),
    ],
)
def test_visits_are_recorded_for_oneself_and_for_people_in_reach(
    browser: Browser, people: Cast, database: Database, who: str, whose: str, answer: int
) -> None:
    browser.sign_in_as(database, getattr(people, who))
    assert browser.get(f"/hospitering/ny?person={getattr(people, whose)}").status_code == answer


def test_who_moves_to_another_region_takes_the_waiting_visits_along(
    browser: Browser, people: Cast, database: Database
) -> None:
    visit_id = report(database, people.kari, mentor_id=None, by=people.kari)
    with database.transaction() as session:
        person, unit = session.get_one(Person, people.kari), session.get_one(Unit, people.arendal)
        units.join_unit(session, person, unit, Sector.NAV, on=TODAY)
    browser.sign_in_as(database, people.tone)
    assert browser.post(f"/hospitering/{visit_id}/bekreft").status_code == 404
    browser.sign_in_as(database, people.terje)
    assert "1 hospitering å bekrefte" in browser.get("/").text
    assert browser.post(f"/hospitering/{visit_id}/bekreft").status_code == 303


def test_a_participant_who_moved_away_is_still_on_the_list_and_can_be_taken_off(
    browser: Browser, people: Cast, database: Database
) -> None:
    seminar = plan(database, people.nord, now=NOW, seated=[people.kari, people.geir])
    attend(database, day_ids(database, seminar.id)[0], {people.kari: False, people.geir: True}, by=people.tone, now=NOW)
    with database.transaction() as session:
        person, unit = session.get_one(Person, people.kari), session.get_one(Unit, people.arendal)
        units.join_unit(session, person, unit, Sector.NAV, on=TODAY)
    browser.sign_in_as(database, people.tone)
    assert "Arendal" in browser.get(f"/samlinger/{seminar.id}").text
    page = browser.follow(browser.post(f"/samlinger/{seminar.id}/deltakere/{people.kari}/fjern"))
    assert "Kari Åsen er tatt av listen" in page.text
    refused = browser.post(f"/samlinger/{seminar.id}/deltakere/{people.geir}/fjern")
    assert refused.status_code == 409
    assert "har møtt på samlingen" in refused.text
