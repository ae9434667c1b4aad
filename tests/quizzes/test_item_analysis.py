"""Item statistics: worked by hand, against a second way to compute them, and where they have no value."""

from __future__ import annotations

from fractions import Fraction
from math import isclose, sqrt
from statistics import correlation, pvariance

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quizzes.item_analysis import cronbach_alpha, discrimination, facility, kr20, option_shares, standard_error
from quizzes.questions import Kind, Option, Question

Row = list[Fraction]


def table(*rows: str) -> list[Row]:
    """`table("110", "000")`: a digit for each score, persons in rows."""
    return [[Fraction(int(score)) for score in row] for row in rows]


def column(of: list[Row], index: int) -> Row:
    return [row[index] for row in of]


def totals(of: list[Row]) -> Row:
    return [sum(row, Fraction(0)) for row in of]


# Totals 3, 2, 1, 0: mean 3/2, variance 5/4. Proportions right 3/4, 1/2, 1/4; p(1 − p): 3/16, 4/16, 3/16.
GUTTMAN = table("111", "110", "100", "000")

zero_or_one = st.sampled_from([Fraction(0), Fraction(1)])
partial = st.fractions(0, 1, max_denominator=6)


@st.composite
def tables(draw: st.DrawFn, scores: st.SearchStrategy[Fraction] = partial) -> list[Row]:
    width = draw(st.integers(1, 5))
    return draw(st.lists(st.lists(scores, min_size=width, max_size=width), min_size=0, max_size=8))


def test_facility_is_the_mean_score() -> None:
    assert facility(column(GUTTMAN, 0)) == 0.75
    assert facility([Fraction(1, 3), Fraction(1)]) == float(Fraction(2, 3))
    assert facility([]) is None


def test_reliability_by_hand() -> None:
    assert kr20(GUTTMAN) == cronbach_alpha(GUTTMAN) == 0.75  # 3/2 · (1 − (10/16) / (5/4))
    error = standard_error(GUTTMAN)
    assert error is not None
    assert isclose(error, sqrt(5 / 16))  # √(5/4 · 1/4)


def test_reliability_of_two_questions_by_hand() -> None:
    assert cronbach_alpha(table("11", "10", "00")) == float(Fraction(2, 3))  # 2 · (1 − (4/9) / (2/3))


def test_discrimination_by_hand_leaves_the_question_out_of_the_total() -> None:
    # x = 1 1 1 0, rests = 2 1 0 0: covariance 3/4 − 9/16 = 3/16, variances 3/16 and 11/16.
    value = discrimination(column(GUTTMAN, 0), totals(GUTTMAN))
    assert value is not None
    assert isclose(value, 3 / sqrt(33))


def test_a_question_that_the_weak_get_right_discriminates_negatively() -> None:
    reversed_item = table("0110", "0111", "1000", "1001")
    value = discrimination(column(reversed_item, 0), totals(reversed_item))
    assert value is not None
    assert value < -0.7


@pytest.mark.parametrize("rows", [[], ["101"], ["10", "10"], ["1", "0"], ["10", "01"], ["", ""]])
def test_reliability_has_no_value_without_persons_questions_or_differences(rows: list[str]) -> None:
    assert cronbach_alpha(table(*rows)) is None
    assert kr20(table(*rows)) is None
    assert standard_error(table(*rows)) is None


def test_discrimination_has_no_value_without_differences() -> None:
    assert discrimination([], []) is None
    assert discrimination([Fraction(1)] * 3, [Fraction(n) for n in (1, 2, 3)]) is None  # all right
    assert discrimination(table("10")[0], table("10")[0]) is None  # a test of one question


def test_data_that_do_not_fit_together_are_errors() -> None:
    with pytest.raises(ValueError, match="shorter|longer"):
        discrimination([Fraction(1)], [])
    with pytest.raises(ValueError, match="shorter|longer"):
        cronbach_alpha(table("11", "1"))
    with pytest.raises(ValueError, match="0 and 1"):
        kr20([[Fraction(1, 2), Fraction(1)], [Fraction(0), Fraction(0)]])


@given(tables())
def test_discrimination_is_a_correlation_with_the_rest(scores: list[Row]) -> None:
    assume(scores)
    item, rests = column(scores, 0), [sum(row[1:], Fraction(0)) for row in scores]
    value = discrimination(item, totals(scores))
    if value is None:
        assert len(set(item)) == 1 or len(set(rests)) == 1
    else:
        assert -1 <= value <= 1
        assert isclose(value, correlation([float(x) for x in item], [float(rest) for rest in rests]), abs_tol=1e-9)


@given(tables())
def test_alpha_is_at_most_one_and_the_error_at_least_nothing(scores: list[Row]) -> None:
    alpha, error = cronbach_alpha(scores), standard_error(scores)
    assert (alpha is None) == (error is None)
    if alpha is not None and error is not None:
        assert alpha <= 1
        assert error >= 0
        assert isclose(error**2, float(pvariance(totals(scores))) * (1 - alpha), abs_tol=1e-9)


@given(tables(zero_or_one))
def test_kr20_is_its_formula(scores: list[Row]) -> None:
    value = kr20(scores)
    if value is not None:
        k, n = len(scores[0]), len(scores)
        p = [sum(column(scores, index)) / Fraction(n) for index in range(k)]
        expected = Fraction(k, k - 1) * (1 - sum(one * (1 - one) for one in p) / pvariance(totals(scores)))
        assert isclose(value, float(expected))


@given(tables(), st.randoms())
def test_the_order_of_persons_changes_nothing(scores: list[Row], chance: object) -> None:
    other = sorted(scores, key=lambda _: chance.random())  # type: ignore[attr-defined]
    assert cronbach_alpha(scores) == cronbach_alpha(other)
    assert standard_error(scores) == standard_error(other)


def test_identical_questions_are_perfectly_consistent() -> None:
    assert cronbach_alpha(table("111", "111", "000")) == 1
    assert standard_error(table("111", "111", "000")) == 0


def test_option_shares_count_everybody_and_show_options_nobody_chose() -> None:
    options = tuple(Option(key=key, text=key, right=key == "a") for key in "abc")
    question = Question(id="q", title="Q", objective="o", kind=Kind.SINGLE, stem="?", options=options, explanation="!")
    responses = [frozenset("a"), frozenset("a"), frozenset("b"), frozenset()]
    assert option_shares(question, responses) == {"a": 0.5, "b": 0.25, "c": 0.0}
    assert option_shares(question, []) is None
