"""Checking in with a code shown in the room, and who may (DOMAIN.md 4, step 2).

The code follows from a secret and the time, and turns every few minutes; the one before it is good until the next, so
that nobody who has begun to type is too late. Whoever is not in the room has at most two turns to be told it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from lms.verdict import No, because

CODE_DIGITS = 6
TURN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What is recorded on a person's attendance: present or not, and whether they checked in themselves."""

    present: bool
    checked_in: bool


def code_at(secret: str, now: datetime) -> str:
    """The code shown at an instant: digits, the same for the whole turn."""
    turn = int(now.timestamp() // TURN.total_seconds())
    digest = hmac.new(secret.encode(), str(turn).encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def turns_at(now: datetime) -> datetime:
    """When the next code is shown."""
    seconds = int(TURN.total_seconds())
    return datetime.fromtimestamp((int(now.timestamp()) // seconds + 1) * seconds, UTC)


def is_good(secret: str, code: str, now: datetime) -> bool:
    """Whether a code is the one shown now or the one before it. Takes as long for a wrong one."""
    good = [hmac.compare_digest(code_at(secret, at).encode(), code.encode()) for at in (now, now - TURN)]
    return any(good)


def typed_code(raw: str) -> str:
    """The digits of what was typed: «482 913» is 482913."""
    return "".join(sign for sign in raw if sign.isascii() and sign.isdigit())


def opening_problem(*, on: date, today: date) -> No | None:
    """A check-in is open on the day itself, neither before nor after."""
    return None if on == today else No((because("check-in-other-day", day=on),))


def check_in_problem(*, person_id: int, opened_by: int, newest: Word | None) -> No | None:
    """Whether a good code lets this person check in: never by one's own code, never against a trainer's word."""
    if opened_by == person_id:
        return No((because("attendance-by-oneself"),))
    if newest is not None and not newest.present:
        return No((because("check-in-said-absent"),))
    return None


def agreeing_problem(*, person_id: int, by: int, newest: Word | None, agreed: bool, words: str) -> No | None:
    """Whether it can be agreed how this person makes up a day: never with oneself, and only for a day not attended."""
    if person_id == by:
        return No((because("make-up-by-oneself"),))
    if newest is not None and newest.present:
        return No((because("make-up-attended"),))
    if agreed:
        return No((because("make-up-agreed-already"),))
    return None if words.strip() else No((because("make-up-without-words"),))


def other_day_problem(*, fits: bool, on: date, today: date, full: bool) -> No | None:
    """Whether a day of another seminar can stand for a missed one: the same day of the same part, to come, not full."""
    if not fits or on < today:
        return No((because("make-up-other-day"),))
    return No((because("make-up-full"),)) if full else None


def confirming_problem(*, person_id: int, by: int, done_on: date, today: date) -> No | None:
    """Whether somebody can vouch for a replacement: another than the person, and once it is done."""
    if person_id == by:
        return No((because("make-up-by-oneself"),))
    return No((because("make-up-not-done-yet", day=done_on),)) if done_on > today else None
