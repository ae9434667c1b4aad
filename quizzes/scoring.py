"""What an answer is worth, exactly. Scores are fractions from 0 to 1 until somebody shows them (DOMAIN.md 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, count

from quizzes.questions import CHOICES, Kind, Number, Question
from quizzes.responses import Response as Response
from quizzes.responses import assigned, contradicts_itself, places, typed, unknown
from quizzes.typed import folded, read_number

NOTHING = Fraction(0)
FULL = Fraction(1)


def score(question: Question, response: Response) -> Fraction:
    """The score of a response, 0…1; an omitted answer scores 0.

    Raises `ValueError` for a token the question lacks, for two options or places where one can be, and for two texts.

    *single*, *true_false*: 1 for the right option alone, else 0.

    *multiple*: max(0, hits/R − misses/W), where R and W are the numbers of right and wrong options, and hits and
    misses those of them that were chosen. Only the right options, all of them, give 1. Choosing every option, or
    none, gives 0, and so does blind choosing on average before the floor, whatever share of options one ticks:
    hence no reward for ticking much. The difference of the two rates is Youden's index J (Youden 1950, "Index for
    rating diagnostic tests", Cancer 3, 32–35), here with a floor at 0.

    *matching*: the share of prompts paired right. A prompt without an option counts as wrong.

    *ordering*: max(0, (C − D)/P), where P is the number of pairs of steps, C of those placed in the right order and D
    of those placed in the opposite one. A pair counts as neither when one of its steps has no place, or both the same.
    Only the right order, complete, gives 1, the opposite one 0, and a random one 0 on average before the floor. It is
    Kendall's rank correlation τ between the order given and the right one, with undecided pairs in the denominator
    (τ-a; Kendall 1938, "A new measure of rank correlation", Biometrika 30, 81–93), here with a floor at 0.

    *numeric*: 1 for a number (`quizzes.typed.read_number`) inside the tolerance, bounds included, compared exactly;
    else 0.

    *short*: 1 for a text that `quizzes.typed.folded` cannot tell from one that is accepted, else 0.
    """
    foreign = unknown(question, response)
    if foreign:
        raise ValueError(f"{question.id} has no option {', '.join(sorted(foreign))}")
    if question.kind not in CHOICES and contradicts_itself(question, response):
        raise ValueError(f"{question.id} takes one answer where there are two: {', '.join(sorted(response))}")
    if question.kind is Kind.MATCHING:
        return _of_pairs(question, response)
    if question.kind is Kind.ORDERING:
        return _of_order(question.order, places(response))
    if question.number is not None:
        return _of_number(question.number, typed(response))
    if question.kind is Kind.SHORT:
        given = folded(typed(response))
        return FULL if given and given in _accepted(question) else NOTHING
    right = question.right_keys
    if question.kind is not Kind.MULTIPLE:
        return FULL if response == right else NOTHING
    wrong = question.keys - right
    return max(NOTHING, Fraction(len(response & right), len(right)) - Fraction(len(response & wrong), len(wrong)))


def _of_pairs(question: Question, response: Response) -> Fraction:
    given = assigned(response)
    right = sum(given.get(prompt.key) == prompt.option for prompt in question.prompts)
    return Fraction(right, len(question.prompts))


def _of_order(order: tuple[str, ...], given: dict[str, int]) -> Fraction:
    pairs = list(combinations(order, 2))
    decided = [given[second] - given[first] for first, second in pairs if first in given and second in given]
    balance = sum(1 if apart > 0 else -1 for apart in decided if apart)
    return max(NOTHING, Fraction(balance, len(pairs)))


def _of_number(right: Number, text: str) -> Fraction:
    given = read_number(text)
    return FULL if given is not None and right.takes(given) else NOTHING


def wrong_response(question: Question) -> Response:
    """An answer that is whole and gives nothing: what demonstrations and rehearsals need beside `right_response`."""
    if question.kind is Kind.MATCHING:
        keys = sorted(question.keys)
        return frozenset(
            f"{prompt.key}={next(key for key in keys if key != prompt.option)}" for prompt in question.prompts
        )
    if question.kind is Kind.ORDERING:
        return frozenset(f"{key}={place}" for place, key in enumerate(reversed(question.order), 1))
    if question.number is not None:
        return frozenset({f"{question.number.value + question.number.tolerance + 1:f}"})
    if question.kind is Kind.SHORT:
        return frozenset(
            {next(text for text in map("feil svar {}".format, count(1)) if text not in _accepted(question))}
        )
    return frozenset(sorted(question.keys - question.right_keys)[:1])


def _accepted(question: Question) -> set[str]:
    return {*map(folded, question.accepted)}


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


def to_show(share: Fraction, *, passed: bool) -> Fraction:
    """A share, 0…1, as it is shown: to a tenth of a per cent, never rounded up to a pass mark it did not reach."""
    return share if passed else Fraction(int(share * 1000), 1000)


def passed(share: Fraction, pass_mark: Fraction) -> bool:
    """Whether a share of points, 0…1, reaches the pass mark, 0…1; reaching it exactly is enough.

    Raises `ValueError` for a mark outside 0…1 (80 instead of 4/5) and `TypeError` for a float, since 4/5 < 0.8 there.
    """
    if isinstance(share, float) or isinstance(pass_mark, float):
        raise TypeError("shares and pass marks are exact: Fraction(4, 5), not 0.8")
    if not 0 <= pass_mark <= 1:
        raise ValueError(f"a pass mark is a share from 0 to 1, not {pass_mark}")
    return share >= pass_mark
