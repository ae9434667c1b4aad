"""Certificates: who may see one, who may decide about it, and the one behind a code."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.models.issued import Certificate, CertificateEdition
from certificates.numbering import read_print_code, typed_code
from certificates.queries.issued import by_code, editions_of
from lms.errors import Forbidden, NotFound
from lms.people import Person
from lms.roles import Act
from lms.viewer import Viewer


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


def numbered_edition(session: Session, certificate_id: int, number: str) -> CertificateEdition:
    """An edition of a certificate one may see, by its number; the newest without one; 404 for a number it has not."""
    editions = editions_of(session, certificate_id)
    found = [each for each in editions if not number or str(each.edition) == number]
    if not found:
        raise NotFound
    return found[-1]


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


def certificate_behind(session: Session, raw: str) -> Certificate | None:
    """For anyone: the certificate behind a code from paper or from the QR code; None for an unknown one."""
    typed = typed_code(raw)
    return by_code(session, long_code=typed, print_code=read_print_code(typed))
