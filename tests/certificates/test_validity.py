"""Certificate dates: the table of DOMAIN.md 5, and what must hold for every day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import example, given
from hypothesis import strategies as st

from certificates.validity import (
    Period,
    Policy,
    add_months,
    first_day_no_longer_valid,
    first_period,
    grace_ends,
    renewal,
    subtract_months,
    window_opens,
)
from lms.clock import local_date
from lms.verdict import No, because

POLICY = Policy()
ONE_DAY = timedelta(days=1)
THREE_YEARS = 36

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2200, 12, 31))
policies = st.integers(1, 120).flatmap(
    lambda validity: st.builds(
        Policy,
        validity_months=st.just(validity),
        window_months=st.integers(0, validity),
        grace_months=st.integers(0, 24),
    )
)


def ending(through: date, policy: Policy = POLICY) -> Period:
    """A period that ends on a day, as on a certificate issued earlier."""
    return Period(
        valid_from=through - timedelta(days=365),
        valid_through=through,
        window_opens=window_opens(through, policy),
        why=because("period-first"),
    )


def renewed(previous: Period, on: date, policy: Policy = POLICY) -> Period:
    period = renewal(previous, on, policy)
    assert isinstance(period, Period), period
    return period


def refused(previous: Period, on: date) -> No:
    answer = renewal(previous, on, POLICY)
    assert isinstance(answer, No), answer
    return answer


@pytest.mark.parametrize(
    ("approved_on", "valid_through"),
    [
        (date(2026, 11, 22), date(2029, 11, 21)),
        (date(2028, 2, 29), date(2031, 2, 28)),
        (date(2025, 3, 1), date(2028, 2, 29)),
    ],
)
def test_a_first_certificate_is_valid_from_the_approval_to_the_day_before_three_years_later(
    approved_on: date, valid_through: date
) -> None:
    period = first_period(approved_on, POLICY)
    assert (period.valid_from, period.valid_through) == (approved_on, valid_through)


def test_a_decision_after_midnight_in_oslo_belongs_to_the_new_day() -> None:
    period = first_period(local_date(datetime(2026, 3, 28, 23, 30, tzinfo=UTC)), POLICY)
    assert (period.valid_from, period.valid_through) == (date(2026, 3, 29), date(2029, 3, 28))


def test_an_instant_is_never_taken_for_a_date() -> None:
    with pytest.raises(TypeError, match="local_date"):
        first_period(datetime(2026, 3, 28, 23, 30, tzinfo=UTC), POLICY)


OLD = ending(date(2029, 11, 21))


def test_recertification_opens_six_months_before_the_first_day_no_longer_valid() -> None:
    assert OLD.window_opens == date(2029, 5, 22)
    assert window_opens(date(2026, 8, 30), POLICY) == date(2026, 2, 28)


def test_the_day_before_the_window_is_refused_with_the_day_it_opens_and_what_waiting_gives() -> None:
    (reason,) = refused(OLD, date(2029, 5, 21)).reasons
    assert reason == because("renewal-not-open", opens=date(2029, 5, 22), through=date(2032, 11, 21))


@pytest.mark.parametrize("approved_on", [date(2029, 5, 22), date(2029, 8, 1), date(2029, 11, 21)])
def test_a_renewal_in_the_window_begins_the_day_after_the_old_one_ends(approved_on: date) -> None:
    period = renewed(OLD, approved_on)
    assert (period.valid_from, period.valid_through) == (date(2029, 11, 22), date(2032, 11, 21))
    assert period.why.code == "period-renewal-in-window"


@pytest.mark.parametrize(
    ("approved_on", "valid_through"),
    [
        (date(2029, 11, 22), date(2032, 11, 21)),
        (date(2030, 3, 1), date(2033, 2, 28)),
        (date(2030, 5, 21), date(2033, 5, 20)),
    ],
)
def test_a_renewal_in_grace_begins_on_the_day_of_the_approval(approved_on: date, valid_through: date) -> None:
    period = renewed(OLD, approved_on)
    assert (period.valid_from, period.valid_through) == (approved_on, valid_through)
    assert period.why.code == "period-renewal-in-grace"


def test_the_day_after_grace_is_refused_as_lapsed() -> None:
    assert grace_ends(OLD, POLICY) == date(2030, 5, 21)
    (reason,) = refused(OLD, date(2030, 5, 22)).reasons
    assert reason.code == "renewal-lapsed"


def test_a_certificate_through_the_last_of_february_is_renewed_from_the_first_of_march() -> None:
    period = renewed(ending(date(2031, 2, 28)), date(2030, 12, 24))
    assert (period.valid_from, period.valid_through) == (date(2031, 3, 1), date(2034, 2, 28))


def test_a_later_change_of_policy_does_not_move_a_window_that_was_issued() -> None:
    narrow = Policy(window_months=1)
    assert renewed(OLD, date(2029, 5, 22), narrow).window_opens == date(2032, 10, 22)


def test_months_without_the_day_move_in_the_holders_favour() -> None:
    assert add_months(date(2028, 2, 29), THREE_YEARS) == date(2031, 3, 1)
    assert add_months(date(2026, 8, 31), 6) == date(2027, 3, 1)
    assert subtract_months(date(2026, 8, 31), 6) == date(2026, 2, 28)
    assert subtract_months(date(2028, 8, 31), 6) == date(2028, 2, 29)


@pytest.mark.parametrize(
    "impossible",
    [{"validity_months": 0}, {"validity_months": 3}, {"window_months": -1}, {"grace_months": -1}],
)
def test_a_policy_that_can_not_be_is_refused(impossible: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="impossible policy"):
        replace(POLICY, **impossible)  # type: ignore[arg-type]


def test_a_period_can_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        Period(valid_from=date(2026, 1, 2), valid_through=date(2026, 1, 1), window_opens=date(2026, 1, 1), why=OLD.why)


@given(day=days, months=st.integers(0, 400))
@example(day=date(2028, 2, 29), months=12)
def test_month_arithmetic_agrees_with_dateutil_wherever_the_day_exists(day: date, months: int) -> None:
    forwards, back = day + relativedelta(months=months), day - relativedelta(months=months)
    assert subtract_months(day, months) == back, "dateutil clips to the last of the month, as going back does"
    assert add_months(day, months) == (forwards if forwards.day == day.day else forwards + ONE_DAY)


@given(day=days, later=days, months=st.integers(0, 400))
def test_a_later_day_never_gives_an_earlier_result(day: date, later: date, months: int) -> None:
    day, later = sorted((day, later))
    assert add_months(day, months) <= add_months(later, months)
    assert subtract_months(day, months) <= subtract_months(later, months)


def test_every_issue_day_of_seventeen_years_gives_three_full_years_to_the_day() -> None:
    day = date(2024, 1, 1)
    while day <= date(2040, 12, 31):
        period = first_period(day, POLICY)
        ends = first_day_no_longer_valid(period)
        assert ends.year == day.year + 3
        assert (ends.month, ends.day) == ((3, 1) if (day.month, day.day) == (2, 29) else (day.month, day.day))
        assert period.valid_from < period.window_opens < period.valid_through < grace_ends(period, POLICY)
        day += ONE_DAY


@given(approved_on=days, policy=policies)
def test_the_window_opens_within_the_period_or_right_after_it(approved_on: date, policy: Policy) -> None:
    period = first_period(approved_on, policy)
    assert period.valid_from <= period.window_opens <= first_day_no_longer_valid(period)
    assert period.valid_through <= grace_ends(period, policy)


@given(approved_on=days, policy=policies, offset=st.integers(-4000, 4000))
def test_each_day_is_too_early_or_renews_or_is_too_late(approved_on: date, policy: Policy, offset: int) -> None:
    previous = first_period(approved_on, policy)
    day = first_day_no_longer_valid(previous) + timedelta(days=offset)
    answer = renewal(previous, day, policy)
    if day < previous.window_opens:
        assert isinstance(answer, No) and answer.reasons[0].code == "renewal-not-open"
    elif day > grace_ends(previous, policy):
        assert isinstance(answer, No) and answer.reasons[0].code == "renewal-lapsed"
    else:
        assert isinstance(answer, Period)
        assert answer.valid_from == max(day, first_day_no_longer_valid(previous)), "no day twice, none lost before it"


@given(first=days, waits=st.lists(st.integers(0, 170), min_size=1, max_size=30))
@example(first=date(2028, 2, 29), waits=[0] * 30)
def test_renewing_in_the_window_again_and_again_never_loses_doubles_or_drifts(first: date, waits: list[int]) -> None:
    period = first_period(first, POLICY)
    anchor = first_day_no_longer_valid(period)
    for count, wait in enumerate(waits, 1):
        successor = renewed(period, period.window_opens + timedelta(days=wait))
        assert successor.valid_from == first_day_no_longer_valid(period)
        assert first_day_no_longer_valid(successor) == add_months(anchor, THREE_YEARS * count)
        period = successor
