"""Responses as tokens: what a form posts, what is stored and what is scored are the same texts.

*single, multiple, true_false*: the keys of the options chosen. *matching*: "<prompt key>=<option key>" for each prompt
answered. *ordering*: "<option key>=<place>", 1…n, for each step placed. *numeric, short*: the one text as it was typed.
"""

from __future__ import annotations

from quizzes.questions import Kind, Question
from quizzes.typed import TEXT_MAX_CHARS

Response = frozenset[str]
"""The tokens of an answer; empty when the question was left out."""


def tokens(question: Question) -> frozenset[str] | None:
    """Every token an answer may hold; None where any text will do."""
    if question.kind is Kind.MATCHING:
        return frozenset(f"{prompt.key}={key}" for prompt in question.prompts for key in question.keys)
    if question.kind is Kind.ORDERING:
        places = range(1, len(question.options) + 1)
        return frozenset(f"{key}={place}" for key in question.keys for place in places)
    return None if question.kind in (Kind.NUMERIC, Kind.SHORT) else question.keys


def unknown(question: Question, response: Response) -> frozenset[str]:
    """The tokens that the question does not have."""
    known = tokens(question)
    return frozenset() if known is None else response - known


def contradicts_itself(question: Question, response: Response) -> bool:
    """Whether it says two things where one can be said: two options, two for a prompt, two places, two texts."""
    if question.kind is Kind.MULTIPLE:
        return False
    if question.kind in (Kind.MATCHING, Kind.ORDERING):
        return len({token.partition("=")[0] for token in response}) < len(response)
    return len(response) > 1


def is_too_long(question: Question, response: Response) -> bool:
    """Whether a typed text is longer than one may be."""
    return tokens(question) is None and any(len(text) > TEXT_MAX_CHARS for text in response)


def assigned(response: Response) -> dict[str, str]:
    """Of a matching question: the option for each prompt answered, by keys."""
    return {left: right for left, _, right in (token.partition("=") for token in response)}


def places(response: Response) -> dict[str, int]:
    """Of an ordering question: the place, from 1, of each step placed."""
    return {key: int(place) for key, place in assigned(response).items()}


def typed(response: Response) -> str:
    """The text of a typed answer; "" when there is none."""
    return next(iter(response), "")
