"""The state of a certificate on any day: derived from dates and events, never stored (DOMAIN.md 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from certificates.programme import Policy
from certificates.validity import Period, grace_ends


class State(StrEnum):
    """What a certificate is on a day. `expiring` is valid with the window for recertification open."""

    UPCOMING = "upcoming"
    VALID = "valid"
    EXPIRING = "expiring"
    IN_GRACE = "in_grace"
    LAPSED = "lapsed"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    REPLACED = "replaced"


class EventKind(StrEnum):
    """What can happen to an issued certificate and change its state. None of it moves its dates."""

    SUSPENDED = "suspended"
    LIFTED = "lifted"
    REVOKED = "revoked"
    REINSTATED = "reinstated"
    REPLACED = "replaced"


SUSPENSIONS = frozenset({EventKind.SUSPENDED, EventKind.LIFTED})
REVOCATIONS = frozenset({EventKind.REVOKED, EventKind.REINSTATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened; it works from `effective_on`, that day included.

    `replaced` is effective on the first day of a later certificate of the same person and programme. Until then the
    old one goes on as it was and the new one is upcoming, so that exactly one of them speaks for the person.
    """

    kind: EventKind
    effective_on: date


def status(period: Period, policy: Policy, *, events: Iterable[Event] = (), on: date) -> State:
    """The state on a day; `events` come in the order they were decided.

    What outranks what, and why:

    1. *revoked*, for good unless an appeal reinstates it: nobody may take a revoked certificate for one that merely ran
       out or was followed up. Of revocations and reinstatements in force, the one decided last counts. One that is
       reinstated is what the other rules make of it: a later one still replaces it, the calendar may have ended it,
       and a suspension that was not lifted is back.
    2. *replaced*: the later certificate now speaks for the person, also where the old one had lapsed in between.
    3. *lapsed*: the calendar has ended it; a suspension has nothing left to suspend.
    4. *suspended*, also before the first day and in grace: what is to be settled first. Of suspensions and liftings in
       force, the one decided last counts, so that a lifting can also call off a suspension that was yet to come.
    5. the calendar alone.
    """
    in_force = [event.kind for event in events if event.effective_on <= on]
    if last_of(in_force, REVOCATIONS) is EventKind.REVOKED:
        return State.REVOKED
    if EventKind.REPLACED in in_force:
        return State.REPLACED
    by_calendar = _by_calendar(period, policy, on)
    if by_calendar is not State.LAPSED and last_of(in_force, SUSPENSIONS) is EventKind.SUSPENDED:
        return State.SUSPENDED
    return by_calendar


def is_certified(state: State) -> bool:
    """Whether a person with a certificate in this state may teach. In grace one is not certified (DOMAIN.md 5)."""
    return state in {State.VALID, State.EXPIRING}


def _by_calendar(period: Period, policy: Policy, on: date) -> State:
    if on < period.valid_from:
        return State.UPCOMING
    if on <= period.valid_through:
        return State.EXPIRING if on >= period.window_opens else State.VALID
    return State.IN_GRACE if on <= grace_ends(period, policy) else State.LAPSED


def last_of(kinds: Iterable[EventKind], wanted: frozenset[EventKind]) -> EventKind | None:
    """The last of some kinds, in the order decided; None where there is none."""
    return next((kind for kind in reversed(list(kinds)) if kind in wanted), None)
