"""What is known about a person on the way to a certificate: dated facts, gathered elsewhere, and which of them belong.

Each cycle has its own evidence (DOMAIN.md 5): a renewal counts what was done in the period that is ending, a re-entry
only what was done after the old certificate. Nothing is lost; what doesn't belong is simply not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from certificates.programme import ModuleKind, Policy, Route
from certificates.validity import Period, first_day_no_longer_valid, grace_ends


class Form(StrEnum):
    """Which of a course's two tests."""

    PRE = "pre"
    POST = "post"


class Outcome(StrEnum):
    """What a trainer decided in an assessment."""

    APPROVED = "approved"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dated:
    """What every fact has: its local day, the local day it was recorded where that may be a later one, and for display
    an opaque reference (the record behind it) and a label."""

    on: date
    recorded_on: date | None = None
    ref: str = ""
    label: str = ""

    @property
    def counts_from(self) -> date:
        """The later of the day itself and its recording: before that nobody could know, and nothing can rest on it."""
        return self.on if self.recorded_on is None else max(self.on, self.recorded_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestTaken(_Dated):
    """A submitted test of a course; `score` is the exact share of points, 0–1.

    With `recorded_on` it is the score as recomputed that day, when a question had been withdrawn; the one the test was
    handed in with is a fact of its own, unless somebody decided that a pass no longer rests on it.
    """

    __test__ = False  # a fact, not a test of pytest's

    course: str
    form: Form
    score: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonsDone(_Dated):
    """How many of a course's lessons are done, as of the day the last of them was."""

    course: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeminarDay(_Dated):
    """Attendance on one day (1 to `of_days`) of a part of a seminar, confirmed by its trainer.

    A day made up has the day it stands for (`missed_on`) and its seminar (`missed_at`); where it was no day of another
    seminar, `made_up` says what was done and `confirmed_by` who says so.
    """

    seminar: str
    part: int
    day_number: int
    of_days: int
    missed_on: date | None = None
    missed_at: str = ""
    made_up: str = ""
    confirmed_by: str = ""

    @property
    def held_on(self) -> date:
        """The day from which what comes after the part counts: a day made up later takes nothing away from anybody."""
        return self.on if self.missed_on is None else min(self.on, self.missed_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(_Dated):
    """An observation visit; it counts from the day on which it was both made and confirmed."""

    modules: frozenset[ModuleKind]
    mentor: str
    company: str
    confirmed_on: date | None = None

    @property
    def counts_from(self) -> date:
        """The later of the visit and its confirmation; the end of time while it waits to be confirmed."""
        return date.max if self.confirmed_on is None else max(self.on, self.confirmed_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment(_Dated):
    """A trainer's individual assessment: outcome, the two scores from 1 to 5, and what the participant was told: why,
    and what to do."""

    assessor_id: str
    outcome: Outcome
    content_knowledge: int | None = None
    non_directive: int | None = None
    feedback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(_Dated):
    """A workplace programme the person delivered, on the day it was held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering(_Dated):
    """A further-training or network gathering attended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption(_Dated):
    """A requirement waived for this person, with the reason and the name of who decided it."""

    requirement: str
    reason: str
    by: str


Fact: TypeAlias = TestTaken | LessonsDone | SeminarDay | Visit | Assessment | Delivery | Gathering | Exemption


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSeminar:
    """A part of a seminar to come that the person could attend; `booked` when they have a seat."""

    part: int
    first_day: date
    last_day: date
    booked: bool = False
    ref: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that is known of one person for one programme.

    `previous` is the period of the latest certificate, None before the first; `revoked_on` the day from which that
    certificate is revoked, also one still to come. `facts` may lie in any order and beyond today; those of one day
    stand as they came.
    """

    person_id: str
    mentor_ids: frozenset[str] = frozenset()
    previous: Period | None = None
    revoked_on: date | None = None
    facts: tuple[Fact, ...] = ()
    planned: tuple[PlannedSeminar, ...] = ()


def route(evidence: Evidence, policy: Policy, today: date) -> Route:
    """The way to the next certificate. A revoked one is not renewed: the way back is the same as after a lapse."""
    if evidence.previous is None:
        return Route.FIRST
    if is_revoked(evidence, today) or today > grace_ends(evidence.previous, policy):
        return Route.REENTRY
    return Route.RENEWAL


def is_revoked(evidence: Evidence, today: date) -> bool:
    """Whether the latest certificate has been revoked by today."""
    return evidence.revoked_on is not None and evidence.revoked_on <= today


def counted(evidence: Evidence, way: Route, today: date) -> tuple[Fact, ...]:
    """The facts that belong to the cycle the person is in, oldest first; never one from or recorded after today."""
    belonging = (fact for fact in evidence.facts if _is_known(fact, today) and _belongs(fact, evidence, way, today))
    return tuple(sorted(belonging, key=lambda fact: fact.on))


def _is_known(fact: Fact, today: date) -> bool:
    """Whether it had happened and was recorded by today; a visit is told of while it waits to be confirmed."""
    return (fact.on if isinstance(fact, Visit) else fact.counts_from) <= today


def _belongs(fact: Fact, evidence: Evidence, way: Route, today: date) -> bool:
    """Whether a fact was established in the present cycle (DOMAIN.md 5)."""
    previous = evidence.previous
    if previous is None or way is Route.FIRST:
        return True
    if way is Route.REENTRY:
        ended = evidence.revoked_on if is_revoked(evidence, today) else previous.valid_through
        return ended is not None and fact.on > ended
    match fact:
        case Assessment():
            return fact.on >= previous.window_opens
        case Delivery() | Gathering():
            return previous.valid_from <= fact.on < first_day_no_longer_valid(previous)
        case Exemption():  # one of the day the period begins on belongs to the decision that began it
            return fact.on > previous.valid_from
        case _:
            return fact.on >= previous.valid_from
