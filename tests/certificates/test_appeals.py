"""Appeals: until which day, who may handle one, where it stands, when somebody is reminded."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.appeals import (
    DECIDED,
    OPEN,
    About,
    AppealState,
    Nudge,
    Outcome,
    Step,
    StepKind,
    handler_of,
    is_late,
    last_day,
    nudge,
    outcomes,
    recused_from,
    refusal,
    refusal_to_handle,
    state,
)

DAY = date(2027, 3, 10)  # the clock is set forward on the 28th
THROUGH = date(2027, 3, 31)
ASSIGNED = Step(kind=StepKind.ASSIGNED, person_id=7)
QUESTION, ANSWER = Step(kind=StepKind.QUESTION), Step(kind=StepKind.ANSWER)


def test_three_weeks_are_twenty_one_civil_days_whatever_the_clock_does() -> None:
    assert last_day(DAY, 3) == THROUGH


@pytest.mark.parametrize(("today", "late"), [(DAY, False), (THROUGH, False), (THROUGH + timedelta(days=1), True)])
def test_the_last_day_counts_and_the_next_one_is_late(today: date, late: bool) -> None:
    assert is_late(THROUGH, today) == late


def test_an_approval_and_what_has_been_decided_anew_leave_nothing_to_appeal_against() -> None:
    approved, overtaken = refusal(approved=True, is_newest=True), refusal(approved=False, is_newest=False)
    assert approved is not None
    assert overtaken is not None
    assert [approved.reasons[0].code, overtaken.reasons[0].code] == ["appeal-approved", "appeal-overtaken"]
    assert refusal(approved=False, is_newest=True) is None


@pytest.mark.parametrize(
    ("handler", "code"),
    [
        (1, "review-not-oneself"),
        (2, "review-not-involved"),
        (3, "review-not-mentor"),
        (4, "review-recused"),
        (5, None),
    ],
)
def test_nobody_involved_handles_an_appeal(handler: int, code: str | None) -> None:
    no = refusal_to_handle(handler, person_id=1, involved={2}, mentors={3}, recused={4})
    assert (None if no is None else no.reasons[0].code) == code


@pytest.mark.parametrize(
    ("steps", "late", "expected"),
    [
        ([], False, AppealState.UNASSIGNED),
        ([], True, AppealState.LATE),
        ([ASSIGNED], True, AppealState.LATE),
        ([Step(kind=StepKind.ADMITTED)], True, AppealState.UNASSIGNED),
        ([ASSIGNED], False, AppealState.ASSIGNED),
        ([ASSIGNED, QUESTION], False, AppealState.ASKED),
        ([ASSIGNED, QUESTION, ANSWER], False, AppealState.ASSIGNED),
        ([ANSWER], False, AppealState.UNASSIGNED),
        ([ASSIGNED, Step(kind=StepKind.RECUSED, person_id=7)], False, AppealState.UNASSIGNED),
        ([ASSIGNED, Step(kind=StepKind.RECUSED, person_id=8)], False, AppealState.ASSIGNED),
    ],
)
def test_where_an_appeal_stands_follows_from_what_has_happened(
    steps: list[Step], late: bool, expected: AppealState
) -> None:
    assert state(None, steps, late=late, is_newest=True) is expected
    assert state(None, steps, late=late, is_newest=False) is AppealState.OVERTAKEN


STEPS = st.lists(
    st.builds(Step, kind=st.sampled_from(StepKind), person_id=st.integers(min_value=1, max_value=3)), max_size=9
)


@given(steps=STEPS, late=st.booleans(), newest=st.booleans(), outcome=st.sampled_from(Outcome))
def test_what_has_been_decided_stays_whatever_happens_around_it(
    steps: list[Step], late: bool, newest: bool, outcome: Outcome
) -> None:
    assert state(outcome, steps, late=late, is_newest=newest) == outcome


@given(steps=STEPS)
def test_whoever_was_found_partial_handles_nothing_unless_asked_again_and_nobody_handles_before_being_asked(
    steps: list[Step],
) -> None:
    handler = handler_of(steps)
    if handler is None:
        assert state(None, steps, late=False, is_newest=True) is AppealState.UNASSIGNED
    else:
        places = {kind: [n for n, step in enumerate(steps) if step.kind is kind] for kind in StepKind}
        asked = [n for n in places[StepKind.ASSIGNED] if steps[n].person_id == handler]
        left = [n for n in places[StepKind.RECUSED] if steps[n].person_id == handler]
        assert asked and max(asked) > max(left, default=-1)
    assert recused_from(steps) == {step.person_id for step in steps if step.kind is StepKind.RECUSED}


def test_only_what_has_days_can_be_undone_in_part() -> None:
    assert {about for about in About if Outcome.PARTLY in outcomes(about)} == {About.SUSPENDED, About.REVOKED}
    for about in About:
        assert {Outcome.UPHELD, Outcome.GRANTED} <= set(outcomes(about)) <= set(DECIDED)


@pytest.mark.parametrize(
    ("today", "told", "expected"),
    [
        (DAY - timedelta(days=8), set(), None),
        (DAY - timedelta(days=7), set(), Nudge.SOON),
        (DAY, set(), Nudge.SOON),
        (DAY, {Nudge.SOON}, None),
        (DAY + timedelta(days=1), {Nudge.SOON}, Nudge.OVER),
        (DAY + timedelta(days=30), set(), Nudge.OVER),
        (DAY + timedelta(days=30), {Nudge.OVER}, None),
        (DAY, {Nudge.OVER}, None),
    ],
)
def test_the_last_day_is_told_of_a_week_before_and_the_day_after_each_once(
    today: date, told: set[Nudge], expected: Nudge | None
) -> None:
    assert nudge(DAY, told, today) is expected


def test_what_is_late_is_not_open_to_be_handled_before_it_is_admitted() -> None:
    assert AppealState.LATE not in OPEN
