"""What anybody is told about a certificate, on every day around what happens to it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.answering import Answer, Successor, answer
from certificates.issued import Issued, followed_up
from certificates.status import Event, EventKind, State, is_certified
from certificates.validity import Policy, first_period
from lms.verdict import because

POLICY = Policy(validity_months=36, window_months=6, grace_months=6)
FIRST = date(2026, 11, 22)  # through 21.11.2029, grace to 21.05.2030
NUMBERS = {1: "HIA-2026-000001", 2: "HIA-2029-000007", 3: "HIA-2029-000008"}


def a_certificate(id_: int, began: date, *events: tuple[EventKind, date]) -> Issued:
    happened = tuple(Event(kind=kind, effective_on=on) for kind, on in events)
    return Issued(id=id_, cycle=id_, period=first_period(began, POLICY), policy=POLICY, events=happened)


def told(on: date, *held: Issued, about: int = 1) -> Answer:
    return answer(followed_up(held), about, NUMBERS, on=on)


@pytest.mark.parametrize(
    ("on", "state", "code", "since"),
    [
        (date(2026, 11, 21), State.UPCOMING, "verified-upcoming", None),
        (date(2026, 11, 22), State.VALID, "verified-valid", None),
        (date(2029, 5, 22), State.EXPIRING, "verified-valid", None),
        (date(2029, 11, 21), State.EXPIRING, "verified-valid", None),
        (date(2029, 11, 22), State.IN_GRACE, "verified-in-grace", date(2029, 11, 22)),
        (date(2030, 5, 21), State.IN_GRACE, "verified-in-grace", date(2029, 11, 22)),
        (date(2030, 5, 22), State.LAPSED, "verified-expired", date(2029, 11, 22)),
    ],
)
def test_the_calendar_alone(on: date, state: State, code: str, since: date | None) -> None:
    found = told(on, a_certificate(1, FIRST))
    assert (found.state, found.sentence.code, found.since) == (state, code, since)
    assert found.certified == (code == "verified-valid")


def test_a_second_suspension_is_told_by_its_own_first_day() -> None:
    held = a_certificate(
        1,
        FIRST,
        (EventKind.SUSPENDED, date(2027, 1, 1)),
        (EventKind.LIFTED, date(2027, 2, 1)),
        (EventKind.SUSPENDED, date(2027, 3, 1)),
    )
    assert told(date(2027, 1, 15), held).since == date(2027, 1, 1)
    assert told(date(2027, 2, 1), held).state is State.VALID
    assert told(date(2027, 3, 1), held).sentence == because("verified-suspended", on=date(2027, 3, 1))


def test_a_revocation_made_earlier_is_told_by_the_earlier_day() -> None:
    held = a_certificate(1, FIRST, (EventKind.REVOKED, date(2027, 6, 1)), (EventKind.REVOKED, date(2027, 3, 1)))
    assert told(date(2027, 2, 28), held).certified
    assert told(date(2027, 8, 1), held).since == date(2027, 3, 1)


def test_a_revocation_that_an_appeal_ended_is_not_told_and_a_new_one_by_its_own_day() -> None:
    held = a_certificate(
        1,
        FIRST,
        (EventKind.REVOKED, date(2027, 3, 1)),
        (EventKind.REINSTATED, date(2027, 5, 1)),
        (EventKind.REVOKED, date(2028, 1, 1)),
    )
    assert told(date(2027, 4, 1), held).since == date(2027, 3, 1)
    assert told(date(2027, 5, 1), held).certified
    assert told(date(2028, 1, 1), held).since == date(2028, 1, 1)


def test_what_replaced_it_is_told_by_number_and_day_and_nothing_more() -> None:
    held = (a_certificate(1, FIRST), a_certificate(2, date(2029, 11, 22)))
    assert told(date(2029, 11, 21), *held).replaced_by is None
    found = told(date(2029, 11, 22), *held)
    assert found.replaced_by == Successor(number=NUMBERS[2], since=date(2029, 11, 22))
    assert set(found.sentence.values) == {"on", "number"}
    assert told(date(2040, 1, 1), *held).state is State.REPLACED


def test_one_that_was_revoked_on_its_own_first_day_is_passed_over() -> None:
    stillborn = a_certificate(2, date(2029, 11, 22), (EventKind.REVOKED, date(2029, 11, 22)))
    held = (a_certificate(1, FIRST), stillborn, a_certificate(3, date(2030, 2, 1)))
    assert told(date(2029, 12, 1), *held).state is State.IN_GRACE
    assert told(date(2030, 2, 1), *held).replaced_by == Successor(number=NUMBERS[3], since=date(2030, 2, 1))


HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from([EventKind.SUSPENDED, EventKind.LIFTED, EventKind.REVOKED, EventKind.REINSTATED]),
        st.integers(0, 1500).map(lambda days: FIRST + timedelta(days=days)),
    ),
    max_size=6,
)


@given(HAPPENINGS, HAPPENINGS, st.integers(-30, 3000), st.integers(1, 2))
def test_every_day_has_an_answer_that_says_what_the_state_says(
    first: list[tuple[EventKind, date]], second: list[tuple[EventKind, date]], days: int, about: int
) -> None:
    held = followed_up((a_certificate(1, FIRST, *first), a_certificate(2, date(2029, 11, 22), *second)))
    on = FIRST + timedelta(days=days)
    found = answer(held, about, NUMBERS, on=on)
    assert found.state is held[about - 1].state(on)
    assert found.certified == is_certified(found.state)
    assert (found.since is None) == (found.state in {State.VALID, State.EXPIRING, State.UPCOMING})
    assert found.since is None or found.since <= on
    assert (found.replaced_by is not None) == (found.state is State.REPLACED)
