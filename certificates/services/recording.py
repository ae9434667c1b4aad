"""Appending to what happened to certificates: the event, and the audit entry that tells of it and seals it.

Every event of a certificate is written here, whoever decides it; one row added past it has no seal, and
`lms audit verify` says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from certificates.models.issued import CertificateEvent
from certificates.models.seals import sealing
from lms import audit
from lms.db import Base


def add_event(
    session: Session,
    certificate_id: int,
    kind: str,
    *,
    effective_on: date,
    reason: str,
    actor_id: int | None,
    now: datetime,
) -> CertificateEvent:
    """Append an event. To be followed by `record_event`, which seals it, in the same transaction."""
    event = CertificateEvent(
        certificate_id=certificate_id,
        kind=kind,
        effective_on=effective_on,
        reason=reason,
        actor_id=actor_id,
        at=now,
    )
    session.add(event)
    session.flush()
    return event


def record_event(
    session: Session,
    event: CertificateEvent,
    *,
    also: Sequence[Base] = (),
    details: Mapping[str, Any] | None = None,
) -> None:
    """The audit entry of an event, sealing it and the rows written with it (the certificate, an edition). The reason is
    sealed, not copied: it can be taken out when the record is anonymised."""
    told = {"event": event.id, "effective_on": event.effective_on, **(details or {}), **sealing(*also, event)}
    audit.record(
        session,
        actor_id=event.actor_id,
        action=f"certificate-{event.kind}",
        subject=("certificate", event.certificate_id),
        details=told,
        now=event.at,
    )
