"""Issued certificates as the rules see them: which one speaks for a person on a day, and which one follows which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from certificates.programme import Policy
from certificates.status import REVOCATIONS, SUSPENSIONS, Event, EventKind, State, last_of, status
from certificates.validity import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """The dates of a certificate, the policy it was issued under, and what happened to it, in the order decided."""

    id: int
    cycle: int
    period: Period
    policy: Policy
    events: tuple[Event, ...] = ()

    def state(self, on: date) -> State:
        """What it is on a day."""
        return status(self.period, self.policy, events=self.events, on=on)

    def is_revoked(self, on: date) -> bool:
        """Whether it is revoked on a day."""
        return (
            last_of((event.kind for event in self.events if event.effective_on <= on), REVOCATIONS) is EventKind.REVOKED
        )

    @property
    def revoked_on(self) -> date | None:
        """The day from which it is revoked, in force or still to come; the earliest where more than one was decided.

        None also once it is reinstated: a reinstatement never lies ahead of both today and the revocation.
        """
        about = [event for event in self.events if event.kind in REVOCATIONS]
        ended = max((place for place, each in enumerate(about, 1) if each.kind is EventKind.REINSTATED), default=0)
        return min((event.effective_on for event in about[ended:]), default=None)

    @property
    def lifted_on(self) -> date | None:
        """The day from which the last suspension is lifted, in force or still to come; None while it is open."""
        about = [event for event in self.events if event.kind in SUSPENSIONS]
        return about[-1].effective_on if about and about[-1].kind is EventKind.LIFTED else None

    @property
    def open_suspension(self) -> Event | None:
        """The suspension that was decided and not lifted since, in force or still to come; or None."""
        about = [event for event in self.events if event.kind in SUSPENSIONS]
        return about[-1] if about and about[-1].kind is EventKind.SUSPENDED else None


def followed_up(certificates: Sequence[Issued]) -> tuple[Issued, ...]:
    """One person's certificates, the first cycle first, each told which day a later one replaces it.

    A certificate that is revoked on its own first day replaces nothing: it never spoke for anybody.
    """
    told = []
    for each in certificates:
        later = follower(certificates, each)
        event = () if later is None else (Event(kind=EventKind.REPLACED, effective_on=later.period.valid_from),)
        told.append(replace(each, events=each.events + event))
    return tuple(told)


def follower(certificates: Sequence[Issued], certificate: Issued) -> Issued | None:
    """Of one person's certificates, the first cycle first, the one that takes the place of another, now or later."""
    later = (each for each in certificates if each.cycle > certificate.cycle)
    return next((each for each in later if not each.is_revoked(each.period.valid_from)), None)


def speaking(certificates: Sequence[Issued], on: date) -> Issued | None:
    """The certificate that speaks for a person on a day: the latest one that has begun, else the first to come."""
    begun = [each for each in certificates if each.period.valid_from <= on and each.state(on) is not State.REPLACED]
    return begun[-1] if begun else next(iter(certificates), None)
