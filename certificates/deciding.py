"""When a certificate may be suspended, lifted or revoked; pure. None of it moves its dates (DOMAIN.md 5)."""

from __future__ import annotations

from datetime import date

from certificates.issued import Issued
from certificates.status import EventKind, State
from lms.verdict import No, because

CAN_BE_SUSPENDED = frozenset({State.UPCOMING, State.VALID, State.EXPIRING, State.IN_GRACE})
CHOICES = (EventKind.SUSPENDED, EventKind.LIFTED, EventKind.REVOKED)


def choices(issued: Issued, today: date) -> tuple[EventKind, ...]:
    """What can be decided about a certificate with effect from today."""
    return tuple(kind for kind in CHOICES if refusal(issued, kind, today, issued_on=today) is None)


def refusal(issued: Issued, kind: EventKind, effective_on: date, *, issued_on: date) -> No | None:
    """Why a decision with effect from a day isn't possible, or None when it is."""
    if effective_on < issued_on:
        return No((because("decision-before-issue", issued_on=issued_on),))
    if any(event.kind is EventKind.REVOKED for event in issued.events):
        return No((because("already-revoked"),))
    if kind is EventKind.SUSPENDED:
        return _no_suspension(issued, effective_on)
    if kind is EventKind.LIFTED and issued.open_suspension is None:
        return No((because("not-suspended"),))
    return None


def _no_suspension(issued: Issued, effective_on: date) -> No | None:
    if issued.open_suspension is not None:
        return No((because("already-suspended", on=issued.open_suspension.effective_on),))
    if issued.state(effective_on) not in CAN_BE_SUSPENDED:
        return No((because("nothing-to-suspend", valid_through=issued.period.valid_through),))
    return None
