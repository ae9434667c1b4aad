"""What happened outside the browser, by person: evidence for `certificates`. A constant number of queries each.

Every function answers for every person asked about, with an empty tuple where there is nothing, oldest first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from courses.models.deliveries import Delivery
from courses.models.gatherings import GatheringAttendance
from courses.models.seminars import Attendance, Seminar, SeminarDay, SeminarSeat
from courses.models.visits import ObservationVisit, VisitWord
from courses.queries.visits import newest_word_id
from courses.seminars import GatheringKind
from courses.visits import DeliveryModel, ModuleKind, Word
from lms.clock import local_date
from lms.people import Person

Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendedDay:
    """A seminar day a person attended, by the newest word on it and its local day; the part has `of_days` days."""

    seminar_id: int
    seminar_name: str
    part: int
    day_number: int
    of_days: int
    on: date
    recorded_on: date
    recorded_by_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDay:
    """A day to come in a seminar in which a person has a seat."""

    seminar_id: int
    seminar_name: str
    place: str
    part: int
    day_number: int
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFact:
    """An observation visit; `confirmed_on` is the local day of its confirmation, None while it waits."""

    id: int
    on: date
    company: str
    modules: frozenset[ModuleKind]
    mentor_id: int | None
    mentor_name: str
    confirmed_on: date | None

    @property
    def confirmed(self) -> bool:
        """Whether a mentor or a trainer has vouched for it."""
        return self.confirmed_on is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFact:
    """A workplace presentation a person held, and the local day it was logged."""

    id: int
    on: date
    recorded_on: date
    company: str
    module: ModuleKind
    model: DeliveryModel


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheringFact:
    """A further-training or network gathering a person took part in, and the local day that was recorded."""

    id: int
    on: date
    recorded_on: date
    title: str
    kind: GatheringKind


def attended_days(session: Session, person_ids: Collection[int]) -> dict[int, tuple[AttendedDay, ...]]:
    """The seminar days each person attended. One query."""
    if not person_ids:
        return {}
    newest = newest_attendance(Attendance.person_id.in_(person_ids))
    days_in_part = (
        select(SeminarDay.seminar_id, SeminarDay.part, func.count().label("of_days"))
        .group_by(SeminarDay.seminar_id, SeminarDay.part)
        .subquery()
    )
    rows = session.execute(
        select(
            Attendance.person_id,
            Attendance.recorded_at,
            SeminarDay,
            Seminar.name,
            days_in_part.c.of_days,
            Person.name,
        )
        .join(newest, newest.c.id == Attendance.id)
        .join(SeminarDay, SeminarDay.id == Attendance.seminar_day_id)
        .join(Seminar, Seminar.id == SeminarDay.seminar_id)
        .join(
            days_in_part,
            (days_in_part.c.seminar_id == SeminarDay.seminar_id) & (days_in_part.c.part == SeminarDay.part),
        )
        .join(Person, Person.id == Attendance.recorded_by)
        .where(Attendance.person_id.in_(person_ids), Attendance.present)
        .order_by(SeminarDay.on, SeminarDay.id)
    )
    return _by_person(
        person_ids,
        (
            (
                person_id,
                AttendedDay(
                    seminar_id=day.seminar_id,
                    seminar_name=seminar_name,
                    part=day.part,
                    day_number=day.day_number,
                    of_days=of_days,
                    on=day.on,
                    recorded_on=local_date(recorded_at),
                    recorded_by_name=recorded_by_name,
                ),
            )
            for person_id, recorded_at, day, seminar_name, of_days, recorded_by_name in rows
        ),
    )


def planned_days(session: Session, person_ids: Collection[int], *, after: date) -> dict[int, tuple[PlannedDay, ...]]:
    """The seminar days each person has a seat for, later than `after`. One query."""
    if not person_ids:
        return {}
    rows = session.execute(
        select(SeminarSeat.person_id, SeminarDay, Seminar)
        .join(Seminar, Seminar.id == SeminarSeat.seminar_id)
        .join(SeminarDay, SeminarDay.seminar_id == Seminar.id)
        .where(SeminarSeat.person_id.in_(person_ids), SeminarDay.on > after)
        .order_by(SeminarDay.on, SeminarDay.id)
    )
    return _by_person(
        person_ids,
        (
            (
                person_id,
                PlannedDay(
                    seminar_id=seminar.id,
                    seminar_name=seminar.name,
                    place=seminar.place,
                    part=day.part,
                    day_number=day.day_number,
                    on=day.on,
                ),
            )
            for person_id, day, seminar in rows
        ),
    )


def visits_of(session: Session, person_ids: Collection[int]) -> dict[int, tuple[VisitFact, ...]]:
    """The observation visits each person made and told of, confirmed or not. One query.

    What is only planned, sent back, struck out or rejected is not among them.
    """
    if not person_ids:
        return {}
    rows = session.scalars(
        select(ObservationVisit)
        .join(VisitWord, VisitWord.id == newest_word_id())
        .where(
            ObservationVisit.person_id.in_(person_ids),
            ObservationVisit.withdrawn_at.is_(None),
            VisitWord.word.in_((Word.REPORTED, Word.CONFIRMED)),
        )
        .order_by(ObservationVisit.on, ObservationVisit.id)
    )
    return _by_person(person_ids, ((visit.person_id, _visit_fact(visit)) for visit in rows))


def deliveries_of(session: Session, person_ids: Collection[int]) -> dict[int, tuple[DeliveryFact, ...]]:
    """The deliveries each person logged. One query."""
    if not person_ids:
        return {}
    rows = session.scalars(
        select(Delivery).where(Delivery.person_id.in_(person_ids)).order_by(Delivery.on, Delivery.id)
    )
    return _by_person(
        person_ids,
        (
            (
                row.person_id,
                DeliveryFact(
                    id=row.id,
                    on=row.on,
                    recorded_on=local_date(row.recorded_at),
                    company=row.company,
                    module=ModuleKind(row.module),
                    model=DeliveryModel(row.model),
                ),
            )
            for row in rows
        ),
    )


def gatherings_of(session: Session, person_ids: Collection[int]) -> dict[int, tuple[GatheringFact, ...]]:
    """The gatherings each person took part in. One query."""
    if not person_ids:
        return {}
    rows = session.scalars(
        select(GatheringAttendance)
        .where(GatheringAttendance.person_id.in_(person_ids))
        .order_by(GatheringAttendance.on, GatheringAttendance.id)
    )
    return _by_person(
        person_ids,
        (
            (
                row.person_id,
                GatheringFact(
                    id=row.id,
                    on=row.on,
                    recorded_on=local_date(row.recorded_at),
                    title=row.title,
                    kind=GatheringKind(row.kind),
                ),
            )
            for row in rows
        ),
    )


def mentors_of(session: Session, person_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Everybody who was mentor on a confirmed visit of each person. One query.

    What a participant has only claimed counts for nothing here either: it would shut out any trainer one likes.
    """
    if not person_ids:
        return {}
    found: defaultdict[int, set[int]] = defaultdict(set)
    for person_id, mentor_id in session.execute(
        select(ObservationVisit.person_id, ObservationVisit.mentor_id)
        .where(
            ObservationVisit.person_id.in_(person_ids),
            ObservationVisit.mentor_id.is_not(None),
            ObservationVisit.confirmed_at.is_not(None),
            ObservationVisit.withdrawn_at.is_(None),
        )
        .distinct()
    ):
        if mentor_id is not None:
            found[person_id].add(mentor_id)
    return {person_id: frozenset(found[person_id]) for person_id in person_ids}


def newest_attendance(among: ColumnElement[bool]) -> Subquery:
    """The id of the row that counts, for each person and day among these rows: the last one written."""
    return (
        select(func.max(Attendance.id).label("id"))
        .where(among)
        .group_by(Attendance.seminar_day_id, Attendance.person_id)
        .subquery("newest_attendance")
    )


def _visit_fact(visit: ObservationVisit) -> VisitFact:
    return VisitFact(
        id=visit.id,
        on=visit.on,
        company=visit.company,
        modules=frozenset(ModuleKind(kind) for kind in visit.modules),
        mentor_id=visit.mentor_id,
        mentor_name=visit.mentor_name,
        confirmed_on=local_date(visit.confirmed_at) if visit.confirmed_at is not None else None,
    )


def _by_person(person_ids: Collection[int], facts: Iterable[tuple[int, Fact]]) -> dict[int, tuple[Fact, ...]]:
    found: defaultdict[int, list[Fact]] = defaultdict(list)
    for person_id, fact in facts:
        found[person_id].append(fact)
    return {person_id: tuple(found[person_id]) for person_id in person_ids}
