"""What anybody is told about a certificate on a day, as a value and as a sentence; pure.

Who asks holds the paper or a picture of it, and is told no more than they need to trust it or not: whether its holder
is certified by it that day, and otherwise since when it is not, and by which number it was followed. Nothing is said of
what the following certificate is worth: whoever shows the old one is to show the new one. Why something was decided is
nobody's business but the holder's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from certificates.issued import Issued, follower
from certificates.status import REVOCATIONS, EventKind, State, is_certified
from certificates.validity import first_day_no_longer_valid
from lms.verdict import Reason, because


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """The certificate that took the place of another: its number, and from which day."""

    number: str
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a certificate is on a day. `since` is the first day of a state in which it certifies nobody."""

    state: State
    sentence: Reason
    since: date | None = None
    replaced_by: Successor | None = None

    @property
    def certified(self) -> bool:
        """Whether the holder is certified by it that day; in grace they are not (DOMAIN.md 5)."""
        return is_certified(self.state)


def answer(held: Sequence[Issued], certificate_id: int, numbers: Mapping[int, str], *, on: date) -> Answer:
    """The answer about one of a person's certificates; `held` are all of them, `numbers` their numbers by id."""
    asked = next(each for each in held if each.id == certificate_id)
    state, period = asked.state(on), asked.period
    ended = first_day_no_longer_valid(period)
    match state:
        case State.VALID | State.EXPIRING:
            return Answer(state=state, sentence=because("verified-valid", through=period.valid_through))
        case State.UPCOMING:
            told = because("verified-upcoming", first=period.valid_from, through=period.valid_through)
            return Answer(state=state, sentence=told)
        case State.SUSPENDED:
            since = _latest(asked, EventKind.SUSPENDED, on)
            return Answer(state=state, since=since, sentence=because("verified-suspended", on=since))
        case State.REVOKED:
            since = _revoked_since(asked, on)
            return Answer(state=state, since=since, sentence=because("verified-revoked", on=since))
        case State.REPLACED:
            return _replaced(held, asked, numbers, on)
        case State.IN_GRACE:
            told = because("verified-in-grace", on=ended, through=period.valid_through)
            return Answer(state=state, since=ended, sentence=told)
        case _:
            told = because("verified-expired", on=ended, through=period.valid_through)
            return Answer(state=state, since=ended, sentence=told)


def _replaced(held: Sequence[Issued], asked: Issued, numbers: Mapping[int, str], on: date) -> Answer:
    since = _latest(asked, EventKind.REPLACED, on)
    later = follower(held, asked)
    assert later is not None, "what replaced it is among the person's certificates"
    by = Successor(number=numbers[later.id], since=since)
    told = because("verified-replaced", on=since, number=by.number)
    return Answer(state=State.REPLACED, since=since, sentence=told, replaced_by=by)


def _revoked_since(asked: Issued, on: date) -> date:
    """The first day of the revocation in force: the earliest of those decided since an appeal last ended one."""
    in_force = [each for each in asked.events if each.kind in REVOCATIONS and each.effective_on <= on]
    ended = max((place for place, each in enumerate(in_force, 1) if each.kind is EventKind.REINSTATED), default=0)
    return min(each.effective_on for each in in_force[ended:])


def _latest(asked: Issued, kind: EventKind, on: date) -> date:
    """The day the last decided event of a kind that is in force works from."""
    return [each.effective_on for each in asked.events if each.kind is kind and each.effective_on <= on][-1]
