"""Where the pass mark of a test should lie, judged by a panel: a modified Angoff round in two stages.

Each judge says alone, for each question, how many of a hundred people who can just enough would answer it right. When
all are done they see how the panel spreads, and how hard the questions have been in use, and judge again, alone. The
recommended cut score is the mean over the judges of their sums; its standard error is that of the judges' means.

Sources: Angoff (1971), "Scales, norms, and equivalent scores", in Thorndike (ed.), Educational Measurement, 2nd ed.,
508–600, who suggests it in a footnote (p. 515); judging a second time after feedback is the usual modification, e.g.
Cizek & Bunch (2007), Standard Setting, ch. 6. Quartiles: Hyndman & Fan (1996), "Sample quantiles in statistical
packages", The American Statistician 50, 361–365, definition 7.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import sqrt

from lms.verdict import No, because

STEP = 5
PERCENTS = tuple(range(0, 101, STEP))
"""What a judge may answer: 0 to 100 in steps of five."""

JUDGES_MIN = 3
"""Fewer judges give an opinion, not a standard: no result."""

ANSWERS_MIN = 30
"""How hard a question has been is shown when at least so many have answered it."""

Ratings = Mapping[str, int]
"""One judge's per cent, by question."""


class Stage(StrEnum):
    """Where a round stands: judged alone, judged again with the panel's spread in sight, or over."""

    FIRST = "first"
    SECOND = "second"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How the judges' per cents for one question lie, 0–100."""

    judges: int
    least: int
    lower: Fraction
    median: Fraction
    upper: Fraction
    most: int
    mean: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """The panel's cut score. `share` is of all points, 0…1, exact; `standard_error` likewise a share.

    `least` and `most` are the lowest and highest judge's share, `items` the number of questions judged.
    """

    judges: int
    items: int
    share: Fraction
    standard_error: float
    least: Fraction
    most: Fraction

    @property
    def points(self) -> Fraction:
        """The cut score in points: the mean over the judges of the sum of their ratings."""
        return self.share * self.items


def is_rating(percent: int) -> bool:
    """Whether a judge may answer this."""
    return percent in PERCENTS


def complete(ratings: Mapping[int, Ratings], items: Collection[str]) -> dict[int, Ratings]:
    """The judges who have rated every question, with their ratings of these; a judge who has left some out has said
    nothing about the whole."""
    return {
        judge: {item: given[item] for item in items}
        for judge, given in ratings.items()
        if items and all(item in given for item in items)
    }


def spread(percents: Iterable[int]) -> Spread | None:
    """How the ratings of one question lie; None when there are none."""
    ordered = sorted(percents)
    if not ordered:
        return None
    return Spread(
        judges=len(ordered),
        least=ordered[0],
        lower=_quantile(ordered, Fraction(1, 4)),
        median=_quantile(ordered, Fraction(1, 2)),
        upper=_quantile(ordered, Fraction(3, 4)),
        most=ordered[-1],
        mean=Fraction(sum(ordered), len(ordered)),
    )


def recommend(ratings: Mapping[int, Ratings], items: Collection[str]) -> Recommendation | No:
    """The cut score of the judges who have rated every question; No (`angoff-too-few-judges`) for fewer than three."""
    whole = complete(ratings, items)
    if len(whole) < JUDGES_MIN:
        return No((because("angoff-too-few-judges", judges=len(whole), least=JUDGES_MIN),))
    means = [Fraction(sum(given.values()), 100 * len(items)) for given in whole.values()]
    mean = sum(means, Fraction(0)) / len(means)
    variance = sum(((one - mean) ** 2 for one in means), Fraction(0)) / (len(means) - 1)
    return Recommendation(
        judges=len(means),
        items=len(items),
        share=mean,
        standard_error=sqrt(variance / len(means)),
        least=min(means),
        most=max(means),
    )


def _quantile(ordered: Sequence[int], part: Fraction) -> Fraction:
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
