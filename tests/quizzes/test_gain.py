"""Learning gain, exact, and hidden where it would show a person."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.verdict import No
from quizzes.gain import CohortGain, Scores, cohort, difference, normalised

shares = st.fractions(0, 1, max_denominator=60)
groups = st.lists(st.builds(Scores, shares, shares), min_size=5, max_size=12)


def group(*pairs: str) -> list[Scores]:
    """`group("1/2 3/4", …)`: before and after."""
    return [Scores(*(Fraction(share) for share in pair.split())) for pair in pairs]


def shown(answer: CohortGain | No) -> CohortGain:
    assert isinstance(answer, CohortGain)
    return answer


@pytest.mark.parametrize(
    ("pre", "post", "gain"),
    [
        ("2/5", "4/5", "2/3"),  # two thirds of what was left
        ("0", "1", "1"),
        ("1/2", "1/2", "0"),
        ("1/2", "1/4", "-1/2"),
        ("9/10", "1/2", "-4"),
    ],
)
def test_normalised_gain_by_hand(pre: str, post: str, gain: str) -> None:
    assert normalised(Fraction(pre), Fraction(post)) == Fraction(gain)


@given(shares)
def test_gain_is_undefined_where_nothing_was_left_to_learn(post: Fraction) -> None:
    assert normalised(Fraction(1), post) is None


@given(shares, shares)
def test_gain_never_exceeds_one_and_has_the_sign_of_the_difference(pre: Fraction, post: Fraction) -> None:
    gain = normalised(pre, post)
    if gain is not None:
        assert isinstance(gain, Fraction)
        assert gain <= 1
        assert (gain > 0) == (post > pre) and (gain < 0) == (post < pre)
        assert pre + gain * (1 - pre) == post


@pytest.mark.parametrize(("pre", "post"), [("80", "90"), ("-1/9", "1"), ("1", "10/9")])
def test_percents_and_points_are_not_shares(pre: str, post: str) -> None:
    with pytest.raises(ValueError, match="0 to 1"):
        difference(Fraction(pre), Fraction(post))
    with pytest.raises(ValueError, match="0 to 1"):
        normalised(Fraction(pre), Fraction(post))


def test_a_group_by_hand() -> None:
    result = shown(cohort(group("0 1/2", "1/2 1", "1/2 1/2", "1/4 1", "3/4 1", "1 1")))
    assert (result.persons, result.measured) == (6, 5)
    assert result.pre_mean == Fraction(1, 2)
    assert result.post_mean == Fraction(5, 6)
    assert result.difference == Fraction(1, 3)
    assert result.gain_of_means == Fraction(2, 3)
    assert result.mean_of_gains == Fraction(7, 10)  # (1/2 + 1 + 0 + 1 + 1) / 5


def test_four_persons_are_not_shown_and_five_are() -> None:
    five = group(*["1/2 1"] * 5)
    hidden = cohort(five[:4])
    assert isinstance(hidden, No)
    assert [(reason.code, dict(reason.values)) for reason in hidden.reasons] == [("group-too-small", {"least": 5})]
    assert isinstance(cohort(iter(five)), CohortGain)


def test_a_mean_over_fewer_than_five_gains_is_not_shown_even_in_a_larger_group() -> None:
    result = shown(cohort(group("1 1", "1 1", "1 1", "1 1", "0 1/3")))
    assert result.mean_of_gains is None
    assert result.measured == 1


def test_a_group_that_knew_everything_has_no_gain() -> None:
    result = shown(cohort(group(*["1 9/10"] * 5)))
    assert result.gain_of_means is None
    assert result.mean_of_gains is None
    assert result.difference == Fraction(-1, 10)


@given(groups, st.randoms())
def test_the_order_of_persons_changes_nothing(scores: list[Scores], chance: object) -> None:
    assert cohort(scores) == cohort(sorted(scores, key=lambda _: chance.random()))  # type: ignore[attr-defined]


@given(groups)
def test_the_difference_of_means_is_the_mean_of_differences(scores: list[Scores]) -> None:
    differences = [difference(one.pre, one.post) for one in scores]
    assert shown(cohort(scores)).difference == sum(differences, Fraction(0)) / len(differences)


@given(st.lists(st.builds(Scores, st.just(Fraction(1, 3)), shares), min_size=5))
def test_both_means_agree_when_all_began_alike(scores: list[Scores]) -> None:
    result = shown(cohort(scores))
    assert result.gain_of_means == result.mean_of_gains
