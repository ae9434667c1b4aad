"""What a certificate is on a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.status import Event, EventKind, State, is_certified, status
from certificates.validity import Period, Policy, first_day_no_longer_valid, first_period, grace_ends, renewal

POLICY = Policy()
PERIOD = first_period(date(2026, 11, 22), POLICY)
ONE_DAY = timedelta(days=1)


def on(day: date, *events: Event) -> State:
    return status(PERIOD, POLICY, events=events, on=day)


def event(kind: EventKind, day: date) -> Event:
    return Event(kind=kind, effective_on=day)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 11, 21), State.UPCOMING),
        (date(2026, 11, 22), State.VALID),
        (date(2029, 5, 21), State.VALID),
        (date(2029, 5, 22), State.EXPIRING),
        (date(2029, 11, 21), State.EXPIRING),
        (date(2029, 11, 22), State.IN_GRACE),
        (date(2030, 5, 21), State.IN_GRACE),
        (date(2030, 5, 22), State.LAPSED),
    ],
)
def test_the_calendar_turns_the_state_on_the_right_day(day: date, state: State) -> None:
    assert on(day) is state


def test_only_a_valid_or_expiring_certificate_certifies() -> None:
    assert {state for state in State if is_certified(state)} == {State.VALID, State.EXPIRING}


def test_a_suspension_works_from_its_day_until_the_day_it_is_lifted_and_moves_no_date() -> None:
    events = (event(EventKind.SUSPENDED, date(2027, 3, 1)), event(EventKind.LIFTED, date(2027, 4, 1)))
    assert on(date(2027, 2, 28), *events) is State.VALID
    assert on(date(2027, 3, 1), *events) is State.SUSPENDED
    assert on(date(2027, 3, 31), *events) is State.SUSPENDED
    assert on(date(2027, 4, 1), *events) is State.VALID
    assert on(date(2029, 11, 22), *events) is State.IN_GRACE


def test_a_suspension_that_was_called_off_before_it_began_never_works() -> None:
    events = (event(EventKind.SUSPENDED, date(2027, 5, 10)), event(EventKind.LIFTED, date(2027, 5, 5)))
    assert on(date(2027, 5, 10), *events) is State.VALID


def test_a_new_suspension_decided_after_a_lifting_works() -> None:
    events = tuple(
        event(kind, date(2027, 5, 10)) for kind in (EventKind.SUSPENDED, EventKind.LIFTED, EventKind.SUSPENDED)
    )
    assert on(date(2027, 5, 10), *events) is State.SUSPENDED


@pytest.mark.parametrize("day", [date(2026, 11, 20), date(2029, 6, 1), date(2030, 1, 1)])
def test_a_suspension_shows_before_the_first_day_in_the_window_and_in_grace(day: date) -> None:
    assert on(day, event(EventKind.SUSPENDED, date(2026, 11, 1))) is State.SUSPENDED


def test_a_suspended_certificate_lapses_like_any_other() -> None:
    assert on(date(2030, 5, 22), event(EventKind.SUSPENDED, date(2027, 1, 1))) is State.LAPSED


def test_a_revocation_does_not_reach_back_and_never_ends() -> None:
    events = (event(EventKind.REVOKED, date(2028, 1, 10)), event(EventKind.LIFTED, date(2028, 2, 1)))
    assert on(date(2028, 1, 9), *events) is State.VALID
    assert on(date(2028, 1, 10), *events) is State.REVOKED
    assert on(date(2050, 1, 1), *events) is State.REVOKED


def test_revoked_outranks_replaced_and_replaced_outranks_lapsed() -> None:
    replaced = event(EventKind.REPLACED, date(2031, 1, 1))
    assert on(date(2030, 12, 31), replaced) is State.LAPSED
    assert on(date(2031, 1, 1), replaced) is State.REPLACED
    assert on(date(2031, 1, 1), event(EventKind.REVOKED, date(2031, 1, 1)), replaced) is State.REVOKED


@given(
    approval=st.dates(min_value=date(2029, 5, 22), max_value=date(2030, 5, 21)),
    day=st.dates(min_value=date(2026, 11, 1), max_value=date(2034, 1, 1)),
)
def test_through_a_renewal_a_person_is_certified_by_one_certificate_at_most_and_by_one_wherever_promised(
    approval: date, day: date
) -> None:
    successor = renewal(PERIOD, approval, POLICY)
    assert isinstance(successor, Period)
    old = on(day, event(EventKind.REPLACED, successor.valid_from))
    new = status(successor, POLICY, on=day)
    promised = (
        PERIOD.valid_from <= day <= PERIOD.valid_through or successor.valid_from <= day <= successor.valid_through
    )
    assert is_certified(old) + is_certified(new) == promised


@given(day=st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1)))
def test_without_events_one_is_certified_exactly_on_the_days_of_the_period(day: date) -> None:
    assert is_certified(on(day)) == (PERIOD.valid_from <= day < first_day_no_longer_valid(PERIOD))


def test_without_grace_a_certificate_lapses_the_day_after() -> None:
    strict = Policy(grace_months=0)
    assert grace_ends(PERIOD, strict) == PERIOD.valid_through
    assert status(PERIOD, strict, on=PERIOD.valid_through + ONE_DAY) is State.LAPSED
