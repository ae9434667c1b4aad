"""The way through a course: what is open, what is next, and why not yet."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from courses import steps
from courses.catalogue import Kind
from courses.progress import Progress
from courses.steps import Next, Sitting, State, Way
from quizzes.attempts import Purpose
from tests.courses import factories
from tests.courses.factories import LESSONS

OUTLINE = factories.compiled(factories.files())[0]


def way(done: tuple[str, ...] = (), pre: Sitting | None = None, posts: tuple[Sitting, ...] = ()) -> Way[Any]:
    return Way(progress=Progress(course=OUTLINE, done=frozenset(done)), pre=pre, posts=posts)


TAKEN = Sitting(attempt_id=1, submitted=True, score=Fraction(1, 3))
BEGUN = Sitting(attempt_id=2, submitted=False)
FAILED = Sitting(attempt_id=3, submitted=True, score=Fraction(2, 3), passed=False)
PASSED = Sitting(attempt_id=4, submitted=True, score=Fraction(1), passed=True)


@pytest.mark.parametrize(
    ("at", "states", "next_step"),
    [
        (way(), (State.READY, State.WAITING, State.WAITING), Next.PRE_TEST),
        (way(pre=BEGUN), (State.UNDER_WAY, State.WAITING, State.WAITING), Next.PRE_TEST),
        (way(pre=TAKEN), (State.DONE, State.READY, State.WAITING), Next.LESSON),
        (way(LESSONS[1:], pre=TAKEN), (State.DONE, State.UNDER_WAY, State.WAITING), Next.LESSON),
        (way(LESSONS, pre=TAKEN), (State.DONE, State.DONE, State.READY), Next.POST_TEST),
        (way(LESSONS, pre=TAKEN, posts=(BEGUN,)), (State.DONE, State.DONE, State.UNDER_WAY), Next.POST_TEST),
        (way(LESSONS, pre=TAKEN, posts=(FAILED,)), (State.DONE, State.DONE, State.READY), Next.POST_TEST),
        (way(LESSONS, pre=TAKEN, posts=(FAILED, PASSED)), (State.DONE, State.DONE, State.DONE), Next.NOTHING),
    ],
)
def test_the_way_through_a_course(at: Way[Any], states: tuple[State, ...], next_step: Next) -> None:
    assert (at.pre_test, at.reading, at.post_test) == states
    assert at.next is next_step


def test_lessons_of_an_older_version_do_not_open_the_post_test() -> None:
    assert not steps.may_sit(way(("gammel-1", "gammel-2", "gammel-3"), pre=TAKEN), Purpose.POST)


def test_a_score_below_the_mark_is_never_shown_as_reaching_it() -> None:
    almost = Sitting(attempt_id=5, submitted=True, score=Fraction(79999, 100000), passed=False)
    assert almost.shown == Fraction(799, 1000)


def test_the_best_of_several_tries_is_the_first_with_the_highest_score() -> None:
    second = Sitting(attempt_id=6, submitted=True, score=Fraction(1), passed=True)
    assert way(posts=(FAILED, PASSED, second, BEGUN)).best is PASSED
    assert way(posts=(BEGUN,)).best is None


def test_every_kind_of_course_is_open_to_all_or_says_that_it_is_not() -> None:
    assert {kind for kind in Kind if steps.may_begin(kind)} == {Kind.FOUNDATION, Kind.RECERTIFICATION, Kind.TOPIC}
