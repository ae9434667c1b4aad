"""Learning gain from pre- to post-test, of a person and of a group (DOMAIN.md 7).

Scores are exact shares of full marks, 0…1. The normalised gain g = (post − pre) / (full − pre) is the part of what
could still be learnt that was learnt; negative when the post-test went worse. Source: Hake (1998),
"Interactive-engagement versus traditional methods: A six-thousand-student survey of mechanics test data for
introductory physics courses", American Journal of Physics 66, 64–74.

Intervals are of 95 %: for means of persons' differences and gains by Student's t, for the gain of means, which is a
ratio, by Fieller's theorem (`quizzes.intervals`, with sources); bounds beyond what is possible are cut.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from lms.verdict import No, because
from quizzes.disclosure import LEAST_PERSONS
from quizzes.intervals import Interval, of_mean, of_ratio

FULL = Fraction(1)
MIN_GROUP_PERSONS = LEAST_PERSONS
"""Figures of smaller groups are not shown: they would be figures of persons."""


class Scores(NamedTuple):
    """One person's share of full marks, 0…1, before and after."""

    pre: Fraction
    post: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortGain:
    """The gain of a group of five or more.

    `gain_of_means` is Hake's: the normalised gain of the mean scores, None when every pre-test was full.
    `mean_of_gains` is the mean over the `measured` persons who have a gain, None when they are fewer than five.
    The intervals belong to `difference`, `gain_of_means` and `mean_of_gains`; None where there is no such figure, and
    for the gain of means where the group knew so much beforehand that no bounds can be given.
    """

    persons: int
    pre_mean: Fraction
    post_mean: Fraction
    gain_of_means: Fraction | None
    mean_of_gains: Fraction | None
    measured: int
    difference_interval: Interval | None = None
    gain_interval: Interval | None = None
    gains_interval: Interval | None = None

    @property
    def difference(self) -> Fraction:
        """Mean score after minus before; the mean of the persons' differences is the same number."""
        return self.post_mean - self.pre_mean


def difference(pre: Fraction, post: Fraction) -> Fraction:
    """Post − pre, −1…1. Raises `ValueError` for a score outside 0…1."""
    for share in (pre, post):
        if not 0 <= share <= FULL:
            raise ValueError(f"a score is a share from 0 to 1, not {share}")
    return post - pre


def normalised(pre: Fraction, post: Fraction) -> Fraction | None:
    """(post − pre) / (1 − pre), at most 1; None where pre is full. Raises `ValueError` for a score outside 0…1."""
    gained = difference(pre, post)
    return None if pre == FULL else gained / (FULL - pre)


def cohort(scores: Iterable[Scores], *, of_persons: bool = True) -> CohortGain | No:
    """The gain of a group, or No (`group-too-small`). Only persons with both tests belong in it.

    `of_persons`: whether to work out the mean of their gains as well.
    """
    group = tuple(scores)
    if len(group) < MIN_GROUP_PERSONS:
        return No((because("group-too-small", least=MIN_GROUP_PERSONS),))
    pre_mean = _mean([one.pre for one in group])
    post_mean = _mean([one.post for one in group])
    with_gain = [one for one in group if one.pre != FULL]
    gains = [(one.post - one.pre) / (FULL - one.pre) for one in with_gain] if of_persons else []
    differences = [difference(one.pre, one.post) for one in group]
    enough = len(gains) >= MIN_GROUP_PERSONS
    return CohortGain(
        persons=len(group),
        pre_mean=pre_mean,
        post_mean=post_mean,
        gain_of_means=normalised(pre_mean, post_mean),
        mean_of_gains=_mean(gains) if enough else None,
        measured=len(with_gain),
        difference_interval=_cut(of_mean(differences), least=-1.0),
        gain_interval=_cut(of_ratio(differences, [FULL - one.pre for one in group])),
        gains_interval=_cut(of_mean(gains)) if enough else None,
    )


def _cut(interval: Interval | None, *, least: float = float("-inf")) -> Interval | None:
    """The part of an interval that is possible: no gain and no difference exceeds 1."""
    return interval and Interval(max(least, interval.low), min(1.0, interval.high))


def _mean(shares: list[Fraction]) -> Fraction:
    return sum(shares, Fraction(0)) / len(shares)
