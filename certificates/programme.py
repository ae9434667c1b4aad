"""A certification programme as its administrators define it: policy, requirements and text (DOMAIN.md 4–6).

What the source report leaves open is a field here with the decided value as default, never a constant in a rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import ClassVar, TypeAlias

from lms.verdict import Reason, because


class Stage(str):
    """When a holder is reminded (DOMAIN.md 6): when recertification opens, or so many days before the first day no
    longer valid. As text it is what the database keeps: `opened`, `days_90`, `day_0`.

    Which stages there are, a programme says; `Stage.before(45)` makes any. Raises ValueError for any other text.
    """

    __slots__ = ()

    OPENED: ClassVar[Stage]
    DAYS_90: ClassVar[Stage]
    DAYS_30: ClassVar[Stage]
    DAYS_7: ClassVar[Stage]
    DAY_0: ClassVar[Stage]

    def __new__(cls, text: str) -> Stage:
        """The stage a text names; every text makes the same one each time."""
        return _stage(text)

    @classmethod
    def before(cls, days: int) -> Stage:
        """The stage so many days before the first day no longer valid; 0 is that day itself."""
        return cls(f"days_{days}" if days else "day_0")

    @property
    def days_before(self) -> int | None:
        """Days before the first day no longer valid; None for the day on which recertification opens."""
        return None if self == OPENS else int(self.partition("_")[2])

    def __repr__(self) -> str:
        return f"Stage({str(self)!r})"


OPENS = "opened"
STAGE_DAYS_MAX = 730
STAGE_TEXT = re.compile(r"opened|day_0|days_([1-9][0-9]{0,2})")


@lru_cache(maxsize=STAGE_DAYS_MAX + 2)
def _stage(text: str) -> Stage:
    match = STAGE_TEXT.fullmatch(text)
    if match is None or int(match[1] or 0) > STAGE_DAYS_MAX:
        raise ValueError(f"{text!r} is no stage of reminders")
    return str.__new__(Stage, text)


Stage.OPENED, Stage.DAY_0 = Stage(OPENS), Stage.before(0)
Stage.DAYS_90, Stage.DAYS_30, Stage.DAYS_7 = Stage.before(90), Stage.before(30), Stage.before(7)
DECIDED_STAGES = (Stage.OPENED, Stage.DAYS_90, Stage.DAYS_30, Stage.DAYS_7, Stage.DAY_0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How long a certificate lasts, when recertification opens and how long grace is: calendar months (DOMAIN.md 5).

    Raises ValueError for months that can't be: no validity, a window longer than the validity, anything negative.
    """

    validity_months: int = 36
    window_months: int = 6
    grace_months: int = 6
    reminders: tuple[Stage, ...] = DECIDED_STAGES

    def __post_init__(self) -> None:
        if not 0 <= self.window_months <= self.validity_months or self.validity_months < 1 or self.grace_months < 0:
            raise ValueError(f"impossible policy: {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeChecks:
    """Voluntary checks after a certificate: how many calendar months after its first day, ascending, and of how many
    questions. Nothing of the programme depends on them."""

    months: tuple[int, ...]
    items: int

    def __post_init__(self) -> None:
        if self.items < 1 or min(self.months, default=0) < 1 or sorted(set(self.months)) != list(self.months):
            raise ValueError(f"impossible checks: {self}")


class Kind(StrEnum):
    """What a requirement asks for."""

    PRE_TEST = "pre_test"
    LESSONS = "lessons"
    POST_TEST = "post_test"
    SEMINAR = "seminar"
    OBSERVATION_VISITS = "observation_visits"
    ASSESSMENT = "assessment"
    DELIVERIES = "deliveries"
    GATHERINGS = "gatherings"


class ModuleKind(StrEnum):
    """The module kinds of a delivery at a workplace (DOMAIN.md 2)."""

    PARTSMODUL = "partsmodul"
    MUSKEL_SKJELETT = "muskel_skjelett"
    PSYKISK_HELSE = "psykisk_helse"


class Criterion(StrEnum):
    """The areas a trainer scores in the individual assessment (DOMAIN.md 4, step 5); a rubric has criteria in each."""

    CONTENT_KNOWLEDGE = "content_knowledge"
    NON_DIRECTIVE = "non_directive"


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricCriterion:
    """One thing to look at in the assessment: its area, a short title, what is looked at, and a description of each
    level of the rubric, the lowest first."""

    id: str
    area: Criterion
    title: str
    looks_at: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """What assessors look at, and the names of the levels, the lowest first. A level is its number, from 1."""

    levels: tuple[str, ...]
    criteria: tuple[RubricCriterion, ...]

    def __post_init__(self) -> None:
        if len(self.levels) < 2 or any(len(each.levels) != len(self.levels) for each in self.criteria):
            raise ValueError("every criterion has a description of each level, and there are at least two")
        if len({each.id for each in self.criteria}) < len(self.criteria):
            raise ValueError("two criteria have the same id")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What every requirement has: an id, unique in the programme, and the ids in its route that must be met first."""

    kind: ClassVar[Kind]
    id: str
    after: tuple[str, ...] = ()

    @property
    def title(self) -> Reason:
        """The requirement's short name, as a code for the wording."""
        return because(f"requirement-{self.kind}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreTest(_Asked):
    """The course's pre-test taken; its result doesn't matter."""

    kind: ClassVar[Kind] = Kind.PRE_TEST
    course: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons(_Asked):
    """Every lesson of the course gone through."""

    kind: ClassVar[Kind] = Kind.LESSONS
    course: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostTest(_Asked):
    """The course's post-test with at least `pass_mark` (a share, 0–1), inside the last `within_months` where given."""

    kind: ClassVar[Kind] = Kind.POST_TEST
    course: str
    pass_mark: Fraction
    within_months: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeminarPart(_Asked):
    """Every one of the `days` days of a part of the seminar attended."""

    kind: ClassVar[Kind] = Kind.SEMINAR
    part: int
    days: int

    @property
    def title(self) -> Reason:
        """The part's name, with its number and days."""
        return because("requirement-seminar", part=self.part, days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationVisits(_Asked):
    """Confirmed observation visits, together covering the named modules."""

    kind: ClassVar[Kind] = Kind.OBSERVATION_VISITS
    at_least: int
    covering: tuple[ModuleKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainerAssessment(_Asked):
    """A trainer's approval with a score for each criterion; by default not by the person's own mentor."""

    kind: ClassVar[Kind] = Kind.ASSESSMENT
    criteria: tuple[Criterion, ...] = ()
    mentor_may_assess: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliveries(_Asked):
    """Workplace programmes delivered in the period that is ending."""

    kind: ClassVar[Kind] = Kind.DELIVERIES
    at_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatherings(_Asked):
    """Further-training or network gatherings attended in the period that is ending."""

    kind: ClassVar[Kind] = Kind.GATHERINGS
    at_least: int


Requirement: TypeAlias = (
    PreTest | Lessons | PostTest | SeminarPart | ObservationVisits | TrainerAssessment | Deliveries | Gatherings
)


class Route(StrEnum):
    """The way to a certificate: the first time, in time to go on, or back after it has lapsed or was revoked."""

    FIRST = "first"
    RENEWAL = "renewal"
    REENTRY = "reentry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One edition of a programme. `scope` is the modules a holder may teach, what a certificate speaks for, empty where
    the file says nothing; `seats` is the most participants of a seminar; `retention_years` counts from the
    last day of validity until the records are anonymised (DOMAIN.md 10); `checks` is None where the programme offers no
    knowledge checks; `rubric` is None where the areas of an assessment are scored as wholes; for `appeal_weeks` after
    a decision it can be appealed against, and within `appeal_answer_weeks` an appeal is answered; `body` is
    Markdown. Nothing is met by an edition before the day it was accepted, `in_force_from`; None for the first."""

    id: str
    title: str
    edition: str
    policy: Policy
    first: tuple[Requirement, ...]
    renewal: tuple[Requirement, ...]
    reentry: tuple[Requirement, ...]
    scope: tuple[ModuleKind, ...] = ()
    seats: int = 15
    retention_years: int = 10
    checks: KnowledgeChecks | None = None
    rubric: Rubric | None = None
    appeal_weeks: int = 3
    appeal_answer_weeks: int = 6
    body: str = ""
    in_force_from: date | None = None

    @property
    def tested_courses(self) -> tuple[str, ...]:
        """The courses whose post-test some route asks for."""
        asked = (*self.first, *self.renewal, *self.reentry)
        return tuple(dict.fromkeys(each.course for each in asked if isinstance(each, PostTest)))

    def requirements(self, route: Route) -> tuple[Requirement, ...]:
        """What the route asks for, in the order people read it."""
        return {Route.FIRST: self.first, Route.RENEWAL: self.renewal, Route.REENTRY: self.reentry}[route]
