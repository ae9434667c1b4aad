"""When a course certificate is due, as what it is taken, how hours are split, which approvals it names."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.course_certificates import (
    QUARTER,
    Approval,
    Capacity,
    Complete,
    CreditKind,
    HourKind,
    Incomplete,
    Step,
    Taken,
    capacity,
    decide,
    named_approvals,
    number_of,
    split_hours,
    years_before,
)

BEGUN, READ, PASSED = date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 10)
NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)


def taken(**changes: object) -> Taken:
    facts = {
        "begun_on": BEGUN,
        "pre_on": BEGUN,
        "lessons_done": 24,
        "lessons_total": 24,
        "lessons_done_on": READ,
        "passed_on": PASSED,
    }
    return Taken(**(facts | changes))  # type: ignore[arg-type]


def approval(**changes: object) -> Approval:
    facts = {
        "id": 1,
        "body": "Legeforeningen",
        "reference": "2026/17",
        "valid_from": date(2026, 1, 1),
        "valid_through": date(2027, 12, 31),
        "hours": ((CreditKind.ONLINE, Decimal(5)),),
        "entered_at": NOW - timedelta(days=100),
    }
    return Approval(**(facts | changes))  # type: ignore[arg-type]


def test_with_everything_done_it_is_due_from_the_first_day_through_the_last() -> None:
    answer = decide(taken())
    assert isinstance(answer, Complete)
    assert (answer.first_on, answer.last_on) == (BEGUN, PASSED)
    assert [each.step for each in answer.findings] == [Step.PRE_TEST, Step.LESSONS, Step.POST_TEST]


def test_a_pass_that_became_one_later_is_of_that_day() -> None:
    answer = decide(taken(passed_on=date(2027, 1, 4)))
    assert isinstance(answer, Complete)
    assert answer.last_on == date(2027, 1, 4)


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ({"pre_on": None}, ["course-pretest"]),
        ({"lessons_done": 23}, ["course-lessons"]),
        ({"passed_on": None}, ["course-posttest"]),
        (
            {"pre_on": None, "lessons_done": 0, "lessons_done_on": None, "passed_on": None},
            ["course-pretest", "course-lessons", "course-posttest"],
        ),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_due(missing: dict[str, object], says: list[str]) -> None:
    answer = decide(taken(**missing))
    assert isinstance(answer, Incomplete)
    assert not answer
    assert [reason.code for reason in answer.reasons] == says


@pytest.mark.parametrize(
    ("occupation", "sector", "hpr", "takes_it_as"),
    [
        ("gp", None, "1234567", Capacity.DOCTOR),
        ("counsellor", None, None, Capacity.COUNSELLOR),
        ("counsellor", None, "1234567", Capacity.COUNSELLOR),  # a number makes nobody a doctor
        (None, "nav", None, Capacity.COUNSELLOR),
        (None, "nav", "1234567", Capacity.COUNSELLOR),
        (None, "helse", "1234567", Capacity.DOCTOR),  # an instructor who is a GP, too
        (None, "helse", None, Capacity.OTHER),
        (None, None, None, Capacity.OTHER),
    ],
)
def test_as_what_a_course_is_taken(
    occupation: str | None, sector: str | None, hpr: str | None, takes_it_as: Capacity
) -> None:
    assert capacity(occupation=occupation, sector=sector, hpr_number=hpr) is takes_it_as


@pytest.mark.parametrize(
    ("completed", "named"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2027, 12, 31), True),
        (date(2028, 1, 1), False),
    ],
)
def test_an_approval_counts_on_its_first_and_its_last_day_and_on_no_other_side(completed: date, named: bool) -> None:
    late = datetime(2029, 1, 1, tzinfo=UTC)
    entered = datetime(2025, 1, 1, tzinfo=UTC)
    found = named_approvals([approval(entered_at=entered)], Capacity.DOCTOR, completed_on=completed, issued_at=late)
    assert bool(found) is named


def test_never_for_a_counsellor_and_nobody_but_a_doctor() -> None:
    for taken_as in (Capacity.COUNSELLOR, Capacity.OTHER):
        assert named_approvals([approval()], taken_as, completed_on=PASSED, issued_at=NOW) == ()


def test_entered_too_late_or_withdrawn_before_it_is_not_named_and_withdrawn_after_it_is() -> None:
    later, earlier = NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)
    for named, one in (
        (True, approval(entered_at=NOW)),
        (False, approval(entered_at=later)),
        (False, approval(withdrawn_at=NOW)),
        (False, approval(withdrawn_at=earlier)),
        (True, approval(withdrawn_at=later)),
    ):
        assert bool(named_approvals([one], Capacity.DOCTOR, completed_on=PASSED, issued_at=NOW)) is named


def test_several_approvals_are_all_named() -> None:
    found = named_approvals(
        [approval(), approval(id=2, reference="B-9")], Capacity.DOCTOR, completed_on=PASSED, issued_at=NOW
    )
    assert [each.reference for each in found] == ["2026/17", "B-9"]


def test_the_hours_of_the_shipped_course() -> None:
    assert split_hours(Decimal(5), reading_minutes=110, module_minutes=240) == (
        (HourKind.READING, Decimal("1.75")),
        (HourKind.EXERCISES, Decimal("2.25")),
        (HourKind.TESTS, Decimal(1)),
    )


@given(
    st.integers(1, 200).map(lambda quarters: quarters * QUARTER),
    st.integers(0, 5_000),
    st.integers(0, 5_000),
)
def test_split_hours_add_up_in_quarters_whatever_the_course_states(hours: Decimal, reading: int, modules: int) -> None:
    split = split_hours(hours, reading_minutes=reading, module_minutes=modules)
    assert sum(spent for _kind, spent in split) == hours
    assert all(spent > 0 and spent % QUARTER == 0 for _kind, spent in split)


def test_numbers_and_the_years_looked_back() -> None:
    assert number_of(2026, 12) == "HIK-2026-000012"
    assert years_before(date(2026, 11, 23), 5) == date(2021, 11, 23)
    assert years_before(date(2028, 2, 29), 5) == date(2023, 2, 28)
