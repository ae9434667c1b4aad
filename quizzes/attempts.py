"""The rules of an attempt: when a test may begin, and what counts as an answer (DOMAIN.md 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lms.verdict import No, because
from quizzes.limits import NO_LIMITS, Limits
from quizzes.questions import CHOICES, TYPED, Kind, Question
from quizzes.responses import Response, contradicts_itself, is_too_long, places, typed, unknown
from quizzes.typed import TEXT_MAX_CHARS, read_number, visible


class Purpose(StrEnum):
    """What a test is for: to find out where one stands, to show that one has learnt, or to see what has stayed.

    A check is nobody's requirement: it has no pass mark and is neither passed nor failed.
    """

    PRE = "pre"
    POST = "post"
    CHECK = "check"


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
    submitted_at: datetime | None = None


def may_start(
    purpose: Purpose, earlier: Iterable[Attempt], limits: Limits = NO_LIMITS, now: datetime | None = None
) -> int | No:
    """The number, from 1, that a new attempt gets; or why there may be none.

    `earlier` are the same person's attempts in this cycle; those for another purpose do not count. An attempt in
    progress is to be continued; the pre-test and a check are taken once; the post-test again and again until it is
    passed, within the limits. `now` matters only for a wait between tries.
    """
    own = [attempt for attempt in earlier if attempt.purpose is purpose]
    if any(attempt.state is State.IN_PROGRESS for attempt in own):
        return No((because("test-in-progress"),))
    if purpose is Purpose.PRE and own:
        return No((because("pretest-taken"),))
    if purpose is Purpose.CHECK and own:
        return No((because("check-taken"),))
    if purpose is Purpose.POST and any(attempt.passed for attempt in own):
        return No((because("posttest-passed"),))
    if purpose is Purpose.POST and limits.max_attempts is not None and len(own) >= limits.max_attempts:
        return No((because("attempts-used", most=limits.max_attempts),))
    opens = next_opens(own, limits) if purpose is Purpose.POST else None
    if opens is not None and now is not None and now < opens:
        return No((because("test-waits", opens=opens),))
    return len(own) + 1


def next_opens(own: Iterable[Attempt], limits: Limits) -> datetime | None:
    """When a person may try again after these; None at once."""
    last = max((attempt.submitted_at for attempt in own if attempt.submitted_at is not None), default=None)
    if last is None or limits.wait_hours is None:
        return None
    return last + timedelta(hours=limits.wait_hours)


def accept(posted: Iterable[str], question: Question) -> Response | No:
    """What a person has answered, from the tokens a browser sent, in any order and however often.

    A field that was left alone sends an empty text, which is no answer; a typed text keeps its words and loses the
    characters nobody sees. Answering nothing is a response too, and as an empty set false in a condition: ask
    `isinstance(…, No)`.
    """
    response = frozenset(posted)
    if question.kind in TYPED:
        response = frozenset(text for text in map(visible, response) if text.strip())
    elif question.kind not in CHOICES:
        response -= {""}
    if unknown(question, response):
        return No((because("option-unknown"),))
    if contradicts_itself(question, response):
        return No((because("one-option-only"),))
    if is_too_long(question, response):
        return No((because("answer-too-long", most=TEXT_MAX_CHARS),))
    return response


class Standing(StrEnum):
    """How far an answer has come. An unreadable one is whole, and will give nothing."""

    EMPTY = "empty"
    HALF = "half"
    UNREADABLE = "unreadable"
    WHOLE = "whole"


def standing(question: Question, response: Response) -> Standing:
    """How far the answer to a question has come.

    Half of it is there when a prompt has no option, when a step has no place or two steps have the same; a number is
    unreadable when `quizzes.typed.read_number` cannot read it.
    """
    if not response:
        return Standing.EMPTY
    if question.kind is Kind.MATCHING and len(response) < len(question.prompts):
        return Standing.HALF
    if question.kind is Kind.ORDERING and len(set(places(response).values())) < len(question.options):
        return Standing.HALF
    if question.kind is Kind.NUMERIC and read_number(typed(response)) is None:
        return Standing.UNREADABLE
    return Standing.WHOLE
