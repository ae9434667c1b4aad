"""The way through a course: pre-test, lessons, post-test; what is open now, and why the rest is not (DOMAIN.md 7).

**Decided**: the pre-test comes first and is taken once; the lessons open when it is submitted; the post-test opens
when all lessons are done. The page that shows the way and the services that refuse ask the same functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Generic, Literal

from courses.catalogue import Kind, L, lessons
from courses.progress import Progress
from lms.verdict import No, because
from quizzes import attempts as quizzes
from quizzes.attempts import Purpose
from quizzes.limits import Limits, is_over
from quizzes.scoring import to_show

OPEN_TO_ALL = frozenset({Kind.FOUNDATION, Kind.RECERTIFICATION, Kind.TOPIC})
"""The kinds of course that everyone signed in may begin. Who recertifies is not asked for here: the course counts only
when the certificate's window is open, and reading it early harms nobody. Likewise the topic courses. Open courses are
not begun at all: everyone reads them, signed in or not."""


PUBLIC = frozenset({Kind.OPEN, Kind.TOPIC})
"""The kinds of course that everybody may know of: one to read, and one to sign up for without an invitation."""


class State(StrEnum):
    """Where a step stands. `waiting` is not open yet; `under_way` has been begun."""

    WAITING = "waiting"
    READY = "ready"
    UNDER_WAY = "under_way"
    DONE = "done"


class Next(StrEnum):
    """What to do now."""

    PRE_TEST = "pre_test"
    LESSON = "lesson"
    POST_TEST = "post_test"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One attempt at a test; `score`, 0–1, and `passed` mean something once it is submitted."""

    attempt_id: int
    submitted: bool
    score: Fraction = Fraction(0)
    passed: bool = False
    submitted_at: datetime | None = None
    deadline_at: datetime | None = None

    @property
    def shown(self) -> Fraction:
        """The score to show."""
        return to_show(self.score, passed=self.passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way(Generic[L]):
    """A person's way through a course: the lessons done, the pre-test if begun, the post-tests in order."""

    progress: Progress[L]
    pre: Sitting | None = None
    posts: tuple[Sitting, ...] = ()

    @property
    def pre_test(self) -> State:
        """Where the pre-test stands."""
        if self.pre is None:
            return State.READY
        return State.DONE if self.pre.submitted else State.UNDER_WAY

    @property
    def reading(self) -> State:
        """Where the lessons stand, all of them together."""
        if self.progress.complete:
            return State.DONE
        if not may_read(self.pre):
            return State.WAITING
        return State.READY if self.progress.share == 0 else State.UNDER_WAY

    @property
    def post_test(self) -> State:
        """Where the post-test stands: done when it is passed."""
        if any(one.passed for one in self.posts):
            return State.DONE
        if any(not one.submitted for one in self.posts):
            return State.UNDER_WAY
        return State.READY if may_sit(self, Purpose.POST) else State.WAITING

    @property
    def best(self) -> Sitting | None:
        """The submitted post-test with the highest score, the earliest of equals; None before the first."""
        submitted = [one for one in self.posts if one.submitted]
        return max(submitted, key=lambda one: one.score, default=None)

    @property
    def next(self) -> Next:
        """What to do now."""
        if self.pre_test is not State.DONE:
            return Next.PRE_TEST
        if not self.progress.complete:
            return Next.LESSON
        return Next.NOTHING if self.post_test is State.DONE else Next.POST_TEST


def may_begin_again(kind: Kind, way: Way[L]) -> bool:
    """Whether a new cycle may begin: a recertification is taken anew each time, when the last one is passed."""
    return kind is Kind.RECERTIFICATION and way.post_test is State.DONE


def may_read(pre: Sitting | None) -> Literal[True] | No:
    """Whether the lessons are open: the pre-test comes first, or it would not measure what one knew before."""
    if pre is None:
        return No((because("pretest-first"),))
    if not pre.submitted:
        return No((because("pretest-unfinished"),))
    return True


def may_sit(way: Way[L], form: Purpose) -> Literal[True] | No:
    """Whether a test is open. That it is taken already, or passed, is for `quizzes.attempts.may_start` to say."""
    if form is Purpose.PRE:
        return True
    reasons = []
    if way.pre_test is not State.DONE:
        reasons.append(because("posttest-after-pretest"))
    left = len(way.progress.left)
    if left:
        reasons.append(because("lessons-left", left=left, total=len(lessons(way.progress.course))))
    return No(tuple(reasons)) if reasons else True


def may_sit_again(way: Way[L], limits: Limits, now: datetime) -> Literal[True] | No:
    """Whether a post-test may be opened now: not before the wait is over, nor after the last try. One that has been
    begun may always be gone on with."""
    own = [
        quizzes.Attempt(
            purpose=Purpose.POST,
            state=quizzes.State.SUBMITTED if one.submitted else quizzes.State.IN_PROGRESS,
            passed=one.passed,
            submitted_at=one.submitted_at,
        )
        for one in way.posts
    ]
    if any(not one.submitted for one in way.posts):
        return True
    verdict = quizzes.may_start(Purpose.POST, own, limits, now)
    return verdict if isinstance(verdict, No) else True


def run_out(way: Way[L], now: datetime) -> Sitting | None:
    """The test that has been begun and whose time is out, if any: it is over, and closed before anybody looks at it."""
    sittings = (*way.posts, way.pre) if way.pre else way.posts
    return next((one for one in sittings if not one.submitted and is_over(one.deadline_at, now)), None)


def may_begin(kind: Kind) -> Literal[True] | No:
    """Whether a course of this kind is begun: an open one has no tests to take, and keeps nobody's progress."""
    return True if kind in OPEN_TO_ALL else No((because("course-only-read"),))


def is_public(kind: Kind) -> bool:
    """Whether a stranger may see what a course of this kind is, its objectives and its sources; not its lessons."""
    return kind in PUBLIC


def is_for(kind: Kind, only_open_courses: bool) -> bool:
    """Whether a course of this kind is there for somebody: who signed up for an open course has no other."""
    return kind in PUBLIC or not only_open_courses
