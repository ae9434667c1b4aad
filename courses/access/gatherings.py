"""The only way a view of gatherings gets a row; 404 and 403 are decided here.

A gathering is there for the people of the units it is open to, for who planned it, and for those who train there.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from courses.models.gatherings import Gathering, GatheringSignUp, GatheringUnit
from courses.queries import gatherings as queries
from lms import access
from lms.errors import Forbidden, NotFound
from lms.people import Person
from lms.roles import Act
from lms.units import Unit, UnitKind
from lms.viewer import Viewer
from lms.web import instructors_among


def gathering_for(session: Session, viewer: Viewer, gathering_id: int, *, on: date) -> Gathering:
    """A gathering the viewer may know of; 404 for every other."""
    reach = viewer.may(Act.RUN_SEMINARS)
    opened = (
        select(GatheringUnit.gathering_id).join(Unit, Unit.id == GatheringUnit.unit_id).where(reach.units(Unit.path))
    )
    signed = select(GatheringSignUp.gathering_id).where(GatheringSignUp.person_id == viewer.person_id)
    row = session.scalar(
        select(Gathering).where(
            Gathering.id == access.row_id(gathering_id),
            or_(
                Gathering.planned_by == viewer.person_id,
                Gathering.id.in_(opened),
                Gathering.id.in_(signed),
                queries.open_to(viewer.person_id, on),
            ),
        )
    )
    if row is None:
        raise NotFound
    return row


def may_sign_up(session: Session, viewer: Viewer, gathering: Gathering, *, on: date) -> bool:
    """Gatherings are for those who hold a certificate, in a unit the gathering is open to."""
    opened = session.scalar(
        select(Gathering.id).where(Gathering.id == gathering.id, queries.open_to(viewer.person_id, on))
    )
    return opened is not None and bool(instructors_among(session, [viewer.person_id], on=on))


def gathering_to_join(session: Session, viewer: Viewer, gathering_id: int, *, on: date) -> Gathering:
    """A gathering the viewer may sign up for; 403 for who is no certified instructor there."""
    row = gathering_for(session, viewer, gathering_id, on=on)
    if not may_sign_up(session, viewer, row, on=on):
        raise Forbidden
    return row


def gathering_to_lead(session: Session, viewer: Viewer, gathering_id: int, *, on: date) -> Gathering:
    """A gathering the viewer may record and call off: the own, or one open to the viewer's units; 403 for the rest."""
    row = gathering_for(session, viewer, gathering_id, on=on)
    reach = access.require(viewer, Act.RUN_SEMINARS)
    ours = select(GatheringUnit.unit_id).join(Unit, Unit.id == GatheringUnit.unit_id)
    near = ours.where(and_(GatheringUnit.gathering_id == row.id, reach.units(Unit.path)))
    if row.planned_by != viewer.person_id and session.scalar(near) is None:
        raise Forbidden
    return row


def leads(session: Session, viewer: Viewer, gathering_id: int, *, on: date) -> bool:
    """Whether the viewer is one of those."""
    try:
        gathering_to_lead(session, viewer, gathering_id, on=on)
    except Forbidden:
        return False
    return True


def units_to_invite(session: Session, viewer: Viewer) -> list[Unit]:
    """The units a gathering may be open to: those the viewer trains in, and every region."""
    reach = access.require(viewer, Act.RUN_SEMINARS)
    near = or_(reach.units(Unit.path), Unit.kind == UnitKind.REGIONAL)
    return list(session.scalars(select(Unit).where(near).order_by(Unit.path)))


def took_part_for(
    session: Session, viewer: Viewer, gathering: Gathering, person_ids: frozenset[int], *, on: date
) -> frozenset[int]:
    """These people, who signed up or belong to units the viewer trains in; 404 if one does neither."""
    reach = access.require(viewer, Act.RUN_SEMINARS)
    signed = select(GatheringSignUp.person_id).where(GatheringSignUp.gathering_id == gathering.id)
    found = frozenset(
        session.scalars(
            select(Person.id).where(Person.id.in_(person_ids), or_(Person.id.in_(signed), reach.people(Person.id, on)))
        )
    )
    if found != person_ids:
        raise NotFound
    return found
