"""What a certificate is on a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.deciding import is_open, refusal_to_reverse, reversal
from certificates.issued import Issued, followed_up, speaking
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


def issued(*events: Event, id_: int = 1, cycle: int = 1, period: Period = PERIOD) -> Issued:
    return Issued(id=id_, cycle=cycle, period=period, policy=POLICY, events=events)


def test_a_reinstatement_from_the_day_of_the_revocation_reads_as_if_never_and_a_later_one_leaves_the_gap() -> None:
    revoked = event(EventKind.REVOKED, date(2028, 1, 10))
    whole, partly = event(EventKind.REINSTATED, date(2028, 1, 10)), event(EventKind.REINSTATED, date(2028, 2, 1))
    assert {on(day, revoked, whole) for day in (date(2028, 1, 9), date(2028, 1, 10), date(2028, 3, 1))} == {State.VALID}
    assert on(date(2028, 1, 31), revoked, partly) is State.REVOKED
    assert on(date(2028, 2, 1), revoked, partly) is State.VALID
    assert on(date(2029, 11, 22), revoked, whole) is State.IN_GRACE, "the dates have not moved"


def test_a_reinstated_certificate_can_be_revoked_again_and_a_suspension_not_lifted_is_back() -> None:
    events = (
        event(EventKind.SUSPENDED, date(2028, 1, 1)),
        event(EventKind.REVOKED, date(2028, 1, 10)),
        event(EventKind.REINSTATED, date(2028, 1, 10)),
    )
    assert on(date(2028, 1, 11), *events) is State.SUSPENDED
    assert on(date(2028, 4, 1), *events, event(EventKind.REVOKED, date(2028, 4, 1))) is State.REVOKED
    again = issued(*events, event(EventKind.REVOKED, date(2028, 4, 1)))
    assert again.revoked_on == date(2028, 4, 1)
    assert issued(*events).revoked_on is None


def test_a_reversal_lies_from_the_first_day_of_the_decision_and_a_reinstatement_never_ahead() -> None:
    today, revoked = date(2028, 2, 1), event(EventKind.REVOKED, date(2028, 1, 10))

    def code(decided: Event, day: date) -> str | None:
        no = refusal_to_reverse(issued(decided), decided, day, today=today)
        return no.reasons[0].code if no is not None else None

    assert code(revoked, date(2028, 1, 9)) == "reversal-before-decision"
    assert code(revoked, date(2028, 1, 10)) is None
    assert code(revoked, today) is None
    assert code(revoked, today + ONE_DAY) == "reversal-ahead"
    to_come = event(EventKind.REVOKED, date(2028, 6, 1))
    assert code(to_come, date(2028, 6, 1)) is None
    assert code(to_come, date(2028, 6, 2)) == "reversal-ahead"
    suspended = event(EventKind.SUSPENDED, date(2028, 1, 10))
    assert code(suspended, date(2028, 1, 10)) is None
    assert code(suspended, date(2029, 2, 1)) is None
    assert code(suspended, date(2029, 2, 2)) == "decision-too-late"


def test_what_is_undone_from_a_day_can_still_be_undone_from_an_earlier_one_and_an_overtaken_decision_cannot() -> None:
    suspended, lifted = event(EventKind.SUSPENDED, date(2028, 1, 10)), event(EventKind.LIFTED, date(2028, 3, 1))
    both = issued(suspended, lifted)
    assert is_open(both, suspended, date(2028, 2, 28)) and not is_open(both, suspended, date(2028, 3, 1))
    anew = issued(suspended, lifted, event(EventKind.SUSPENDED, date(2028, 4, 1)))
    assert not is_open(anew, suspended, date(2028, 1, 10))


DAYS = st.dates(min_value=date(2026, 11, 22), max_value=date(2032, 1, 1))
ABOUT = st.lists(st.tuples(st.sampled_from(sorted(set(EventKind) - {EventKind.REPLACED})), DAYS), max_size=8)


def following(*periods: Period, events: list[list[tuple[EventKind, date]]]) -> tuple[Issued, ...]:
    return followed_up(
        [
            issued(*(event(kind, day) for kind, day in about), id_=cycle, cycle=cycle, period=period)
            for cycle, (period, about) in enumerate(zip(periods, events, strict=True), 1)
        ]
    )


@given(first=ABOUT, second=ABOUT, reentry=DAYS, day=DAYS)
def test_whatever_is_revoked_and_reinstated_at_most_one_certificate_is_valid(
    first: list[tuple[EventKind, date]], second: list[tuple[EventKind, date]], reentry: date, day: date
) -> None:
    """Also when a new first period was begun while the first was revoked, and the first is reinstated since."""
    held = following(PERIOD, first_period(reentry, POLICY), events=[first, second])
    assert sum(is_certified(each.state(day)) for each in held) <= 1


@given(before=ABOUT, gap=DAYS, day=DAYS)
def test_a_revocation_undone_from_its_own_first_day_is_as_if_never(
    before: list[tuple[EventKind, date]], gap: date, day: date
) -> None:
    earlier = [(kind, on_) for kind, on_ in before if kind not in {EventKind.REVOKED, EventKind.REINSTATED}]
    (never,) = following(PERIOD, events=[earlier])
    (undone,) = following(PERIOD, events=[[*earlier, (EventKind.REVOKED, gap), (EventKind.REINSTATED, gap)]])
    assert undone.state(day) is never.state(day)
    assert (undone.revoked_on, undone.is_revoked(day)) == (None, False)


@given(events=ABOUT, kind=st.sampled_from([EventKind.SUSPENDED, EventKind.REVOKED]), start=DAYS, day=DAYS, later=DAYS)
def test_undoing_never_takes_anything_away_from_the_holder(
    events: list[tuple[EventKind, date]], kind: EventKind, start: date, day: date, later: date
) -> None:
    decided = event(kind, start)
    (was,) = following(PERIOD, events=[[*events, (kind, start)]])
    if refusal_to_reverse(was, decided, later, today=date(2032, 1, 1)) is None:
        (now,) = following(PERIOD, events=[[*events, (kind, start), (reversal(kind), later)]])
        assert is_certified(now.state(day)) >= is_certified(was.state(day))
        if kind is EventKind.REVOKED:
            assert not now.is_revoked(max(day, later))


def test_a_reinstated_certificate_speaks_again_unless_a_later_one_does() -> None:
    about = [(EventKind.REVOKED, date(2027, 1, 1)), (EventKind.REINSTATED, date(2027, 1, 1))]
    (alone,) = following(PERIOD, events=[about])
    assert speaking([alone], date(2027, 6, 1)) is alone and is_certified(alone.state(date(2027, 6, 1)))
    held = following(PERIOD, first_period(date(2027, 5, 1), POLICY), events=[about, []])
    spoken = speaking(held, date(2027, 6, 1))
    assert spoken is not None and spoken.cycle == 2
    assert held[0].state(date(2027, 6, 1)) is State.REPLACED
