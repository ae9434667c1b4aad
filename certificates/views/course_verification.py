"""What /verify/<code> answers for a course certificate: genuine, issued when, for what; it has no day it runs out."""

from __future__ import annotations

from decimal import Decimal

from flask import render_template
from flask.typing import ResponseReturnValue

from certificates import course_presentation as presentation
from certificates.access.course_certificates import course_certificate_behind
from certificates.models.course_certificates import CourseCertificate, CourseCertificateEdition
from certificates.queries.course_certificates import newest_edition
from lms.db import reading
from lms.formatting import number
from lms.verdict import because
from lms.web import wants_json
from lms.wording import language, say


def shown(code: str) -> ResponseReturnValue | None:
    """The page, or the same as JSON, for the course certificate behind a code; None for an unknown one. The caller has
    counted the try."""
    with reading() as db:
        certificate = course_certificate_behind(db, code)
        edition = newest_edition(db, certificate.id) if certificate else None
    if certificate is None or edition is None:
        return None
    if wants_json():
        return _as_json(certificate, edition)
    return render_template(
        "certificates/courses/verified.html",
        certificate=certificate,
        edition=edition,
        words=presentation.told(certificate, language()),
        words_language=presentation.course_language(certificate, language()),
        hours=number(Decimal(certificate.content["hours"]), 2),
        approvals=presentation.approvals(certificate),
    )


def _as_json(certificate: CourseCertificate, edition: CourseCertificateEdition) -> dict[str, object]:
    """What stands on it; the HPR number is not for strangers."""
    return {
        "kind": "course_certificate",
        "number": certificate.number,
        "name": edition.holder_name,
        "edition": edition.edition,
        "course": presentation.told(certificate, language())["title"],
        "content_version": certificate.version_number,
        "completed_on": certificate.last_on.isoformat(),
        "issued_on": certificate.issued_on.isoformat(),
        "hours": certificate.content["hours"],
        "approvals": [each["reference"] for each in certificate.content["approvals"]],
        "valid": True,
        "statement": say(because("verified-course", on=certificate.last_on)),
    }
