"""Confidence intervals for means and for ratios of means, without randomness: the same data give the same bounds.

Both rest on Student's t and are exact where the values are normally distributed; scores of tests are not quite, so
the smaller the group, the more they are an approximation. Sources: Student (1908), "The probable error of a mean",
Biometrika 6, 1–25; Fieller (1954), "Some problems in interval estimation", Journal of the Royal Statistical Society B
16, 175–185; the distribution and its quantiles: Abramowitz & Stegun (1964), Handbook of Mathematical Functions,
26.7.3–26.7.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import atan, cos, fsum, pi, sin, sqrt
from statistics import NormalDist
from typing import NamedTuple

LEVEL = 0.95
"""How often, in the long run, such an interval holds the true value."""

SERIES_MAX_FREEDOM = 200
"""Up to so many degrees of freedom the distribution is summed; beyond, its expansion is right to nine digits."""


class Interval(NamedTuple):
    """Both bounds, as shares of one."""

    low: float
    high: float


def of_mean(values: Sequence[Fraction]) -> Interval | None:
    """Of a mean: x̄ ± t · s/√n with n − 1 degrees of freedom, s² divided by n − 1. None for fewer than two values.

    For the mean of persons' differences this is the interval of the paired t-test.
    """
    n = len(values)
    if n < 2:
        return None
    mean = sum(values, Fraction(0)) / n
    half = quantile(n - 1) * sqrt(_covariance(values, values) / n)
    return Interval(float(mean) - half, float(mean) + half)


def of_ratio(numerators: Sequence[Fraction], denominators: Sequence[Fraction]) -> Interval | None:
    """Of a ratio of means of two values of the same persons, by Fieller's theorem: all g for which the mean of
    x − g·y is no further from 0 than t standard errors. None for fewer than two persons, and where the denominator
    itself is not clearly different from 0: then no bounded interval exists.
    """
    n = len(numerators)
    if n < 2:
        return None
    x, y = sum(numerators, Fraction(0)) / n, sum(denominators, Fraction(0)) / n
    spread = quantile(n - 1) ** 2 / n
    a = float(y * y) - spread * _covariance(denominators, denominators)
    b = float(x * y) - spread * _covariance(numerators, denominators)
    c = float(x * x) - spread * _covariance(numerators, numerators)
    if a <= 0:
        return None
    root = sqrt(max(0.0, b * b - a * c))
    return Interval((b - root) / a, (b + root) / a)


@lru_cache(maxsize=1024)
def quantile(freedom: int, level: float = LEVEL) -> float:
    """The t for which a Student's t with so many degrees of freedom lies between −t and t with this probability."""
    if freedom > SERIES_MAX_FREEDOM:
        return _expanded(freedom, NormalDist().inv_cdf((1 + level) / 2))
    low, high = 0.0, 1.0
    while within(high, freedom) < level:
        low, high = high, high * 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle, freedom) < level else (low, middle)
    return (low + high) / 2


def within(t: float, freedom: int) -> float:
    """The probability that a Student's t with so many degrees of freedom lies between −t and t: a finite sum."""
    angle = atan(t / sqrt(freedom))
    square = cos(angle) ** 2
    if freedom == 1:
        return 2 * angle / pi
    odd = freedom % 2
    term = cos(angle) if odd else 1.0
    total = term
    for k in range(2 + odd, freedom - 1, 2):
        term *= square * (k - 1) / k
        total += term
    total *= sin(angle)
    return (angle + total) * 2 / pi if odd else total


def _expanded(freedom: int, z: float) -> float:
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def _covariance(one: Sequence[Fraction], other: Sequence[Fraction]) -> float:
    """Divided by n − 1; around the means, so that floats lose nothing that matters."""
    n = len(one)
    x, y = [float(value) for value in one], [float(value) for value in other]
    x_mean, y_mean = fsum(x) / n, fsum(y) / n
    return fsum((a - x_mean) * (b - y_mean) for a, b in zip(x, y, strict=True)) / (n - 1)
