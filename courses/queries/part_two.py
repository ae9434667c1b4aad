"""Who has part 2 of a seminar before them, and what of their visits they have been reminded of. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses.models.seminars import Seminar, SeminarDay, SeminarSeat
from courses.models.visits import VisitsReminder
from courses.visits import REMINDED_DAYS_BEFORE
from lms.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingPart:
    """A person's seat in a part 2 that has not begun."""

    person_id: int
    seminar_id: int
    seminar_name: str
    place: str
    first_day: date


def coming_part_2(session: Session, *, on: date, through: date | None = None) -> list[ComingPart]:
    """The seats in a part 2 that begins after this day and of which one is reminded on it, or on a day through another;
    the first to begin first."""
    first_day = func.min(SeminarDay.on)
    soon = select(SeminarDay.seminar_id).where(
        SeminarDay.on > on, SeminarDay.on <= on + timedelta(days=max(REMINDED_DAYS_BEFORE))
    )
    rows = session.execute(
        select(SeminarSeat.person_id, Seminar.id, Seminar.name, Seminar.place, first_day)
        .join(Seminar, Seminar.id == SeminarSeat.seminar_id)
        .join(SeminarDay, SeminarDay.seminar_id == Seminar.id)
        .join(Person, Person.id == SeminarSeat.person_id)
        .where(SeminarDay.part == 2, Seminar.id.in_(soon), Person.deactivated_at.is_(None))
        .group_by(SeminarSeat.person_id, Seminar.id, Seminar.name, Seminar.place)
        .having(first_day > on, first_day <= (through or on) + timedelta(days=max(REMINDED_DAYS_BEFORE)))
        .order_by(first_day, SeminarSeat.person_id)
    )
    return [
        ComingPart(person_id=person_id, seminar_id=seminar_id, seminar_name=name, place=place, first_day=begins)
        for person_id, seminar_id, name, place, begins in rows
    ]


def has_seat(session: Session, seat: ComingPart) -> bool:
    """Whether the seat is still there, now that it is decided on."""
    query = select(SeminarSeat.id).where(
        SeminarSeat.person_id == seat.person_id, SeminarSeat.seminar_id == seat.seminar_id
    )
    return session.scalars(query).first() is not None


def stages_sent(session: Session, seat: ComingPart) -> frozenset[int]:
    """The reminders before this part 2 the person has been sent, by their days before it."""
    return frozenset(
        session.scalars(
            select(VisitsReminder.days_before).where(
                VisitsReminder.person_id == seat.person_id, VisitsReminder.seminar_id == seat.seminar_id
            )
        )
    )
