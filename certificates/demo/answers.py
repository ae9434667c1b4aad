"""How the demo's people answer: some questions are harder than others, and one or two lead the able astray.

A question's nature comes from its id, so that it is the same at every run and for everybody.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

from quizzes.questions import Kind, Question
from quizzes.responses import Response
from quizzes.scoring import wrong_response

LUCK = 3.0
"""How much of who errs where is chance; the rest is how hard the question is, 0…1."""

TRAPS_FROM = 0.96
"""So tricky a question has an option the able take for the right one: what an author should see and mend."""

TRAP = 2.6
"""What a trap adds for who knows everything, on the scale of difficulty and luck."""

FAVOURITE = (4, 3, 2, 1)
"""How readily the wrong options of a question are chosen, the most tempting first."""


def difficulty(question_id: str) -> float:
    """How hard a question is, 0…1."""
    return _trait(question_id, "difficulty")


def trickiness(question: Question) -> float:
    """How easily the able are led astray, 0…1; 0 for kinds that have no wrong option to choose."""
    return _trait(question.id, "trickiness") if question.kind is Kind.SINGLE else 0.0


def answers(questions: Sequence[Question], *, right: float, dice: random.Random) -> list[Response]:
    """An answer to each question, so large a share of them right, the harder ones wrong more often."""
    count = round(len(questions) * (1 - right))
    drawn = [difficulty(question.id) + LUCK * dice.random() for question in questions]
    trapped = [TRAP * right if trickiness(question) >= TRAPS_FROM else 0.0 for question in questions]
    order = sorted(range(len(questions)), key=lambda place: -(drawn[place] + trapped[place]))
    wrong = set(order[:count])
    return [
        _wrong(question, dice) if place in wrong else question.right_response
        for place, question in enumerate(questions)
    ]


def seconds(question: Question, dice: random.Random) -> int:
    """How long somebody looks at a question: longer at a hard one."""
    return round(20 + 50 * difficulty(question.id) + 40 * dice.random())


def _wrong(question: Question, dice: random.Random) -> Response:
    """A wrong option, the tempting ones most often; of other kinds, the answer that gives nothing."""
    options = sorted(question.keys - question.right_keys)
    if question.kind not in (Kind.SINGLE, Kind.MULTIPLE) or len(options) < 2:
        return wrong_response(question)
    options.sort(key=lambda key: _trait(question.id, key))
    return frozenset(dice.choices(options, weights=[*FAVOURITE, *[1] * len(options)][: len(options)]))


def _trait(question_id: str, what: str) -> float:
    """A number from 0 to 1 that belongs to a question for good."""
    return int.from_bytes(hashlib.sha256(f"{question_id}/{what}".encode()).digest()[:4]) / 2**32
