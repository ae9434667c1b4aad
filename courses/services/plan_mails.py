"""What is written to people when the plan of their seminar changes. Needs an application."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models.seminars import Seminar, SeminarDay, SeminarSeat, SeminarTrainer, TrainerSubstitution
from courses.planning import Change
from courses.queries.planning import trainers_of
from courses.services import calendar, seat_mails
from lms import outbox
from lms.clock import local_date
from lms.outbox import OutboxMail
from lms.people import Person
from lms.web import full_address


def tell_changed(
    session: Session, *, seminar: Seminar, was_named: str, changes: Sequence[Change], without: int, now: datetime
) -> int:
    """Tell everybody seated, and who runs the seminar, what is new and what it was; returns how many are told.

    With the mail comes what corrects the calendars of those seated. Whoever calls holds the seminar's row.
    """
    seated = frozenset(session.scalars(select(SeminarSeat.person_id).where(SeminarSeat.seminar_id == seminar.id)).all())
    people = _people(session, {*seated, *_trainers(session, seminar, now)} - {without})
    for person in people:
        news = calendar.news(session, seminar, person, now=now) if person.id in seated else calendar.NO_NEWS
        changed(session, seminar, person, was_named=was_named, changes=changes, now=now, invitation=news.request)
        if news.cancel is not None:  # a calendar file says one thing: put in, or take out
            seat_mails.days_off(session, seminar, person, off=news.off, file=news.cancel, now=now)
    return len(people)


def tell_cancelled(
    session: Session,
    *,
    seminar: Seminar,
    days: Sequence[SeminarDay],
    person_ids: Collection[int],
    without: int,
    now: datetime,
) -> int:
    """Tell everybody seated, and who runs the seminar, that it is called off and why; returns how many are told."""
    people = _people(session, {*person_ids, *_trainers(session, seminar, now)} - {without})
    for person in people:
        off = calendar.cancellation(session, seminar, person, now=now)
        cancelled(session, seminar, days, person, now=now, off=off.file)
    return len(people)


def changed(
    session: Session,
    seminar: Seminar,
    person: Person,
    *,
    was_named: str,
    changes: Sequence[Change],
    now: datetime,
    invitation: str | None = None,
) -> OutboxMail:
    """To one of the seminar: each day that is not as it was, old and new."""
    context = {"seminar": seminar, "was_named": was_named, "changes": changes, "link": full_address("home.home")}
    return outbox.enqueue(session, name="seminar_changed", person=person, context=context, now=now, calendar=invitation)


def cancelled(
    session: Session,
    seminar: Seminar,
    days: Sequence[SeminarDay],
    person: Person,
    *,
    now: datetime,
    off: str | None = None,
) -> OutboxMail:
    """To one of the seminar: it is called off, and why."""
    context = {"seminar": seminar, "days": days, "had_seat": True, "link": full_address("home.home")}
    return outbox.enqueue(session, name="seminar_cancelled", person=person, context=context, now=now, calendar=off)


def substituted(
    session: Session,
    seminar: Seminar,
    days: Sequence[SeminarDay],
    person: Person,
    *,
    absent: Person,
    substitute: Person,
    row: TrainerSubstitution,
    now: datetime,
) -> OutboxMail:
    """To the trainer who takes over, and to the one who is relieved: from when, which days, and why."""
    context = {
        "seminar": seminar,
        "days": days,
        "absent": absent,
        "substitute": substitute,
        "from_on": row.from_date,
        "reason": row.reason,
        "link": full_address("seminars.seminar", seminar_id=seminar.id),
    }
    return outbox.enqueue(session, name="trainer_substitute", person=person, context=context, now=now)


def _trainers(session: Session, seminar: Seminar, now: datetime) -> set[int]:
    """Who was given the seminar, and who has taken over by today."""
    assigned = session.scalars(select(SeminarTrainer.person_id).where(SeminarTrainer.seminar_id == seminar.id))
    return {*assigned, *(each.id for each in trainers_of(session, seminar.id, on=local_date(now)))}


def _people(session: Session, person_ids: Collection[int]) -> Sequence[Person]:
    return session.scalars(
        select(Person).where(Person.id.in_(person_ids), Person.deactivated_at.is_(None)).order_by(Person.id)
    ).all()
