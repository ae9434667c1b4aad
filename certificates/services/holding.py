"""Holding a planned mail back, and letting it go. Whoever holds and the night that writes wait for the same lock.

Either the mail is held and no night writes it, or it is written and the hold is refused. A mail that is let go after
its day is written by the next night if it still is the newest that is due (DOMAIN.md 6).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from certificates.models.checks import KnowledgeCheck
from certificates.models.issued import Certificate
from certificates.models.reminders import DigestSent, Reminder, ReminderHold, ReminderRelease
from certificates.planned import MailKind, Target
from certificates.queries.holds import open_holds
from certificates.services.issuing import lock_person
from courses.models.visits import VisitsReminder
from lms import audit
from lms.errors import Refused
from lms.units import Unit
from lms.verdict import because


def hold_mail(session: Session, target: Target, *, reason: str, actor_id: int, now: datetime) -> ReminderHold:
    """Hold a planned mail back. Refused: `mail-written` when the night was first, `mail-held-already`."""
    person_id = _lock(session, target)
    written = written_at(session, target)
    if written is not None:
        raise Refused(because("mail-written", at=written))
    standing = open_holds(session, key=target.key).get(target.key)
    if standing is not None:
        raise Refused(because("mail-held-already", by=standing.by, at=standing.at))
    of_certificate = target.kind in (MailKind.REMINDER, MailKind.CHECK)
    hold = ReminderHold(
        key=target.key,
        number=1 + (session.scalar(select(func.max(ReminderHold.number)).where(ReminderHold.key == target.key)) or 0),
        kind=target.kind,
        stage=target.stage,
        certificate_id=target.subject_id if of_certificate else None,
        person_id=person_id,
        unit_id=target.subject_id if target.kind is MailKind.DIGEST else None,
        reason=reason,
        held_by=actor_id,
        held_at=now,
    )
    session.add(hold)
    session.flush()
    _record(session, "mail-held", hold, {"reason": reason}, actor_id=actor_id, now=now)
    return hold


def release_mail(session: Session, target: Target, *, actor_id: int, now: datetime) -> ReminderRelease:
    """Let a held mail go. Refused: `mail-not-held`."""
    _lock(session, target)
    standing = open_holds(session, key=target.key).get(target.key)
    if standing is None:
        raise Refused(because("mail-not-held"))
    release = ReminderRelease(hold_id=standing.id, released_by=actor_id, released_at=now)
    try:
        with session.begin_nested():
            session.add(release)
    except IntegrityError as error:  # the other click was first
        raise Refused(because("mail-not-held")) from error
    hold = session.get_one(ReminderHold, standing.id)
    _record(session, "mail-released", hold, {}, actor_id=actor_id, now=now)
    return release


def written_at(session: Session, target: Target) -> datetime | None:
    """When a night wrote the mail, or None."""
    match target.kind:
        case MailKind.REMINDER:
            claims = select(Reminder.claimed_at).where(
                Reminder.certificate_id == target.subject_id, Reminder.stage == target.stage
            )
        case MailKind.CHECK:
            claims = select(KnowledgeCheck.offered_at).where(
                KnowledgeCheck.certificate_id == target.subject_id, KnowledgeCheck.months == int(target.stage)
            )
        case MailKind.VISITS:
            claims = select(VisitsReminder.claimed_at).where(
                VisitsReminder.person_id == target.subject_id,
                VisitsReminder.seminar_id == target.seminar_id,
                VisitsReminder.days_before == int(target.stage),
            )
        case MailKind.DIGEST:
            claims = select(DigestSent.claimed_at).where(
                DigestSent.unit_id == target.subject_id, DigestSent.month == date.fromisoformat(target.stage)
            )
    return session.scalars(claims).first()


def _lock(session: Session, target: Target) -> int | None:
    """Wait for the lock the night takes before it writes this mail; the person it goes to, None for a digest."""
    if target.kind is MailKind.DIGEST:
        session.execute(select(Unit.id).where(Unit.id == target.subject_id).with_for_update())
        return None
    if target.kind is MailKind.VISITS:
        return lock_person(session, target.subject_id).id
    return lock_person(session, session.get_one(Certificate, target.subject_id).person_id).id


def _record(
    session: Session, action: str, hold: ReminderHold, details: dict[str, str], *, actor_id: int, now: datetime
) -> None:
    about = ("unit", hold.unit_id) if hold.unit_id is not None else ("person", hold.person_id)
    audit.record(
        session, actor_id=actor_id, action=action, subject=about, details={"mail": hold.key, **details}, now=now
    )
