"""What is written to people about their seats in seminars. Needs an application; whoever changes a seat calls it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models.seminars import Seminar, SeminarDay
from lms import outbox
from lms.clock import local_date
from lms.outbox import OutboxMail
from lms.people import Person
from lms.web import full_address


def tell_seated(session: Session, *, seminar: Seminar, person_ids: Collection[int], now: datetime) -> int:
    """Tell these people that they have a seat, and when; returns how many are told: none once the seminar is over."""
    days = _days(session, seminar.id)
    if _over(days, now):
        return 0
    people = session.scalars(select(Person).where(Person.id.in_(person_ids), Person.deactivated_at.is_(None))).all()
    for person in people:
        seat_given(session, seminar, days, person, now=now)
    return len(people)


def tell_unseated(session: Session, *, seminar: Seminar, person: Person, now: datetime) -> bool:
    """Tell a person that the seat is gone; False, and nothing told, once the seminar is over."""
    days = _days(session, seminar.id)
    if _over(days, now) or person.deactivated_at is not None:
        return False
    seat_lost(session, seminar, days, person, now=now)
    return True


def seat_given(
    session: Session, seminar: Seminar, days: Sequence[SeminarDay], person: Person, *, now: datetime
) -> OutboxMail:
    """To the participant: where and when."""
    context = {"seminar": seminar, "days": days, "link": full_address("home.home")}
    return outbox.enqueue(session, name="seminar_seat", person=person, context=context, now=now)


def seat_lost(
    session: Session, seminar: Seminar, days: Sequence[SeminarDay], person: Person, *, now: datetime
) -> OutboxMail:
    """To one who is no longer on the list."""
    context = {"seminar": seminar, "days": days, "link": full_address("home.home")}
    return outbox.enqueue(session, name="seminar_seat_lost", person=person, context=context, now=now)


def _days(session: Session, seminar_id: int) -> Sequence[SeminarDay]:
    return session.scalars(
        select(SeminarDay).where(SeminarDay.seminar_id == seminar_id).order_by(SeminarDay.on, SeminarDay.id)
    ).all()


def _over(days: Sequence[SeminarDay], now: datetime) -> bool:
    return not days or days[-1].on < local_date(now)
