"""The rules of an attempt: when a test may begin, and what counts as an answer (DOMAIN.md 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lms.verdict import No, because
from quizzes.questions import Kind, Question
from quizzes.scoring import Response


class Purpose(StrEnum):
    """What a test is for: to find out where one stands, or to show that one has learnt."""

    PRE = "pre"
    POST = "post"


class State(StrEnum):
    """Where an attempt stands. Submitting is the only step, and it is final."""

    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt as the rules see it. `passed` means something once it is submitted."""

    purpose: Purpose
    state: State
    passed: bool = False


def may_start(purpose: Purpose, earlier: Iterable[Attempt]) -> int | No:
    """The number, from 1, that a new attempt gets; or why there may be none.

    `earlier` are the same person's attempts in this cycle; those for another purpose do not count. An attempt in
    progress is to be continued; the pre-test is taken once; the post-test again and again until it is passed.
    """
    own = [attempt for attempt in earlier if attempt.purpose is purpose]
    if any(attempt.state is State.IN_PROGRESS for attempt in own):
        return No((because("test-in-progress"),))
    if purpose is Purpose.PRE and own:
        return No((because("pretest-taken"),))
    if purpose is Purpose.POST and any(attempt.passed for attempt in own):
        return No((because("posttest-passed"),))
    return len(own) + 1


def accept(posted: Iterable[str], question: Question) -> Response | No:
    """What a person chose, from the option keys a browser sent, in any order and however often.

    Choosing nothing is a response too, and as an empty set false in a condition: ask `isinstance(…, No)`.
    """
    response = frozenset(posted)
    if not response <= question.keys:
        return No((because("option-unknown"),))
    if len(response) > 1 and question.kind is not Kind.MULTIPLE:
        return No((because("one-option-only"),))
    return response
