"""Issuing: only when the rules say so, once, with all it rests on (DOMAIN.md 4–5). There is no way around `decide`.

Locks are taken in one order, here and in `decisions`: the person, the head of the audit chain, the counter of numbers.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from certificates import mails
from certificates.eligibility import NotYet, Ok
from certificates.gathering import Dossier, dossier_of
from certificates.issued import Issued
from certificates.models.issued import Certificate, CertificateEdition, CertificateEvent, CertificateNumber
from certificates.models.programmes import ProgrammeVersion
from certificates.numbering import PRINT_CODES, number_of, print_code
from certificates.programme import Programme
from certificates.queries.programmes import stored
from certificates.records import delivery_ids, derivation_record, evidence_record
from certificates.services.programmes import in_force
from certificates.services.recording import add_event, record_event
from certificates.status import EventKind
from certificates.validity import grace_ends
from courses.services import deliveries
from lms import ids
from lms.audit import AuditHead
from lms.clock import local_date
from lms.errors import Refused
from lms.people import Person
from lms.units import membership_on, region_of
from lms.verdict import because

ISSUED = "issued"


def issue(
    session: Session, programme: Programme, person_id: int, *, cycle: int, actor_id: int | None, now: datetime
) -> Certificate:
    """Issue the certificate of a cycle. Asked for again, the same one is given back.

    Raises `Refused` with every reason when a requirement isn't met.
    """
    person = lock_person(session, person_id)
    there = session.scalar(
        select(Certificate).where(
            Certificate.person_id == person_id, Certificate.programme == programme.id, Certificate.cycle == cycle
        )
    )
    if there is not None:
        return there
    answer = issue_if_due(session, programme, person, actor_id=actor_id, now=now)
    if isinstance(answer, NotYet):
        raise Refused.by(answer)
    return answer


def issue_if_due(
    session: Session, programme: Programme, person: Person, *, actor_id: int | None, now: datetime
) -> Certificate | NotYet:
    """Issue a certificate if everything is met, else say what is missing. The person's row must be locked.

    What was met yesterday, or when the worker last ran, is issued as of then (`looking_back`). Reminders about the
    certificates before it that have not left are taken back. Decided by, and issued under, the version of the programme
    that is in force now, whatever the caller read before.
    """
    version = in_force(session, programme.id, now=now)
    dossier = dossier_of(session, stored(session, version.id), person.id, on=local_date(now))
    if isinstance(dossier.answer, NotYet):
        return dossier.answer
    _lock_chain(session)
    certificate = _add(session, dossier, dossier.answer, person, version, actor_id=actor_id, now=now)
    deliveries.seal(session, delivery_ids(dossier.answer.findings), now=now)
    mails.drop_reminders(session, [earlier.id for earlier in dossier.certificates])
    mails.certificate_issued(session, certificate, person, now=now)
    return certificate


def lock_person(session: Session, person_id: int) -> Person:
    """The person's row, locked: whoever decides about a person waits here for their turn.

    The weaker lock of an update that leaves the key alone: rows that only name the person, as the trainer who decided,
    are written beside it.
    """
    locked = select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    return session.scalars(locked.execution_options(populate_existing=True)).one()


def _lock_chain(session: Session) -> None:
    """The head of the audit chain, before the number: an assessment that issues has recorded itself by then."""
    session.execute(select(AuditHead.id).where(AuditHead.id == 1).with_for_update())


def _add(
    session: Session,
    dossier: Dossier,
    answer: Ok,
    person: Person,
    version: ProgrammeVersion,
    *,
    actor_id: int | None,
    now: datetime,
) -> Certificate:
    """The certificate's row with its first event; a suspension that is not settled goes on."""
    today = local_date(now)
    belongs = membership_on(session, person.id, today)
    if belongs is None:
        raise Refused(because("no-membership"))
    membership, unit = belongs
    newest = stored(session, version.id)
    previous = dossier.certificates[-1] if dossier.certificates else None
    certificate = Certificate(
        number=_next_number(session, today.year),
        person_id=person.id,
        programme=dossier.programme.id,
        cycle=previous.cycle + 1 if previous else 1,
        valid_from=answer.period.valid_from,
        valid_through=answer.period.valid_through,
        window_opens=answer.period.window_opens,
        grace_through=grace_ends(answer.period, newest.policy),
        programme_version_id=version.id,
        derivation=derivation_record(answer, newest, version.number),
        evidence=evidence_record(answer.findings),
        issued_at=now,
        issued_on=today,
        issued_by=actor_id,
        verify_code=ids.new_token(),
        print_code=print_code(secrets.randbelow(PRINT_CODES)),
    )
    session.add(certificate)
    session.flush()
    edition = CertificateEdition(
        certificate_id=certificate.id,
        edition=1,
        holder_name=person.name,
        unit_id=unit.id,
        unit_name=unit.name,
        region_name=region_of(session, unit).name,
        sector=membership.sector,
        reason="",
        issued_at=now,
        issued_on=today,
        issued_by=actor_id,
    )
    session.add(edition)
    issued = add_event(session, certificate.id, ISSUED, effective_on=today, reason="", actor_id=actor_id, now=now)
    carried: list[CertificateEvent] = []
    if previous and not previous.is_revoked(today):
        carried = _carry_suspension(session, previous, certificate, now=now)
    record_event(session, issued, also=(certificate, edition, *carried), details=_told(certificate))
    return certificate


def _next_number(session: Session, year: int) -> str:
    """The next number of the year; the counter's row lock keeps two at once apart."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    place = session.scalar(
        insert(CertificateNumber)
        .values(year=year, last=1)
        .on_conflict_do_update(index_elements=["year"], set_={"last": CertificateNumber.last + 1})
        .returning(CertificateNumber.last)
    )
    assert place is not None, "an upsert returns its row"
    return number_of(year, place)


def _carry_suspension(
    session: Session, previous: Issued, certificate: Certificate, *, now: datetime
) -> list[CertificateEvent]:
    """What is to be settled first does not end because a new period begins, also after a lapse: the suspension stands
    on both, with the lifting that is still to come."""
    lifted_on = previous.lifted_on
    if previous.open_suspension is None and (lifted_on is None or lifted_on <= local_date(now)):
        return []
    about = session.scalars(
        select(CertificateEvent)
        .where(
            CertificateEvent.certificate_id == previous.id,
            CertificateEvent.kind.in_((EventKind.SUSPENDED, EventKind.LIFTED)),
        )
        .order_by(CertificateEvent.id)
    ).all()
    last = max(place for place, event in enumerate(about) if event.kind == EventKind.SUSPENDED)
    return [
        add_event(
            session,
            certificate.id,
            old.kind,
            effective_on=old.effective_on,
            reason=old.reason,
            actor_id=old.actor_id,
            now=now,
        )
        for old in about[last:]
    ]


def _told(certificate: Certificate) -> dict[str, Any]:
    """What the entry says of a certificate, for those who read the chain."""
    return {
        "number": certificate.number,
        "person": certificate.person_id,
        "programme": certificate.programme,
        "cycle": certificate.cycle,
        "valid_from": certificate.valid_from,
        "valid_through": certificate.valid_through,
        "derivation": certificate.derivation,
    }
