"""Sheets and assessments."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.models.assessments import Assessment, AssessmentSheet
from certificates.queries.appeals import handles_against
from lms import access
from lms.errors import NotFound
from lms.people import Person
from lms.roles import Act
from lms.viewer import Viewer


def sheet_for(session: Session, viewer: Viewer, sheet_id: int, *, on: date) -> tuple[AssessmentSheet, Person]:
    """The viewer's own sheet and the person it is about, who is still in reach; 404 for every other, 403 for those who
    assess nowhere."""
    access.require(viewer, Act.ASSESS)
    sheet = session.get(AssessmentSheet, access.row_id(sheet_id))
    if sheet is None or sheet.assessor_id != viewer.person_id:
        raise NotFound
    return sheet, access.person_for(session, viewer, Act.ASSESS, sheet.person_id, on=on)


def assessment_for(session: Session, viewer: Viewer, assessment_id: int, *, on: date) -> Assessment:
    """A decision about the viewer, about somebody in reach of the register, or one against which
    the viewer handles an appeal."""
    reach = viewer.may(Act.SEE_REGISTER)
    found = session.scalar(
        select(Assessment).where(
            Assessment.id == access.row_id(assessment_id),
            (Assessment.person_id == viewer.person_id)
            | reach.people(Assessment.person_id, on)
            | handles_against(Assessment.id, viewer.person_id),
        )
    )
    if found is None:
        raise NotFound
    return found


def own_assessment_for(session: Session, viewer: Viewer, assessment_id: int) -> Assessment:
    """A decision about the viewer; 404 for every other."""
    found = session.get(Assessment, access.row_id(assessment_id))
    if found is None or found.person_id != viewer.person_id:
        raise NotFound
    return found
