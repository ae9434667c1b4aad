"""Which tables of certificates are sealed (`lms.sealing`), and what is left of a row when its names are taken out."""

from __future__ import annotations

from typing import Any, Final

from certificates.models.course_certificates import (
    CourseApproval,
    CourseApprovalWithdrawn,
    CourseCertificate,
    CourseCertificateEdition,
)
from certificates.models.issued import Certificate, CertificateEdition, CertificateEvent
from certificates.records import without_names
from lms.db import Base
from lms.sealing import Sealed, seals

NO_NAME: Final = ""
NO_REASON: Final = "–"


def _unnamed(_value: str) -> str:
    return NO_NAME


def _unreasoned(value: str) -> str:
    """A reason is somebody's words about somebody: only that there was one is left."""
    return NO_REASON if value else value


def _unnumbered(_value: str | None) -> None:
    return None


CERTIFICATES = Sealed(
    model=Certificate, personal={"evidence": without_names}, named=lambda row: f"sertifikat {row.number}"
)
EDITIONS = Sealed(
    model=CertificateEdition,
    personal={"holder_name": _unnamed, "reason": _unreasoned},
    named=lambda row: f"utgave {row.edition} av sertifikatet med id {row.certificate_id}",
)
EVENTS = Sealed(
    model=CertificateEvent,
    personal={"reason": _unreasoned},
    named=lambda row: f"hendelsen «{row.kind}» for sertifikatet med id {row.certificate_id}",
)
COURSE_CERTIFICATES = Sealed(model=CourseCertificate, personal={}, named=lambda row: f"kursbevis {row.number}")
COURSE_EDITIONS = Sealed(
    model=CourseCertificateEdition,
    personal={"holder_name": _unnamed, "hpr_number": _unnumbered},
    named=lambda row: f"utgave {row.edition} av kursbeviset med id {row.certificate_id}",
)
APPROVALS = Sealed(model=CourseApproval, personal={}, named=lambda row: f"godkjenningen {row.reference}")
WITHDRAWN = Sealed(
    model=CourseApprovalWithdrawn,
    personal={},
    named=lambda row: f"at godkjenningen med id {row.approval_id} er trukket",
)
SEALED: Final = (CERTIFICATES, EDITIONS, EVENTS, COURSE_CERTIFICATES, COURSE_EDITIONS, APPROVALS, WITHDRAWN)


def sealing(*rows: Base) -> dict[str, Any]:
    """The seals of rows of these tables, for the details of the entry that tells of them."""
    return seals(SEALED, rows)
