"""When a certificate may be suspended, lifted or revoked; pure. None of it moves its dates (DOMAIN.md 5).

A decision that is not in force yet can be put right: a later one with an earlier date takes its place. What an appeal
against a suspension or a revocation can undo, and from when, is `reversal`: nothing else reinstates.
"""

from __future__ import annotations

from datetime import date

from certificates.issued import Issued
from certificates.status import Event, EventKind, State
from certificates.validity import MONTHS_A_YEAR, add_months
from lms.verdict import No, because

CAN_BE_SUSPENDED = frozenset({State.UPCOMING, State.VALID, State.EXPIRING, State.IN_GRACE})
CHOICES = (EventKind.SUSPENDED, EventKind.LIFTED, EventKind.REVOKED)
MONTHS_AHEAD = MONTHS_A_YEAR


def choices(issued: Issued, today: date) -> tuple[EventKind, ...]:
    """What can be decided about a certificate with effect from today."""
    return tuple(kind for kind in CHOICES if refusal(issued, kind, today, issued_on=today, today=today) is None)


def refusal(issued: Issued, kind: EventKind, effective_on: date, *, issued_on: date, today: date) -> No | None:
    """Why a decision made today with effect from a day isn't possible, or None when it is.

    The day lies between that of the issue (for a certificate in force never before its first day) and one year ahead.
    """
    latest = add_months(today, MONTHS_AHEAD)
    if effective_on < issued_on:
        return No((because("decision-before-issue", issued_on=issued_on),))
    if effective_on > latest:
        return No((because("decision-too-late", latest=latest),))
    if issued.is_revoked(today):
        return No((because("already-revoked"),))
    match kind:
        case EventKind.SUSPENDED:
            return _no_suspension(issued, effective_on, today)
        case EventKind.LIFTED:
            return _no_lifting(issued, effective_on, today)
        case _:
            return _no_revocation(issued, effective_on)


def _no_suspension(issued: Issued, effective_on: date, today: date) -> No | None:
    suspension = issued.open_suspension
    if suspension is not None and (suspension.effective_on <= today or effective_on >= suspension.effective_on):
        return No((because("already-suspended", on=suspension.effective_on),))
    state = issued.state(effective_on)
    takes_back_a_lifting = state is State.SUSPENDED and issued.lifted_on is not None and issued.lifted_on > today
    if state not in CAN_BE_SUSPENDED and not takes_back_a_lifting:
        return No((because("nothing-to-suspend", valid_through=issued.period.valid_through),))
    return None


def _no_lifting(issued: Issued, effective_on: date, today: date) -> No | None:
    if issued.open_suspension is not None:
        return None
    if issued.lifted_on is None or issued.lifted_on <= today:
        return No((because("not-suspended"),))
    return No((because("already-lifted", on=issued.lifted_on),)) if effective_on >= issued.lifted_on else None


def _no_revocation(issued: Issued, effective_on: date) -> No | None:
    if issued.revoked_on is not None and effective_on >= issued.revoked_on:
        return No((because("already-to-be-revoked", on=issued.revoked_on),))
    return None


def reversal(decided: EventKind) -> EventKind:
    """What undoes a suspension or a revocation."""
    return {EventKind.SUSPENDED: EventKind.LIFTED, EventKind.REVOKED: EventKind.REINSTATED}[decided]


def refusal_to_reverse(issued: Issued, decided: Event, effective_on: date, *, today: date) -> No | None:
    """Why a suspension or revocation can't be undone with effect from a day, or None when it can.

    From its own first day it is as if it had never worked; later, what lies between stays. The day is never before the
    decision's own, and lies ahead only where a suspension ends later, or where nothing has worked yet.
    """
    if effective_on < decided.effective_on:
        return No((because("reversal-before-decision", on=decided.effective_on),))
    if decided.kind is EventKind.SUSPENDED:
        latest = add_months(today, MONTHS_AHEAD)
        if effective_on > max(latest, decided.effective_on):
            return No((because("decision-too-late", latest=latest),))
        return None if is_open(issued, decided, effective_on) else No((because("reversal-done"),))
    if effective_on > max(today, decided.effective_on):
        return No((because("reversal-ahead", latest=max(today, decided.effective_on)),))
    return None if is_open(issued, decided, effective_on) else No((because("reversal-done"),))


def is_open(issued: Issued, decided: Event, effective_on: date) -> bool:
    """Whether undoing a decision from a day still changes something: the newest of its kind, and not undone from that
    day or an earlier one since."""
    about = [event for event in issued.events if event.kind in {decided.kind, reversal(decided.kind)}]
    places = [place for place, event in enumerate(about) if event.kind is decided.kind]
    if not places or about[places[-1]].effective_on != decided.effective_on:
        return False
    return all(event.effective_on > effective_on for event in about[places[-1] + 1 :])
