"""The anonymous evaluation of a part of a seminar: when it is open, what is asked, how it is summarised.

Nothing is shown of fewer than five. What comes after the first five waits until it is five again, so that looking
before and after somebody has answered does not tell what they said; the last ones are shown when the form is closed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from lms.verdict import No, because

STATEMENTS = ("useful", "content", "methods", "ready", "practical")
SCALE = (1, 2, 3, 4, 5)
LEAST = 5  # answers, before anything is shown
OPEN_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer: a number of the scale for each statement, and two free texts. `key` is random."""

    key: str
    ratings: Mapping[str, int]
    useful: str
    better: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """One statement: how many chose each number of the scale, and the mean."""

    statement: str
    counts: tuple[int, ...]
    mean: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a group of at least five has answered; the texts of each question in an order of their own."""

    answers: int
    rated: tuple[Rated, ...]
    useful: tuple[str, ...]
    better: tuple[str, ...]


def closes(last_day: date) -> date:
    """The last day on which the form is open."""
    return last_day + timedelta(days=OPEN_DAYS)


def answering_problem(*, last_day: date, today: date, answered: bool) -> No | None:
    """Whether one who was there can answer: from the last day of the part, for thirty days, once."""
    if answered:
        return No((because("evaluation-answered"),))
    if today < last_day:
        return No((because("evaluation-not-open", opens=last_day),))
    if today > closes(last_day):
        return No((because("evaluation-closed", on=closes(last_day)),))
    return None


def is_group(waiting: int) -> bool:
    """Whether so many answers that nobody has seen yet are enough to be shown together."""
    return waiting >= LEAST


def summarise(answers: Sequence[Answer]) -> Summary | None:
    """The summary of a group; None of fewer than five."""
    if len(answers) < LEAST:
        return None
    return Summary(
        answers=len(answers),
        rated=tuple(_rated(statement, answers) for statement in STATEMENTS),
        useful=_shuffled("useful", {each.key: each.useful for each in answers}),
        better=_shuffled("better", {each.key: each.better for each in answers}),
    )


def _rated(statement: str, answers: Sequence[Answer]) -> Rated:
    given = [each.ratings[statement] for each in answers]
    return Rated(
        statement=statement,
        counts=tuple(given.count(number) for number in SCALE),
        mean=Fraction(sum(given), len(given)),
    )


def _shuffled(question: str, texts: Mapping[str, str]) -> tuple[str, ...]:
    """The texts of one question in an order that says nothing about who wrote the other one's."""
    order = sorted(texts, key=lambda key: hashlib.sha256(f"{question} {key}".encode()).digest())
    return tuple(texts[key] for key in order if texts[key])
