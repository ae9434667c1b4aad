"""Reads about missed days that are made up. Write nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql import ColumnElement

from courses.models.attendance import MakeUp
from courses.models.seminars import Seminar, SeminarDay
from lms.clock import local_date
from lms.people import Person
from lms.units import Unit
from lms.viewer import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUpDay:
    """An agreement that holds: about which missed day, and either the other day or, once confirmed, what was done."""

    id: int
    person_id: int
    person_name: str
    seminar_id: int
    seminar_name: str
    day_id: int
    part: int
    day_number: int
    of_days: int
    missed_on: date
    what: str
    agreed_by_name: str
    agreed_on: date
    other_day_id: int | None
    other_on: date | None
    other_name: str
    done_on: date | None
    done_what: str
    confirmed_by_name: str
    confirmed_on: date | None

    @property
    def waits(self) -> bool:
        """Whether a trainer's word is awaited that it has been done."""
        return self.other_day_id is None and self.done_on is None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDay:
    """A day of the same part and number in another seminar."""

    id: int
    on: date
    seminar_name: str
    place: str


def made_up_days(session: Session, person_ids: Collection[int]) -> Sequence[MadeUpDay]:
    """Every agreement that holds about these people, by missed day. One query."""
    return _holding(session, MakeUp.person_id.in_(person_ids))


def made_up_of_day(session: Session, day_id: int) -> dict[int, MadeUpDay]:
    """The agreements that hold about a missed day, by person."""
    return {each.person_id: each for each in _holding(session, MakeUp.seminar_day_id == day_id)}


def waiting_for_confirmation(session: Session, reach: Reach) -> Sequence[MadeUpDay]:
    """The replacements in seminars within reach that a trainer is to confirm."""
    within = (
        select(SeminarDay.id).join(Seminar, Seminar.id == SeminarDay.seminar_id).join(Unit, Unit.id == Seminar.unit_id)
    )
    return _holding(
        session,
        MakeUp.other_day_id.is_(None)
        & MakeUp.confirmed_at.is_(None)
        & MakeUp.seminar_day_id.in_(within.where(reach.units(Unit.path))),
    )


def other_days(session: Session, reach: Reach, day: SeminarDay, *, today: date) -> list[OtherDay]:
    """The days to come within reach on which this one could be made up, soonest first."""
    rows = session.execute(
        select(SeminarDay, Seminar)
        .join(Seminar, Seminar.id == SeminarDay.seminar_id)
        .join(Unit, Unit.id == Seminar.unit_id)
        .where(
            SeminarDay.part == day.part,
            SeminarDay.day_number == day.day_number,
            SeminarDay.seminar_id != day.seminar_id,
            SeminarDay.on >= today,
            reach.units(Unit.path),
        )
        .order_by(SeminarDay.on, SeminarDay.id)
    )
    return [
        OtherDay(id=other.id, on=other.on, seminar_name=seminar.name, place=other.place or seminar.place)
        for other, seminar in rows
    ]


@cache
def _agreements() -> Select[*tuple[Any, ...]]:
    """Made once: making the statement costs more than asking it of a few people."""
    missed, other, other_seminar = aliased(SeminarDay), aliased(SeminarDay), aliased(Seminar)
    person, agreer, confirmer = aliased(Person), aliased(Person), aliased(Person)
    of_days = (
        select(func.count())
        .select_from(SeminarDay)
        .where(SeminarDay.seminar_id == missed.seminar_id, SeminarDay.part == missed.part)
        .correlate(missed)
        .scalar_subquery()
    )
    return (
        select(
            MakeUp,
            missed,
            Seminar.name,
            of_days,
            person.name,
            agreer.name,
            other.on,
            other_seminar.name,
            confirmer.name,
        )
        .join(missed, missed.id == MakeUp.seminar_day_id)
        .join(Seminar, Seminar.id == missed.seminar_id)
        .join(person, person.id == MakeUp.person_id)
        .join(agreer, agreer.id == MakeUp.agreed_by)
        .outerjoin(other, other.id == MakeUp.other_day_id)
        .outerjoin(other_seminar, other_seminar.id == other.seminar_id)
        .outerjoin(confirmer, confirmer.id == MakeUp.confirmed_by)
        .where(MakeUp.withdrawn_at.is_(None))
        .order_by(missed.on, MakeUp.id)
    )


def _holding(session: Session, which: ColumnElement[bool]) -> Sequence[MadeUpDay]:
    rows = session.execute(_agreements().where(which))
    return [
        MadeUpDay(
            id=row.id,
            person_id=row.person_id,
            person_name=person_name,
            seminar_id=day.seminar_id,
            seminar_name=seminar_name,
            day_id=day.id,
            part=day.part,
            day_number=day.day_number,
            of_days=days,
            missed_on=day.on,
            what=row.what,
            agreed_by_name=agreed_by,
            agreed_on=local_date(row.agreed_at),
            other_day_id=row.other_day_id,
            other_on=other_on,
            other_name=other_name or "",
            done_on=row.done_on,
            done_what=row.done_what,
            confirmed_by_name=confirmed_by or "",
            confirmed_on=local_date(row.confirmed_at) if row.confirmed_at else None,
        )
        for row, day, seminar_name, days, person_name, agreed_by, other_on, other_name, confirmed_by in rows
    ]
