"""A certificate on a day for programs. README.md («Checking a certificate») says what each key means; keys are added,
never renamed."""

from __future__ import annotations

from datetime import date
from typing import Any

from certificates.answering import Answer
from certificates.imported import ROUTE
from certificates.queries.verifying import Behind
from certificates.records import read_derivation
from lms.wording import say


def as_json(found: Behind, told: Answer, *, on: date) -> dict[str, Any]:
    """What stands on a certificate and what it is worth on a day: no more than the page for everybody says."""
    certificate, edition = found.certificate, found.edition
    derivation = read_derivation(certificate.derivation)
    imported = derivation.route == ROUTE
    by = told.replaced_by
    return {
        "number": certificate.number,
        "name": edition.holder_name or None,
        "programme": found.programme.title,
        "programme_edition": None if imported else derivation.edition,
        "scope": [str(module) for module in found.programme.scope],
        "unit": edition.unit_name,
        "issued_by": str(derivation.why.values.get("issued_by", edition.region_name)),
        "imported_on": certificate.issued_on.isoformat() if imported else None,
        "sector": edition.sector,
        "valid_from": certificate.valid_from.isoformat(),
        "valid_through": certificate.valid_through.isoformat(),
        "issued_on": certificate.issued_on.isoformat(),
        "edition": edition.edition,
        "edition_issued_on": edition.issued_on.isoformat(),
        "on": on.isoformat(),
        "state": str(told.state),
        "valid": told.certified,
        "since": told.since.isoformat() if told.since else None,
        "replaced_by": {"number": by.number, "since": by.since.isoformat()} if by else None,
        "statement": say(told.sentence),
        "files": [{"edition": one.edition, "language": one.language, "sha256": one.sha256} for one in found.files],
    }
