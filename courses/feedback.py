"""What a company's people say after a presentation: anonymous, shown five at a time, closed after sixty days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

QUESTIONS = ("useful", "heard", "knowing", "using")
"""In the order they are asked; what each asks is in the wording."""
SCALE = (1, 2, 3, 4, 5)
STEP = 5
"""As many answers are shown at once: with fewer, or one by one, somebody could tell whose they are."""
OPEN_DAYS = 60
SPARE_ANSWERS = 10  # somebody was not counted; more answers than that are not from those who were there


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer: a mark from 1 to 5 for each question, and perhaps some words."""

    marks: tuple[int, ...]
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSummary:
    """How one question was answered: how many gave each mark, lowest first, and the mean."""

    question: str
    counts: tuple[int, ...]
    mean: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What may be shown of `given` answers: those of the full steps; nothing of the rest, nor by subtraction."""

    given: int
    shown: int
    questions: tuple[QuestionSummary, ...]
    comments: tuple[str, ...]


def summarise(answers: Sequence[Answer]) -> Summary:
    """The summary of answers in the order they came. Comments are in no order that says anything: by their letters."""
    shown = len(answers) // STEP * STEP
    among = answers[:shown]
    questions = []
    for place, question in enumerate(QUESTIONS if shown else ()):
        marks = [answer.marks[place] for answer in among]
        counts = tuple(marks.count(mark) for mark in SCALE)
        questions.append(QuestionSummary(question=question, counts=counts, mean=Fraction(sum(marks), len(marks))))
    comments = sorted((answer.comment for answer in among if answer.comment), key=str.casefold)
    return Summary(given=len(answers), shown=shown, questions=tuple(questions), comments=tuple(comments))


def closes_on(opened: date) -> date:
    """The last day on which one may answer."""
    return opened + timedelta(days=OPEN_DAYS)


def is_full(given: int, *, listeners: int) -> bool:
    """Whether as many have answered as can have been there."""
    return given >= listeners + SPARE_ANSWERS
