"""Intervals: against printed tables, against published data, and against SciPy on the same data."""

from __future__ import annotations

from fractions import Fraction
from math import isclose, sqrt
from statistics import mean, stdev

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import optimize, stats

from quizzes.intervals import Interval, of_mean, of_ratio, quantile, within

shares = st.fractions(0, 1, max_denominator=40)
many = st.lists(shares, min_size=2, max_size=30)

# Student (1908), table of section IX: hours of sleep gained by ten patients with dextro- and laevo-hyoscyamine
# (Cushny & Peebles 1905). The differences have mean 1.58 and, divided by n − 1, standard deviation 1.2300; the paired
# t is 4.0621 and the interval 0.7001 … 2.4599 in every textbook and in R's `sleep`.
DEXTRO = [Fraction(n, 10) for n in (7, -16, -2, -12, -1, 34, 37, 8, 0, 20)]
LAEVO = [Fraction(n, 10) for n in (19, 8, 11, 1, -1, 44, 55, 16, 46, 34)]


@pytest.mark.parametrize(
    ("freedom", "printed"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (9, 2.262), (10, 2.228), (30, 2.042), (60, 2.000), (120, 1.980)],
)
def test_quantiles_are_those_of_the_printed_tables(freedom: int, printed: float) -> None:
    assert round(quantile(freedom), 3) == printed


@pytest.mark.parametrize("freedom", [*range(1, 40), 99, 100, 199, 200, 201, 500, 5_000])
def test_quantiles_are_those_of_scipy(freedom: int) -> None:
    for level in (0.90, 0.95, 0.99):
        assert isclose(quantile(freedom, level), stats.t.ppf((1 + level) / 2, freedom), rel_tol=1e-8)


@given(st.floats(0, 50), st.integers(1, 60))
def test_the_distribution_is_that_of_scipy(t: float, freedom: int) -> None:
    assert isclose(within(t, freedom), 1 - 2 * stats.t.sf(t, freedom), abs_tol=1e-9)


def test_students_own_sleepers() -> None:
    differences = [after - before for before, after in zip(DEXTRO, LAEVO, strict=True)]
    interval = of_mean(differences)
    assert interval is not None
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.7001, 2.4599)
    peer = stats.ttest_rel([float(x) for x in LAEVO], [float(x) for x in DEXTRO])
    assert round(float(peer.statistic), 4) == 4.0621
    assert interval == pytest.approx(tuple(peer.confidence_interval(0.95)))


@given(many)
def test_the_interval_of_a_mean_is_that_of_scipy(values: list[Fraction]) -> None:
    interval = of_mean(values)
    assert interval is not None
    floats = [float(x) for x in values]
    if len(set(values)) == 1:
        assert interval.low == interval.high == floats[0]
        return
    spread = stdev(floats) / sqrt(len(floats))
    assert interval == pytest.approx(stats.t.interval(0.95, len(floats) - 1, mean(floats), spread), abs=1e-9)


@given(st.lists(st.tuples(st.fractions(-1, 1, max_denominator=20), shares), min_size=3, max_size=25))
def test_a_bound_of_fieller_is_a_ratio_the_paired_test_just_does_not_reject(
    pairs: list[tuple[Fraction, Fraction]],
) -> None:
    """The definition, by SciPy's one-sample test and no formula of ours: at the bounds p is 0.05."""
    interval = of_ratio([x for x, _ in pairs], [y for _, y in pairs])
    assume(interval is not None)
    assert interval is not None
    x, y = ([float(pair[place]) for pair in pairs] for place in (0, 1))
    assert interval.low - 1e-9 <= sum(x) / sum(y) <= interval.high + 1e-9
    assume(interval.high - interval.low > 1e-3)
    for bound in interval:
        apart = [one - bound * other for one, other in zip(x, y, strict=True)]
        assume(max(apart) - min(apart) > 1e-6)
        assert isclose(stats.ttest_1samp(apart, 0).pvalue, 0.05, abs_tol=1e-6)


def test_fieller_by_solving_instead_of_by_formula() -> None:
    pre = [Fraction(n, 20) for n in (6, 9, 4, 11, 8, 7, 10, 5)]
    post = [Fraction(n, 20) for n in (15, 18, 14, 19, 16, 17, 18, 13)]
    gained = [b - a for a, b in zip(pre, post, strict=True)]
    left = [1 - a for a in pre]
    interval = of_ratio(gained, left)
    assert interval is not None

    def beyond(g: float) -> float:
        apart = [float(x) - g * float(y) for x, y in zip(gained, left, strict=True)]
        return float(stats.ttest_1samp(apart, 0).pvalue) - 0.05

    middle = float(sum(gained) / sum(left))
    solved = (optimize.brentq(beyond, -2, middle), optimize.brentq(beyond, middle, 3))
    assert interval == pytest.approx(solved, abs=1e-9)


def test_where_no_bounds_exist_none_are_given() -> None:
    assert of_mean([Fraction(1)]) is None
    assert of_ratio([Fraction(0)], [Fraction(1)]) is None
    assert of_ratio([Fraction(0)] * 5, [Fraction(0)] * 5) is None  # nothing was left to learn
    assert of_ratio([Fraction(1, 2), *[Fraction(0)] * 5], [Fraction(1, 2), *[Fraction(0)] * 5]) is None


def test_no_differences_give_an_interval_without_width() -> None:
    assert of_mean([Fraction(1, 4)] * 6) == Interval(0.25, 0.25)
    assert of_ratio([Fraction(1, 4)] * 6, [Fraction(1, 2)] * 6) == Interval(0.5, 0.5)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """2,000 groups of twelve from a known truth, by a fixed seed: 95 % ± 1.5 of the intervals hold it."""
    draw = stats.norm(loc=0.3, scale=0.1).rvs(size=(2_000, 12), random_state=20261122)
    held = sum(
        interval.low <= 0.3 <= interval.high
        for row in draw
        if (interval := of_mean([Fraction(float(x)) for x in row])) is not None
    )
    assert abs(held / 2_000 - 0.95) < 0.015
