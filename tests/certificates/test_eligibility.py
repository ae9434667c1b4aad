"""From evidence to the answer: who may be certified, and what is left for those who may not yet."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st

from certificates.eligibility import Finding, NotYet, Ok, Standing, decide
from certificates.evidence import (
    Assessment,
    Delivery,
    Evidence,
    Exemption,
    Fact,
    Form,
    Gathering,
    LessonsDone,
    Outcome,
    PlannedSeminar,
    SeminarDay,
    TestTaken,
    Visit,
)
from certificates.programme import Criterion, Kind, ModuleKind, Route
from certificates.status import State
from certificates.validity import first_period
from certificates.wording.rules import WORDING
from lms.verdict import No, Reason, because
from tests.certificates.dossiers import (
    APPROVED_ON,
    BACK_AGAIN,
    FIRST_FACTS,
    MENTOR,
    MIND,
    MUSCLE,
    ONE_DAY,
    PARTICIPANT,
    PROGRAMME,
    RENEWAL_FACTS,
    ROOM,
    assessed,
    attended,
    finding,
    first_time,
    holder,
    next_step,
    tried,
    visit,
    waived,
    without,
)

TODAY = date(2026, 11, 30)


class TestTheFirstCertificate:
    def test_is_due_from_the_day_the_last_requirement_was_met_whenever_one_asks(self) -> None:
        answer = decide(PROGRAMME, first_time(*FIRST_FACTS), TODAY)
        assert isinstance(answer, Ok)
        assert (answer.met_on, answer.route) == (APPROVED_ON, Route.FIRST)
        assert answer.period == first_period(APPROVED_ON, PROGRAMME.policy)
        assert [each.requirement.id for each in answer.findings] == [each.id for each in PROGRAMME.first]
        assert {each.state for each in answer.findings} == {Standing.MET}

    @given(order=st.permutations(FIRST_FACTS))
    def test_does_not_depend_on_the_order_in_which_facts_arrive(self, order: list[Fact]) -> None:
        assert decide(PROGRAMME, first_time(*order), TODAY) == decide(PROGRAMME, first_time(*FIRST_FACTS), TODAY)

    @given(dropped=st.sets(st.integers(0, len(FIRST_FACTS) - 1), min_size=1))
    def test_is_never_given_when_any_fact_is_missing(self, dropped: set[int]) -> None:
        answer = decide(PROGRAMME, first_time(*(f for n, f in enumerate(FIRST_FACTS) if n not in dropped)), TODAY)
        assert not answer
        assert isinstance(answer, No)

    @given(day=st.dates(min_value=date(2026, 8, 1), max_value=date(2026, 12, 31)))
    def test_counts_nothing_that_lies_after_the_day_asked_about(self, day: date) -> None:
        assert bool(decide(PROGRAMME, first_time(*FIRST_FACTS), day)) == (day >= APPROVED_ON)

    def test_begins_with_what_can_be_done_and_shows_the_rest_as_coming_later(self) -> None:
        answer = decide(PROGRAMME, first_time(), date(2026, 9, 1))
        states = {each.requirement.id: each.state for each in answer.findings}
        later = {"hospitering", "samling-2", "vurdering"}
        assert {id_ for id_, state in states.items() if state is Standing.NOT_YET_DUE} == later
        assert next_step(answer, "vurdering") == because(
            "after-others", others=(because("requirement-seminar", part=2, days=2),)
        )
        assert isinstance(answer, NotYet) and len(answer.reasons) == len(PROGRAMME.first)

    def test_needs_the_pass_mark_exactly(self) -> None:
        on = date(2026, 9, 21)
        pre = tried(date(2026, 9, 1), Fraction(1), Form.PRE)
        assert not decide(PROGRAMME, without(TestTaken, pre, tried(on, Fraction(7999, 10000))), TODAY)
        assert decide(PROGRAMME, without(TestTaken, pre, tried(on, Fraction(8, 10))), TODAY)

    def test_takes_the_pass_even_when_a_later_try_failed_and_says_the_score_when_all_did(self) -> None:
        on = date(2026, 9, 21)
        failed = tried(on + ONE_DAY, Fraction(1, 2))
        assert decide(PROGRAMME, first_time(*FIRST_FACTS, failed), TODAY)
        step = next_step(decide(PROGRAMME, without(TestTaken, failed), TODAY), "ettertest")
        assert (step.code, step.values["score"]) == ("retake-post-test", Fraction(1, 2))

    def test_does_not_take_another_courses_test_or_a_pre_test_for_the_post_test(self) -> None:
        others = (
            tried(date(2026, 9, 21), Fraction(1), Form.PRE),
            tried(date(2026, 9, 21), Fraction(1), Form.POST, "emnekurs"),
        )
        assert next_step(decide(PROGRAMME, without(TestTaken, *others), TODAY), "ettertest").code == "take-post-test"

    def test_says_how_many_lessons_are_left(self) -> None:
        answer = decide(
            PROGRAMME, without(LessonsDone, LessonsDone(on=TODAY, course="startopplaering", done=28, total=30)), TODAY
        )
        assert finding(answer, "leksjoner").progress == (28, 30)
        assert next_step(answer, "leksjoner").values["left"] == 2

    def test_does_not_take_an_empty_course_for_a_finished_one(self) -> None:
        assert not decide(
            PROGRAMME, without(LessonsDone, LessonsDone(on=TODAY, course="startopplaering", done=0, total=0)), TODAY
        )


class TestTheSeminar:
    def test_is_attended_only_when_every_day_is_and_says_which_to_make_up(self) -> None:
        answer = decide(PROGRAMME, first_time(*attended(1, date(2026, 10, 5), 3)[:2]), TODAY)
        assert finding(answer, "samling-1").progress == (2, 3)
        assert next_step(answer, "samling-1") == because("seminar-make-up", part=1, days=(3,))
        assert finding(answer, "samling-2").state is Standing.NOT_YET_DUE

    def test_can_be_completed_with_the_missing_day_at_another_seminar_but_not_with_the_same_day_twice(self) -> None:
        two_days = attended(1, date(2026, 10, 5), 3)[:2]
        elsewhere = attended(1, date(2026, 11, 2), 3, "Alta")
        made_up = finding(decide(PROGRAMME, first_time(*two_days, elsewhere[2]), TODAY), "samling-1")
        assert (made_up.state, made_up.met_on) == (Standing.MET, date(2026, 11, 4))
        again = finding(decide(PROGRAMME, first_time(*two_days, elsewhere[1]), TODAY), "samling-1")
        assert again.state is Standing.NOT_MET

    def test_attended_once_more_was_met_the_first_time(self) -> None:
        answer = decide(PROGRAMME, first_time(*FIRST_FACTS, *attended(2, date(2026, 11, 24), 2, "Alta")), TODAY)
        assert isinstance(answer, Ok) and finding(answer, "samling-2").met_on == date(2026, 11, 10)

    def test_tells_the_seat_one_has_before_the_next_one_that_is_open(self) -> None:
        soon = PlannedSeminar(part=1, first_day=date(2027, 1, 11), last_day=date(2027, 1, 13), label="Tromsø")
        mine = PlannedSeminar(part=1, first_day=date(2027, 2, 1), last_day=date(2027, 2, 3), label="Bodø", booked=True)
        past = PlannedSeminar(part=1, first_day=date(2026, 3, 1), last_day=date(2026, 3, 3), label="Alta", booked=True)
        other = PlannedSeminar(part=2, first_day=date(2026, 12, 1), last_day=date(2026, 12, 2), label="Oslo")
        assert self.step(soon, past, other).values["seminar"] == "Tromsø"
        assert self.step(soon, past, other).code == "seminar-sign-up"
        assert self.step(soon, mine) == because(
            "seminar-booked", part=1, first_day=date(2027, 2, 1), last_day=date(2027, 2, 3), seminar="Bodø"
        )
        assert self.step(past, other).code == "seminar-not-planned"

    def step(self, *planned: PlannedSeminar) -> Reason:
        return next_step(decide(PROGRAMME, first_time(planned=planned), TODAY), "samling-1")


class TestObservationVisits:
    def visits(self, *visits: Visit) -> Finding:
        return finding(decide(PROGRAMME, without(Visit, *visits), TODAY), "hospitering")

    def test_must_cover_both_health_modules_together(self) -> None:
        same = self.visits(visit(date(2026, 10, 20), MUSCLE), visit(date(2026, 10, 21), MUSCLE))
        assert (same.state, same.progress) == (Standing.NOT_MET, (1, 2))
        assert same.next_step == because("visits-missing-modules", left=1, modules=(ModuleKind.PSYKISK_HELSE,))
        one_for_both = self.visits(visit(date(2026, 10, 20), MUSCLE | MIND))
        assert one_for_both.next_step == because("visits-missing", left=1)

    def test_count_from_the_day_they_are_confirmed(self) -> None:
        late = self.visits(visit(date(2026, 10, 20), MUSCLE), visit(date(2026, 10, 21), MIND, date(2026, 11, 25)))
        assert late.met_on == date(2026, 11, 25)
        waiting = self.visits(visit(date(2026, 10, 20), MUSCLE), visit(date(2026, 10, 21), MIND, TODAY + ONE_DAY))
        assert waiting.next_step == because("visits-await-confirmation", waiting=1)

    def test_do_not_count_before_part_one(self) -> None:
        assert self.visits(visit(date(2026, 10, 6), MUSCLE), visit(date(2026, 10, 21), MIND)).progress == (1, 2)


class TestTheAssessment:
    def answer(self, *assessments: Assessment) -> Ok | NotYet:
        return decide(PROGRAMME, without(Assessment, *assessments), TODAY)

    def test_by_ones_own_mentor_or_oneself_does_not_count_and_says_so(self) -> None:
        by_mentor = self.answer(assessed(APPROVED_ON, by=MENTOR))
        assert next_step(by_mentor, "vurdering") == because("assessment-by-mentor", on=APPROVED_ON)
        by_self = self.answer(assessed(APPROVED_ON, by=PARTICIPANT))
        assert next_step(by_self, "vurdering").code == "assessment-by-oneself"
        assert self.answer(assessed(APPROVED_ON, by=MENTOR), assessed(APPROVED_ON))

    def test_with_not_yet_keeps_its_feedback_until_a_later_approval(self) -> None:
        not_yet = assessed(date(2026, 11, 20), Outcome.NOT_YET, feedback="Still flere åpne spørsmål.")
        step = next_step(self.answer(not_yet, assessed(APPROVED_ON, by=MENTOR)), "vurdering")
        assert (step.code, step.values["feedback"]) == ("assessment-not-yet", "Still flere åpne spørsmål.")
        approved = self.answer(not_yet, assessed(APPROVED_ON))
        assert isinstance(approved, Ok) and approved.met_on == APPROVED_ON

    def test_that_came_after_an_approval_with_not_yet_takes_it_back(self) -> None:
        assert not self.answer(assessed(APPROVED_ON), assessed(APPROVED_ON + ONE_DAY, Outcome.NOT_YET))

    def test_approved_twice_holds_from_the_first_time(self) -> None:
        answer = self.answer(assessed(APPROVED_ON), assessed(APPROVED_ON + 3 * ONE_DAY))
        assert isinstance(answer, Ok) and answer.met_on == APPROVED_ON

    def test_without_a_score_for_each_criterion_is_not_an_approval(self) -> None:
        step = next_step(self.answer(replace(assessed(APPROVED_ON), non_directive=None)), "vurdering")
        assert step.code == "assessment-not-scored"

    def test_before_part_two_is_complete_does_not_count_but_on_its_last_day_does(self) -> None:
        assert not self.answer(assessed(date(2026, 11, 9)))
        assert self.answer(assessed(date(2026, 11, 10)))


class TestExemptions:
    @pytest.mark.parametrize("given_on", [date(2026, 9, 15), date(2026, 11, 21)])
    def test_let_the_rest_go_on_and_are_shown_as_evidence(self, given_on: date) -> None:
        exemption = waived("samling-1", given_on)
        answer = decide(PROGRAMME, without(SeminarDay, exemption, *attended(2, date(2026, 11, 9), 2)), TODAY)
        assert isinstance(answer, Ok)
        shown = finding(answer, "samling-1")
        assert (shown.state, shown.evidence) == (Standing.EXEMPTED, (exemption,))

    def test_given_last_decide_the_day(self) -> None:
        answer = decide(PROGRAMME, without(LessonsDone, waived("leksjoner", date(2026, 11, 28))), TODAY)
        assert isinstance(answer, Ok) and answer.met_on == date(2026, 11, 28)

    @pytest.mark.parametrize("given_on", [date(2026, 9, 20), TODAY])
    def test_change_nothing_for_what_was_met_by_then(self, given_on: date) -> None:
        late = decide(PROGRAMME, first_time(*FIRST_FACTS, waived("leksjoner", given_on)), TODAY)
        assert isinstance(late, Ok) and late.met_on == APPROVED_ON
        assert finding(late, "leksjoner").state is Standing.MET

    def test_hold_for_the_named_requirement_only(self) -> None:
        assert not decide(PROGRAMME, without(Assessment, waived("resertifisering-vurdering", TODAY)), TODAY)


ROUTES: list[Callable[..., Evidence]] = [first_time, holder]
ANY_FACT = st.sampled_from(
    [
        *FIRST_FACTS,
        *RENEWAL_FACTS,
        *BACK_AGAIN,
        assessed(date(2029, 7, 1), Outcome.NOT_YET, feedback="Øv mer."),
        assessed(date(2031, 1, 21), by=MENTOR),
        assessed(date(2031, 1, 21), by=PARTICIPANT),
        waived("samling-1", date(2026, 9, 2)),
        waived("leveranser", date(2029, 7, 1)),
    ]
)


@pytest.fixture(scope="module")
def say() -> Callable[[Reason], str]:
    app = Flask(__name__)
    Babel(app)

    def sentence(reason: Reason) -> str:
        with app.test_request_context():
            return str(WORDING[reason.code]) % dict(reason.values)

    return sentence


@given(
    whose=st.sampled_from(ROUTES),
    facts=st.lists(ANY_FACT, max_size=25),
    today=st.dates(min_value=date(2026, 8, 1), max_value=date(2032, 1, 1)),
)
def test_every_answer_explains_itself_in_words_and_says_yes_only_when_all_is_met(
    say: Callable[[Reason], str], whose: Callable[..., Evidence], facts: list[Fact], today: date
) -> None:
    answer = decide(PROGRAMME, whose(*facts), today)
    for each in answer.findings:
        assert (each.met_on is None) == (each.state in {Standing.NOT_MET, Standing.NOT_YET_DUE})
        assert (each.next_step is None) == (each.met_on is not None)
        assert each.met_on is None or each.met_on <= today
        assert say(each.requirement.title)
    if isinstance(answer, Ok):
        assert all(each.met_on for each in answer.findings)
        assert answer.met_on <= today
        assert say(answer.period.why)
    else:
        assert all(say(reason) for reason in answer.reasons)


def test_every_code_in_the_pure_rooms_and_every_word_people_see_has_its_sentence() -> None:
    rooms = ("eligibility", "evidence", "programme", "validity", "status", "reminders")
    codes = {
        code for room in rooms for code in re.findall(r'because\(\s*"([\w-]+)"', (ROOM / f"{room}.py").read_text())
    }
    codes |= {f"requirement-{kind}" for kind in Kind}
    seen: tuple[type[StrEnum], ...] = (State, Standing, Route, ModuleKind, Criterion, Outcome)
    codes |= {f"word-{member}" for kind in seen for member in kind}
    assert len(codes) > 50
    assert codes <= WORDING.keys()


def test_facts_of_every_kind_carry_a_day_a_reference_and_a_label() -> None:
    for kind in (TestTaken, LessonsDone, SeminarDay, Visit, Assessment, Delivery, Gathering, Exemption):
        assert {"on", "ref", "label"} <= {field.name for field in fields(kind)}
