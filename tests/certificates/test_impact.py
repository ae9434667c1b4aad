"""What a change does to whom: pictures compared, mails a year ahead, differences of programmes in words and lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from certificates.impact import Impact, Picture, PlannedMail, What, checks_ahead, compare, mails_ahead
from certificates.issued import Issued
from certificates.programme import DECIDED_STAGES, KnowledgeChecks, Policy, Route, Stage
from certificates.programme_changes import Mark, in_lines, in_words
from certificates.status import Event, EventKind, State
from certificates.validity import first_day_no_longer_valid, first_period, grace_ends
from lms.verdict import because
from tests.certificates import policies
from tests.certificates.factories import PROGRAMME

POLICY = Policy()
THROUGH_2029 = Issued(id=1, cycle=1, period=first_period(date(2026, 11, 22), POLICY), policy=POLICY)
days = st.dates(date(2024, 1, 1), date(2040, 12, 31))
stages = st.lists(st.integers(0, 300).map(Stage.before), max_size=5, unique=True).map(tuple)


def test_the_mails_of_the_coming_year_stand_on_their_days() -> None:
    planned = mails_ahead(THROUGH_2029, (), POLICY, on=date(2029, 5, 1))
    assert [(mail.on, mail.kind) for mail in planned] == [
        (date(2029, 5, 22), "reminder opened"),
        (date(2029, 8, 24), "reminder days_90"),
        (date(2029, 10, 23), "reminder days_30"),
        (date(2029, 11, 15), "reminder days_7"),
        (date(2029, 11, 22), "reminder day_0"),
    ]


def test_what_is_due_goes_tonight_and_only_the_newest_of_it() -> None:
    planned = mails_ahead(THROUGH_2029, (), POLICY, on=date(2029, 9, 1))
    assert planned[0] == PlannedMail(on=date(2029, 9, 1), kind="reminder days_90")
    assert len(planned) == 4


def test_one_that_is_over_gets_none_and_a_suspended_one_gets_them() -> None:
    on = date(2029, 9, 1)
    assert mails_ahead(THROUGH_2029, (), POLICY, on=on, is_over=True) == ()
    revoked = replace(THROUGH_2029, events=(Event(kind=EventKind.REVOKED, effective_on=on),))
    assert mails_ahead(revoked, (), POLICY, on=on) == ()
    suspended = replace(THROUGH_2029, events=(Event(kind=EventKind.SUSPENDED, effective_on=on),))
    assert len(mails_ahead(suspended, (), POLICY, on=on)) == 4


@given(days, stages, days)
def test_every_planned_reminder_lies_in_the_year_ahead_and_in_the_own_grace(
    begins: date, wanted: tuple[Stage, ...], on: date
) -> None:
    issued = Issued(id=1, cycle=1, period=first_period(begins, POLICY), policy=POLICY)
    generous = replace(POLICY, reminders=wanted, grace_months=60)
    planned = mails_ahead(issued, (), generous, on=on)
    assert all(on <= mail.on <= grace_ends(issued.period, POLICY) for mail in planned)
    assert len({mail.kind for mail in planned}) == len(planned)


def test_checks_are_offered_to_the_certified_only() -> None:
    checks = KnowledgeChecks(months=(3, 12, 24), items=6)
    on = date(2027, 1, 1)
    assert [mail.on for mail in checks_ahead(THROUGH_2029, (), checks, on=on, wanted=True)] == [
        date(2027, 2, 22),
        date(2027, 11, 22),
    ]
    assert checks_ahead(THROUGH_2029, (), checks, on=on, wanted=False) == ()
    assert checks_ahead(THROUGH_2029, (), None, on=on, wanted=True) == ()
    assert checks_ahead(THROUGH_2029, (), checks, on=first_day_no_longer_valid(THROUGH_2029.period), wanted=True) == ()


def test_two_pictures_of_the_same_say_nothing() -> None:
    picture = Picture(
        dates={"1": (date(2026, 1, 1),) * 4}, state=State.VALID, met={"a": True}, titles={"a": because("x")}
    )
    assert compare(picture, picture) == ()


def test_requirements_that_come_met_or_go_met_are_no_change() -> None:
    titles = {id_: because(f"title-{id_}") for id_ in "abcd"}
    before = Picture(dates={}, met={"a": True, "b": False, "c": True}, titles=titles)
    after = Picture(dates={}, met={"a": False, "b": True, "d": True}, titles=titles)
    assert [(each.what, each.about.code) for each in compare(before, after)] == [
        (What.UNMET, "title-a"),
        (What.MET, "title-b"),
    ]


def test_a_new_certificate_changes_dates_and_state() -> None:
    new = Picture(
        dates={"A-1": (date(2026, 1, 1), date(2028, 12, 31), date(2028, 7, 1), date(2029, 6, 30))}, state=State.VALID
    )
    assert [each.what for each in compare(Picture(dates={}), new)] == [What.DATES, What.STATE]


def test_the_digest_of_an_impact_is_that_of_its_outcome_alone() -> None:
    change = compare(Picture(dates={}), Picture(dates={}, state=State.VALID))
    one = Impact(changes={2: change, 1: change}, people=3, certificates=1)
    same = Impact(changes={1: change, 2: change}, people=3, certificates=1)
    other = Impact(changes={1: change}, people=3, certificates=1)
    assert one.digest == same.digest != other.digest
    assert (one.counts[What.STATE], one.persons[What.STATE]) == (2, 2)


def test_differences_are_said_in_words() -> None:
    said = [reason.code for reason in in_words(PROGRAMME, policies.LONGER.programme)]
    assert said == ["change-validity-months"]
    (stages_,) = in_words(PROGRAMME, policies.OTHER_STAGES.programme)
    assert stages_.code == "change-reminders"
    assert len(stages_.values["was"]) == len(DECIDED_STAGES)  # type: ignore[arg-type]
    fewer = in_words(PROGRAMME, policies.FEWER_DELIVERIES.programme)
    assert [(each.code, each.values["route"]) for each in fewer] == [
        ("change-requirement", because(f"route-{Route.RENEWAL}"))
    ]


def test_requirements_that_come_go_and_change_places_are_named() -> None:
    first, second, *rest = PROGRAMME.first
    turned = replace(PROGRAMME, first=(second, first, *rest))
    assert [each.code for each in in_words(PROGRAMME, turned)] == ["change-order"]
    gone = replace(PROGRAMME, first=(second, *rest))
    assert [each.code for each in in_words(PROGRAMME, gone)] == ["change-requirement-gone"]
    assert [each.code for each in in_words(gone, PROGRAMME)] == ["change-requirement-new"]


def test_lines_show_what_was_and_what_is_with_their_numbers() -> None:
    lines = in_lines("a\nb\nc\nd\ne\nf", "a\nb\nc\nD\ne\nf")
    assert [(line.mark, line.text, line.old, line.new) for line in lines] == [
        (Mark.GAP, "", None, None),
        (Mark.SAME, "b", 2, 2),
        (Mark.SAME, "c", 3, 3),
        (Mark.REMOVED, "d", 4, None),
        (Mark.ADDED, "D", None, 4),
        (Mark.SAME, "e", 5, 5),
        (Mark.SAME, "f", 6, 6),
    ]
    assert in_lines("a\n", "a\n") == ()


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_the_new_text_can_be_read_off_the_lines_of_a_short_one(old: list[str], new: list[str]) -> None:
    lines = in_lines("\n".join(old), "\n".join(new))
    assert all(new[line.new - 1] == line.text for line in lines if line.new is not None)
    assert all(old[line.old - 1] == line.text for line in lines if line.old is not None)
