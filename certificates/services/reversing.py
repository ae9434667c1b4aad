"""Undoing a suspension or a revocation on appeal: the same rows and records as every decision about certificates.

Called by `handling` alone, in the transaction of the appeal's outcome; the person's row is locked.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from certificates.deciding import refusal_to_reverse, reversal
from certificates.models.issued import Certificate, CertificateEvent
from certificates.queries.decisions import same_decision
from certificates.queries.issued import issued_to
from certificates.services.recording import add_event, record_event
from certificates.status import Event, EventKind
from lms.clock import local_date
from lms.errors import Refused


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
