"""When a test may begin, and what counts as an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.verdict import No
from quizzes.attempts import Attempt, Purpose, State, accept, may_start
from quizzes.gain import cohort
from quizzes.questions import CHOICES, Kind, Option, Question
from quizzes.scoring import score
from quizzes.wording import WORDING
from tests.quizzes.factories import short

PRE = Attempt(purpose=Purpose.PRE, state=State.SUBMITTED)
OPEN_PRE = Attempt(purpose=Purpose.PRE, state=State.IN_PROGRESS)
OPEN_POST = Attempt(purpose=Purpose.POST, state=State.IN_PROGRESS)
FAILED = Attempt(purpose=Purpose.POST, state=State.SUBMITTED)
CHECK = Attempt(purpose=Purpose.CHECK, state=State.SUBMITTED)
OPEN_CHECK = Attempt(purpose=Purpose.CHECK, state=State.IN_PROGRESS)
PASSED = Attempt(purpose=Purpose.POST, state=State.SUBMITTED, passed=True)


def question(kind: Kind) -> Question:
    options = tuple(Option(key=key, text=key, right=key == "b") for key in "ab")
    return Question(id="q", title="Q", objective="o", kind=kind, stem="?", options=options, explanation="!")


def codes(answer: object) -> list[str]:
    assert isinstance(answer, No)
    return [reason.code for reason in answer.reasons]


@pytest.mark.parametrize(
    ("purpose", "earlier", "number"),
    [
        (Purpose.PRE, [], 1),
        (Purpose.PRE, [FAILED, PASSED], 1),
        (Purpose.POST, [], 1),
        (Purpose.POST, [PRE], 1),
        (Purpose.POST, [OPEN_PRE, FAILED, FAILED], 3),
        (Purpose.POST, [CHECK, CHECK], 1),
        (Purpose.PRE, [CHECK], 1),
        (Purpose.CHECK, [PRE, FAILED, PASSED, OPEN_POST], 1),
        (Purpose.POST, [Attempt(purpose=Purpose.PRE, state=State.SUBMITTED, passed=True)], 1),
    ],
)
def test_a_test_may_begin_with_the_next_number(purpose: Purpose, earlier: list[Attempt], number: int) -> None:
    assert may_start(purpose, earlier) == number


@pytest.mark.parametrize(
    ("purpose", "earlier", "code"),
    [
        (Purpose.PRE, [PRE], "pretest-taken"),
        (Purpose.PRE, [OPEN_PRE], "test-in-progress"),
        (Purpose.POST, [FAILED, OPEN_POST], "test-in-progress"),
        (Purpose.POST, [PASSED], "posttest-passed"),
        (Purpose.CHECK, [CHECK], "check-taken"),
        (Purpose.CHECK, [OPEN_CHECK], "test-in-progress"),
        (Purpose.POST, [PASSED, FAILED], "posttest-passed"),
    ],
)
def test_a_test_may_not_begin_and_says_why(purpose: Purpose, earlier: list[Attempt], code: str) -> None:
    assert codes(may_start(purpose, iter(earlier))) == [code]


@pytest.mark.parametrize("kind", sorted(CHOICES))
def test_one_option_once_or_twice_or_none_is_a_response(kind: Kind) -> None:
    assert accept(["b"], question(kind)) == accept(["b", "b"], question(kind)) == frozenset({"b"})
    nothing = accept([], question(kind))
    assert not isinstance(nothing, No)
    assert nothing == frozenset()


@pytest.mark.parametrize("posted", [["c"], ["a", "c"], [""], ["A"], ["b "], ["a", "b", "c"]])
@pytest.mark.parametrize("kind", sorted(CHOICES))
def test_an_option_that_is_not_there_is_refused(kind: Kind, posted: list[str]) -> None:
    assert codes(accept(posted, question(kind))) == ["option-unknown"]


def test_only_a_multiple_question_takes_several_options() -> None:
    several = Question(
        id="q",
        title="Q",
        objective="o",
        kind=Kind.MULTIPLE,
        stem="?",
        options=question(Kind.SINGLE).options,
        explanation="!",
    )
    assert accept(["b", "a"], several) == frozenset("ab")
    assert codes(accept(["a", "b"], question(Kind.SINGLE))) == ["one-option-only"]
    assert codes(accept(["a", "b"], question(Kind.TRUE_FALSE))) == ["one-option-only"]


@given(st.sampled_from(sorted(CHOICES)), st.lists(st.sampled_from(["a", "b", "c", ""])))
def test_whatever_is_accepted_can_be_scored(kind: Kind, posted: list[str]) -> None:
    response = accept(posted, question(kind))
    if not isinstance(response, No):
        assert 0 <= score(question(kind), response) <= 1


def test_every_refusal_has_its_sentence() -> None:
    refusals = [
        may_start(Purpose.PRE, [PRE]),
        may_start(Purpose.PRE, [OPEN_PRE]),
        may_start(Purpose.POST, [PASSED]),
        accept(["z"], question(Kind.SINGLE)),
        accept(["a", "b"], question(Kind.SINGLE)),
        accept(["x" * 201], short("q")),
        cohort([]),
    ]
    reasons = [reason for answer in refusals if isinstance(answer, No) for reason in answer.reasons]
    assert {reason.code for reason in reasons} <= set(WORDING)  # services have sentences of their own beside these
    for reason in reasons:
        assert "%" not in str(WORDING[reason.code]) % dict(reason.values)
