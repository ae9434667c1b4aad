"""What is written to people about their seats in seminars, with what their calendars need to know.

Needs an application; whoever changes a seat calls it, in the transaction of the change.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.calendar import Happening
from courses.models.seminars import Seminar, SeminarDay
from courses.queries.booking import days_of
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
    days = days_of(session, seminar.id)
    if _over(days, now):
        return 0
    people = session.scalars(
        select(Person).where(Person.id.in_(person_ids), Person.deactivated_at.is_(None)).order_by(Person.id)
    ).all()
    for person in people:
        invitation = calendar.news(session, seminar, person, now=now).request
        seat_given(session, seminar, days, person, now=now, invitation=invitation)
    return len(people)


def tell_unseated(
    session: Session, *, seminar: Seminar, person: Person, now: datetime, by_oneself: bool = False, reason: str = ""
) -> bool:
    """Tell a person that the seat is gone; False, and nothing told, once the seminar is over."""
    locked_seminar(session, seminar.id)
    days = days_of(session, seminar.id)
    if _over(days, now) or person.deactivated_at is not None:
        return False
    off = calendar.cancellation(session, seminar, person, now=now)
    seat_lost(session, seminar, days, person, now=now, by_oneself=by_oneself, reason=reason, off=off.file)
    return True


def tell_moved(session: Session, *, old: Seminar, new: Seminar, person: Person, now: datetime) -> bool:
    """Tell a person that the seat is in another seminar now; False, and nothing told, once that is over."""
    days = days_of(session, new.id)
    if _over(days, now) or person.deactivated_at is not None:
        return False
    news = calendar.news(session, new, person, now=now)
    seat_moved(session, old, new, days, person, now=now, invitation=news.request)
    off = calendar.cancellation(session, old, person, now=now)
    if off.file is not None:  # a calendar file says one thing: put in, or take out
        days_off(session, old, person, off=off.events, file=off.file, now=now)
    return True


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
    by_oneself: bool = False,
    reason: str = "",
    off: str | None = None,
) -> OutboxMail:
    """To one who is no longer on the list: taken off it, or by the own wish."""
    context = {
        "seminar": seminar,
        "days": days,
        "by_oneself": by_oneself,
        "reason": reason,
        "link": full_address("home.home"),
    }
    return outbox.enqueue(session, name="seminar_seat_lost", person=person, context=context, now=now, calendar=off)


def days_off(
    session: Session, seminar: Seminar, person: Person, *, off: Sequence[Happening], file: str, now: datetime
) -> OutboxMail:
    """To one in whose calendar days stand that are theirs no longer: which, with the file that takes them out."""
    context = {"seminar": seminar, "off": off, "link": full_address("home.home")}
    return outbox.enqueue(session, name="seminar_days_off", person=person, context=context, now=now, calendar=file)


def seat_moved(
    session: Session,
    old: Seminar,
    new: Seminar,
    days: Sequence[SeminarDay],
    person: Person,
    *,
    now: datetime,
    invitation: str | None = None,
) -> OutboxMail:
    """To one whose seat is in another seminar now: from where, to where, and when that is."""
    context = {"old": old, "seminar": new, "days": days, "link": full_address("home.home")}
    return outbox.enqueue(session, name="seminar_moved", person=person, context=context, now=now, calendar=invitation)


def invited(
    session: Session, seminar: Seminar, days: Sequence[SeminarDay], person: Person, *, through: date, now: datetime
) -> OutboxMail:
    """To one who is asked to book: what, when, and the last day for it."""
    context = {"seminar": seminar, "days": days, "through": through, "link": _booking(seminar)}
    return outbox.enqueue(session, name="seminar_invitation", person=person, context=context, now=now)


def offered(
    session: Session, seminar: Seminar, days: Sequence[SeminarDay], person: Person, *, until: datetime, now: datetime
) -> OutboxMail:
    """To the first in the line: a seat is theirs until an instant, if they want it."""
    context = {"seminar": seminar, "days": days, "until": until, "link": _booking(seminar)}
    return outbox.enqueue(session, name="seat_offer", person=person, context=context, now=now)


def offer_over(session: Session, seminar: Seminar, person: Person, *, ended_at: datetime, now: datetime) -> OutboxMail:
    """To one who did not answer in time: the seat has gone on, and how to get into the line again."""
    context = {"seminar": seminar, "ended_at": ended_at, "link": _booking(seminar)}
    return outbox.enqueue(session, name="seat_offer_over", person=person, context=context, now=now, daytime_only=True)


def waited_in_vain(
    session: Session, seminar: Seminar, days: Sequence[SeminarDay], person: Person, *, now: datetime
) -> OutboxMail:
    """To one who waited for a seat in a seminar that is called off."""
    context = {"seminar": seminar, "days": days, "had_seat": False, "link": full_address("home.home")}
    return outbox.enqueue(session, name="seminar_cancelled", person=person, context=context, now=now)


def _booking(seminar: Seminar) -> str:
    """The page on which the seminar is booked; it belongs to the floor above, which knows who needs it."""
    return full_address("booking.cohort", seminar_id=seminar.id)


def _over(days: Sequence[SeminarDay], now: datetime) -> bool:
    return not days or days[-1].on < local_date(now)
