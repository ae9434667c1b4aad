"""Documents as they were first given out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from certificates.models.course_certificates import CourseDocument
from certificates.models.documents import CertificateDocument
from certificates.models.issued import CertificateEdition
from lms.errors import Gone, LmsError
from lms.people import Locale


class DamagedDocument(LmsError):
    """A stored document is not what was given out any more: its digest differs."""

    code = "document-damaged"
    status = 500


def document_of(session: Session, edition_id: int, locale: Locale) -> CertificateDocument | None:
    """The document of an edition in one language, or None while nobody has asked for it."""
    return session.scalar(
        select(CertificateDocument).where(
            CertificateDocument.edition_id == edition_id, CertificateDocument.locale == locale
        )
    )


def content_of(document: CertificateDocument | CourseDocument) -> bytes:
    """Its bytes, checked against the digest. Raises `Gone` where they were emptied, `DamagedDocument` where they were
    changed."""
    if document.content is None:
        raise Gone
    if hashlib.sha256(document.content).hexdigest() != document.sha256:
        raise DamagedDocument
    return document.content


def documents_of(session: Session, certificate_id: int) -> Sequence[CertificateDocument]:
    """Every document of a certificate that was given out, the first edition first."""
    return session.scalars(
        select(CertificateDocument)
        .join(CertificateEdition, CertificateEdition.id == CertificateDocument.edition_id)
        .where(CertificateEdition.certificate_id == certificate_id)
        .order_by(CertificateEdition.edition, CertificateDocument.locale)
    ).all()


def digests_of(session: Session, certificate_id: int) -> Sequence[Row[int, str, str]]:
    """Edition (its row), language and digest of every document of a certificate that was given out; without bytes."""
    return session.execute(
        select(CertificateDocument.edition_id, CertificateDocument.locale, CertificateDocument.sha256)
        .join(CertificateEdition, CertificateEdition.id == CertificateDocument.edition_id)
        .where(CertificateEdition.certificate_id == certificate_id)
        .order_by(CertificateEdition.edition, CertificateDocument.locale)
    ).all()
