"""What an answer is worth, exactly. Scores are fractions from 0 to 1 until somebody shows them (DOMAIN.md 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from quizzes.questions import Kind, Question

Response = frozenset[str]
"""The keys of the options somebody chose; empty when the question was left out."""

NOTHING = Fraction(0)
FULL = Fraction(1)


def score(question: Question, response: Response) -> Fraction:
    """The score of a response, 0…1; an omitted answer scores 0. Raises `ValueError` for a key the question lacks.

    *single*, *true_false*: 1 for the right option alone, else 0.

    *multiple*: max(0, hits/R − misses/W), where R and W are the numbers of right and wrong options, and hits and
    misses those of them that were chosen. Only the right options, all of them, give 1. Choosing every option, or
    none, gives 0, and so does blind choosing on average before the floor, whatever share of options one ticks:
    hence no reward for ticking much. The difference of the two rates is Youden's index J (Youden 1950, "Index for
    rating diagnostic tests", Cancer 3, 32–35), here with a floor at 0.
    """
    unknown = response - question.keys
    if unknown:
        raise ValueError(f"{question.id} has no option {', '.join(sorted(unknown))}")
    right = question.right_keys
    if question.kind is not Kind.MULTIPLE:
        return FULL if response == right else NOTHING
    wrong = question.keys - right
    return max(NOTHING, Fraction(len(response & right), len(right)) - Fraction(len(response & wrong), len(wrong)))


@dataclass(frozen=True, slots=True)
class Total:
    """Points of several questions: `points` of at most `out_of`, one for each question."""

    points: Fraction
    out_of: int

    @property
    def share(self) -> Fraction:
        """Points as a share of all, 0…1."""
        return self.points / self.out_of


def total(scores: Iterable[Fraction]) -> Total:
    """The sum of scores. Raises `ValueError` when there are none: a test without questions has no result."""
    known = tuple(scores)
    if not known:
        raise ValueError("no scores to add up")
    return Total(sum(known, NOTHING), len(known))


def by_objective(scores: Iterable[tuple[str, Fraction]]) -> dict[str, Total]:
    """The total of each objective, in the order of objectives, from pairs of objective and score."""
    grouped: dict[str, list[Fraction]] = {}
    for objective, one in scores:
        grouped.setdefault(objective, []).append(one)
    return {objective: total(grouped[objective]) for objective in sorted(grouped)}


def passed(share: Fraction, pass_mark: Fraction) -> bool:
    """Whether a share of points, 0…1, reaches the pass mark, 0…1; reaching it exactly is enough.

    Raises `ValueError` for a mark outside 0…1 (80 instead of 4/5) and `TypeError` for a float, since 4/5 < 0.8 there.
    """
    if isinstance(share, float) or isinstance(pass_mark, float):
        raise TypeError("shares and pass marks are exact: Fraction(4, 5), not 0.8")
    if not 0 <= pass_mark <= 1:
        raise ValueError(f"a pass mark is a share from 0 to 1, not {pass_mark}")
    return share >= pass_mark
