"""What happened outside the browser, by person: evidence for `certificates`. A constant number of queries each.

Every function answers for every person asked about, with an empty tuple where there is nothing, oldest first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Date, Select, Subquery, bindparam, func, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql import ColumnElement

from courses.models.attendance import MakeUp
from courses.models.gatherings import GatheringAttendance
from courses.models.seminars import Attendance, Seminar, SeminarDay, SeminarSeat
from courses.models.visits import ObservationVisit, VisitWord
from courses.queries import making_up
from courses.queries.ledger import ledger
from courses.queries.visits import newest_word_id
from courses.seminars import GatheringKind
from courses.visits import DeliveryModel, ModuleKind, Word
from lms.clock import local_date
from lms.people import Person

Fact = TypeVar("Fact")

# Statements that every dossier asks are made once: making one costs more than asking it of a few people.
_PEOPLE: BindParameter[int] = bindparam("person_ids", expanding=True)
_AFTER = bindparam("after", type_=Date)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendedDay:
    """A seminar day a person attended, by the newest word on it and its local day; the part has `of_days` days.

    A day made up says so: `missed_on` is the day it stands for, `missed_at` the seminar of that day, and
    `made_up` in words what was done instead where it was no day of a seminar.
    """

    seminar_id: int
    seminar_name: str
    part: int
    day_number: int
    of_days: int
    on: date
    recorded_on: date
    recorded_by_name: str
    missed_on: date | None = None
    missed_at: str = ""
    made_up: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDay:
    """A day to come in a seminar in which a person has a seat or makes up a missed day, and that is not called off."""

    seminar_id: int
    seminar_name: str
    place: str
    part: int
    day_number: int
    on: date
    day_id: int


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
    """A workplace presentation a person held, and the local day it was logged, or confirmed by them as the partner."""

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
    """The seminar days each person attended or made up. Two queries."""
    if not person_ids:
        return {}
    made_up = making_up.made_up_days(session, person_ids)
    rows = session.execute(_attended(), {"person_ids": list(person_ids)})
    missed = {(each.person_id, each.other_day_id): each for each in made_up if each.other_day_id is not None}
    attended = (
        (
            person_id,
            _at_missed(
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
                missed.get((person_id, day.id)),
            ),
        )
        for person_id, recorded_at, day, seminar_name, of_days, recorded_by_name in rows
    )
    instead = ((each.person_id, _instead(each)) for each in made_up if each.done_on is not None)
    return _by_person(person_ids, (*attended, *instead))


@cache
def _attended() -> Select[*tuple[Any, ...]]:
    newest = newest_attendance(Attendance.person_id.in_(_PEOPLE))
    of_part = aliased(SeminarDay)
    of_days = (
        select(func.count())
        .select_from(of_part)
        .where(of_part.seminar_id == SeminarDay.seminar_id, of_part.part == SeminarDay.part)
        .correlate(SeminarDay)
        .scalar_subquery()
    )
    return (
        select(Attendance.person_id, Attendance.recorded_at, SeminarDay, Seminar.name, of_days, Person.name)
        .join(newest, newest.c.id == Attendance.id)
        .join(SeminarDay, SeminarDay.id == Attendance.seminar_day_id)
        .join(Seminar, Seminar.id == SeminarDay.seminar_id)
        .join(Person, Person.id == Attendance.recorded_by)
        .where(Attendance.person_id.in_(_PEOPLE), Attendance.present)
        .order_by(SeminarDay.on, SeminarDay.id)
    )


def _at_missed(day: AttendedDay, agreed: making_up.MadeUpDay | None) -> AttendedDay:
    """A day at another seminar, with the one it stands for."""
    return day if agreed is None else replace(day, missed_on=agreed.missed_on, missed_at=agreed.seminar_name)


def _instead(done: making_up.MadeUpDay) -> AttendedDay:
    """A confirmed replacement, as the day it stands for."""
    assert done.done_on is not None and done.confirmed_on is not None
    return AttendedDay(
        seminar_id=done.seminar_id,
        seminar_name=done.seminar_name,
        part=done.part,
        day_number=done.day_number,
        of_days=done.of_days,
        on=done.done_on,
        recorded_on=done.confirmed_on,
        recorded_by_name=done.confirmed_by_name,
        missed_on=done.missed_on,
        missed_at=done.seminar_name,
        made_up=done.done_what,
    )


def planned_days(session: Session, person_ids: Collection[int], *, after: date) -> dict[int, tuple[PlannedDay, ...]]:
    """The seminar days each person has a seat for or makes up a missed day on, later than `after`. One query."""
    if not person_ids:
        return {}
    rows = session.execute(_planned(), {"person_ids": list(person_ids), "after": after})
    return _by_person(
        person_ids,
        (
            (
                person_id,
                PlannedDay(
                    seminar_id=seminar.id,
                    seminar_name=seminar.name,
                    place=day.place or seminar.place,
                    part=day.part,
                    day_number=day.day_number,
                    on=day.on,
                    day_id=day.id,
                ),
            )
            for person_id, day, seminar in rows
        ),
    )


@cache
def _planned() -> Select[*tuple[Any, ...]]:
    seated = (
        select(SeminarSeat.person_id, SeminarDay.id.label("day_id"))
        .join(SeminarDay, SeminarDay.seminar_id == SeminarSeat.seminar_id)
        .where(SeminarSeat.person_id.in_(_PEOPLE))
    )
    guests = select(MakeUp.person_id, MakeUp.other_day_id).where(
        MakeUp.person_id.in_(_PEOPLE), MakeUp.other_day_id.is_not(None), MakeUp.withdrawn_at.is_(None)
    )
    expected = seated.union(guests).subquery("expected")
    return (
        select(expected.c.person_id, SeminarDay, Seminar)
        .join(SeminarDay, SeminarDay.id == expected.c.day_id)
        .join(Seminar, Seminar.id == SeminarDay.seminar_id)
        .where(SeminarDay.on > _AFTER, Seminar.cancelled_at.is_(None))
        .order_by(SeminarDay.on, SeminarDay.id)
    )


def visits_of(session: Session, person_ids: Collection[int]) -> dict[int, tuple[VisitFact, ...]]:
    """The observation visits each person made and told of, confirmed or not. One query.

    What is only planned, sent back, struck out or rejected is not among them.
    """
    if not person_ids:
        return {}
    rows = session.scalars(_visits(), {"person_ids": list(person_ids)})
    return _by_person(person_ids, ((visit.person_id, _visit_fact(visit)) for visit in rows))


@cache
def _visits() -> Select[ObservationVisit]:
    return (
        select(ObservationVisit)
        .join(VisitWord, VisitWord.id == newest_word_id())
        .where(
            ObservationVisit.person_id.in_(_PEOPLE),
            ObservationVisit.withdrawn_at.is_(None),
            VisitWord.word.in_((Word.REPORTED, Word.CONFIRMED)),
        )
        .order_by(ObservationVisit.on, ObservationVisit.id)
    )


def deliveries_of(session: Session, person_ids: Collection[int]) -> dict[int, tuple[DeliveryFact, ...]]:
    """The deliveries that count for each person: those they logged, and those of a partner from the day they
    confirmed them; what both have logged, once. A constant number of queries."""
    if not person_ids:
        return {}
    held = ledger(session, person_ids)
    return _by_person(
        person_ids,
        (
            (
                person_id,
                DeliveryFact(
                    id=row.id,
                    on=row.on,
                    recorded_on=local_date(since),
                    company=row.company,
                    module=ModuleKind(row.module),
                    model=DeliveryModel(row.model),
                ),
            )
            for person_id in person_ids
            for row, since in sorted(held.counting(person_id), key=lambda found: (found[0].on, found[0].id))
        ),
    )


def gatherings_of(session: Session, person_ids: Collection[int]) -> dict[int, tuple[GatheringFact, ...]]:
    """The gatherings each person took part in. One query."""
    if not person_ids:
        return {}
    rows = session.scalars(_GATHERINGS, {"person_ids": list(person_ids)})
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
    for person_id, mentor_id in session.execute(_MENTORS, {"person_ids": list(person_ids)}):
        if mentor_id is not None:
            found[person_id].add(mentor_id)
    return {person_id: frozenset(found[person_id]) for person_id in person_ids}


_GATHERINGS = (
    select(GatheringAttendance)
    .where(GatheringAttendance.person_id.in_(_PEOPLE))
    .order_by(GatheringAttendance.on, GatheringAttendance.id)
)
_MENTORS = (
    select(ObservationVisit.person_id, ObservationVisit.mentor_id)
    .where(
        ObservationVisit.person_id.in_(_PEOPLE),
        ObservationVisit.mentor_id.is_not(None),
        ObservationVisit.confirmed_at.is_not(None),
        ObservationVisit.withdrawn_at.is_(None),
    )
    .distinct()
)


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
