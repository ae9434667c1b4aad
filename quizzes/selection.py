"""Which questions somebody gets, and in which order: decided by a seed alone (DOMAIN.md 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from quizzes.blueprint import Blueprint
from quizzes.questions import Case, Kind, Question


class Item(NamedTuple):
    """A place in a form: a question and the keys of its options as they are shown; none where there are no options."""

    question_id: str
    option_order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A drawn test. `overlap` holds the questions that should have been avoided but had to be used again."""

    items: tuple[Item, ...]
    overlap: frozenset[str]

    @property
    def question_ids(self) -> frozenset[str]:
        """The questions of the form."""
        return frozenset(item.question_id for item in self.items)


def draw(bank: Iterable[Question], blueprint: Blueprint, *, seed: str, avoid: Set[str] = frozenset()) -> Form:
    """A form that fills the blueprint, with as few of the questions in `avoid` as the bank allows.

    The same bank, blueprint, seed and avoidance give the same form, whatever the order of the bank and in every
    process: lots are drawn over sorted ids by a generator seeded with text. True/false options keep their order, steps
    never stand in the right one. The objectives decide which questions are drawn; those of one case then stand next to
    each other, where the first of them would have stood.
    Raises `ValueError` when an objective has too few questions; `blueprint.coverage` says so beforehand.
    """
    lots = Random(seed)  # noqa: S311 - fair, not secret
    questions = {question.id: question for question in bank}
    chosen: list[str] = []
    for objective, wanted in sorted(blueprint.items()):
        candidates = sorted(one.id for one in questions.values() if one.objective == objective)
        if not 0 <= wanted <= len(candidates):
            raise ValueError(f"{objective}: {wanted} questions wanted, {len(candidates)} in the bank")
        lots.shuffle(candidates)
        candidates.sort(key=avoid.__contains__)  # stable: the unseen first, each group still in drawn order
        chosen += candidates[:wanted]
    lots.shuffle(chosen)
    items = tuple(Item(one, _option_order(questions[one], lots)) for one in _case_by_case(chosen, questions))
    return Form(items, frozenset(chosen).intersection(avoid))


def parallel_forms(bank: Iterable[Question], blueprint: Blueprint, *, seed: str) -> tuple[Form, Form]:
    """Two forms of one blueprint that share no question, or as few as the bank allows (`overlap` of the second)."""
    questions = tuple(bank)
    first = draw(questions, blueprint, seed=f"{seed}/A")
    return first, draw(questions, blueprint, seed=f"{seed}/B", avoid=first.question_ids)


def _case_by_case(chosen: Iterable[str], questions: Mapping[str, Question]) -> list[str]:
    together: dict[Case | str, list[str]] = {}
    for one in chosen:
        together.setdefault(questions[one].case or one, []).append(one)
    return [one for group in together.values() for one in group]


def _option_order(question: Question, lots: Random) -> tuple[str, ...]:
    keys = [option.key for option in question.options]
    if question.kind is not Kind.TRUE_FALSE:
        lots.shuffle(keys)
    while question.kind is Kind.ORDERING and tuple(keys) == question.order:
        lots.shuffle(keys)
    return tuple(keys)
