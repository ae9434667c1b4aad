"""The only way a view of observation visits gets a row: fetched and checked in one step; 404 and 403 are decided here.

404 for what the viewer may not know of (another region's), 403 for what is known but not allowed.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models.visits import ObservationVisit
from lms import access
from lms.errors import Forbidden, NotFound
from lms.people import Person
from lms.roles import Act
from lms.viewer import Reach, Viewer


def visits_reach(viewer: Viewer) -> Reach:
    """In which units the viewer records visits for others; false, not refused, where in none."""
    return viewer.may(Act.RECORD_VISITS)


def as_mentor(viewer: Viewer) -> int | None:
    """The viewer's id as one who may confirm the visits that name them as mentor, or None; trainers are mentors too."""
    return viewer.person_id if viewer.may(Act.CONFIRM_VISITS) or visits_reach(viewer) else None


def visitor_for(session: Session, viewer: Viewer, person_id: int | None, *, on: date) -> Person:
    """For whom a visit is recorded: oneself by default, else a person in reach; 404 for every other."""
    if person_id is None or person_id == viewer.person_id:
        return session.get_one(Person, viewer.person_id)
    if not visits_reach(viewer):
        raise NotFound  # whether there is such a person is nobody's business
    return access.person_for(session, viewer, Act.RECORD_VISITS, access.row_id(person_id), on=on)


def visit_to_confirm_for(session: Session, viewer: Viewer, visit_id: int, *, on: date) -> ObservationVisit:
    """A visit the viewer may confirm, as its mentor or as a trainer in reach; 403 for one's own, 404 for others'."""
    visit = session.get(ObservationVisit, access.row_id(visit_id))
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
