"""What the home page and a course's page show of course certificates."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from certificates.course_presentation import told
from certificates.queries.course_certificates import certificates_by_enrolment
from lms.features import Panel
from lms.viewer import Viewer


def own(session: Session, viewer: Viewer, _now: datetime) -> Panel | None:
    """The own course certificates, for who came for them."""
    issued = sorted(certificates_by_enrolment(session, viewer.person_id).values(), key=lambda each: each.id)
    if not issued:
        return None
    context = {"issued": [(each, told(each, viewer.locale)["title"]) for each in reversed(issued)]}
    return Panel(template="certificates/courses/_own.html", context=context, order=20)


def of_course(session: Session, viewer: Viewer, course_id: str, _now: datetime) -> Panel | None:
    """The certificate of a course, on the course's page."""
    issued = [
        each for each in certificates_by_enrolment(session, viewer.person_id).values() if each.course_id == course_id
    ]
    if not issued:
        return None
    newest = max(issued, key=lambda each: each.id)
    return Panel(template="certificates/courses/_of_course.html", context={"certificate": newest}, order=20)
