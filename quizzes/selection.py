"""Which questions somebody gets, and in which order: decided by a seed alone (DOMAIN.md 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from types import MappingProxyType
from typing import NamedTuple

from quizzes.blueprint import Blueprint
from quizzes.questions import Case, Kind, Question

FACILITY_ANSWERS_MIN = 30
"""From so many first answers a question's facility is known well enough to balance two forms by."""

PERCENT = 100
"""Forms are balanced to whole per cents: from thirty answers no facility is known closer."""

NOTHING_KNOWN: Mapping[str, Fraction] = MappingProxyType({})


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
    process: lots are drawn over sorted ids by a generator seeded with text. True/false options and those whose order
    carries meaning keep it, steps never stand in the right one. The objectives decide which questions are drawn; those
    of one case then stand next to each other, where the first of them would have stood.
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


def draw_next(
    bank: Iterable[Question],
    blueprint: Blueprint,
    *,
    seed: str,
    other_form: Set[str] = frozenset(),
    seen: Set[str] = frozenset(),
) -> Form:
    """A form for another try: without a question of the other form, objective by objective where the bank can do
    without them, and with as few as possible of those `seen` in earlier tries."""
    questions = tuple(bank)
    usable: list[Question] = []
    avoid = set(other_form)
    for objective, wanted in blueprint.items():
        candidates = [question for question in questions if question.objective == objective]
        fresh = [question for question in candidates if question.id not in other_form]
        if len(fresh) >= wanted:
            usable += fresh
            avoid |= seen & {question.id for question in fresh}
        else:
            usable += candidates
    return draw(usable, blueprint, seed=seed, avoid=avoid)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelForm:
    """One of a version's two stored forms: its letter, its questions in order, and the seed of the options' order."""

    version: str
    question_ids: tuple[str, ...]
    seed: str


def laid_out(bank: Iterable[Question], form: ParallelForm) -> Form:
    """A stored form with its options in the order shown: the same for everyone who gets it, in every language.

    Raises `ValueError` for a question the bank does not have.
    """
    questions = {question.id: question for question in bank}
    if missing := [one for one in form.question_ids if one not in questions]:
        raise ValueError(f"form {form.version}: not in the bank: {', '.join(missing)}")
    items = []
    for one in form.question_ids:
        lots = Random(f"{form.seed}/{one}")  # noqa: S311 - fair, not secret
        items.append(Item(one, _option_order(questions[one], lots)))
    return Form(tuple(items), frozenset())


def parallel_forms(
    bank: Iterable[Question], blueprint: Blueprint, *, seed: str, facility: Mapping[str, Fraction] = NOTHING_KNOWN
) -> tuple[Form, Form]:
    """Two forms of one blueprint that share no question, or as few as the bank allows (`overlap` of the second).

    `facility` is the share of full marks, 0…1, by question id, where it is known (`FACILITY_ANSWERS_MIN`). With it, the
    questions drawn are dealt between the two so that their mean facilities differ as little as whole per cents allow,
    objective by objective as many in each as before; what is not known counts as the mean of what is.
    """
    questions = tuple(bank)
    first = draw(questions, blueprint, seed=f"{seed}/A")
    second = draw(questions, blueprint, seed=f"{seed}/B", avoid=first.question_ids)
    if not any(one in facility for one in first.question_ids | second.question_ids):
        return first, second
    return _balanced(questions, blueprint, first, second, seed, facility)


def mean_facility(question_ids: Iterable[str], facility: Mapping[str, Fraction]) -> Fraction | None:
    """The mean of what is known of these questions, 0…1; None when nothing is."""
    known = [facility[one] for one in question_ids if one in facility]
    return sum(known, Fraction(0)) / len(known) if known else None


def _balanced(
    bank: Sequence[Question],
    blueprint: Blueprint,
    first: Form,
    second: Form,
    seed: str,
    facility: Mapping[str, Fraction],
) -> tuple[Form, Form]:
    """The questions of two forms dealt anew: of all ways, one with the smallest difference of the two sums."""
    lots = Random(f"{seed}/balance")  # noqa: S311 - fair, not secret
    objective_of = {question.id: question.objective for question in bank}
    shared = first.question_ids & second.question_ids
    apart = sorted((first.question_ids | second.question_ids) - shared)
    middle = mean_facility(apart, facility) or Fraction(1, 2)
    lots.shuffle(apart)
    ways: dict[int, frozenset[str]] = {0: frozenset()}
    for objective in sorted(blueprint):
        group = [one for one in apart if objective_of[one] == objective]
        here = _halves({one: round(facility.get(one, middle) * PERCENT) for one in group})
        ways = {
            before + difference: taken | half for before, taken in ways.items() for difference, half in here.items()
        }
    mine = ways[min(ways, key=lambda difference: (abs(difference), difference))]
    forms = []
    for letter, ids in (("A", shared | mine), ("B", shared | (frozenset(apart) - mine))):
        drawn = draw([one for one in bank if one.id in ids], blueprint, seed=f"{seed}/{letter}/balanced")
        forms.append(drawn)
    return forms[0], Form(forms[1].items, shared)


def _halves(weights: Mapping[str, int]) -> dict[int, frozenset[str]]:
    """For every difference that halving these can give (half minus rest), one half that gives it."""
    total = sum(weights.values())
    reached: dict[tuple[int, int], frozenset[str]] = {(0, 0): frozenset()}
    for one, weight in weights.items():
        more = {
            (count + 1, weighs + weight): taken | {one}
            for (count, weighs), taken in reached.items()
            if count < len(weights) // 2
        }
        reached = more | reached
    return {2 * weighs - total: taken for (count, weighs), taken in reached.items() if count == len(weights) // 2}


def _case_by_case(chosen: Iterable[str], questions: Mapping[str, Question]) -> list[str]:
    together: dict[Case | str, list[str]] = {}
    for one in chosen:
        together.setdefault(questions[one].case or one, []).append(one)
    return [one for group in together.values() for one in group]


def _option_order(question: Question, lots: Random) -> tuple[str, ...]:
    keys = [option.key for option in question.options]
    if question.kind is not Kind.TRUE_FALSE and not question.keeps_order:
        lots.shuffle(keys)
    while question.kind is Kind.ORDERING and tuple(keys) == question.order:
        lots.shuffle(keys)
    return tuple(keys)
