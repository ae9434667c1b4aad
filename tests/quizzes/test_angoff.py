"""The rules of an Angoff round: what the panel's ratings give, and when they give nothing."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.verdict import No
from quizzes.angoff import PERCENTS, Ratings, Recommendation, complete, is_rating, recommend, spread

ITEMS = ("q1", "q2", "q3", "q4")
percents = st.sampled_from(PERCENTS)
whole = st.fixed_dictionaries(dict.fromkeys(ITEMS, percents))
panels = st.dictionaries(st.integers(1, 50), whole, min_size=3, max_size=9)


def result(ratings: Mapping[int, Ratings], items: tuple[str, ...] = ITEMS) -> Recommendation:
    found = recommend(ratings, items)
    assert isinstance(found, Recommendation)
    return found


def test_the_cut_score_is_the_mean_of_the_judges_sums_and_its_error_that_of_their_means() -> None:
    panel = {1: {"q1": 50, "q2": 60}, 2: {"q1": 70, "q2": 80}, 3: {"q1": 60, "q2": 100}}
    found = result(panel, ("q1", "q2"))
    assert found.share == Fraction(7, 10)
    assert found.points == (Fraction(110) + 150 + 160) / 100 / 3
    # the judges' means are 0.55, 0.75 and 0.80: s² = 0.0175, and the error √(0.0175 / 3)
    assert isclose(found.standard_error, (0.0175 / 3) ** 0.5)
    assert (found.least, found.most, found.judges, found.items) == (Fraction(11, 20), Fraction(4, 5), 3, 2)


@pytest.mark.parametrize("judges", range(3))
def test_fewer_than_three_judges_give_no_result_and_it_says_so(judges: int) -> None:
    found = recommend({judge: dict.fromkeys(ITEMS, 80) for judge in range(judges)}, ITEMS)
    assert isinstance(found, No)
    assert found.reasons[0].code == "angoff-too-few-judges"
    assert found.reasons[0].values == {"judges": judges, "least": 3}


@given(panels)
def test_the_cut_score_lies_between_the_lowest_and_the_highest_judge(panel: dict[int, Ratings]) -> None:
    found = result(panel)
    assert 0 <= found.least <= found.share <= found.most <= 1
    assert 0 <= found.points <= len(ITEMS)
    assert found.standard_error >= 0
    assert (found.standard_error == 0) == (found.least == found.most)


@given(panels, st.randoms())
def test_who_the_judges_are_and_the_order_of_judges_and_questions_do_not_matter(
    panel: dict[int, Ratings], lots: object
) -> None:
    judges, items = list(panel.values()), list(ITEMS)
    lots.shuffle(judges)  # type: ignore[attr-defined]
    lots.shuffle(items)  # type: ignore[attr-defined]
    assert recommend(dict(enumerate(judges)), items) == recommend(panel, ITEMS)


@given(panels, st.dictionaries(st.sampled_from(ITEMS), percents, max_size=3))
def test_a_judge_who_has_left_something_out_counts_neither_way(panel: dict[int, Ratings], half: Ratings) -> None:
    assert recommend({**panel, 999: half}, ITEMS) == recommend(panel, ITEMS)
    assert 999 not in complete({**panel, 999: half}, ITEMS)


@given(panels)
def test_ratings_of_questions_outside_the_round_change_nothing(panel: dict[int, Ratings]) -> None:
    more = {judge: {**ratings, "other": 0} for judge, ratings in panel.items()}
    assert recommend(more, ITEMS) == recommend(panel, ITEMS)


def test_no_questions_give_no_result() -> None:
    assert isinstance(recommend({1: {}, 2: {}, 3: {}}, ()), No)


@given(st.lists(percents, min_size=1, max_size=12))
def test_a_spread_stands_in_order_and_holds_its_mean(given_: list[int]) -> None:
    found = spread(given_)
    assert found is not None
    assert found.least <= found.lower <= found.median <= found.upper <= found.most
    assert found.least <= found.mean <= found.most
    assert found.judges == len(given_)


def test_quartiles_are_those_of_definition_seven() -> None:
    found = spread([40, 10, 30, 20])
    assert found is not None
    assert (found.lower, found.median, found.upper) == (Fraction(35, 2), Fraction(25), Fraction(65, 2))
    assert spread([]) is None


@given(st.integers(-1000, 1000))
def test_only_nought_to_a_hundred_in_steps_of_five_is_a_rating(percent: int) -> None:
    assert is_rating(percent) == (0 <= percent <= 100 and percent % 5 == 0)
