"""Knowledge checks: the own ones, nobody else's."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.models.checks import KnowledgeCheck
from certificates.models.issued import Certificate
from lms import access
from lms.errors import NotFound
from lms.viewer import Viewer


def check_for(session: Session, viewer: Viewer, check_id: int) -> tuple[KnowledgeCheck, Certificate]:
    """The viewer's own knowledge check and the certificate it follows; 404 for every other, whoever asks."""
    found = session.execute(
        select(KnowledgeCheck, Certificate)
        .join(Certificate, Certificate.id == KnowledgeCheck.certificate_id)
        .where(KnowledgeCheck.id == access.row_id(check_id), Certificate.person_id == viewer.person_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]
