"""The only way a view of observation visits gets a row: fetched and checked in one step; 404 and 403 are decided here.

404 for what the viewer may not know of (another region's), 403 for what is known but not allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models.visits import ObservationVisit
from courses.queries.pairs import partner_of
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
    partner = partner_of(session, viewer.person_id, on)
    if visit.person_id in (viewer.person_id, partner.person_id if partner else None):
        raise Forbidden  # one's own, or the partner's: those two do not vouch for each other
    if visit.mentor_id is not None and visit.mentor_id == as_mentor(viewer):
        return visit
    if not _within(session, visits_reach(viewer), visit.person_id, on=on):
        raise NotFound
    return visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a viewer sees of a visit, and may do with it.

    What was observed is for all who see the page. The own reflection is for the one who wrote it, the partner and those
    who assess in the region; not for the mentor, about whom it may be.
    """

    visit: ObservationVisit
    own: bool
    may_answer: bool  # as its mentor, or as one who records visits in reach
    may_reject: bool
    sees_reflection: bool


def visit_for(session: Session, viewer: Viewer, visit_id: int, *, on: date) -> Sight:
    """A visit of one's own, the partner's, one with oneself as mentor, or in reach; 404 for every other.

    What has been struck out or rejected is for its owner and those in whose reach it is; what was only proposed, for
    the two.
    """
    visit = session.get(ObservationVisit, access.row_id(visit_id))
    if visit is None:
        raise NotFound
    own = visit.person_id == viewer.person_id
    near = not own and _within(session, visits_reach(viewer), visit.person_id, on=on)
    mentor = not own and visit.mentor_id is not None and visit.mentor_id == as_mentor(viewer)
    partner = None if own else partner_of(session, viewer.person_id, on)
    is_partner = partner is not None and partner.person_id == visit.person_id
    stands = visit.withdrawn_at is None
    if not (own or near or (stands and (mentor or is_partner))):
        raise NotFound
    assesses = near and _within(session, viewer.may(Act.ASSESS), visit.person_id, on=on)
    return Sight(
        visit=visit,
        own=own,
        may_answer=near or mentor,
        may_reject=near,
        sees_reflection=own or is_partner or assesses,
    )


def own_visit_for(session: Session, viewer: Viewer, visit_id: int, *, on: date) -> ObservationVisit:
    """A visit of one's own; 403 for another's that one may see, 404 for every other."""
    sight = visit_for(session, viewer, visit_id, on=on)
    if not sight.own:
        raise Forbidden
    return sight.visit


def visit_to_reject_for(session: Session, viewer: Viewer, visit_id: int, *, on: date) -> ObservationVisit:
    """A visit the viewer may say does not count; 403 where it may only be seen."""
    sight = visit_for(session, viewer, visit_id, on=on)
    if not sight.may_reject:
        raise Forbidden
    return sight.visit


def _within(session: Session, reach: Reach, person_id: int, *, on: date) -> bool:
    return session.scalar(select(Person.id).where(Person.id == person_id, reach.people(Person.id, on))) is not None
