"""Undoing a suspension, a revocation or a correction on appeal: the same rows and records as every decision about
certificates.

Called by `handling` alone, in the transaction of the appeal's outcome; the person's row is locked.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.deciding import refusal_to_reverse, reversal
from certificates.editions import EditionKind, Holder
from certificates.models.issued import Certificate, CertificateEdition, CertificateEvent
from certificates.queries.decisions import same_decision
from certificates.queries.issued import issued_to
from certificates.services.recording import add_event, record_event
from certificates.services.reissuing import reissue
from certificates.status import Event, EventKind
from lms.clock import local_date
from lms.errors import Refused
from lms.verdict import because


def reverse(
    session: Session, decided: CertificateEvent, *, effective_on: date, reason: str, actor_id: int, now: datetime
) -> CertificateEvent:
    """Undo a decision from a day, on every certificate it stands on; the event of the certificate appealed about.

    Raises `Refused` when the day is not possible, or when something else has taken the decision's place.
    """
    today, certificate = local_date(now), session.get_one(Certificate, decided.certificate_id)
    held = issued_to(session, certificate.programme, [certificate.person_id])[certificate.person_id]
    by_id = {each.id: each for each in held}
    what = Event(kind=EventKind(decided.kind), effective_on=decided.effective_on)
    no = refusal_to_reverse(by_id[certificate.id], what, effective_on, today=today)
    if no is not None:
        raise Refused.by(no)
    written = []
    for each in same_decision(session, decided):
        if refusal_to_reverse(by_id[each.certificate_id], what, effective_on, today=today) is None:
            event = add_event(
                session,
                each.certificate_id,
                reversal(what.kind),
                effective_on=effective_on,
                reason=reason,
                actor_id=actor_id,
                now=now,
            )
            record_event(session, event)
            written.append(event)
    return next(each for each in written if each.certificate_id == certificate.id)


def correct_back(
    session: Session, decided: CertificateEvent, *, reason: str, actor_id: int, now: datetime
) -> CertificateEvent:
    """Undo a correction by the next edition: what it changed is as it was before it; what was changed since stays.

    The event of the new edition. Raises `Refused` as `reissuing` does, and when the edition can't be told.
    """
    certificate = session.get_one(Certificate, decided.certificate_id)
    editions = session.scalars(
        select(CertificateEdition)
        .where(CertificateEdition.certificate_id == certificate.id)
        .order_by(CertificateEdition.edition)
    ).all()
    place = next((place for place, each in enumerate(editions) if place and each.issued_at == decided.at), None)
    if place is None:
        raise Refused(because("reversal-done"))
    before, wrong, newest = editions[place - 1], editions[place], editions[-1]
    wanted = Holder(
        name=newest.holder_name if wrong.holder_name == before.holder_name else before.holder_name,
        unit_id=newest.unit_id if wrong.unit_id == before.unit_id else before.unit_id,
        sector=newest.sector if wrong.sector == before.sector else before.sector,
    )
    reissue(
        session,
        certificate,
        wanted,
        EditionKind.CORRECTED,
        based_on=newest.edition,
        reason=reason,
        actor_id=actor_id,
        now=now,
    )
    return session.scalars(
        select(CertificateEvent)
        .where(CertificateEvent.certificate_id == certificate.id, CertificateEvent.kind == EditionKind.CORRECTED)
        .order_by(CertificateEvent.id.desc())
        .limit(1)
    ).one()
