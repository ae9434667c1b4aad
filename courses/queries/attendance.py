"""Reads about attendance: check-ins, and who is on a day's list. Write nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql import ColumnElement

from courses.models.attendance import CheckIn, MakeUp
from courses.models.seminars import Attendance, Seminar, SeminarDay, SeminarSeat
from courses.queries.fieldwork import newest_attendance
from courses.queries.seminars import Named
from lms.people import Person
from lms.units import Membership, Unit, holds_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody with a seat in another seminar who makes up a missed day here."""

    person: Named
    seminar_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDay:
    """A day on whose list one stands: what is recorded (`present`, None for nothing yet) and since when."""

    day: SeminarDay
    seminar_name: str
    present: bool | None
    at: datetime | None


def check_in_of(session: Session, day_id: int) -> CheckIn | None:
    """The check-in of a day, open or closed; None where none was opened."""
    return session.scalars(
        select(CheckIn).where(CheckIn.seminar_day_id == day_id).execution_options(populate_existing=True)
    ).one_or_none()


def is_on_list(day_id: ColumnElement[int], seminar_id: ColumnElement[int], person_id: int) -> ColumnElement[bool]:
    """The SQL condition that a person stands on a day's list: with a seat, or to make up a missed day there."""
    seat = select(SeminarSeat.id).where(SeminarSeat.seminar_id == seminar_id, SeminarSeat.person_id == person_id)
    guest = select(MakeUp.id).where(
        MakeUp.other_day_id == day_id, MakeUp.person_id == person_id, MakeUp.withdrawn_at.is_(None)
    )
    return or_(seat.exists(), guest.exists())


def days_on(session: Session, person_id: int, on: date) -> Sequence[SeminarDay]:
    """The seminar days of a date on whose list a person stands."""
    listed = is_on_list(SeminarDay.id.expression, SeminarDay.seminar_id.expression, person_id)
    return session.scalars(select(SeminarDay).where(SeminarDay.on == on, listed).order_by(SeminarDay.id)).all()


def own_days(session: Session, person_id: int) -> list[OwnDay]:
    """The seminar days on whose list a person stands, by date, and what is recorded on them."""
    listed = is_on_list(SeminarDay.id.expression, SeminarDay.seminar_id.expression, person_id)
    newest = newest_attendance(Attendance.person_id == person_id)
    words = select(Attendance).join(newest, newest.c.id == Attendance.id).subquery("words")
    rows = session.execute(
        select(SeminarDay, Seminar.name, words.c.present, words.c.recorded_at)
        .join(Seminar, Seminar.id == SeminarDay.seminar_id)
        .outerjoin(words, words.c.seminar_day_id == SeminarDay.id)
        .where(listed)
        .order_by(SeminarDay.on, SeminarDay.id)
    )
    return [OwnDay(day=day, seminar_name=name, present=present, at=at) for day, name, present, at in rows]


def guests_of(session: Session, day_id: int, *, on: date) -> list[Guest]:
    """Who makes up a missed day on this one, by name, with the unit of a day and the seminar they belong to."""
    missed = aliased(SeminarDay)
    rows = session.execute(
        select(Person.id, Person.name, Unit.name, Membership.sector, Seminar.name)
        .join(MakeUp, MakeUp.person_id == Person.id)
        .join(missed, missed.id == MakeUp.seminar_day_id)
        .join(Seminar, Seminar.id == missed.seminar_id)
        .outerjoin(Membership, and_(Membership.person_id == Person.id, holds_on(Membership, on)))
        .outerjoin(Unit, Unit.id == Membership.unit_id)
        .where(MakeUp.other_day_id == day_id, MakeUp.withdrawn_at.is_(None))
        .order_by(Person.sort_name, Person.id)
    )
    return [
        Guest(
            person=Named(id=person_id, name=name, unit_name=unit or "", sector=sector or ""), seminar_name=seminar_name
        )
        for person_id, name, unit, sector, seminar_name in rows
    ]
