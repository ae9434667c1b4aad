"""Reads for the pages about gatherings. Write nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from courses.models.gatherings import GatheringAttendance
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
