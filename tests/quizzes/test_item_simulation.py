"""Five thousand examinees from a known model: the figures find the model again, a wrong key is found, good ones pass.

The model is the two-parameter logistic (Birnbaum 1968, in Lord & Novick, Statistical Theories of Mental Test Scores,
ch. 17): P(right) = 1 / (1 + exp(−a(θ − b))), with ability θ normal, a from 0.9 to 2.0, b normal. Everybody draws twenty
of forty questions; who is wrong takes one of three wrong options by chance. The seed is fixed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from math import exp, sqrt

from scipy import integrate, stats

from quizzes.attempts import Purpose
from quizzes.item_review import Given, ItemLine, ItemReview, Sat, forms, review
from quizzes.questions import Kind, Question
from tests.quizzes.factories import question

EXAMINEES, QUESTIONS, DRAWN = 5_000, 40, 20
MISKEYED = "q-07"
KEYS = "abcd"


@dataclass(frozen=True)
class Item:
    question: Question
    a: float
    b: float
    truth: str = "a"  # the option those who know choose

    def chance(self, ability: float) -> float:
        return 1 / (1 + exp(-self.a * (ability - self.b)))

    @property
    def facility(self) -> float:
        """The expected share right: the model over a normal ability."""
        value, _error = integrate.quad(lambda theta: self.chance(theta) * stats.norm.pdf(theta), -8, 8)
        return float(value)

    @property
    def discrimination(self) -> float:
        """The correlation of the item with ability, which the rest of the test stands for."""
        p = self.facility
        value, _error = integrate.quad(lambda theta: theta * self.chance(theta) * stats.norm.pdf(theta), -8, 8)
        return float(value) / sqrt(p * (1 - p))


def items(dice: random.Random, *, miskeyed: bool) -> list[Item]:
    made = []
    for number in range(QUESTIONS):
        id = f"q-{number:02}"
        item = Item(question(id, options=4), a=dice.uniform(0.9, 2.0), b=dice.gauss(-0.3, 0.8))
        # its key says "a", those who know say "b"
        made.append(replace(item, truth="b") if miskeyed and id == MISKEYED else item)
    return made


def sat(bank: list[Item], dice: random.Random, count: int, *, drawn: int = DRAWN) -> list[Sat]:
    sittings = []
    for attempt_id in range(1, count + 1):
        ability = dice.gauss(0, 1)
        given = []
        for item in dice.sample(bank, drawn):
            knows = dice.random() < item.chance(ability)
            chosen = item.truth if knows else dice.choice([key for key in KEYS if key != item.truth])
            right = chosen in item.question.right_keys
            given.append(
                Given(question_id=item.question.id, response=frozenset(chosen), score=Fraction(int(right)), seconds=60)
            )
        sittings.append(Sat(attempt_id=attempt_id, form=Purpose.POST, version=None, given=tuple(given)))
    return sittings


@cache
def simulated() -> tuple[list[Item], list[Sat], list[ItemReview]]:
    dice = random.Random(20261122)
    bank = items(dice, miskeyed=True)
    sittings = sat(bank, dice, EXAMINEES)
    return bank, sittings, review(sittings, {one.question.id: one.question for one in bank}, {})


def line(one: ItemReview) -> ItemLine:
    return one.lines[0]


def sound() -> list[tuple[Item, ItemReview]]:
    bank, _sittings, reviews = simulated()
    return [(item, one) for item, one in zip(bank, reviews, strict=True) if item.question.id != MISKEYED]


def test_facility_finds_the_model_again() -> None:
    for item, one in sound():
        figures = line(one).figures
        assert figures is not None
        assert figures.answers > 2_300
        # four standard errors of a proportion, the facility of the model worked out by numerical integration
        assert abs(float(figures.facility) - item.facility) < 4 * sqrt(0.25 / figures.answers)


def test_discrimination_finds_the_model_again() -> None:
    expected = [item.discrimination for item, _one in sound()]
    found = [figures.discrimination for _item, one in sound() if (figures := line(one).figures) is not None]
    assert None not in found
    assert stats.spearmanr(expected, found).statistic > 0.9
    # the rest of a test of twenty measures ability with error: every correlation shrinks by the root of its reliability
    reliability = forms(simulated()[1])[0].reliability
    assert reliability is not None
    shrunk = [value * sqrt(reliability) for value in expected]
    assert max(abs(float(one or 0) - other) for one, other in zip(found, shrunk, strict=True)) < 0.06


def test_reliability_is_that_of_the_model() -> None:
    """Of a test of twenty drawn questions: the share of the variance of scores that is due to ability."""
    bank, sittings, _reviews = simulated()
    found = forms(sittings)[0]
    assert found.questions == DRAWN
    assert found.is_kr20
    dice = random.Random(7)
    abilities = [dice.gauss(0, 1) for _ in range(2_000)]
    good = [item for item in bank if item.question.id != MISKEYED]
    true_scores = [DRAWN / len(good) * sum(item.chance(theta) for item in good) for theta in abilities]
    noise = [DRAWN / len(good) * sum(item.chance(t) * (1 - item.chance(t)) for item in good) for t in abilities]
    mean = sum(true_scores) / len(true_scores)
    true_variance = sum((score - mean) ** 2 for score in true_scores) / len(true_scores)
    expected = true_variance / (true_variance + sum(noise) / len(noise))
    assert found.reliability is not None
    assert found.error is not None
    assert abs(found.reliability - expected) < 0.03
    assert abs(found.error * DRAWN - sqrt(sum(noise) / len(noise))) < 0.15


def test_a_wrong_key_is_found_and_sound_questions_are_not_flagged() -> None:
    bank, _sittings, reviews = simulated()
    wrong = next(one for one in reviews if one.question.id == MISKEYED)
    codes = [flag.code for flag in wrong.flags]
    assert "item-rival" in codes
    assert "item-negative" in codes
    assert [flag.values["option"] for flag in wrong.flags if flag.code == "item-rival"] == ["B"]
    about_the_key = ("item-rival", "item-negative", "item-weak", "item-unused", "item-slow")
    falsely = [one.question.id for _item, one in sound() for flag in one.flags if flag.code in about_the_key]
    assert falsely == [], "with 2,500 answers a question the rate of false flags is 0 of 39"
    hard = {item.question.id for item, one in sound() if "item-too-hard" in [flag.code for flag in one.flags]}
    assert hard <= {item.question.id for item, _one in sound() if item.facility < 0.32}


def test_how_often_sound_questions_are_flagged_when_few_have_answered() -> None:
    """With sixty persons, and so thirty answers a question: at most 6 of 100, over twenty groups by a fixed seed."""
    dice = random.Random(42)
    bank = [one for one in items(dice, miskeyed=False) if 0.35 < one.facility < 0.9]
    questions = {one.question.id: one.question for one in bank}
    judged, flagged = 0, 0
    for _group in range(20):
        for one in review(sat(bank, dice, 100, drawn=12), questions, {}):
            figures = line(one).figures
            if figures is not None and figures.answers >= 30:
                judged += 1
                flagged += any(flag.code in ("item-rival", "item-negative", "item-weak") for flag in one.flags)
    assert judged > 200
    assert flagged / judged < 0.06


def test_nothing_is_flagged_on_twenty_nine_answers() -> None:
    dice = random.Random(3)
    bank = [replace(one, truth="b") for one in items(dice, miskeyed=False)]  # every key is wrong
    questions = {one.question.id: one.question for one in bank}
    assert not any(one.flags for one in review(sat(bank, dice, 29, drawn=QUESTIONS), questions, {}))
    assert any(one.flags for one in review(sat(bank, dice, 30, drawn=QUESTIONS), questions, {}))
    assert all(one.question.kind is Kind.SINGLE for one in bank)
