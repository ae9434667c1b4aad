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
from certificates.queries.documents import digests_of
from certificates.queries.issued import editions_of, issued_to
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
    """A certificate with its editions, the first one first, all of its holder's certificates and their numbers, what it
    was issued under, and the files that were given out for it."""

    certificate: Certificate
    editions: Sequence[CertificateEdition]
    held: tuple[Issued, ...]
    numbers: Mapping[int, str]
    programme: Programme
    files: Sequence[FileGivenOut]

    @property
    def edition(self) -> CertificateEdition:
        """The newest edition."""
        return self.editions[-1]

    @property
    def issued(self) -> Issued | None:
        """The certificate as the rules see it; None where it was not there on the day asked about."""
        return next((each for each in self.held if each.id == self.certificate.id), None)


def behind(session: Session, certificate: Certificate, *, on: date | None = None) -> Behind:
    """All that a page needs of a certificate; with `on` as it was on that day."""
    whose = (Certificate.person_id == certificate.person_id, Certificate.programme == certificate.programme)
    every = editions_of(session, certificate.id)
    editions = [each for each in every if on is None or each.issued_on <= on] or every[:1]
    return Behind(
        certificate=certificate,
        editions=editions,
        held=issued_to(session, certificate.programme, [certificate.person_id], on=on)[certificate.person_id],
        numbers={
            row.id: row.number for row in session.execute(select(Certificate.id, Certificate.number).where(*whose))
        },
        programme=stored(session, certificate.programme_version_id),
        files=_files_given_out(session, certificate.id, every) if every[-1].holder_name else (),
    )


def _files_given_out(
    session: Session, certificate_id: int, editions: Sequence[CertificateEdition]
) -> Sequence[FileGivenOut]:
    """Every file given out for a certificate, the newest edition first.

    Not asked for when the holder's name is no longer kept: a file is made of what the page says and of the name, so
    its digest could be used to try names out.
    """
    number_of = {each.id: each.edition for each in editions}
    files = [
        FileGivenOut(
            edition=number_of[row.edition_id],
            language=row.locale,
            sha256=row.sha256,
            is_newest=row.edition_id == editions[-1].id,
        )
        for row in digests_of(session, certificate_id)
    ]
    return sorted(files, key=lambda each: -each.edition)
