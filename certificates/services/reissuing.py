"""The next edition of a certificate: a new name, or an error put right. Same number, same dates (DOMAIN.md 5).

**Decided**: when the registered name is changed in administration, by somebody who may decide about the person's
certificates, those that are not over are re-issued in the same transaction. The name on a certificate is what a company
compares with the person in front of it, so one in an old name is of no use to its holder, and whoever had to remember a
second step would forget it; nothing is lost, since the earlier edition stays readable and the holder is told. Where
that is not possible (one's own name, a change made elsewhere), the difference is shown and the re-issue offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from certificates import mails
from certificates.editions import EditionKind, Holder, is_repeated, refusal
from certificates.models.issued import Certificate, CertificateEdition
from certificates.queries.issued import edition_of, issued_to, not_over
from certificates.services.issuing import lock_person
from certificates.services.recording import add_event, record_event
from lms.clock import local_date
from lms.errors import Refused
from lms.people import Person
from lms.units import Unit, region_of
from lms.verdict import because

RENAMED = "Navnet er endret i personregisteret."  # kept with the decision, so in one language


def reissue(
    session: Session,
    certificate: Certificate,
    wanted: Holder,
    kind: EditionKind,
    *,
    based_on: int,
    reason: str,
    actor_id: int,
    now: datetime,
) -> CertificateEdition:
    """Make the next edition of a certificate, and tell the holder. Pressed twice, or by two at once, there is one.

    Raises `Refused` when nothing would change, when somebody else was first with something else, when it is revoked.
    """
    if certificate.person_id == actor_id:
        raise Refused(because("decide-not-oneself"))
    person = lock_person(session, certificate.person_id)
    newest, today = edition_of(session, certificate.id), local_date(now)
    stands = Holder(name=newest.holder_name, unit_id=newest.unit_id, sector=newest.sector)
    if is_repeated(stands, wanted, edition=newest.edition, based_on=based_on):
        return newest
    held = issued_to(session, certificate.programme, [person.id])[person.id]
    no = refusal(
        stands,
        wanted,
        kind,
        edition=newest.edition,
        based_on=based_on,
        revoked=next(each for each in held if each.id == certificate.id).is_revoked(today),
        anonymised=not newest.salt,
    )
    if no is not None:
        raise Refused.by(no)
    edition = _next(session, newest, wanted, reason=reason, actor_id=actor_id, now=now)
    event = add_event(session, certificate.id, kind, effective_on=today, reason=reason, actor_id=actor_id, now=now)
    record_event(session, event, also=(edition,), details={"edition": edition.edition})
    mails.certificate_reissued(session, certificate, person, edition, kind=kind, now=now)
    return edition


def reissue_renamed(session: Session, person: Person, *, actor_id: int, now: datetime) -> Sequence[Certificate]:
    """Re-issue what is not over of a person whose registered name has changed; returns which. Nothing of one's own."""
    if person.id == actor_id:
        return ()
    changed = []
    for certificate in not_over(session, person.id, on=local_date(now)):
        newest = edition_of(session, certificate.id)
        if newest.holder_name == person.name or not newest.salt:
            continue
        wanted = Holder(name=person.name, unit_id=newest.unit_id, sector=newest.sector)
        reissue(
            session,
            certificate,
            wanted,
            EditionKind.REISSUED,
            based_on=newest.edition,
            reason=RENAMED,
            actor_id=actor_id,
            now=now,
        )
        changed.append(certificate)
    return changed


def _next(
    session: Session, newest: CertificateEdition, wanted: Holder, *, reason: str, actor_id: int, now: datetime
) -> CertificateEdition:
    """The row after the newest. A unit that is not changed keeps the name it had."""
    unit_name, region_name = newest.unit_name, newest.region_name
    if wanted.unit_id != newest.unit_id:
        unit = session.get_one(Unit, wanted.unit_id)
        unit_name, region_name = unit.name, region_of(session, unit).name
    edition = CertificateEdition(
        certificate_id=newest.certificate_id,
        edition=newest.edition + 1,
        holder_name=wanted.name,
        unit_id=wanted.unit_id,
        unit_name=unit_name,
        region_name=region_name,
        sector=wanted.sector,
        reason=reason,
        issued_at=now,
        issued_on=local_date(now),
        issued_by=actor_id,
    )
    session.add(edition)
    session.flush()
    return edition
