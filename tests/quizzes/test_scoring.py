"""What answers are worth: worked examples, and what holds for all of them."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.questions import OPTION_KEYS, Kind, Option, Question
from quizzes.scoring import Total, by_objective, passed, score, total


def question(kind: Kind, marks: str) -> Question:
    """`marks` has an x for each right option and a dot for each wrong one."""
    options = tuple(Option(key=key, text=key, right=mark == "x") for key, mark in zip(OPTION_KEYS, marks, strict=False))
    return Question(id="q", title="Q", objective="o", kind=kind, stem="?", options=options, explanation="!")


@st.composite
def multiples(draw: st.DrawFn) -> Question:
    right, wrong = draw(st.integers(1, 13)), draw(st.integers(1, 13))
    return question(Kind.MULTIPLE, "".join(draw(st.permutations("x" * right + "." * wrong))))


def responses(to: Question) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(sorted(to.keys)))


@pytest.mark.parametrize(
    ("chosen", "points"),
    [
        ("", "0"),
        ("a", "1/2"),  # one of two hits
        ("ab", "1"),
        ("abc", "2/3"),  # both hits, one miss of three
        ("abcd", "1/3"),
        ("ac", "1/6"),
        ("acd", "0"),  # 1/2 − 2/3, floored
        ("cde", "0"),
        ("abcde", "0"),
    ],
)
def test_partial_credit_by_hand_with_two_right_of_five(chosen: str, points: str) -> None:
    assert score(question(Kind.MULTIPLE, "xx..."), frozenset(chosen)) == Fraction(points)


@pytest.mark.parametrize(("kind", "marks"), [(Kind.SINGLE, ".x."), (Kind.TRUE_FALSE, ".x")])
def test_one_right_option_gives_all_or_nothing(kind: Kind, marks: str) -> None:
    one = question(kind, marks)
    assert [score(one, frozenset(chosen)) for chosen in ("b", "a", "", "ab")] == [1, 0, 0, 0]


@pytest.mark.parametrize("kind", [Kind.SINGLE, Kind.MULTIPLE])
def test_a_key_the_question_lacks_is_an_error_and_not_a_wrong_answer(kind: Kind) -> None:
    with pytest.raises(ValueError, match="no option A, z"):
        score(question(kind, "x.."), frozenset({"a", "z", "A"}))


@given(st.data(), multiples())
def test_scores_are_exact_and_between_nothing_and_full(data: st.DataObject, one: Question) -> None:
    points = score(one, data.draw(responses(one)))
    assert isinstance(points, Fraction)
    assert 0 <= points <= 1
    right, wrong = len(one.right_keys), len(one.keys - one.right_keys)
    assert (points * right * wrong).denominator == 1


@given(multiples())
def test_full_score_is_for_the_right_options_alone_and_everything_or_nothing_gives_none(one: Question) -> None:
    assert score(one, one.right_keys) == 1
    assert score(one, one.keys) == score(one, frozenset()) == score(one, one.keys - one.right_keys) == 0


@given(st.data(), multiples())
def test_one_more_right_option_never_costs_and_one_more_wrong_never_pays(data: st.DataObject, one: Question) -> None:
    response = data.draw(responses(one))
    key = data.draw(st.sampled_from(sorted(one.keys)))
    change = score(one, response | {key}) - score(one, response - {key})
    assert change >= 0 if key in one.right_keys else change <= 0


@given(st.data(), multiples())
def test_the_order_of_options_changes_no_score(data: st.DataObject, one: Question) -> None:
    marks = "".join("x" if option.right else "." for option in one.options)
    order = data.draw(st.permutations(range(len(marks))))
    moved = question(Kind.MULTIPLE, "".join(marks[old] for old in order))
    chosen = data.draw(responses(one))
    chosen_there = frozenset(OPTION_KEYS[new] for new, old in enumerate(order) if OPTION_KEYS[old] in chosen)
    assert score(moved, chosen_there) == score(one, chosen)


def test_blind_choosing_gains_nothing_before_the_floor() -> None:
    one = question(Kind.MULTIPLE, "xx.")
    everything = chain.from_iterable(combinations("abc", size) for size in range(4))
    rates = [Fraction(len({"a", "b"} & {*c}), 2) - Fraction(len({"c"} & {*c}), 1) for c in everything]
    assert sum(rates) == 0
    assert score(one, frozenset("abc")) == 0


def test_points_add_up_exactly() -> None:
    thirds = total([Fraction(1, 3)] * 3)
    assert thirds == Total(Fraction(1), 3)
    assert thirds.share == Fraction(1, 3)
    with pytest.raises(ValueError, match="no scores"):
        total([])


def test_objectives_are_totalled_each_by_itself() -> None:
    half, one, none = Fraction(1, 2), Fraction(1), Fraction(0)
    totals = by_objective([("rygg", half), ("hode", none), ("rygg", one)])
    assert list(totals.items()) == [("hode", Total(none, 1)), ("rygg", Total(Fraction(3, 2), 2))]
    assert by_objective([]) == {}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.fractions(0, 1)), min_size=1))
def test_objectives_add_up_to_the_total(scores: list[tuple[str, Fraction]]) -> None:
    whole = total(points for _, points in scores)
    parts = by_objective(scores).values()
    assert sum(part.points for part in parts) == whole.points
    assert sum(part.out_of for part in parts) == whole.out_of


def test_the_pass_mark_is_reached_exactly() -> None:
    mark = Fraction(4, 5)
    assert passed(Fraction(16, 20), mark)
    assert not passed(Fraction(16, 20) - Fraction(1, 10**12), mark)


def test_pass_marks_may_ask_for_nothing_or_everything() -> None:
    assert passed(Fraction(0), Fraction(0))
    assert passed(Fraction(1), Fraction(1))
    assert not passed(Fraction(19, 20), Fraction(1))


def test_a_pass_mark_that_would_mislead_is_refused() -> None:
    with pytest.raises(ValueError, match="0 to 1"):
        passed(Fraction(1), Fraction(80))
    with pytest.raises(ValueError, match="0 to 1"):
        passed(Fraction(1), Fraction(2))
    with pytest.raises(TypeError, match="exact"):
        passed(Fraction(4, 5), 0.8)  # type: ignore[arg-type]
