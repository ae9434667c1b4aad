"""Appeals: until which day, who may look at one, where it stands."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from certificates.appeals import AppealOutcome, AppealState, last_day, refusal, refusal_to_review, state
from certificates.evidence import Outcome

DECIDED = date(2027, 3, 10)  # the clock is set forward on the 28th
THROUGH = date(2027, 3, 31)


def test_three_weeks_are_twenty_one_civil_days_whatever_the_clock_does() -> None:
    assert last_day(DECIDED, 3) == THROUGH


@pytest.mark.parametrize(
    ("today", "code"),
    [(DECIDED, None), (THROUGH, None), (THROUGH + timedelta(days=1), "appeal-too-late")],
)
def test_the_last_day_counts_and_the_next_one_does_not(today: date, code: str | None) -> None:
    no = refusal(Outcome.NOT_YET, through=THROUGH, today=today, is_newest=True)
    assert (None if no is None else no.reasons[0].code) == code


def test_an_approval_and_what_has_been_assessed_anew_leave_nothing_to_appeal_against() -> None:
    approved = refusal(Outcome.APPROVED, through=THROUGH, today=DECIDED, is_newest=True)
    overtaken = refusal(Outcome.NOT_YET, through=THROUGH, today=DECIDED, is_newest=False)
    assert approved is not None
    assert overtaken is not None
    assert [approved.reasons[0].code, overtaken.reasons[0].code] == ["appeal-approved", "appeal-overtaken"]


@pytest.mark.parametrize(
    ("reviewer", "code"),
    [(1, "review-not-oneself"), (2, "review-not-involved"), (3, "review-not-mentor"), (4, None)],
)
def test_nobody_involved_looks_at_an_appeal(reviewer: int, code: str | None) -> None:
    no = refusal_to_review(reviewer, person_id=1, assessors={2}, mentors={3})
    assert (None if no is None else no.reasons[0].code) == code


def test_what_was_decided_stays_and_a_new_assessment_overtakes_an_appeal_that_waits() -> None:
    assert state(None, is_assigned=False, is_newest=True) is AppealState.UNASSIGNED
    assert state(None, is_assigned=True, is_newest=True) is AppealState.ASSIGNED
    assert state(None, is_assigned=True, is_newest=False) is AppealState.OVERTAKEN
    for outcome in AppealOutcome:
        assert state(outcome, is_assigned=True, is_newest=False) == outcome
