"""Reads for the pages about gatherings. Write nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql import ColumnElement

from courses.models.gatherings import Gathering, GatheringAttendance, GatheringSignUp, GatheringUnit
from courses.queries.seminars import Named
from lms.people import Person
from lms.units import Membership, Unit, holds_on
from lms.viewer import Reach

LIST_LENGTH_MAX = 200
GATHERINGS_SHOWN_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheringLine:
    """A gathering as a trainer recorded it, with how many of one's people took part."""

    on: date
    title: str
    kind: str
    people: int


def own_gatherings(session: Session, person_id: int) -> Sequence[GatheringAttendance]:
    """The gatherings a person took part in, newest first."""
    return session.scalars(
        select(GatheringAttendance)
        .where(GatheringAttendance.person_id == person_id)
        .order_by(GatheringAttendance.on.desc(), GatheringAttendance.id.desc())
        .limit(LIST_LENGTH_MAX)
    ).all()


def gatherings_in(session: Session, reach: Reach, *, on: date) -> list[GatheringLine]:
    """The latest gatherings in which people within reach took part, newest first."""
    rows = session.execute(
        select(GatheringAttendance.on, GatheringAttendance.title, GatheringAttendance.kind, func.count())
        .join(Membership, and_(Membership.person_id == GatheringAttendance.person_id, holds_on(Membership, on)))
        .join(Unit, Unit.id == Membership.unit_id)
        .where(reach.units(Unit.path))
        .group_by(GatheringAttendance.on, GatheringAttendance.title, GatheringAttendance.kind)
        .order_by(GatheringAttendance.on.desc(), GatheringAttendance.title)
        .limit(GATHERINGS_SHOWN_MAX)
    )
    return [GatheringLine(on=day, title=title, kind=kind, people=people) for day, title, kind, people in rows]


UNRECORDED_DAYS = 60
"""For so long a gathering without a list of who took part is asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLine:
    """A gathering to come: how many have signed up, and whether the reader has."""

    gathering: Gathering
    people: int
    signed_up: bool


def coming_for(session: Session, person_id: int, *, today: date) -> list[PlannedLine]:
    """The gatherings to come that are open to a person's unit, or that they have signed up for; what is
    called off only for who signed up."""
    mine = exists().where(and_(GatheringSignUp.gathering_id == Gathering.id, GatheringSignUp.person_id == person_id))
    among = or_(mine, and_(Gathering.cancelled_at.is_(None), open_to(person_id, today)))
    return _lines(session, person_id, and_(Gathering.on >= today, among), newest=False)


def planned_in(session: Session, person_id: int, reach: Reach) -> list[PlannedLine]:
    """The gatherings open to a unit within reach, or planned by oneself, the latest first."""
    near = exists().where(
        and_(GatheringUnit.gathering_id == Gathering.id, Unit.id == GatheringUnit.unit_id, reach.units(Unit.path))
    )
    return _lines(session, person_id, or_(near, Gathering.planned_by == person_id), newest=True)


def open_to(person_id: int, on: date) -> ColumnElement[bool]:
    """The condition that a gathering is open to the unit a person belongs to on a day."""
    opened, own = aliased(Unit), aliased(Unit)
    return exists(
        select(GatheringUnit.gathering_id)
        .join(opened, opened.id == GatheringUnit.unit_id)
        .join(own, own.path.startswith(opened.path))
        .join(Membership, and_(Membership.unit_id == own.id, holds_on(Membership, on)))
        .where(GatheringUnit.gathering_id == Gathering.id, Membership.person_id == person_id)
    )


def without_attendance(session: Session, person_id: int, *, today: date) -> Sequence[Gathering]:
    """The gatherings somebody planned that are over, with people signed up and nobody recorded."""
    signed = exists().where(GatheringSignUp.gathering_id == Gathering.id)
    recorded = exists().where(
        and_(GatheringAttendance.on == Gathering.on, GatheringAttendance.title == Gathering.title)
    )
    return session.scalars(
        select(Gathering)
        .where(
            Gathering.planned_by == person_id,
            Gathering.on < today,
            Gathering.on >= today - timedelta(days=UNRECORDED_DAYS),
            Gathering.cancelled_at.is_(None),
            signed,
            ~recorded,
        )
        .order_by(Gathering.on)
    ).all()


def signed_up(session: Session, gathering_id: int, *, on: date) -> list[Named]:
    """Those who have signed up, by name, with where they belong on a day."""
    rows = session.execute(
        select(Person.id, Person.name, Unit.name, Membership.sector)
        .join(GatheringSignUp, GatheringSignUp.person_id == Person.id)
        .outerjoin(Membership, and_(Membership.person_id == Person.id, holds_on(Membership, on)))
        .outerjoin(Unit, Unit.id == Membership.unit_id)
        .where(GatheringSignUp.gathering_id == gathering_id)
        .order_by(Person.sort_name, Person.id)
    )
    return [Named(id=id_, name=name, unit_name=unit or "", sector=sector or "") for id_, name, unit, sector in rows]


def recorded_at(session: Session, gathering: Gathering) -> frozenset[int]:
    """Who is recorded as having taken part."""
    return frozenset(
        session.scalars(
            select(GatheringAttendance.person_id).where(
                GatheringAttendance.on == gathering.on, GatheringAttendance.title == gathering.title
            )
        )
    )


def _lines(session: Session, person_id: int, among: ColumnElement[bool], *, newest: bool) -> list[PlannedLine]:
    counted = (
        select(func.count())
        .select_from(GatheringSignUp)
        .where(GatheringSignUp.gathering_id == Gathering.id)
        .correlate(Gathering)
        .scalar_subquery()
    )
    mine = exists().where(and_(GatheringSignUp.gathering_id == Gathering.id, GatheringSignUp.person_id == person_id))
    order = Gathering.on.desc() if newest else Gathering.on
    rows = session.execute(
        select(Gathering, counted, mine.label("mine")).where(among).order_by(order, Gathering.id).limit(LIST_LENGTH_MAX)
    )
    return [PlannedLine(gathering=row, people=people, signed_up=bool(own)) for row, people, own in rows]
