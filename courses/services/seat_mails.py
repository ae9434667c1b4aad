"""What is written to people about their seats in seminars. Needs an application; whoever changes a seat or a plan calls
it, in the transaction of the change.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.calendar import Happening
from courses.models.seminars import Seminar, SeminarDay
from courses.services import calendar
from courses.services.attendance import locked_seminar
from lms import outbox
from lms.clock import local_date
from lms.outbox import OutboxMail
from lms.people import Person
from lms.web import full_address


def tell_seated(session: Session, *, seminar: Seminar, person_ids: Collection[int], now: datetime) -> int:
    """Tell these people that they have a seat, and when; returns how many are told: none once the seminar is over."""
    locked_seminar(session, seminar.id)
    days = _days(session, seminar.id)
    if _over(days, now):
        return 0
    people = _active(session, person_ids)
    for person in people:
        invitation = calendar.news(session, seminar, days, person, now=now).request
        seat_given(session, seminar, days, person, now=now, invitation=invitation)
    return len(people)


def tell_unseated(session: Session, *, seminar: Seminar, person: Person, now: datetime) -> bool:
    """Tell a person that the seat is gone; False, and nothing told, once the seminar is over."""
    locked_seminar(session, seminar.id)
    days = _days(session, seminar.id)
    if _over(days, now) or person.deactivated_at is not None:
        return False
    seat_lost(session, seminar, days, person, now=now, off=calendar.cancellation(session, seminar, person, now=now))
    return True


def tell_changed(session: Session, *, seminar: Seminar, person_ids: Collection[int], now: datetime) -> int:
    """Tell these people, who have seats, what has changed in the seminar's days since they were last told: date, hours,
    place, name. Returns how many are told; who knows it all already is not, so calling it once too often does no harm.
    """
    locked_seminar(session, seminar.id)
    days, told = _days(session, seminar.id), 0
    for person in _active(session, person_ids):
        news = calendar.news(session, seminar, days, person, now=now)
        if news.request is not None:
            seminar_changed(session, seminar, days, person, now=now, invitation=news.request)
        if news.cancel is not None:  # a file says one thing: put in, or take out
            seminar_changed(session, seminar, days, person, now=now, invitation=news.cancel, off=news.off)
        told += news.request is not None or news.cancel is not None
    return told


def seat_given(
    session: Session,
    seminar: Seminar,
    days: Sequence[SeminarDay],
    person: Person,
    *,
    now: datetime,
    invitation: str | None = None,
) -> OutboxMail:
    """To the participant: where and when."""
    context = {"seminar": seminar, "days": days, "link": full_address("home.home")}
    return outbox.enqueue(session, name="seminar_seat", person=person, context=context, now=now, calendar=invitation)


def seat_lost(
    session: Session,
    seminar: Seminar,
    days: Sequence[SeminarDay],
    person: Person,
    *,
    now: datetime,
    off: str | None = None,
) -> OutboxMail:
    """To one who is no longer on the list."""
    context = {"seminar": seminar, "days": days, "link": full_address("home.home")}
    return outbox.enqueue(session, name="seminar_seat_lost", person=person, context=context, now=now, calendar=off)


def seminar_changed(
    session: Session,
    seminar: Seminar,
    days: Sequence[SeminarDay],
    person: Person,
    *,
    now: datetime,
    invitation: str | None = None,
    off: Sequence[Happening] = (),
) -> OutboxMail:
    """To the participant: the days as they are now; or, with `off`, which days are called off."""
    coming = [day for day in days if day.on >= local_date(now)]
    context = {"seminar": seminar, "days": coming, "off": off, "link": full_address("home.home")}
    return outbox.enqueue(session, name="seminar_changed", person=person, context=context, now=now, calendar=invitation)


def _active(session: Session, person_ids: Collection[int]) -> Sequence[Person]:
    return session.scalars(
        select(Person).where(Person.id.in_(person_ids), Person.deactivated_at.is_(None)).order_by(Person.id)
    ).all()


def _days(session: Session, seminar_id: int) -> Sequence[SeminarDay]:
    return session.scalars(
        select(SeminarDay).where(SeminarDay.seminar_id == seminar_id).order_by(SeminarDay.on, SeminarDay.id)
    ).all()


def _over(days: Sequence[SeminarDay], now: datetime) -> bool:
    return not days or days[-1].on < local_date(now)
