"""The plan of the days ahead is what the nights will do: the rules, day by day, against every day of the span."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates import checks, reminders
from certificates.issued import Issued
from certificates.planned import (
    Span,
    check_target,
    checks_within,
    digest_target,
    digests_within,
    first_night,
    read_key,
    reminder_target,
    reminders_within,
    span_from,
    visits_target,
    visits_within,
)
from certificates.programme import STAGE_DAYS_MAX, KnowledgeChecks, Policy, Stage
from certificates.status import Event, EventKind
from certificates.validity import first_period
from courses.visits import stage_before_part_2
from lms.clock import at_local

STAGES = st.one_of(st.just(Stage.OPENED), st.integers(0, STAGE_DAYS_MAX).map(Stage.before))
KINDS = st.sampled_from([EventKind.SUSPENDED, EventKind.LIFTED, EventKind.REVOKED, EventKind.REPLACED])
BEGAN = st.dates(date(2024, 1, 1), date(2034, 12, 31))
OFFSET = st.integers(-60, 1300)


@st.composite
def issued(draw: st.DrawFn) -> Issued:
    """A certificate under some policy, with whatever happened to it."""
    policy = Policy(reminders=tuple(draw(st.lists(STAGES, unique=True, max_size=6))))
    began = draw(BEGAN)
    happened = draw(st.lists(st.tuples(KINDS, OFFSET), max_size=4))
    events = tuple(Event(kind=kind, effective_on=began + timedelta(days=days)) for kind, days in happened)
    return Issued(id=1, cycle=1, period=first_period(began, policy), policy=policy, events=events)


def span_in(data: st.DataObject, began: date) -> Span:
    return span_from(began + timedelta(days=data.draw(OFFSET)), data.draw(st.integers(1, 120)))


@given(data=st.data(), certificate=issued(), is_over=st.booleans())
def test_reminders_planned_are_those_the_nights_send_one_after_the_other(
    data: st.DataObject, certificate: Issued, is_over: bool
) -> None:
    span = span_in(data, certificate.period.valid_from)
    before = (
        data.draw(st.sets(st.sampled_from(certificate.policy.reminders))) if certificate.policy.reminders else set()
    )
    sent, nights = set(before), []
    for day in span:
        stage = reminders.due_now(certificate, sent, day, is_over=is_over)
        if stage is not None:
            nights.append((day, stage))
            sent.add(stage)
    assert list(reminders_within(certificate, before, span, is_over=is_over)) == nights


@given(data=st.data(), certificate=issued(), wanted=st.booleans())
def test_checks_planned_are_those_the_nights_offer(data: st.DataObject, certificate: Issued, wanted: bool) -> None:
    months = tuple(sorted(data.draw(st.sets(st.integers(1, 35), min_size=1, max_size=4))))
    programme = KnowledgeChecks(months=months, items=6)
    span = span_in(data, certificate.period.valid_from)
    before = data.draw(st.sets(st.sampled_from(months)))
    offered, nights = set(before), []
    for day in span:
        found = checks.due_now(certificate, offered, day, programme, wanted=wanted)
        if found is not None:
            nights.append((day, found))
            offered.add(found)
    assert list(checks_within(certificate, before, span, programme, wanted=wanted)) == nights


@given(data=st.data(), first_day=BEGAN, before=st.sets(st.sampled_from([14, 5])))
def test_reminders_before_part_2_are_planned_as_the_nights_send_them(
    data: st.DataObject, first_day: date, before: set[int]
) -> None:
    span = span_from(first_day - timedelta(days=data.draw(st.integers(-5, 120))), data.draw(st.integers(1, 120)))
    sent, nights = set(before), []
    for day in span:
        found = stage_before_part_2(first_day, sent=sent, today=day)
        if found is not None:
            nights.append((day, found))
            sent.add(found)
    assert list(visits_within(first_day, before, span)) == nights


TERM = st.tuples(st.integers(-100, 150), st.one_of(st.none(), st.integers(0, 60)))


@given(first=BEGAN, terms=st.lists(TERM, max_size=3), done=st.booleans())
def test_a_digest_is_planned_for_the_first_night_of_a_month_on_which_somebody_coordinates(
    first: date, terms: list[tuple[int, int | None]], done: bool
) -> None:
    span = span_from(first, 100)
    held = [
        (
            (begins := first + timedelta(days=after)),
            None if days is None else begins + timedelta(days=days),
        )
        for after, days in terms
    ]
    claimed = {first.replace(day=1)} if done else set()
    sent, nights = set(claimed), []
    for day in span:
        month = day.replace(day=1)
        if month not in sent and any(b <= day and (t is None or day <= t) for b, t in held):
            nights.append(day)
            sent.add(month)
    assert list(digests_within(claimed, held, span)) == nights


@pytest.mark.parametrize(
    "target",
    [
        reminder_target(417, Stage.before(45)),
        reminder_target(1, Stage.OPENED),
        reminder_target(1, Stage.DAY_0),
        check_target(9, 12),
        visits_target(12, 7, 14),
        digest_target(3, date(2026, 12, 19)),
    ],
    ids=lambda target: target.key,
)
def test_a_mail_is_found_again_by_its_key(target: object) -> None:
    assert read_key(target.key) == target  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text", ["", "reminder-0-opened", "reminder-1-days_0", "check-1-", "visits-1-5", "digest-1-2026-12-02", "x-1-1"]
)
def test_what_names_no_mail_names_none(text: str) -> None:
    assert read_key(text) is None


def test_the_first_night_to_come_is_todays_until_its_mails_leave() -> None:
    day = date(2027, 3, 28)  # the night the clocks go forward
    assert first_night(at_local(day, 5, 59)) == day
    assert first_night(at_local(day, 6)) == date(2027, 3, 29)
    assert first_night(at_local(date(2026, 10, 25), 4)) == date(2026, 10, 25)
