"""Reads: whose time is out, and who has been given more of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.people import Person
from quizzes.limits import is_over
from quizzes.models import Attempt, ExtraTime


def overdue(session: Session, now: datetime, *, owner: str | None = None) -> tuple[int, ...]:
    """The attempts whose time is out and that nobody has closed yet: all, or those of one owner."""
    found = select(Attempt.id, Attempt.deadline_at).where(Attempt.submitted_at.is_(None), Attempt.deadline_at < now)
    if owner is not None:
        found = found.where(Attempt.owner == owner)
    return tuple(id for id, at in session.execute(found.order_by(Attempt.id)) if is_over(at, now))


def extra_percent(session: Session, person_id: int) -> int:
    """How much more time than others a person has for tests now, in per cent."""
    newest = select(ExtraTime.percent).where(ExtraTime.person_id == person_id).order_by(ExtraTime.id.desc()).limit(1)
    return session.scalar(newest) or 0


def extra_time_given(session: Session, person_id: int) -> list[tuple[int, str, datetime]]:
    """What a person has been given, newest first: per cent, who gave it and when."""
    rows = session.execute(
        select(ExtraTime.percent, Person.name, ExtraTime.given_at)
        .join(Person, Person.id == ExtraTime.given_by)
        .where(ExtraTime.person_id == person_id)
        .order_by(ExtraTime.id.desc())
    )
    return [(percent, name, given_at) for percent, name, given_at in rows]
