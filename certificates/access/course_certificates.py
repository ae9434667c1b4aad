"""Course certificates and approvals: who may see one, and the one behind a code."""

from __future__ import annotations

from sqlalchemy.orm import Session

from certificates.models.course_certificates import CourseApproval, CourseCertificate
from certificates.numbering import read_print_code, typed_code
from certificates.queries.course_certificates import behind_code
from lms.access import require
from lms.errors import NotFound
from lms.roles import Act
from lms.viewer import Viewer


def course_certificate_for(session: Session, viewer: Viewer, certificate_id: int) -> CourseCertificate:
    """The own course certificate, or any for the national secretariat; 404 for every other: regions see numbers."""
    certificate = session.get(CourseCertificate, certificate_id)
    if certificate is None:
        raise NotFound
    if certificate.person_id != viewer.person_id and not viewer.may(Act.LOOK_AFTER_PRACTITIONERS):
        raise NotFound
    return certificate


def approval_for(session: Session, viewer: Viewer, approval_id: int) -> CourseApproval:
    """An approval, for those who enter them (403 for others); 404 for none."""
    require(viewer, Act.APPROVE_COURSES)
    approval = session.get(CourseApproval, approval_id)
    if approval is None:
        raise NotFound
    return approval


def course_certificate_behind(session: Session, raw: str) -> CourseCertificate | None:
    """For anyone: the course certificate behind a code from paper or from the QR code; None for an unknown one."""
    typed = typed_code(raw)
    return behind_code(session, long_code=typed, print_code=read_print_code(typed))
