"""Reminding: one certificate, or one unit's digest, at a time. Claim and mail are one transaction (DOMAIN.md 6).

Who comes second finds the row locked, and then the claim; the unique constraint stands behind both.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import mails
from certificates.gathering import dossier_of, missing_of
from certificates.models.issued import Certificate
from certificates.models.reminders import DigestSent, Reminder
from certificates.planned import digest_target, reminder_target
from certificates.programme import Programme
from certificates.queries.digests import digest_of
from certificates.queries.holds import is_held
from certificates.queries.issued import coordinators_of, issued_to, sent_stages
from certificates.reminders import due_now
from certificates.services.issuing import lock_person
from certificates.status import State
from lms.clock import local_date
from lms.units import Unit


def remind(session: Session, programme: Programme, certificate_id: int, *, now: datetime) -> Reminder | None:
    """Send the one reminder a certificate is due today, or nothing. Decided anew under a lock on the holder."""
    certificate = session.get_one(Certificate, certificate_id)
    today = local_date(now)
    person = lock_person(session, certificate.person_id)  # a renewal, too, waits for this lock
    held = issued_to(session, programme.id, [person.id])[person.id]
    issued = next(each for each in held if each.id == certificate_id)
    # also a revocation to come bars the renewal
    is_over = issued is not held[-1] or issued.revoked_on is not None or person.deactivated_at is not None
    stage = due_now(issued, sent_stages(session, certificate_id), today, is_over=is_over)
    if stage is None or is_held(session, reminder_target(certificate_id, stage).key):
        return None
    context = mails.reminder_context(
        certificate,
        stage=stage,
        missing=missing_of(dossier_of(session, programme, person.id, on=today)),
        suspended=issued.state(today) is State.SUSPENDED,
        today=today,
    )
    mail = mails.reminder(session, person, context, now=now)
    claim = Reminder(certificate_id=certificate_id, stage=stage, mail_id=mail.id, claimed_at=now)
    session.add(claim)
    session.flush()
    return claim


def send_digest(session: Session, programme: Programme, unit: Unit, *, now: datetime) -> DigestSent | None:
    """Send a regional unit's digest of this month to its coordinators, once; None when that is done or nobody is there.

    A month with nothing to tell is claimed without a mail.
    """
    today = local_date(now)
    month = today.replace(day=1)
    session.execute(select(Unit.id).where(Unit.id == unit.id).with_for_update())
    if session.scalar(select(DigestSent.id).where(DigestSent.unit_id == unit.id, DigestSent.month == month)):
        return None
    coordinators = coordinators_of(session, unit, on=today)
    if not coordinators or is_held(session, digest_target(unit.id, month).key):
        return None
    digest = digest_of(session, programme, unit, on=today)
    if digest:
        for person in coordinators:
            mails.digest(session, person, mails.digest_context(unit, digest), now=now)
    claim = DigestSent(unit_id=unit.id, month=month, mails=len(coordinators) if digest else 0, claimed_at=now)
    session.add(claim)
    session.flush()
    return claim
