"""Which reminder goes out, whatever happens to the machines in between."""

from __future__ import annotations

import pickle
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.programme import DECIDED_STAGES, STAGE_DAYS_MAX
from certificates.reminders import Stage, calendar, day_of, due, wants_reminders
from certificates.status import State
from certificates.validity import Period, Policy, first_day_no_longer_valid, first_period, grace_ends

POLICY = Policy()
PERIOD = first_period(date(2026, 11, 22), POLICY)
CALENDAR = [
    (Stage.OPENED, date(2029, 5, 22)),
    (Stage.DAYS_90, date(2029, 8, 24)),
    (Stage.DAYS_30, date(2029, 10, 23)),
    (Stage.DAYS_7, date(2029, 11, 15)),
    (Stage.DAY_0, date(2029, 11, 22)),
]


def run(days: list[date], policy: Policy = POLICY, period: Period = PERIOD) -> list[tuple[Stage, date]]:
    """What goes out when the job runs on these days, remembering what it has sent."""
    sent: list[tuple[Stage, date]] = []
    for day in days:
        while stage := due(period, {stage for stage, _ in sent}, day, policy):
            sent.append((stage, day))
    return sent


def every_day(period: Period = PERIOD) -> list[date]:
    length = grace_ends(period, POLICY) - period.valid_from
    return [period.valid_from + timedelta(days=n) for n in range(length.days + 60)]


def test_a_job_that_runs_every_day_sends_each_reminder_once_on_its_day() -> None:
    assert run(every_day()) == CALENDAR


def test_the_calendar_shows_every_stage_with_its_day_and_whether_it_went_out() -> None:
    shown = calendar(PERIOD, {Stage.OPENED}, POLICY)
    assert [(each.stage, each.on) for each in shown] == CALENDAR
    assert [each.stage for each in shown if each.sent] == [Stage.OPENED]


def test_after_an_outage_only_the_newest_goes_out_not_a_pile() -> None:
    assert run([date(2029, 11, 17), date(2029, 11, 18)]) == [(Stage.DAYS_7, date(2029, 11, 17))]


def test_the_first_day_without_a_certificate_is_told_late_but_not_after_grace() -> None:
    assert due(PERIOD, (), date(2030, 5, 21), POLICY) is Stage.DAY_0
    assert due(PERIOD, (), date(2030, 5, 22), POLICY) is None


def test_nothing_is_sent_when_a_newer_stage_was_even_if_the_clock_went_back() -> None:
    assert due(PERIOD, {Stage.DAYS_7}, date(2029, 10, 25), POLICY) is None


def test_an_imported_certificate_with_its_past_stages_marked_is_not_reminded_of_them() -> None:
    past = {each.stage for each in calendar(PERIOD, (), POLICY) if each.on <= date(2029, 9, 1)}
    assert due(PERIOD, past, date(2029, 9, 1), POLICY) is None
    assert due(PERIOD, past, date(2029, 10, 23), POLICY) is Stage.DAYS_30


def test_stages_read_back_from_the_database_as_text_count_as_sent() -> None:
    assert due(PERIOD, {"days_30"}, date(2029, 10, 30), POLICY) is None  # type: ignore[arg-type]


def test_a_programme_chooses_its_stages_and_a_dropped_one_still_counts_as_sent() -> None:
    few = Policy(reminders=(Stage.DAY_0, Stage.DAYS_30))
    assert [stage for stage, _ in run(every_day(), few)] == [Stage.DAYS_30, Stage.DAY_0]
    assert due(PERIOD, {Stage.DAYS_7}, date(2029, 11, 16), few) is None
    assert run(every_day(), Policy(reminders=())) == []


def test_two_stages_that_fall_on_one_day_make_one_mail() -> None:
    no_window = Policy(window_months=0)
    period = first_period(date(2026, 11, 22), no_window)
    assert day_of(Stage.OPENED, period) == day_of(Stage.DAY_0, period)
    assert run([first_day_no_longer_valid(period)], no_window, period) == [(Stage.DAY_0, date(2029, 11, 22))]


@given(data=st.data(), approved_on=st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31)))
def test_whenever_the_job_runs_no_stage_goes_out_twice_early_or_out_of_order(
    data: st.DataObject, approved_on: date
) -> None:
    period = first_period(approved_on, POLICY)
    days = sorted(data.draw(st.lists(st.sampled_from(every_day(period)), max_size=40)))
    sent = run(days, period=period)
    stages = [stage for stage, _ in sent]
    assert stages == [stage for stage in DECIDED_STAGES if stage in stages]
    assert all(day_of(stage, period) <= day <= grace_ends(period, POLICY) for stage, day in sent)
    assert len({day for _, day in sent}) == len(sent), "never two mails in one run"


@given(day=st.sampled_from(every_day()), sent=st.sets(st.sampled_from(DECIDED_STAGES)))
def test_what_is_due_is_new_and_newer_than_all_that_was_sent(day: date, sent: set[Stage]) -> None:
    stage = due(PERIOD, sent, day, POLICY)
    if stage is not None:
        assert all(DECIDED_STAGES.index(stage) > DECIDED_STAGES.index(old) for old in sent)


@pytest.mark.parametrize("state", State)
def test_only_certificates_that_can_be_kept_or_won_back_are_reminded_and_never_renewed_ones(state: State) -> None:
    assert wants_reminders(state) == (state in {State.VALID, State.EXPIRING, State.IN_GRACE, State.SUSPENDED})
    assert not wants_reminders(state, renewed=True)


STAGES = st.one_of(st.just(Stage.OPENED), st.integers(0, STAGE_DAYS_MAX).map(Stage.before))


@given(stage=STAGES)
def test_a_stage_is_its_text_in_the_database_and_the_same_one_each_time(stage: Stage) -> None:
    assert Stage(str(stage)) is stage
    assert stage == str(stage)
    assert pickle.loads(pickle.dumps(stage)) == stage
    assert stage.days_before is None or Stage.before(stage.days_before) is stage


@pytest.mark.parametrize("text", ["", "days_0", "days_731", "days_090", "days_-1", "day_1", "90", "OPENED", "days_９"])
def test_what_is_no_stage_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no stage"):
        Stage(text)


@given(
    data=st.data(),
    approved_on=st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31)),
    stages=st.lists(STAGES, unique=True, max_size=6),
)
def test_any_stages_go_out_once_each_on_their_day_in_their_order(
    data: st.DataObject, approved_on: date, stages: list[Stage]
) -> None:
    policy = Policy(reminders=tuple(stages))
    period = first_period(approved_on, policy)
    planned = calendar(period, (), policy)
    days = [each.on for each in planned]
    assert days == sorted(days)
    last_of_each_day = {each.on: each.stage for each in planned}
    assert run(every_day(period), policy, period) == [(stage, day) for day, stage in last_of_each_day.items()]
    some = sorted(data.draw(st.lists(st.sampled_from(every_day(period)), max_size=20)))
    sent = [stage for stage, _day in run(some, policy, period)]
    assert sent == [each.stage for each in planned if each.stage in sent]


def test_a_stage_before_the_certificate_begins_is_none_of_its() -> None:
    short = Policy(validity_months=12, reminders=(Stage.before(730), Stage.before(30)))
    period = first_period(date(2026, 11, 22), short)
    assert due(period, (), date(2026, 11, 22), short) is None
    assert [each.stage for each in calendar(period, (), short)] == [Stage.DAYS_30]
