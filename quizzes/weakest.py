"""Which questions a knowledge check asks: of what a person was weakest at, preferably ones not met before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from fractions import Fraction

from quizzes.questions import Question
from quizzes.selection import draw


def weakest_first(shares: Mapping[str, Fraction]) -> tuple[str, ...]:
    """Objectives by the share of points reached on them, 0…1, the lowest first; equals stay in the mapping's order."""
    return tuple(sorted(shares, key=shares.__getitem__))


def blueprint(shares: Mapping[str, Fraction], bank: Iterable[Question], items: int) -> dict[str, int]:
    """So many questions spread over the weakest objectives: one from each, weakest first, and round again where there
    are fewer objectives than questions. Fewer than `items` when the bank has no more; empty when it has none.
    """
    left = Counter(question.objective for question in bank)
    wanted: dict[str, int] = {}
    ordered = [objective for objective in weakest_first(shares) if left[objective]]
    while ordered and items > 0:
        for objective in ordered[:items]:
            wanted[objective] = wanted.get(objective, 0) + 1
            left[objective] -= 1
            items -= 1
        ordered = [objective for objective in ordered if left[objective]]
    return wanted


def choose(
    bank: Iterable[Question],
    shares: Mapping[str, Fraction],
    *,
    items: int,
    seed: str,
    in_tests: Set[str] = frozenset(),
    in_checks: Set[str] = frozenset(),
) -> frozenset[str]:
    """The ids of the questions of a check.

    In each objective those never met come first, then those met in tests (`in_tests`), then those of an earlier check.
    The seed decides among equals (`quizzes.selection.draw`).
    """
    questions = tuple(bank)
    wanted = blueprint(shares, questions, items)
    usable: list[Question] = []
    last_resort: set[str] = set()
    for objective, count in wanted.items():
        own = [question for question in questions if question.objective == objective]
        fresh = [question for question in own if question.id not in in_tests | in_checks]
        tested = [question for question in own if question.id in in_tests - in_checks]
        checked = [question for question in own if question.id in in_checks]
        taken: list[Question] = []
        last: list[Question] = []
        for tier in (fresh, tested, checked):
            if len(taken) >= count:
                break
            taken, last = taken + tier, tier
        last_resort |= {question.id for question in last}  # of the last tier opened some may do, of the others all
        usable += taken
    return draw(usable, wanted, seed=seed, avoid=last_resort).question_ids
