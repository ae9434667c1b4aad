"""The only way a view here gets a row: fetched and checked in one step; 404 and 403 are decided here."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.models import Assessment, AssessmentAppeal, AssessmentSheet, Certificate, KnowledgeCheck
from certificates.numbering import read_print_code, typed_code
from certificates.queries.assessments import is_reviewer
from certificates.queries.issued import by_code
from lms import access
from lms.errors import Forbidden, NotFound
from lms.people import Person
from lms.roles import Act
from lms.viewer import Viewer

ID_MAX = 2**31 - 1
"""The largest number the database can hold as an id; an address with a larger one leads nowhere."""


def participant_for(session: Session, viewer: Viewer, act: Act, person_id: int, *, on: date) -> Person:
    """A person of a unit in which the viewer may do this; 404 out of reach, 403 where the viewer may nowhere."""
    return access.person_for(session, viewer, act, person_id, on=on)


def certificate_for(session: Session, viewer: Viewer, certificate_id: int, *, on: date) -> Certificate:
    """A certificate the viewer may see: the own, or one in reach of the register; 404 for every other."""
    reach = viewer.may(Act.SEE_REGISTER)
    certificate = session.scalar(
        select(Certificate).where(
            Certificate.id == certificate_id,
            (Certificate.person_id == viewer.person_id) | reach.people(Certificate.person_id, on),
        )
    )
    if certificate is None:
        raise NotFound
    return certificate


def certificate_to_decide(session: Session, viewer: Viewer, certificate_id: int, *, on: date) -> Certificate:
    """A certificate the viewer may suspend or revoke: 404 for one not to be seen, 403 for one seen only."""
    certificate = certificate_for(session, viewer, certificate_id, on=on)
    if not may_decide(session, viewer, certificate, on=on):
        raise Forbidden
    return certificate


def may_decide(session: Session, viewer: Viewer, certificate: Certificate, *, on: date) -> bool:
    """Whether the viewer may suspend, lift and revoke this certificate: in reach, and never the own."""
    reach = viewer.may(Act.DECIDE_CERTIFICATES)
    within = select(Person.id).where(Person.id == certificate.person_id, reach.people(Person.id, on))
    return bool(reach) and certificate.person_id != viewer.person_id and session.scalar(within) is not None


def may_with_person(session: Session, viewer: Viewer, act: Act, person_id: int, *, on: date) -> bool:
    """Whether the viewer may do this with a person, for showing a form or not; the service checks again."""
    reach = viewer.may(act)
    within = select(Person.id).where(Person.id == person_id, reach.people(Person.id, on))
    return bool(reach) and session.scalar(within) is not None


def check_for(session: Session, viewer: Viewer, check_id: int) -> tuple[KnowledgeCheck, Certificate]:
    """The viewer's own knowledge check and the certificate it follows; 404 for every other, whoever asks."""
    found = session.execute(
        select(KnowledgeCheck, Certificate)
        .join(Certificate, Certificate.id == KnowledgeCheck.certificate_id)
        .where(KnowledgeCheck.id == min(check_id, ID_MAX), Certificate.person_id == viewer.person_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def certificate_behind(session: Session, raw: str) -> Certificate | None:
    """For anyone: the certificate behind a code from paper or from the QR code; None for an unknown one."""
    typed = typed_code(raw)
    return by_code(session, long_code=typed, print_code=read_print_code(typed))


def sheet_for(session: Session, viewer: Viewer, sheet_id: int, *, on: date) -> tuple[AssessmentSheet, Person]:
    """The viewer's own sheet and the person it is about, who is still in reach; 404 for every other, 403 for those who
    assess nowhere."""
    access.require(viewer, Act.ASSESS)
    sheet = session.get(AssessmentSheet, access.row_id(sheet_id))
    if sheet is None or sheet.assessor_id != viewer.person_id:
        raise NotFound
    return sheet, access.person_for(session, viewer, Act.ASSESS, sheet.person_id, on=on)


def assessment_for(session: Session, viewer: Viewer, assessment_id: int, *, on: date) -> Assessment:
    """A decision about the viewer, about somebody in reach of the register, or one the viewer is asked to review."""
    reach = viewer.may(Act.SEE_REGISTER)
    found = session.scalar(
        select(Assessment).where(
            Assessment.id == access.row_id(assessment_id),
            (Assessment.person_id == viewer.person_id)
            | reach.people(Assessment.person_id, on)
            | is_reviewer(Assessment.id, viewer.person_id),
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


def appealed_for(session: Session, viewer: Viewer, assessment_id: int, *, on: date) -> Assessment:
    """A decision that is appealed against, about somebody for whom the viewer finds reviewers; 404 for every other."""
    reach = access.require(viewer, Act.ASSIGN_APPEALS)
    found = session.scalar(
        select(Assessment)
        .join(AssessmentAppeal, AssessmentAppeal.assessment_id == Assessment.id)
        .where(Assessment.id == access.row_id(assessment_id), reach.people(Assessment.person_id, on))
    )
    if found is None:
        raise NotFound
    return found


def review_for(session: Session, viewer: Viewer, assessment_id: int) -> Assessment:
    """A decision the viewer is asked to review, being an assessor somewhere; 404 for every other."""
    access.require(viewer, Act.ASSESS)
    found = session.scalar(
        select(Assessment).where(
            Assessment.id == access.row_id(assessment_id), is_reviewer(Assessment.id, viewer.person_id)
        )
    )
    if found is None:
        raise NotFound
    return found
