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

from courses import booking, seminars
from courses.booking import SeatChange
from courses.models.seminars import Seminar, SeminarDay, SeminarSeat
from courses.queries import booking as queries
from courses.seminars import Day
from courses.services import planning, seats
from courses.services.attendance import locked_seminar, roll_of
from lms import audit
from lms.clock import local_date
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
    for day in days:
        planning.add_day(session, seminar.id, day)
    return seminar


def seat_people(
    session: Session, *, seminar_id: int, person_ids: Collection[int], now: datetime, by: int | None = None
) -> tuple[int, ...]:
    """A trainer gives these people seats, whatever the booking window; returns those who had none.

    Refused, all of them, when there is not room for all, for a quota, or when one has a seat elsewhere for a part that
    is to come.
    """
    seminar = locked_seminar(session, seminar_id)
    if seminar.cancelled_at is not None:
        raise Refused(because("seminar-is-cancelled"))
    seated = _seated(session, seminar_id)
    newcomers = sorted(set(person_ids) - seated)
    seats.lock_people(session, newcomers)
    seats.settle(session, seminar, now=now)
    _hold_room(session, seminar, newcomers, now=now)
    _hold_nowhere_else(session, seminar, newcomers, now=now)
    for person_id in newcomers:
        seats.give(session, seminar, person_id, SeatChange.SEATED, by=by, now=now)
    return tuple(newcomers)


def _hold_room(session: Session, seminar: Seminar, newcomers: Sequence[int], *, now: datetime) -> None:
    """There is a seat for each of them; what they are offered is theirs already. Quotas hold for trainers, too."""
    stands = seats.standing(session, seminar, now=now, but_for=newcomers)
    hold(seminars.room_for(seated=len(stands.taken), wanted=len(newcomers), seats=seminar.seats))
    taken = list(stands.taken)
    from_where = queries.belongings(session, newcomers, on=local_date(now))
    for person_id in newcomers:
        hold(booking.fits(stands.limits, taken, from_where[person_id]))
        taken.append(from_where[person_id])


def _hold_nowhere_else(session: Session, seminar: Seminar, person_ids: Collection[int], *, now: datetime) -> None:
    """None of them has a seat elsewhere for a part that is to come."""
    today = local_date(now)
    cohort = seats.cohort_of(session, seminar)
    held = queries.held_by(session, person_ids, from_on=today)
    names = dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids))).all())
    found = [
        because("seated-elsewhere", name=names[person_id], **no.reasons[0].values)
        for person_id in sorted(person_ids)
        if (no := booking.elsewhere(cohort, held[person_id], now=now, today=today)) is not None
    ]
    if found:
        raise Refused(*found)


def unseat_person(
    session: Session, *, seminar_id: int, person: Person, by: int, now: datetime, reason: str = ""
) -> bool:
    """A trainer takes a person off the list; refused after any attended day, and without a reason once people cannot
    give up the seat themselves. False when there was no seat (a second click). The seat goes to the next in line."""
    seminar = locked_seminar(session, seminar_id)
    if person.id not in _seated(session, seminar_id):
        return False
    if attended_any_day(session, seminar_id, person.id):
        raise Refused(because("seat-attended", name=person.name))
    hold(booking.removal_problem(seats.cohort_of(session, seminar), reason=reason, today=local_date(now)))
    seats.take(session, seminar, person.id, SeatChange.REMOVED, by=by, now=now, reason=reason)
    audit.record(
        session,
        actor_id=by,
        action="seat-removed",
        subject=("person", person.id),
        details={"seminar": seminar_id, "reason": reason},
        now=now,
    )
    seats.settle(session, seminar, now=now)
    return True


def attended_any_day(session: Session, seminar_id: int, person_id: int) -> bool:
    """Whether a person was there on a day of the seminar, by the newest word."""
    day_ids = session.scalars(select(SeminarDay.id).where(SeminarDay.seminar_id == seminar_id)).all()
    return any(roll_of(session, day_id).present.get(person_id) for day_id in day_ids)


def _seated(session: Session, seminar_id: int) -> set[int]:
    return set(session.scalars(select(SeminarSeat.person_id).where(SeminarSeat.seminar_id == seminar_id)))
