"""The only way a view of the fieldwork gets a row: fetched and checked in one step; 404 and 403 are decided here.

404 for what the viewer may not know of (another region's), 403 for what is known but not allowed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models.fieldwork import ObservationVisit, Seminar, SeminarDay, SeminarSeat
from lms import access
from lms.errors import Forbidden, NotFound
from lms.people import Person
from lms.roles import Act
from lms.units import Unit, UnitKind
from lms.viewer import Reach, Viewer

ROW_ID_MAX = 2**31 - 1  # what the databases keep; a larger number in an address names nothing


def seminars_reach(viewer: Viewer) -> Reach:
    """In which units the viewer runs seminars; 403 where in none."""
    return access.require(viewer, Act.RUN_SEMINARS)


def visits_reach(viewer: Viewer) -> Reach:
    """In which units the viewer records visits for others; false, not refused, where in none."""
    return viewer.may(Act.RECORD_VISITS)


def as_mentor(viewer: Viewer) -> int | None:
    """The viewer's id as one who may confirm the visits that name them as mentor, or None; trainers are mentors too."""
    return viewer.person_id if viewer.may(Act.CONFIRM_VISITS) or visits_reach(viewer) else None


def deliverer(viewer: Viewer) -> int:
    """The viewer's id as one who logs own deliveries; 403 otherwise."""
    access.require(viewer, Act.LOG_DELIVERIES)
    return viewer.person_id


def regional_unit_for(session: Session, viewer: Viewer, unit_id: int) -> Unit:
    """A regional unit in which the viewer runs seminars; 404 for every other."""
    unit = access.unit_for(session, viewer, Act.RUN_SEMINARS, _row_id(unit_id))
    if unit.kind != UnitKind.REGIONAL:
        raise NotFound
    return unit


def seminar_for(session: Session, viewer: Viewer, seminar_id: int) -> Seminar:
    """A seminar of a unit in which the viewer runs them; 404 for every other."""
    reach = seminars_reach(viewer)
    seminar = session.scalar(
        select(Seminar)
        .join(Unit, Unit.id == Seminar.unit_id)
        .where(Seminar.id == _row_id(seminar_id), reach.units(Unit.path))
    )
    if seminar is None:
        raise NotFound
    return seminar


def seminar_day_for(session: Session, viewer: Viewer, seminar_id: int, day_id: int) -> tuple[Seminar, SeminarDay]:
    """A day of a seminar the viewer runs; 404 for every other, also for another seminar's day."""
    seminar = seminar_for(session, viewer, seminar_id)
    day = session.get(SeminarDay, _row_id(day_id))
    if day is None or day.seminar_id != seminar.id:
        raise NotFound
    return seminar, day


def seated_for(session: Session, viewer: Viewer, seminar_id: int, person_id: int) -> tuple[Seminar, Person | None]:
    """A seminar the viewer runs, and the person if seated there; nobody else is named, also not by a second click."""
    seminar = seminar_for(session, viewer, seminar_id)
    seated = (
        select(Person)
        .join(SeminarSeat, SeminarSeat.person_id == Person.id)
        .where(SeminarSeat.seminar_id == seminar.id, Person.id == _row_id(person_id))
    )
    return seminar, session.scalar(seated)


def people_for(session: Session, viewer: Viewer, act: Act, person_ids: Collection[int], *, on: date) -> frozenset[int]:
    """These people, all of them in units in which the viewer may do this; 404 if one is not."""
    reach = access.require(viewer, act)
    found = frozenset(session.scalars(select(Person.id).where(Person.id.in_(person_ids), reach.people(Person.id, on))))
    if found != frozenset(person_ids):
        raise NotFound
    return found


def visitor_for(session: Session, viewer: Viewer, person_id: int | None, *, on: date) -> Person:
    """For whom a visit is recorded: oneself by default, else a person in reach; 404 for every other."""
    if person_id is None or person_id == viewer.person_id:
        return session.get_one(Person, viewer.person_id)
    if not visits_reach(viewer):
        raise NotFound  # whether there is such a person is nobody's business
    return access.person_for(session, viewer, Act.RECORD_VISITS, _row_id(person_id), on=on)


def visit_to_confirm_for(session: Session, viewer: Viewer, visit_id: int, *, on: date) -> ObservationVisit:
    """A visit the viewer may confirm, as its mentor or as a trainer in reach; 403 for one's own, 404 for others'."""
    visit = session.get(ObservationVisit, _row_id(visit_id))
    if visit is None:
        raise NotFound
    if visit.person_id == viewer.person_id:
        raise Forbidden
    if visit.mentor_id is not None and visit.mentor_id == as_mentor(viewer):
        return visit
    near = visits_reach(viewer).people(Person.id, on)
    if session.scalar(select(Person.id).where(Person.id == visit.person_id, near)) is None:
        raise NotFound
    return visit


def _row_id(number: int) -> int:
    if not 0 < number <= ROW_ID_MAX:
        raise NotFound
    return number
