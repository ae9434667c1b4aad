"""Which knowledge check is offered, whatever happens to the machines in between; and what a group may be told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.checks import Answered, day_of, due, group_means, is_asked, overall, traces
from certificates.programme import KnowledgeChecks
from certificates.status import State

CHECKS = KnowledgeChecks(months=(3, 12, 24), items=6)
FIRST, LAST = date(2024, 1, 1), date(2032, 12, 31)
EVERY_DAY = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
HALF, FULL = Fraction(1, 2), Fraction(1)


def run(valid_from: date, days: Iterable[date], checks: KnowledgeChecks = CHECKS) -> list[tuple[int, date]]:
    """What is offered when the job runs on these days, remembering what it has offered."""
    offered: list[tuple[int, date]] = []
    for day in days:
        while months := due(valid_from, {months for months, _ in offered}, day, checks):
            offered.append((months, day))
    return offered


def test_every_certificate_of_nine_years_is_offered_each_check_once_in_order_on_its_day() -> None:
    for valid_from in EVERY_DAY:
        eves = [day_of(months, valid_from) + timedelta(days=n) for months in CHECKS.months for n in (-1, 0, 1)]
        assert run(valid_from, [valid_from, *eves, *eves, valid_from + timedelta(days=2000)]) == [
            (months, day_of(months, valid_from)) for months in CHECKS.months
        ]


@pytest.mark.parametrize("valid_from", [date(2026, 11, 23), date(2024, 2, 29), date(2027, 11, 30), date(2028, 12, 31)])
def test_a_job_that_runs_every_night_for_three_years_offers_three(valid_from: date) -> None:
    nights = [valid_from + timedelta(days=n) for n in range(3 * 366)]
    assert run(valid_from, nights) == [(months, day_of(months, valid_from)) for months in CHECKS.months]


@pytest.mark.parametrize(
    ("valid_from", "months", "on"),
    [
        (date(2026, 11, 23), 3, date(2027, 2, 23)),
        (date(2026, 11, 30), 3, date(2027, 3, 1)),  # there is no 30 February: the first of the next month
        (date(2027, 11, 30), 3, date(2028, 3, 1)),
        (date(2027, 11, 29), 3, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 3, 1)),
        (date(2028, 2, 29), 24, date(2030, 3, 1)),
        (date(2026, 12, 31), 24, date(2028, 12, 31)),
    ],
)
def test_months_are_those_of_the_certificate_s_own_dates(valid_from: date, months: int, on: date) -> None:
    assert day_of(months, valid_from) == on
    earlier = {each for each in CHECKS.months if each < months}
    assert due(valid_from, earlier, on - timedelta(days=1), CHECKS) is None
    assert due(valid_from, earlier, on, CHECKS) == months


def test_after_an_outage_only_the_newest_is_offered_and_those_before_it_never() -> None:
    valid_from = date(2026, 11, 23)
    assert run(valid_from, [date(2028, 1, 1), date(2028, 1, 2), date(2028, 11, 23)]) == [
        (12, date(2028, 1, 1)),
        (24, date(2028, 11, 23)),
    ]


def test_a_stage_the_programme_has_dropped_since_still_counts_as_offered() -> None:
    few = KnowledgeChecks(months=(6, 18), items=3)
    assert due(date(2026, 11, 23), {12}, date(2027, 12, 1), few) is None
    assert due(date(2026, 11, 23), {12}, date(2028, 5, 23), few) == 18


@given(
    valid_from=st.dates(FIRST, LAST),
    nights=st.lists(st.integers(-30, 1500), max_size=40),
    stages=st.sets(st.integers(1, 35), min_size=1, max_size=6),
)
def test_whenever_the_job_runs_none_is_offered_twice_early_or_out_of_order(
    valid_from: date, nights: list[int], stages: set[int]
) -> None:
    checks = KnowledgeChecks(months=tuple(sorted(stages)), items=6)
    offered = run(valid_from, [valid_from + timedelta(days=n) for n in sorted(nights)], checks)
    assert [months for months, _ in offered] == sorted({months for months, _ in offered})
    assert len({day for _, day in offered}) == len(offered), "never two in one night"
    for months, day in offered:
        assert day_of(months, valid_from) <= day
        assert not any(day_of(newer, valid_from) <= day for newer in checks.months if newer > months)


@given(offered=st.sets(st.sampled_from(CHECKS.months)), day=st.sampled_from(EVERY_DAY))
def test_what_is_due_is_newer_than_all_that_was_offered_even_if_the_clock_goes_back(
    offered: set[int], day: date
) -> None:
    months = due(date(2025, 8, 31), offered, day, CHECKS)
    assert months is None or all(months > earlier for earlier in offered)


@pytest.mark.parametrize("state", State)
def test_only_who_is_certified_and_has_not_said_no_is_asked(state: State) -> None:
    assert is_asked(state, wanted=True) == (state in {State.VALID, State.EXPIRING})
    assert not is_asked(state, wanted=False)


@pytest.mark.parametrize("months", [(0, 3), (12, 3), (3, 3)])
def test_impossible_stages_are_refused(months: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="impossible checks"):
        KnowledgeChecks(months=months, items=6)


def test_the_objectives_asked_about_are_traced_in_course_order_with_holes_where_nothing_was_asked() -> None:
    before = {"a": HALF, "b": FULL, "c": Fraction(0)}
    found = traces(before, {3: {"c": FULL, "a": HALF}, 24: {"c": HALF, "new": FULL}}, (3, 12, 24))
    assert [(one.objective, one.before, one.after) for one in found] == [
        ("a", HALF, (HALF, None, None)),
        ("c", Fraction(0), (FULL, None, HALF)),
        ("new", None, (None, None, FULL)),
    ]
    assert overall(found) == (Fraction(1, 4), Fraction(3, 4), None, Fraction(3, 4))
    assert overall(()) == ()


def answered(person_id: int, share: Fraction, *, months: int = 3, objective: str = "a") -> Answered:
    return Answered(person_id=person_id, months=months, before={"a": FULL}, after={objective: share})


def test_four_persons_are_never_shown_and_five_are() -> None:
    four = [answered(person, Fraction(person, 5)) for person in range(4)]
    assert group_means(four) == {}
    assert group_means([*four, answered(0, FULL), answered(1, FULL)]) == {}, "the same four again"
    ((place, group),) = group_means([*four, answered(4, Fraction(4, 5))]).items()
    assert (place, group.persons, group.before, group.after) == ((3, "a"), 5, FULL, Fraction(2, 5))


def test_a_person_counts_once_in_a_group_with_the_newest_answer() -> None:
    five = [answered(person, Fraction(0)) for person in range(5)]
    assert group_means([*five, answered(4, FULL)])[3, "a"].after == Fraction(1, 5)


def test_groups_are_of_one_stage_and_one_objective() -> None:
    mixed = [answered(person, HALF, months=3 if person % 2 else 12) for person in range(8)]
    assert group_means(mixed) == {}
    assert group_means([answered(person, HALF, objective="unknown-before") for person in range(9)]) == {}
