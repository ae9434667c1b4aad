"""The only way a view of seminars gets a row: fetched and checked in one step; 404 and 403 are decided here.

404 for what the viewer may not know of (another region's), 403 for what is known but not allowed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models.attendance import MakeUp
from courses.models.seminars import Seminar, SeminarDay, SeminarSeat
from lms import access
from lms.errors import NotFound
from lms.people import Person
from lms.roles import Act
from lms.units import Unit, UnitKind
from lms.viewer import Reach, Viewer


def seminars_reach(viewer: Viewer) -> Reach:
    """In which units the viewer runs seminars; 403 where in none."""
    return access.require(viewer, Act.RUN_SEMINARS)


def regional_unit_for(session: Session, viewer: Viewer, unit_id: int) -> Unit:
    """A regional unit in which the viewer runs seminars; 404 for every other."""
    unit = access.unit_for(session, viewer, Act.RUN_SEMINARS, access.row_id(unit_id))
    if unit.kind != UnitKind.REGIONAL:
        raise NotFound
    return unit


def seminar_for(session: Session, viewer: Viewer, seminar_id: int) -> Seminar:
    """A seminar of a unit in which the viewer runs them; 404 for every other."""
    reach = seminars_reach(viewer)
    seminar = session.scalar(
        select(Seminar)
        .join(Unit, Unit.id == Seminar.unit_id)
        .where(Seminar.id == access.row_id(seminar_id), reach.units(Unit.path))
    )
    if seminar is None:
        raise NotFound
    return seminar


def seminar_day_for(session: Session, viewer: Viewer, seminar_id: int, day_id: int) -> tuple[Seminar, SeminarDay]:
    """A day of a seminar the viewer runs; 404 for every other, also for another seminar's day."""
    seminar = seminar_for(session, viewer, seminar_id)
    day = session.get(SeminarDay, access.row_id(day_id))
    if day is None or day.seminar_id != seminar.id:
        raise NotFound
    return seminar, day


def seated_for(session: Session, viewer: Viewer, seminar_id: int, person_id: int) -> tuple[Seminar, Person | None]:
    """A seminar the viewer runs, and the person if seated there; nobody else is named, also not by a second click."""
    seminar = seminar_for(session, viewer, seminar_id)
    seated = (
        select(Person)
        .join(SeminarSeat, SeminarSeat.person_id == Person.id)
        .where(SeminarSeat.seminar_id == seminar.id, Person.id == access.row_id(person_id))
    )
    return seminar, session.scalar(seated)


def missed_day_for(
    session: Session, viewer: Viewer, seminar_id: int, day_id: int, person_id: int
) -> tuple[Seminar, SeminarDay, Person]:
    """A day of a seminar the viewer runs and a person with a seat there; 404 for everything and everybody else."""
    seminar, day = seminar_day_for(session, viewer, seminar_id, day_id)
    _seminar, person = seated_for(session, viewer, seminar_id, person_id)
    if person is None:
        raise NotFound
    return seminar, day, person


def other_day_for(session: Session, viewer: Viewer, day_id: int) -> SeminarDay:
    """A day of any seminar the viewer runs; 404 for every other."""
    day = session.get(SeminarDay, access.row_id(day_id))
    if day is None:
        raise NotFound
    seminar_for(session, viewer, day.seminar_id)
    return day


def make_up_for(session: Session, viewer: Viewer, make_up_id: int) -> MakeUp:
    """An agreement about a missed day of a seminar the viewer runs; 404 for every other."""
    seminars_reach(viewer)
    made = session.get(MakeUp, access.row_id(make_up_id))
    if made is None:
        raise NotFound
    other_day_for(session, viewer, made.seminar_day_id)
    return made


def people_for(session: Session, viewer: Viewer, act: Act, person_ids: Collection[int], *, on: date) -> frozenset[int]:
    """These people, all of them in units in which the viewer may do this; 404 if one is not."""
    reach = access.require(viewer, act)
    found = frozenset(session.scalars(select(Person.id).where(Person.id.in_(person_ids), reach.people(Person.id, on))))
    if found != frozenset(person_ids):
        raise NotFound
    return found
