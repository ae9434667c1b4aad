"""Verbs of seminars: plan them, give and take seats.

Whatever changes a seminar locks its row first, so that two windows take turns; double clicks meet the tables' unique
constraints.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import seminars
from courses.models.seminars import Seminar, SeminarDay, SeminarSeat
from courses.seminars import Day
from courses.services.attendance import locked_seminar, roll_of
from lms import audit
from lms.errors import Refused, hold
from lms.people import Person
from lms.units import Unit
from lms.verdict import because


def plan_seminar(
    session: Session, *, unit: Unit, name: str, place: str, seats: int, days: Sequence[Day], now: datetime
) -> Seminar:
    """A new seminar with its days; refused when the days contradict each other or the unit has one of this name."""
    hold(seminars.plan_problems(days, seats=seats))
    seminar = Seminar(unit_id=unit.id, name=name.strip(), place=place.strip(), seats=seats, created_at=now)
    try:
        with session.begin_nested():
            session.add(seminar)
    except IntegrityError as error:
        raise Refused(because("seminar-name-taken", name=name.strip())) from error
    session.add_all(SeminarDay(seminar_id=seminar.id, part=day.part, day_number=day.number, on=day.on) for day in days)
    session.flush()
    return seminar


def seat_people(session: Session, *, seminar_id: int, person_ids: Collection[int], now: datetime) -> tuple[int, ...]:
    """Give these people seats; returns those who had none. Refused, all of them, when there is not room for all."""
    seminar = locked_seminar(session, seminar_id)
    seated = _seated(session, seminar_id)
    newcomers = sorted(set(person_ids) - seated)
    hold(seminars.room_for(seated=len(seated), wanted=len(newcomers), seats=seminar.seats))
    session.add_all(SeminarSeat(seminar_id=seminar_id, person_id=person_id, seated_at=now) for person_id in newcomers)
    session.flush()
    return tuple(newcomers)


def unseat_person(session: Session, *, seminar_id: int, person: Person, by: int, now: datetime) -> bool:
    """Take a person off the list; refused after any attended day. False when there was no seat (a second click)."""
    locked_seminar(session, seminar_id)
    seat = session.scalar(
        select(SeminarSeat).where(SeminarSeat.seminar_id == seminar_id, SeminarSeat.person_id == person.id)
    )
    if seat is None:
        return False
    day_ids = session.scalars(select(SeminarDay.id).where(SeminarDay.seminar_id == seminar_id)).all()
    if any(roll_of(session, day_id).present.get(person.id) for day_id in day_ids):
        raise Refused(because("seat-attended", name=person.name))
    session.delete(seat)
    audit.record(
        session,
        actor_id=by,
        action="seat-removed",
        subject=("person", person.id),
        details={"seminar": seminar_id},
        now=now,
    )
    return True


def _seated(session: Session, seminar_id: int) -> set[int]:
    return set(session.scalars(select(SeminarSeat.person_id).where(SeminarSeat.seminar_id == seminar_id)))
