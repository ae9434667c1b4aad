"""What withdrawing a question does to scores and passes: the rules, by properties."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.verdict import No
from quizzes.scoring import Total, total
from quizzes.withdrawal import (
    Adjustment,
    Mark,
    Standing,
    Status,
    Way,
    adjust,
    counting,
    decided,
    effective,
    recompute,
    restored,
)

THEN = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
MARK = Fraction(4, 5)

scores = st.sampled_from([Fraction(0), Fraction(1), Fraction(1, 3), Fraction(1, 2), Fraction(7, 8)])
tests = st.lists(scores, min_size=1, max_size=12).map(
    lambda given: [Mark(question_id=f"q{n}", objective="rygg", score=one) for n, one in enumerate(given)]
)
withdrawals = st.dictionaries(st.sampled_from([f"q{n}" for n in range(14)]), st.sampled_from(Way), max_size=6)


def marks(*given: int) -> list[Mark]:
    return [Mark(question_id=f"q{n}", objective="rygg", score=Fraction(one)) for n, one in enumerate(given)]


def history(
    test: list[Mark], steps: list[tuple[str, Way]], decisions: Mapping[int, bool] | None = None
) -> list[Standing]:
    """What a test is worth at first and after each withdrawal; `decisions` come after the withdrawal of that number."""
    original = total(mark.score for mark in test)
    adjustments: list[Adjustment] = []

    def now() -> Standing:
        return effective(original, pass_mark=MARK, submitted_at=THEN, adjustments=adjustments)

    found, withdrawn = [now()], dict[str, Way]()
    for number, (question_id, way) in enumerate(steps):
        withdrawn[question_id] = way
        at = THEN + timedelta(days=number + 1)
        adjustments.append(adjust(now(), recompute(test, withdrawn), pass_mark=MARK, at=at))
        if decisions and number in decisions:
            said = decided(now(), keep=decisions[number], at=at)
            if not isinstance(said, No):
                adjustments.append(said)
        found.append(now())
    return found


@given(tests)
def test_withdrawing_nothing_changes_nothing(test: list[Mark]) -> None:
    original = total(mark.score for mark in test)
    assert recompute(test, {}) == original
    assert counting(test, {}) == tuple(test)
    assert history(test, [])[0].points == original.points


@given(tests)
def test_withdrawing_a_question_the_test_does_not_hold_changes_nothing(test: list[Mark]) -> None:
    assert recompute(test, {"another": Way.LEFT_OUT, "third": Way.FULL}) == total(mark.score for mark in test)


@given(tests, withdrawals)
def test_a_score_never_leaves_0_to_1_and_a_test_never_ends_without_a_result(
    test: list[Mark], withdrawn: dict[str, Way]
) -> None:
    after = recompute(test, withdrawn)
    assert 1 <= after.out_of <= len(test)
    assert 0 <= after.share <= 1


@given(tests, st.dictionaries(st.sampled_from([f"q{n}" for n in range(6)]), st.sampled_from(Way), max_size=3))
def test_the_order_of_withdrawals_does_not_matter_to_the_score(test: list[Mark], withdrawn: dict[str, Way]) -> None:
    ends = {
        (last.points, last.out_of)
        for steps in permutations(withdrawn.items())
        for last in [history(test, list(steps))[-1]]
    }
    assert len(ends) == 1


@given(tests, st.lists(st.tuples(st.sampled_from([f"q{n}" for n in range(12)]), st.sampled_from(Way)), max_size=6))
def test_a_pass_is_never_lost_without_a_decision(test: list[Mark], steps: list[tuple[str, Way]]) -> None:
    passes = [bool(standing.passed) for standing in history(test, steps)]
    assert passes == sorted(passes)


@given(
    tests,
    st.lists(st.tuples(st.sampled_from([f"q{n}" for n in range(12)]), st.sampled_from(Way)), max_size=6),
    st.dictionaries(st.integers(0, 5), st.booleans()),
)
def test_a_pass_goes_only_where_somebody_took_it_away_and_comes_only_with_the_points(
    test: list[Mark], steps: list[tuple[str, Way]], decisions: dict[int, bool]
) -> None:
    found = history(test, steps, decisions)
    for number, (before, after) in enumerate(zip(found, found[1:], strict=False)):
        if before.passed and not after.passed:
            assert decisions.get(number) is False
            assert after.status is Status.WITHDRAWN
        if after.passed and not before.passed:
            assert after.share >= MARK
            assert after.passed_at == THEN + timedelta(days=number + 1)
        assert (after.passed_at is None) == (not after.passed)
        assert after.grades[-1].share == after.share


@given(tests, withdrawals)
def test_full_points_for_everybody_never_lower_a_score(test: list[Mark], withdrawn: dict[str, Way]) -> None:
    generous = dict.fromkeys(withdrawn, Way.FULL)
    assert recompute(test, generous).share >= total(mark.score for mark in test).share


def test_leaving_out_a_question_one_had_right_can_cost_the_points_and_then_the_pass_waits() -> None:
    first, after = history(marks(*[1] * 8, 0, 0), [("q0", Way.LEFT_OUT)])
    assert (first.points, first.out_of, first.passed) == (Fraction(8), 10, True)
    assert (after.share, after.out_of, after.passed, after.status) == (Fraction(7, 9), 9, True, Status.PENDING)
    assert after.passed_at == THEN
    assert [grade.recomputed for grade in after.grades] == [False, True]


def test_whoever_now_passes_has_passed_from_the_day_it_was_applied() -> None:
    first, after = history(marks(*[1] * 7, 0, 0, 0), [("q9", Way.FULL)])
    assert (first.passed, after.passed, after.share) == (False, True, Fraction(4, 5))
    assert after.passed_at == THEN + timedelta(days=1)


def test_when_every_question_is_left_out_all_give_full_points() -> None:
    test = marks(1, 0)
    assert recompute(test, {"q0": Way.LEFT_OUT, "q1": Way.LEFT_OUT}) == Total(Fraction(2), 2)


def test_a_pass_taken_away_no_longer_rests_on_the_score_it_had() -> None:
    _first, after = history(marks(*[1] * 8, 0, 0), [("q0", Way.LEFT_OUT)], {0: False})
    assert (after.passed, after.status, after.passed_at) == (False, Status.WITHDRAWN, None)
    assert [grade.share for grade in after.grades] == [Fraction(7, 9)]


def test_a_pass_given_back_counts_as_never_taken_away() -> None:
    test, original = marks(*[1] * 8, 0, 0), total(mark.score for mark in marks(*[1] * 8, 0, 0))
    lost = effective(original, pass_mark=MARK, submitted_at=THEN)
    steps = [adjust(lost, recompute(test, {"q0": Way.LEFT_OUT}), pass_mark=MARK, at=THEN + timedelta(days=1))]

    def now() -> Standing:
        return effective(original, pass_mark=MARK, submitted_at=THEN, adjustments=steps)

    assert isinstance(restored(now(), at=THEN), No), "nothing was taken away yet"
    for verb in (
        lambda: decided(now(), keep=False, at=THEN + timedelta(days=2)),
        lambda: restored(now(), at=THEN + timedelta(days=3)),
    ):
        said = verb()
        assert isinstance(said, Adjustment)
        steps.append(said)
    assert (now().passed, now().status, now().passed_at) == (True, Status.KEPT, THEN)
    assert [grade.share for grade in now().grades] == [Fraction(8, 10), Fraction(7, 9)]
    assert isinstance(restored(now(), at=THEN), No), "and it is given back once"


def test_only_a_pass_that_waits_can_be_decided_on() -> None:
    first, after = history(marks(*[1] * 10), [("q0", Way.LEFT_OUT)])
    for standing in (first, after):
        answer = decided(standing, keep=False, at=THEN)
        assert isinstance(answer, No)
        assert answer.reasons[0].code == "pass-not-pending"


def test_a_test_handed_in_after_the_withdrawal_never_had_another_score() -> None:
    test = marks(*[1] * 8, 0, 0)
    after = adjust(None, recompute(test, {"q0": Way.LEFT_OUT}), pass_mark=MARK, at=THEN)
    assert (after.passed_before, after.passed_after, after.status) == (None, False, Status.APPLIED)
    standing = effective(Total(Fraction(8), 10), pass_mark=MARK, submitted_at=THEN, adjustments=[after])
    assert (standing.passed, standing.share) == (False, Fraction(7, 9))
    assert [(grade.share, grade.recomputed) for grade in standing.grades] == [(Fraction(7, 9), False)]


@pytest.mark.parametrize("way", Way)
def test_a_pre_test_has_no_pass_to_lose(way: Way) -> None:
    before = effective(Total(Fraction(8), 10), pass_mark=None, submitted_at=THEN)
    after = adjust(before, Total(Fraction(7), 9), pass_mark=None, at=THEN)
    assert (before.passed, after.passed_before, after.passed_after, after.status) == (None, None, None, Status.APPLIED)
