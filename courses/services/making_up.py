"""Verbs about missed days: agree how one is made up, confirm that it was, take an agreement back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses import attendance as rules
from courses.models.attendance import MakeUp
from courses.models.seminars import SeminarDay
from courses.services.attendance import locked_seminar, roll_of
from lms import audit
from lms.clock import local_date
from lms.errors import Refused, hold
from lms.verdict import because


def agree(
    session: Session,
    *,
    day: SeminarDay,
    person_id: int,
    other: SeminarDay | None,
    what: str,
    by: int,
    now: datetime,
) -> MakeUp:
    """Agree how a person makes up a day: on the `other` seminar's same day, or by what is described.

    Refused for oneself, for a day attended, when an agreement holds already, or when the other day does not fit or is
    full.
    """
    for seminar_id in sorted({day.seminar_id, *((other.seminar_id,) if other else ())}):
        locked_seminar(session, seminar_id)  # in one order, so that two trainers never wait for each other
    holds = select(MakeUp.id).where(
        MakeUp.person_id == person_id, MakeUp.seminar_day_id == day.id, MakeUp.withdrawn_at.is_(None)
    )
    hold(
        rules.agreeing_problem(
            person_id=person_id,
            by=by,
            newest=roll_of(session, day.id).word_on(person_id),
            agreed=session.scalar(holds) is not None,
            words=what if other is None else "-",
        )
    )
    if other is not None:
        fits = (other.part, other.day_number) == (day.part, day.day_number) and other.seminar_id != day.seminar_id
        listed = roll_of(session, other.id).listed
        full = len(listed - {person_id}) >= locked_seminar(session, other.seminar_id).seats
        hold(rules.other_day_problem(fits=fits, on=other.on, today=local_date(now), full=full))
        if person_id in listed:
            raise Refused(because("make-up-seated"))
    made = MakeUp(
        person_id=person_id,
        seminar_day_id=day.id,
        other_day_id=other.id if other else None,
        what=what,
        agreed_by=by,
        agreed_at=now,
        done_what="",
    )
    session.add(made)
    session.flush()
    _record(session, made, "make-up-agreed", by=by, now=now)
    return made


def confirm(session: Session, made: MakeUp, *, done_on: date, done_what: str, by: int, now: datetime) -> bool:
    """Vouch that a replacement was done, when and what. False when it is confirmed already (a second click)."""
    _locked(session, made)
    if made.confirmed_at is not None or made.withdrawn_at is not None or made.other_day_id is not None:
        return False
    hold(rules.confirming_problem(person_id=made.person_id, by=by, done_on=done_on, today=local_date(now)))
    made.done_on, made.done_what, made.confirmed_by, made.confirmed_at = done_on, done_what, by, now
    session.flush()
    _record(session, made, "make-up-confirmed", by=by, now=now)
    return True


def withdraw(session: Session, made: MakeUp, *, by: int, now: datetime) -> bool:
    """Take an agreement back, also a confirmed one: it counts no longer and stays recorded. False at a second click."""
    _locked(session, made)
    if made.withdrawn_at is not None:
        return False
    if made.person_id == by:
        raise Refused(because("make-up-by-oneself"))
    made.withdrawn_by, made.withdrawn_at = by, now
    session.flush()
    _record(session, made, "make-up-withdrawn", by=by, now=now)
    return True


def _locked(session: Session, made: MakeUp) -> None:
    session.refresh(made, with_for_update=True)


def _record(session: Session, made: MakeUp, action: str, *, by: int, now: datetime) -> None:
    audit.record(
        session,
        actor_id=by,
        action=action,
        subject=("person", made.person_id),
        details={"make_up": made.id, "day": made.seminar_day_id, "other_day": made.other_day_id, "on": made.done_on},
        now=now,
    )
