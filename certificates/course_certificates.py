"""The course certificate (kursbevis): when it is due, as what it is taken, how its hours are split, and which approvals
it names (DOMAIN.md 9). Pure.

**Decided**

* Due when the pre-test is handed in, every lesson is read and the post-test is passed, in a topic course; its last day
  is the day on which the last of the three was so. A test passed because a question was withdrawn is so from that day.
* The hours are those of the course (`hours` in course.md), in quarters of a kurstime: reading, by the length of the
  lessons; exercises and reflection, what the modules take beside (`minutes` in module.md); the rest is the tests with
  their explanations. The hours by which a body counts the course stand in its approval, and only there.
* Who signed up is what they signed up as. Of others, who belongs to NAV on the day takes it as a NAV employee, whatever
  numbers they have; who has an HPR number, as a doctor.
* An approval is named when the last day lies within its validity and it had been entered, and not withdrawn, when the
  certificate was issued. What is entered or withdrawn later changes nothing that was issued.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from lms.verdict import No, Reason, because

NUMBER_PREFIX = "HIK"
MINUTES_PER_HOUR = 60
QUARTER = Decimal("0.25")  # of a kurstime
SHOWN_YEARS = 5  # how far back «my courses» goes: what a specialist must be able to show


class Capacity(StrEnum):
    """What somebody takes a course as."""

    DOCTOR = "doctor"
    COUNSELLOR = "counsellor"
    OTHER = "other"


class Step(StrEnum):
    """What a topic course asks."""

    PRE_TEST = "pre_test"
    LESSONS = "lessons"
    POST_TEST = "post_test"


class HourKind(StrEnum):
    """What the hours of a course are spent on."""

    READING = "reading"
    EXERCISES = "exercises"
    TESTS = "tests"


class CreditKind(StrEnum):
    """What a body may count the hours of a course as."""

    ONLINE = "online"
    TOPIC = "topic"
    ELECTIVE = "elective"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How far somebody is in a topic course. Days are local; None: not yet."""

    begun_on: date
    pre_on: date | None
    lessons_done: int
    lessons_total: int
    lessons_done_on: date | None
    passed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One step: the day it was done, or what to do next."""

    step: Step
    met_on: date | None
    next_step: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complete:
    """All is done: from the day the course was begun through the day the last step was done."""

    findings: tuple[Finding, ...]
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Incomplete(No):
    """Something is missing; `reasons` are the next steps, false in a condition."""

    findings: tuple[Finding, ...]


def decide(taken: Taken) -> Complete | Incomplete:
    """Whether a course certificate is due, and what is missing if not."""
    left = taken.lessons_total - taken.lessons_done
    asked = (
        (Step.PRE_TEST, taken.pre_on, because("course-pretest")),
        (
            Step.LESSONS,
            taken.lessons_done_on if left <= 0 else None,
            because("course-lessons", left=max(left, 0), total=taken.lessons_total),
        ),
        (Step.POST_TEST, taken.passed_on, because("course-posttest")),
    )
    findings = tuple(
        Finding(step=step, met_on=on, next_step=None if on is not None else following) for step, on, following in asked
    )
    days = [each.met_on for each in findings if each.met_on is not None]
    if len(days) < len(findings):
        missing = tuple(each.next_step for each in findings if each.next_step is not None)
        return Incomplete(reasons=missing, findings=findings)
    return Complete(findings=findings, first_on=min(taken.begun_on, *days), last_on=max(days))


def capacity(*, occupation: str | None, sector: str | None, hpr_number: str | None) -> Capacity:
    """What somebody takes a course as: by what they signed up as, else by where they belong and whether they have an
    HPR number."""
    if occupation is not None:
        return Capacity.DOCTOR if occupation == "gp" else Capacity.COUNSELLOR
    if sector == "nav":
        return Capacity.COUNSELLOR
    return Capacity.DOCTOR if hpr_number else Capacity.OTHER


def split_hours(hours: Decimal, *, reading_minutes: int, module_minutes: int) -> tuple[tuple[HourKind, Decimal], ...]:
    """The hours of a course by what they are spent on, in quarters; they add up to `hours`, and none is negative.

    `module_minutes` is what the modules take in all, reading among it.
    """
    in_modules = min(_quarters(module_minutes), hours)
    reading = min(_quarters(reading_minutes), in_modules)
    split = (
        (HourKind.READING, reading),
        (HourKind.EXERCISES, in_modules - reading),
        (HourKind.TESTS, hours - in_modules),
    )
    return tuple((kind, spent) for kind, spent in split if spent > 0)


def _quarters(minutes: int) -> Decimal:
    return (Decimal(minutes) / MINUTES_PER_HOUR / QUARTER).quantize(Decimal(1), ROUND_HALF_UP) * QUARTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """An approval as it was entered; both days inclusive. `hours` are those above zero, by kind."""

    id: int
    body: str
    reference: str
    valid_from: date
    valid_through: date
    hours: tuple[tuple[CreditKind, Decimal], ...]
    entered_at: datetime
    withdrawn_at: datetime | None = None

    def counts(self, completed_on: date, issued_at: datetime) -> bool:
        """Whether a certificate for a course completed on a day, issued at an instant, rests on it."""
        in_force = self.withdrawn_at is None or self.withdrawn_at > issued_at
        return self.entered_at <= issued_at and in_force and self.valid_from <= completed_on <= self.valid_through


def named_approvals(
    approvals: Iterable[Approval], taken_as: Capacity, *, completed_on: date, issued_at: datetime
) -> tuple[Approval, ...]:
    """The approvals a certificate names, in the order they were entered: none but a doctor's names any."""
    if taken_as is not Capacity.DOCTOR:
        return ()
    return tuple(each for each in approvals if each.counts(completed_on, issued_at))


def number_of(year: int, place: int) -> str:
    """The number of a course certificate: HIK-2026-000123."""
    return f"{NUMBER_PREFIX}-{year}-{place:06d}"


def years_before(day: date, years: int) -> date:
    """The same day some years before; 29 February goes back to the 28th, in the holder's favour."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
