"""What a knowledge check asks: the weakest objectives, in course order among equals, and questions not met before."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from quizzes.weakest import blueprint, choose, weakest_first
from tests.quizzes import factories

OBJECTIVES = ("e", "a", "d", "b", "c")  # course order is not the alphabet's
BANK = factories.questions(20, objectives=OBJECTIVES)  # four of each
HALF = Fraction(1, 2)


def shares(**reached: Fraction) -> dict[str, Fraction]:
    return {objective: reached.get(objective, Fraction(1)) for objective in OBJECTIVES}


def test_the_weakest_come_first_and_equals_in_course_order() -> None:
    assert weakest_first(shares(c=Fraction(0), b=HALF, d=HALF)) == ("c", "d", "b", "e", "a")
    assert weakest_first(shares()) == OBJECTIVES


def test_one_from_each_of_the_weakest_and_round_again_where_there_are_too_few() -> None:
    assert blueprint(shares(c=HALF, b=HALF), BANK, 3) == {"b": 1, "c": 1, "e": 1}
    assert blueprint(shares(c=HALF), BANK, 7) == {"c": 2, "e": 2, "a": 1, "d": 1, "b": 1}


def test_a_bank_that_has_too_few_gives_what_it_has_and_never_an_objective_without_questions() -> None:
    few = [one for one in BANK if one.objective == "d"][:2]
    assert blueprint(shares(a=Fraction(0)), few, 6) == {"d": 2}
    assert blueprint(shares(), [], 6) == {}
    assert choose([], shares(), items=6, seed="s") == frozenset()


def test_a_share_of_a_third_is_weaker_than_one_of_0_34_although_a_float_might_not_say_so() -> None:
    assert weakest_first({"x": Fraction(34, 100), "y": Fraction(1, 3)}) == ("y", "x")


def test_those_met_in_an_earlier_check_are_the_very_last_resort() -> None:
    own = sorted(one.id for one in BANK if one.objective == "a")
    only_a = {"a": HALF}
    for seed in map(str, range(20)):
        drawn = choose(BANK, only_a, items=3, seed=seed, in_tests=frozenset(own[1:]), in_checks=frozenset(own[3:]))
        assert drawn == {own[0], own[1], own[2]}
        four = choose(BANK, only_a, items=4, seed=seed, in_tests=frozenset(own[:2]), in_checks=frozenset(own[2:]))
        assert four == frozenset(own)


ids = st.sets(st.sampled_from([one.id for one in BANK]))
reached = st.fractions(0, 1, max_denominator=4)


@given(
    results=st.fixed_dictionaries(dict.fromkeys(OBJECTIVES, reached)),
    items=st.integers(1, 25),
    tested=ids,
    checked=ids,
    seed=st.text(max_size=3),
)
def test_never_a_question_met_where_one_of_the_objective_was_not(
    results: dict[str, Fraction], items: int, tested: set[str], checked: set[str], seed: str
) -> None:
    drawn = choose(BANK, results, items=items, seed=seed, in_tests=tested, in_checks=checked)
    assert drawn == choose(BANK[::-1], results, items=items, seed=seed, in_tests=tested, in_checks=checked)
    objective_of = {one.id: one.objective for one in BANK}
    assert Counter(objective_of[id_] for id_ in drawn) == blueprint(results, BANK, items)
    assert len(drawn) == min(items, len(BANK))

    def rank(id_: str) -> int:
        return 2 if id_ in checked else 1 if id_ in tested else 0

    for left in objective_of.keys() - drawn:
        taken = [id_ for id_ in drawn if objective_of[id_] == objective_of[left]]
        assert all(rank(id_) <= rank(left) for id_ in taken)
    weakest = weakest_first(results)
    asked = {objective_of[id_] for id_ in drawn}
    assert asked == set(weakest[: len(asked)])
