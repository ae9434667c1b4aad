"""Reminding: one certificate, or one unit's digest, at a time. Claim and mail are one transaction (DOMAIN.md 6).

Who comes second finds the row locked, and then the claim; the unique constraint stands behind both.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import mails
from certificates.eligibility import NotYet
from certificates.gathering import dossier_of
from certificates.models.issued import Certificate
from certificates.models.reminders import DigestSent, Reminder
from certificates.programme import Programme
from certificates.queries.issued import coordinators_of, issued_to, sent_stages
from certificates.queries.register import Entry, Wanted, register
from certificates.reminders import due, wants_reminders
from certificates.services.issuing import lock_person
from certificates.status import State
from certificates.validity import add_months
from lms.clock import local_date
from lms.units import Unit
from lms.viewer import Reach

DIGEST_MONTHS = 6  # ahead (DOMAIN.md 6)
ENDING = frozenset({State.VALID, State.EXPIRING, State.SUSPENDED})
ENDED = frozenset({State.IN_GRACE, State.SUSPENDED})  # a suspended one that has lapsed says so


def remind(session: Session, programme: Programme, certificate_id: int, *, now: datetime) -> Reminder | None:
    """Send the one reminder a certificate is due today, or nothing. Decided anew under a lock on the holder."""
    certificate = session.get_one(Certificate, certificate_id)
    today = local_date(now)
    person = lock_person(session, certificate.person_id)  # a renewal, too, waits for this lock
    held = issued_to(session, programme.id, [person.id])[person.id]
    issued = next(each for each in held if each.id == certificate_id)
    state = issued.state(today)
    is_over = issued is not held[-1] or issued.revoked_on is not None  # also a revocation to come bars the renewal
    if person.deactivated_at is not None or not wants_reminders(state, renewed=is_over):
        return None
    stage = due(issued.period, sent_stages(session, certificate_id), today, issued.policy)
    if stage is None:
        return None
    answer = dossier_of(session, programme, person.id, on=today).answer
    missing = [each.next_step for each in answer.findings if each.next_step] if isinstance(answer, NotYet) else []
    mail = mails.reminder(
        session,
        certificate,
        person,
        stage=stage,
        missing=missing,
        suspended=state is State.SUSPENDED,
        today=today,
        now=now,
    )
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
    if not coordinators:
        return None
    entries = register(session, Reach(paths=(unit.path,)), programme.id, Wanted(), on=today)
    expiring, expired = ending_soon(entries, today), in_grace(entries, today)
    if expiring or expired:
        for person in coordinators:
            mails.digest(session, unit, person, expiring=expiring, expired=expired, now=now)
    claim = DigestSent(
        unit_id=unit.id, month=month, mails=len(coordinators) if expiring or expired else 0, claimed_at=now
    )
    session.add(claim)
    session.flush()
    return claim


def ending_soon(entries: list[Entry], today: date) -> list[Entry]:
    """Whose certificate ends within the next months and is not renewed, the first to end first."""
    ends = add_months(today, DIGEST_MONTHS)
    found = [
        each
        for each in entries
        if each.state in ENDING and each.renewed_through is None and today <= each.valid_through < ends
    ]
    return sorted(found, key=lambda each: each.valid_through)


def in_grace(entries: list[Entry], today: date) -> list[Entry]:
    """Whose certificate has ended and can still be renewed in grace, the last to end first; also who is suspended."""
    found = [each for each in entries if each.state in ENDED and each.valid_through < today]
    return sorted(found, key=lambda each: each.valid_through, reverse=True)
