"""Reads about evaluations. None of them tells who gave which answer; nothing that is kept does. Write nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import and_, exists, func, select, true
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from courses.evaluation import LEAST, OPEN_DAYS, Answer, closes
from courses.models.evaluation import EvaluationAnswer, EvaluationTurn
from courses.models.seminars import Attendance, Seminar, SeminarDay
from courses.queries.fieldwork import newest_attendance
from lms.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendedPart:
    """A part of a seminar that a person was at, on one of its days at least."""

    seminar_id: int
    seminar_name: str
    part: int
    person_id: int
    last_day: date
    ends: time
    answered: bool
    asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers on a part that may be shown, in random order; `waiting` are not shown yet."""

    shown: tuple[Answer, ...]
    waiting: int


def attended_part(session: Session, seminar_id: int, part: int, person_id: int) -> AttendedPart | None:
    """A part, to one who was there; None to everybody else."""
    this = and_(SeminarDay.seminar_id == seminar_id, SeminarDay.part == part)
    found = _attended(session, this, Attendance.person_id == person_id)
    return found[0] if found else None


def to_answer(session: Session, person_id: int, *, today: date) -> Sequence[AttendedPart]:
    """The parts a person was at, whose form is open and not answered."""
    found = _attended(session, true(), Attendance.person_id == person_id)
    return [each for each in found if not each.answered and each.last_day <= today <= closes(each.last_day)]


def to_ask(session: Session, *, today: date) -> Sequence[AttendedPart]:
    """Everybody who was at a part whose form is open and has neither been asked nor answered."""
    recent = and_(SeminarDay.on <= today, SeminarDay.on >= today - timedelta(days=2 * OPEN_DAYS))
    found = _attended(session, recent, true())
    return [
        each
        for each in found
        if not each.asked and not each.answered and each.last_day <= today <= closes(each.last_day)
    ]


def last_day_of(session: Session, seminar_id: int, part: int) -> date | None:
    """The last day of a part; None where the seminar has no such part."""
    return session.scalar(
        select(func.max(SeminarDay.on)).where(SeminarDay.seminar_id == seminar_id, SeminarDay.part == part)
    )


def answers_of(session: Session, seminar_id: int, part: int, *, last_day: date, today: date) -> Answers:
    """What may be shown of a part: whole groups of five, and all there is once the form is closed."""
    rows = session.scalars(
        select(EvaluationAnswer)
        .where(EvaluationAnswer.seminar_id == seminar_id, EvaluationAnswer.part == part)
        .order_by(EvaluationAnswer.id)
    ).all()
    over = today > closes(last_day) and len(rows) >= LEAST
    shown = [row for row in rows if row.shown or over]
    return Answers(
        shown=tuple(Answer(key=row.id, ratings=row.ratings, useful=row.useful, better=row.better) for row in shown),
        waiting=len(rows) - len(shown),
    )


def parts_of(session: Session, seminar_id: int, *, today: date) -> Sequence[int]:
    """The parts of a seminar whose form has opened."""
    return session.scalars(
        select(SeminarDay.part)
        .where(SeminarDay.seminar_id == seminar_id)
        .group_by(SeminarDay.part)
        .having(func.max(SeminarDay.on) <= today)
        .order_by(SeminarDay.part)
    ).all()


def _attended(session: Session, days: ColumnElement[bool], people: ColumnElement[bool]) -> Sequence[AttendedPart]:
    newest = newest_attendance(and_(people, Attendance.seminar_day_id.in_(select(SeminarDay.id).where(days))))
    there = (
        select(SeminarDay.seminar_id, SeminarDay.part, Attendance.person_id)
        .join(newest, newest.c.id == Attendance.id)
        .join(SeminarDay, SeminarDay.id == Attendance.seminar_day_id)
        .where(Attendance.present)
        .distinct()
        .subquery("there")
    )
    later = SeminarDay.__table__.alias("later")
    is_last = ~exists().where(
        later.c.seminar_id == SeminarDay.seminar_id, later.c.part == SeminarDay.part, later.c.on_date > SeminarDay.on
    )
    rows = session.execute(
        select(
            there.c.seminar_id,
            Seminar.name,
            there.c.part,
            there.c.person_id,
            SeminarDay.on,
            SeminarDay.ends,
            EvaluationTurn.answered,
            EvaluationTurn.asked_at,
        )
        .join(Seminar, Seminar.id == there.c.seminar_id)
        .join(SeminarDay, and_(SeminarDay.seminar_id == there.c.seminar_id, SeminarDay.part == there.c.part, is_last))
        .join(Person, and_(Person.id == there.c.person_id, Person.deactivated_at.is_(None)))
        .outerjoin(
            EvaluationTurn,
            and_(
                EvaluationTurn.seminar_id == there.c.seminar_id,
                EvaluationTurn.part == there.c.part,
                EvaluationTurn.person_id == there.c.person_id,
            ),
        )
        .order_by(SeminarDay.on, there.c.seminar_id, there.c.part, there.c.person_id)
    )
    return [
        AttendedPart(
            seminar_id=seminar_id,
            seminar_name=name,
            part=part,
            person_id=person_id,
            last_day=last_day,
            ends=ends,
            answered=bool(answered),
            asked=asked_at is not None,
        )
        for seminar_id, name, part, person_id, last_day, ends, answered, asked_at in rows
    ]
