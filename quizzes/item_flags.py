"""What deserves an author's look at a question, in words: each rule a pure function with its threshold and source.

Every rule answers with a reason or None. None of them says anything about fewer than `LEAST_ANSWERS` answers. A rule
about a correlation asks whether it lies below its threshold by more than chance: the upper bound of its one-sided
95 % interval by Fisher's z (Fisher 1921, "On the 'probable error' of a coefficient of correlation deduced from a small
sample", Metron 1, 3–32), so that a sound question is flagged by such a rule in at most one of twenty cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import atanh, sqrt, tanh

from lms.verdict import Reason, because
from quizzes.attempts import Purpose
from quizzes.questions import Kind

LEAST_ANSWERS = 30
"""Nothing is flagged on fewer: the rule of thumb for item analysis of a class (Livingston 2006 asks for more)."""

WEAK_BELOW = 0.20
"""Discrimination below this marks a poor item (Ebel & Frisbie 1991, Essentials of Educational Measurement, 5th ed.,
ch. 13: 0.40 and up very good, 0.30 good, 0.20 marginal)."""

TOO_EASY_FROM = Fraction(95, 100)
"""**Decided**: with so many right there is next to nothing left that could tell persons apart."""

TOO_HARD_UP_TO = Fraction(30, 100)
"""**Decided**, for after the course; never less than what guessing gives (one of so many options)."""

UNUSED_BELOW = Fraction(5, 100)
"""An option chosen by fewer does not work as one (Haladyna & Downing 1993, "How many options is enough for a
multiple-choice test item?", Educational and Psychological Measurement 53, 999–1010)."""

UNUSED_WHERE_EVEN_GIVES = Fraction(10, 100)
"""**Decided**: nothing is said of options where so few are wrong that each would get less if all were equally good."""

RIVAL_FROM = Fraction(1, 3)
"""**Decided**: so many of the best third choose it, and at least as many as choose the key. That strong persons agree
on a wrong option is the sign of a wrong key or a second right answer (Livingston 2006, "Item analysis", in Downing &
Haladyna, eds., Handbook of Test Development, 421–441)."""

SLOW_TIMES = 2
"""**Decided**: so many times the median of the form's questions."""

ONE_SIDED_95 = 1.6448536269514722
"""The standard normal quantile of 0.95."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionUse:
    """A thing one can answer: the shares, 0…1, of all persons and of each third by score who did.

    `label` is how it is named, "A" for the first option; thirds are None where there are too few persons for them.
    """

    token: str
    label: str
    right: bool
    share: Fraction
    upper: Fraction | None
    middle: Fraction | None
    lower: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFigures:
    """What is known of one question in one form. `timed` of the `answers` have told how long it took."""

    kind: Kind
    form: Purpose
    answers: int
    facility: Fraction
    discrimination: float | None
    options: tuple[OptionUse, ...]
    median_seconds: Fraction | None
    timed: int
    usual_seconds: Fraction | None


def flags(item: ItemFigures) -> tuple[Reason, ...]:
    """All there is to say, the gravest first."""
    if item.answers < LEAST_ANSWERS:
        return ()
    rules = (rival(item), negative(item), weak(item), too_hard(item), too_easy(item), unused(item), slow(item))
    return tuple(flag for flag in rules if flag is not None)


def rival(item: ItemFigures) -> Reason | None:
    """A wrong option that the best third prefer: is it right too, or the key wrong? (`item-rival`)"""
    if item.kind not in (Kind.SINGLE, Kind.TRUE_FALSE):
        return None
    key = next((one.upper for one in item.options if one.right), None)
    wrong = [(one.upper, one.label) for one in item.options if not one.right and one.upper is not None]
    if key is None or not wrong:
        return None
    share, label = max(wrong, key=lambda one: one[0])
    if share < RIVAL_FROM or share < key:
        return None
    return because("item-rival", share=share, option=label, key=key)


def negative(item: ItemFigures) -> Reason | None:
    """Those who do well otherwise do worse here, by more than chance. (`item-negative`)"""
    bound = upper_bound(item.discrimination, item.answers)
    return because("item-negative", value=_written(item.discrimination)) if bound is not None and bound < 0 else None


def weak(item: ItemFigures) -> Reason | None:
    """It hardly tells those who know from those who don't; not where `negative` says worse. (`item-weak`)"""
    bound = upper_bound(item.discrimination, item.answers)
    if bound is None or not 0 <= bound < WEAK_BELOW:
        return None
    return because("item-weak", value=_written(item.discrimination))


def too_hard(item: ItemFigures) -> Reason | None:
    """After the course hardly anybody is right, or no more than guessing gives. (`item-too-hard`)"""
    guessing = Fraction(1, len(item.options)) if item.kind in (Kind.SINGLE, Kind.TRUE_FALSE) else Fraction(0)
    if item.form is not Purpose.POST or item.facility > max(TOO_HARD_UP_TO, guessing):
        return None
    return because("item-too-hard", share=item.facility)


def too_easy(item: ItemFigures) -> Reason | None:
    """Nearly everybody is right, before the course or after. (`item-too-easy-before`, `item-too-easy`)"""
    if item.facility < TOO_EASY_FROM:
        return None
    return because("item-too-easy-before" if item.form is Purpose.PRE else "item-too-easy", share=item.facility)


def unused(item: ItemFigures) -> Reason | None:
    """Wrong options that nobody, or nearly nobody, chooses. (`item-unused`)"""
    wrong = [one for one in item.options if not one.right]
    if item.kind not in (Kind.SINGLE, Kind.MULTIPLE) or not wrong:
        return None
    if sum((one.share for one in wrong), Fraction(0)) / len(wrong) < UNUSED_WHERE_EVEN_GIVES:
        return None
    idle = tuple(one.label for one in wrong if one.share < UNUSED_BELOW)
    return because("item-unused", options=idle) if idle else None


def slow(item: ItemFigures) -> Reason | None:
    """It takes far longer than the form's questions usually do. (`item-slow`)"""
    if item.median_seconds is None or item.usual_seconds is None or item.timed < LEAST_ANSWERS:
        return None
    if item.usual_seconds == 0 or item.median_seconds < SLOW_TIMES * item.usual_seconds:
        return None
    return because("item-slow", seconds=round(item.median_seconds), usual=round(item.usual_seconds))


def upper_bound(correlation: float | None, persons: int) -> float | None:
    """Where a correlation of so many persons may lie at most, one-sided 95 %; None without one or below 4 persons."""
    if correlation is None or persons < 4:
        return None
    if abs(correlation) >= 1:
        return correlation
    return tanh(atanh(correlation) + ONE_SIDED_95 / sqrt(persons - 3))


def _written(correlation: float | None) -> str:
    """−0,21: as one writes it in Norway."""
    return f"{correlation or 0:.2f}".replace("-", "\N{MINUS SIGN}").replace(".", ",")
