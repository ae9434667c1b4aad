"""Checking in oneself: a trainer opens it for a day, participants type the code that is shown in the room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses import attendance as rules
from courses.models.attendance import CheckIn
from courses.models.seminars import Attendance, SeminarDay
from courses.queries import attendance as queries
from courses.services.attendance import locked_seminar, roll_of
from lms import audit, ids
from lms.clock import local_date
from lms.errors import Refused, hold
from lms.verdict import because


def open_check_in(session: Session, *, day: SeminarDay, by: int, now: datetime) -> CheckIn:
    """Open the check-in of a day, on that day; the one that is open already stays as it is."""
    hold(rules.opening_problem(on=day.on, today=local_date(now)))
    locked_seminar(session, day.seminar_id)
    found = queries.check_in_of(session, day.id)
    if found is not None and found.closed_at is None:
        return found
    if found is None:
        found = CheckIn(seminar_day_id=day.id)
        session.add(found)
    # a new secret: what was shown before it was closed opens nothing now
    found.secret, found.opened_by, found.opened_at, found.closed_at = ids.new_token(), by, now, None
    session.flush()
    audit.record(session, actor_id=by, action="check-in-opened", subject=("seminar-day", day.id), details={}, now=now)
    return found


def close_check_in(session: Session, *, day: SeminarDay, by: int, now: datetime) -> None:
    """Close the check-in of a day; a second click changes nothing."""
    locked_seminar(session, day.seminar_id)
    found = queries.check_in_of(session, day.id)
    if found is None or found.closed_at is not None:
        return
    found.closed_at = now
    audit.record(session, actor_id=by, action="check-in-closed", subject=("seminar-day", day.id), details={}, now=now)


def check_in(session: Session, *, person_id: int, code: str, now: datetime) -> SeminarDay:
    """Record oneself as present on the day whose code this is; returns the day. A second time changes nothing.

    Refused when no day of today on whose list one stands has the code, and against a trainer's word.
    """
    days = queries.days_on(session, person_id, local_date(now))
    day = _day_of_code(session, days, code, now)
    if day is None:
        raise Refused(because("check-in-code-wrong") if days else because("check-in-no-day"))
    locked_seminar(session, day.seminar_id)
    opened, roll = queries.check_in_of(session, day.id), roll_of(session, day.id)
    if opened is None or opened.closed_at is not None or person_id not in roll.listed:  # meanwhile
        raise Refused(because("check-in-code-wrong"))
    newest = roll.word_on(person_id)
    hold(rules.check_in_problem(person_id=person_id, opened_by=opened.opened_by, newest=newest))
    if newest is None:
        session.add(
            Attendance(
                seminar_day_id=day.id,
                person_id=person_id,
                present=True,
                recorded_by=opened.opened_by,
                recorded_at=now,
                check_in_id=opened.id,
            )
        )
        session.flush()
        audit.record(
            session, actor_id=person_id, action="checked-in", subject=("seminar-day", day.id), details={}, now=now
        )
    return day


def _day_of_code(session: Session, days: Sequence[SeminarDay], code: str, now: datetime) -> SeminarDay | None:
    opened = session.scalars(
        select(CheckIn).where(CheckIn.seminar_day_id.in_([day.id for day in days]), CheckIn.closed_at.is_(None))
    )
    good = {each.seminar_day_id for each in opened if rules.is_good(each.secret, code, now)}
    return next((day for day in days if day.id in good), None)
