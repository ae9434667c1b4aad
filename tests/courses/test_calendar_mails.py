"""What people's calendars are told of their seats: the same event, with a number that rises whatever changes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
import vobject
from flask import Flask
from sqlalchemy import select

from courses.models.seminars import Seminar
from courses.queries import planning as plans
from courses.seminars import Track, days_of
from courses.services import booking, planning, seat_mails, seminars
from lms import jobs
from lms.db import Database
from lms.outbox import OutboxMail
from lms.people import Person
from tests.cast import Cast
from tests.courses.fieldwork import NOW, TOMORROW, plan
from tests.transports import KeptMail

LATER = (date(2027, 2, 1), date(2027, 2, 2), date(2027, 2, 3))
EVEN_LATER = (date(2027, 3, 1), date(2027, 3, 2))


def seat(database: Database, seminar: Seminar, *people: int) -> None:
    with database.transaction() as session:
        added = seminars.seat_people(session, seminar_id=seminar.id, person_ids=people, now=NOW)
        seat_mails.tell_seated(session, seminar=seminar, person_ids=added, now=NOW)


def unseat(database: Database, seminar: Seminar, person_id: int, by: int) -> None:
    with database.transaction() as session:
        person = session.get_one(Person, person_id)
        assert seminars.unseat_person(session, seminar_id=seminar.id, person=person, by=by, now=NOW)
        seat_mails.tell_unseated(session, seminar=seminar, person=person, now=NOW)


def move(database: Database, seminar: Seminar, number: int, *, by: int, **to: Any) -> bool:
    """Change a day as a trainer would, in the plan; whether there was anything to change."""
    with database.transaction() as session:
        held = session.get_one(Seminar, seminar.id)
        plan = plans.plan_of(session, held)
        days = [replace(day, **to) if place == number else day for place, day in enumerate(plan.days)]
        changes = planning.change_plan(
            session,
            seminar_id=held.id,
            plan=replace(plan, days=tuple(days)),
            seen_revision=held.revision,
            by=by,
            now=NOW,
        )
        return bool(changes)


def told(database: Database, person_id: int) -> list[tuple[str, str, dict[str, int]]]:
    """Each mail with a calendar: its name, what it asks for, and the number of each event by its day."""
    with database.reading() as session:
        mails = session.scalars(
            select(OutboxMail).where(OutboxMail.person_id == person_id).order_by(OutboxMail.id)
        ).all()
    found = []
    for mail in mails:
        assert mail.calendar is not None, mail.name
        read = list(vobject.readComponents(mail.calendar))
        assert all(len(each.vevent_list) == 1 for each in read), "an invitation speaks of one event"
        (method,) = {each.method.value for each in read}
        numbers = {each.vevent.uid.value.partition("@")[0]: int(each.vevent.sequence.value) for each in read}
        found.append((mail.name, method, numbers))
    return found


@pytest.fixture
def seminar(database: Database, people: Cast) -> Seminar:
    return plan(database, people.nord, now=NOW)


def test_a_seat_puts_the_days_to_come_into_the_calendar_and_losing_it_takes_the_same_ones_out(
    in_app: Flask, database: Database, people: Cast, seminar: Seminar
) -> None:
    seat(database, seminar, people.kari)
    unseat(database, seminar, people.kari, people.tone)
    seat(database, seminar, people.kari)
    key = f"samling-{seminar.id}"
    days = [f"{key}-del-1-dag-2", f"{key}-del-1-dag-3", f"{key}-del-2-dag-1", f"{key}-del-2-dag-2"]  # one is over
    assert told(database, people.kari) == [
        ("seminar_seat", "REQUEST", dict.fromkeys(days, 0)),
        ("seminar_seat_lost", "CANCEL", dict.fromkeys(days, 1)),
        ("seminar_seat", "REQUEST", dict.fromkeys(days, 2)),
    ]


@pytest.mark.parametrize(
    "to", [{"on": TOMORROW + timedelta(days=2)}, {"starts": time(10)}, {"ends": time(14, 30)}, {"place": "Alta"}]
)
def test_a_changed_day_is_the_same_event_with_a_higher_number_told_once(
    in_app: Flask, database: Database, people: Cast, seminar: Seminar, to: dict[str, object]
) -> None:
    seat(database, seminar, people.kari, people.geir)
    assert move(database, seminar, 2, by=people.tone, **to)
    assert not move(database, seminar, 2, by=people.tone, **to), "who knows it already is not told again"
    for person in (people.kari, people.geir):
        assert told(database, person)[1:] == [("seminar_changed", "REQUEST", {f"samling-{seminar.id}-del-1-dag-3": 1})]
    unseat(database, seminar, people.kari, people.tone)
    assert told(database, people.kari)[-1][2][f"samling-{seminar.id}-del-1-dag-3"] == 2
    assert told(database, people.kari)[-1][2][f"samling-{seminar.id}-del-2-dag-1"] == 1


def test_a_seat_moved_elsewhere_takes_the_old_days_out_and_puts_the_new_ones_in(
    in_app: Flask, database: Database, people: Cast, seminar: Seminar
) -> None:
    seat(database, seminar, people.kari)
    later = plan(database, people.nord, now=NOW, name="Våren", days=days_of({1: LATER, 2: EVEN_LATER}))
    with database.transaction() as session:
        booking.move(session, person_id=people.kari, from_id=seminar.id, to_id=later.id, by=people.tone, now=NOW)
    moved, off = told(database, people.kari)[1:]
    assert (moved[0], moved[1], len(moved[2]), set(moved[2].values())) == ("seminar_moved", "REQUEST", 5, {0})
    assert (off[0], off[1], len(off[2]), set(off[2].values())) == ("seminar_days_off", "CANCEL", 4, {1})
    assert {uid.rpartition("-del")[0] for uid in off[2]} == {f"samling-{seminar.id}"}


def test_day_three_is_where_the_own_sector_meets(
    in_app: Flask, database: Database, people: Cast, seminar: Seminar
) -> None:
    assert move(
        database, seminar, 2, by=people.tone, tracks=(Track(sector="nav", place="NAV-huset"), Track(sector="helse"))
    )
    seat(database, seminar, people.kari, people.geir)
    places = {}
    with database.reading() as session:
        for person in (people.kari, people.geir):
            mail = session.scalars(select(OutboxMail).where(OutboxMail.person_id == person)).one()
            events = [each.vevent for each in vobject.readComponents(mail.calendar)]
            places[person] = {event.location.value for event in events if "del-1-dag-3" in event.uid.value}
            assert {event.location.value for event in events if "del-1-dag-3" not in event.uid.value} == {"Tromsø"}
    assert places == {people.kari: {"NAV-huset"}, people.geir: {"Tromsø"}}


def test_a_seminar_called_off_leaves_every_calendar(
    in_app: Flask, database: Database, people: Cast, seminar: Seminar
) -> None:
    seat(database, seminar, people.kari)
    with database.transaction() as session:
        planning.cancel_seminar(session, seminar_id=seminar.id, reason="Streik", by=people.tone, now=NOW)
    name, method, numbers = told(database, people.kari)[-1]
    assert (name, method, len(numbers), set(numbers.values())) == ("seminar_cancelled", "CANCEL", 4, {1})


def test_the_file_goes_with_the_mail_as_a_part_calendars_act_on_and_as_a_file(
    in_app: Flask, database: Database, people: Cast, seminar: Seminar, outbox_transport: KeptMail
) -> None:
    seat(database, seminar, people.kari)
    assert move(database, seminar, 2, by=people.tone, place="Alta")
    jobs.send_mail(in_app)
    first, message = outbox_transport.sent
    files = list(first.iter_attachments())
    assert [each.get_filename() for each in files] == [f"{number}-kalender.ics" for number in range(1, 5)]
    assert {each.get_param("method") for each in files} == {"REQUEST"}
    days = [vobject.readOne(each.get_payload(decode=True).decode()).vevent_list for each in files]
    assert len({event.uid.value for events in days for event in events}) == len(files) == 4
    alternatives = message.get_payload()[0]
    kinds = [part.get_content_type() for part in alternatives.iter_parts()]
    assert message.get_content_type() == "multipart/mixed"
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    part = list(alternatives.iter_parts())[2]
    assert part.get_param("method") == "REQUEST"
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "kalender.ics"
    read = [vobject.readOne(each.get_payload(decode=True).decode()) for each in (part, attached)]
    assert [len(each.vevent_list) for each in read] == [1, 1]
    assert read[0].vevent.location.value == "Alta"
    assert read[0].vevent.attendee.value == "mailto:kari@cast.example"


def test_what_is_kept_of_a_person_is_what_that_person_was_told(
    in_app: Flask, database: Database, people: Cast, seminar: Seminar
) -> None:
    seat(database, seminar, people.kari, people.geir)
    with database.reading() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.person_id == people.kari)).one()
    assert mail.calendar is not None
    assert "geir" not in mail.calendar.lower()
    assert json.dumps(mail.calendar).count("ATTENDEE") == 4
