"""The only way a view of guidance gets a row; 404 and 403 are decided here.

The two of an agreement see it, and those who train where the new instructor belongs; for everybody else it isn't there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Row
from sqlalchemy.orm import Session

from courses.models.guidance import GuidanceAgreement, GuidanceVisit
from courses.queries import guidance as queries
from courses.queries.guidance import Agreement
from lms import access
from lms.errors import Forbidden, NotFound
from lms.people import Person
from lms.roles import Act
from lms.viewer import Reach, Viewer


def guidance_reach(viewer: Viewer) -> Reach:
    """In which units the viewer makes agreements; false, not refused, where in none."""
    return viewer.may(Act.RECORD_VISITS)


def guided_for(session: Session, viewer: Viewer, person_id: int, *, on: date) -> Person:
    """A person in the viewer's units to make an agreement with; 404 for every other, 403 for oneself."""
    if not guidance_reach(viewer):
        raise Forbidden
    if person_id == viewer.person_id:
        raise Forbidden
    return access.person_for(session, viewer, Act.RECORD_VISITS, access.row_id(person_id), on=on)


def hosts_for(session: Session, person: Person, *, on: date) -> Sequence[Row[int, str, int, str]]:
    """Who may receive this person at another unit."""
    return queries.hosts(session, person.id, on=on)


def agreement_for(session: Session, viewer: Viewer, agreement_id: int, *, on: date) -> Agreement:
    """An agreement the viewer stands in, or of somebody in the viewer's units; 404 for every other."""
    found = queries.agreements(session, GuidanceAgreement.id == access.row_id(agreement_id), today=on)
    if not found:
        raise NotFound
    agreement = found[0]
    if viewer.person_id in (agreement.row.person_id, agreement.row.guide_id):
        return agreement
    if not guidance_reach(viewer):
        raise NotFound
    access.person_for(session, viewer, Act.RECORD_VISITS, agreement.row.person_id, on=on)
    return agreement


def leading_for(session: Session, viewer: Viewer, agreement_id: int, *, on: date) -> Agreement:
    """The same for those who may end it: who guides, and who trains where the person belongs; 403 for the person."""
    agreement = agreement_for(session, viewer, agreement_id, on=on)
    if agreement.row.person_id == viewer.person_id:
        raise Forbidden
    return agreement


def visit_for(session: Session, viewer: Viewer, agreement_id: int, visit_id: int, *, on: date) -> GuidanceVisit:
    """A visit of an agreement, for those who may note it; 404 for another agreement's."""
    agreement = leading_for(session, viewer, agreement_id, on=on)
    visit = session.get(GuidanceVisit, access.row_id(visit_id))
    if visit is None or visit.agreement_id != agreement.row.id:
        raise NotFound
    return visit
