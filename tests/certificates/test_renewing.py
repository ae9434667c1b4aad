"""Holding on to a certificate, and coming back after losing it: each cycle has its own evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from certificates.eligibility import NotYet, Ok, Standing, decide
from certificates.evidence import (
    Assessment,
    Delivery,
    Evidence,
    Fact,
    Gathering,
    TestTaken,
)
from certificates.programme import PostTest, Route
from certificates.validity import Period, first_period, renewal
from lms.verdict import because
from tests.certificates.dossiers import (
    BACK_AGAIN,
    ONE_DAY,
    PREVIOUS,
    PROGRAMME,
    RENEWAL_FACTS,
    assessed,
    attended,
    finding,
    holder,
    holder_but,
    next_step,
    tried,
    waived,
)


class TestRecertification:
    def test_in_the_window_follows_on_the_old_certificate(self) -> None:
        answer = decide(PROGRAMME, holder(*RENEWAL_FACTS), date(2029, 6, 2))
        assert isinstance(answer, Ok)
        assert (answer.route, answer.met_on) == (Route.RENEWAL, date(2029, 6, 1))
        assert answer.period == renewal(PREVIOUS, date(2029, 6, 1), PROGRAMME.policy)

    def test_resets_nothing_but_asks_anew(self) -> None:
        answer = decide(PROGRAMME, holder(), date(2029, 6, 2))
        assert {each.state for each in answer.findings} == {Standing.NOT_MET}

    def test_before_the_window_is_refused_with_the_day_and_shows_how_one_stands(self) -> None:
        answer = decide(PROGRAMME, holder(*RENEWAL_FACTS), date(2029, 5, 21))
        assert isinstance(answer, NotYet)
        assert answer.reasons[0].code == "renewal-not-open"
        assert [each.state for each in answer.findings] == [Standing.MET] * 3 + [Standing.NOT_YET_DUE]
        assert next_step(answer, "resertifisering-vurdering") == because("assessment-not-open", opens=date(2029, 5, 22))

    def test_before_the_window_is_refused_even_with_everything_met_or_exempted(self) -> None:
        waiver = waived("resertifisering-vurdering", date(2029, 5, 1))
        early = decide(PROGRAMME, holder_but(Assessment, waiver), date(2029, 5, 21))
        assert isinstance(early, NotYet)
        assert [reason.code for reason in early.reasons] == ["renewal-not-open"]
        opened = decide(PROGRAMME, holder_but(Assessment, waiver), date(2029, 5, 22))
        assert isinstance(opened, Ok) and opened.met_on == date(2029, 5, 22)

    def test_advises_to_wait_with_the_test_until_it_will_still_count_when_the_window_opens(self) -> None:
        early = decide(PROGRAMME, holder_but(TestTaken), date(2028, 5, 21))
        assert finding(early, "resertifisering-ettertest").state is Standing.NOT_YET_DUE
        assert next_step(early, "resertifisering-ettertest").values["useful_from"] == date(2028, 5, 22)
        useless = tried(date(2028, 5, 20), Fraction(1), course="resertifisering")
        passed = decide(PROGRAMME, holder_but(TestTaken, useless), date(2028, 5, 21))
        assert finding(passed, "resertifisering-ettertest").state is Standing.NOT_YET_DUE
        useful = decide(PROGRAMME, holder_but(TestTaken), date(2028, 5, 22))
        assert next_step(useful, "resertifisering-ettertest").code == "take-post-test"

    @pytest.mark.parametrize(("passed_on", "counts"), [(date(2028, 6, 2), True), (date(2028, 6, 1), False)])
    def test_takes_a_test_from_the_last_twelve_months_only(self, passed_on: date, counts: bool) -> None:
        passed = tried(passed_on, Fraction(1), course="resertifisering")
        answer = decide(PROGRAMME, holder_but(TestTaken, passed), date(2029, 6, 2))
        assert bool(answer) == counts
        if not counts:
            assert next_step(answer, "resertifisering-ettertest").code == "post-test-too-old"

    @pytest.mark.parametrize(
        ("on", "counts"),
        [
            (PREVIOUS.valid_from - ONE_DAY, False),
            (PREVIOUS.valid_from, True),
            (PREVIOUS.valid_through, True),
            (PREVIOUS.valid_through + ONE_DAY, False),
        ],
    )
    @pytest.mark.parametrize("kind", [Delivery, Gathering])
    def test_counts_deliveries_and_gatherings_of_the_ending_period_only(
        self, kind: type[Delivery] | type[Gathering], on: date, counts: bool
    ) -> None:
        needed = 6 if kind is Delivery else 1
        answer = decide(PROGRAMME, holder_but(kind, *[kind(on=on)] * needed), date(2029, 12, 1))
        assert bool(answer) == counts

    def test_says_until_when_deliveries_can_be_held_and_when_it_is_too_late(self) -> None:
        in_time = next_step(decide(PROGRAMME, holder_but(Delivery), date(2029, 11, 21)), "leveranser")
        assert in_time == because("deliveries-missing", left=6, needed=6, by=date(2029, 11, 21))
        too_late = next_step(decide(PROGRAMME, holder_but(Delivery), date(2029, 11, 22)), "leveranser")
        assert too_late.code == "deliveries-period-over"

    def test_does_not_take_an_approval_from_before_the_window(self) -> None:
        assert not decide(PROGRAMME, holder_but(Assessment, assessed(date(2029, 5, 21))), date(2029, 6, 2))

    @pytest.mark.parametrize("approved_on", [date(2029, 11, 22), date(2030, 5, 21)])
    def test_in_grace_begins_on_the_day_of_the_approval(self, approved_on: date) -> None:
        passed = tried(date(2029, 10, 1), Fraction(1), course="resertifisering")
        kept = (fact for fact in RENEWAL_FACTS if not isinstance(fact, Assessment))
        answer = decide(PROGRAMME, holder(*kept, passed, assessed(approved_on)), approved_on)
        assert isinstance(answer, Ok)
        assert (answer.route, answer.period.valid_from) == (Route.RENEWAL, approved_on)

    def test_that_was_complete_in_the_window_loses_no_day_by_being_handled_in_grace(self) -> None:
        passed = tried(date(2029, 10, 1), Fraction(1), course="resertifisering")
        evidence = holder_but(TestTaken, passed)
        answer = decide(PROGRAMME, evidence, date(2029, 12, 1))
        assert isinstance(answer, Ok)
        assert answer.period.valid_from == PREVIOUS.valid_through + ONE_DAY

    def test_does_not_count_the_last_cycles_evidence_in_the_next(self) -> None:
        successor = renewal(PREVIOUS, date(2029, 6, 1), PROGRAMME.policy)
        assert isinstance(successor, Period)
        waiver = waived("leveranser", date(2029, 6, 1))
        answer = decide(PROGRAMME, holder(*RENEWAL_FACTS, waiver, previous=successor), successor.window_opens)
        assert {each.state for each in answer.findings} == {Standing.NOT_MET}

    def test_does_not_carry_over_what_was_decided_on_the_very_day_the_period_began(self) -> None:
        began = date(2030, 3, 1)
        renewed_in_grace = renewal(PREVIOUS, began, PROGRAMME.policy)
        assert isinstance(renewed_in_grace, Period)
        evidence = holder(waived("leveranser", began), previous=renewed_in_grace)
        assert finding(decide(PROGRAMME, evidence, date(2033, 1, 1)), "leveranser").state is Standing.NOT_MET

    def test_takes_a_test_of_the_ending_period_where_the_programme_sets_no_months(self) -> None:
        anytime = PostTest(id="test", course="startopplaering", pass_mark=Fraction(4, 5))
        programme = replace(PROGRAMME, renewal=(anytime,))
        assert not decide(programme, holder(), date(2029, 6, 2))
        assert decide(programme, holder(tried(PREVIOUS.valid_from, Fraction(1))), date(2029, 6, 2))


class TestComingBack:
    def test_after_a_lapse_takes_part_two_and_a_new_assessment_and_gives_a_new_first_period(self) -> None:
        answer = decide(PROGRAMME, holder(*BACK_AGAIN), date(2031, 2, 1))
        assert isinstance(answer, Ok)
        assert answer.route is Route.REENTRY
        assert answer.period == first_period(date(2031, 1, 20), PROGRAMME.policy)

    def test_after_a_lapse_counts_nothing_from_before_and_says_why_one_is_here(self) -> None:
        answer = decide(PROGRAMME, holder(*RENEWAL_FACTS), date(2030, 5, 22))
        assert isinstance(answer, NotYet)
        assert (answer.route, answer.reasons[0].code) == (Route.REENTRY, "renewal-lapsed")
        assert [each.evidence for each in answer.findings] == [(), ()]

    def test_with_all_done_in_grace_the_new_period_begins_when_the_lapse_did(self) -> None:
        in_grace: tuple[Fact, ...] = (*attended(2, date(2030, 3, 4), 2), assessed(date(2030, 3, 8)))
        answer = decide(PROGRAMME, holder(*in_grace), date(2030, 6, 1))
        assert isinstance(answer, Ok) and answer.met_on == date(2030, 5, 22)

    def test_a_revoked_certificate_is_not_renewed(self) -> None:
        answer = decide(PROGRAMME, holder(*RENEWAL_FACTS, revoked_on=date(2029, 6, 2)), date(2029, 6, 2))
        assert isinstance(answer, NotYet)
        assert (answer.route, answer.reasons[0]) == (Route.REENTRY, because("certificate-revoked", on=date(2029, 6, 2)))

    def test_after_a_revocation_only_what_is_done_later_counts(self) -> None:
        during = holder(*BACK_AGAIN, revoked_on=date(2031, 1, 13))
        assert not decide(PROGRAMME, during, date(2031, 2, 1))
        before = decide(PROGRAMME, holder(*BACK_AGAIN, revoked_on=date(2031, 1, 12)), date(2031, 2, 1))
        assert isinstance(before, Ok) and before.met_on == date(2031, 1, 20)

    @pytest.mark.parametrize("today", [date(2029, 6, 2), date(2029, 6, 30)])
    def test_a_revocation_yet_to_come_is_not_escaped_by_renewing_first(self, today: date) -> None:
        answer = decide(PROGRAMME, holder(*RENEWAL_FACTS, revoked_on=date(2029, 7, 1)), today)
        assert isinstance(answer, NotYet)
        assert answer.reasons == (because("revocation-decided", on=date(2029, 7, 1)),)

    def test_nor_by_coming_back_after_a_lapse_before_it_works(self) -> None:
        pending = holder(*BACK_AGAIN, revoked_on=date(2031, 3, 1))
        assert not decide(PROGRAMME, pending, date(2031, 2, 1))
        assert not decide(PROGRAMME, pending, date(2031, 3, 1))  # and then only what is done after it counts


class TestWhatIsRecordedLater:
    """A gap that everybody could see is not taken away by what one writes down oneself afterwards."""

    FIVE = tuple(fact for fact in RENEWAL_FACTS if isinstance(fact, Delivery))[:5]
    LATE_TEST = tried(date(2029, 10, 1), Fraction(1), course="resertifisering")

    def evidence(self, kind: type[Fact], *instead: Fact) -> Evidence:
        return holder_but(kind, self.LATE_TEST, *instead)

    def test_a_delivery_of_the_period_that_is_logged_in_grace_counts_from_then(self) -> None:
        logged = date(2030, 3, 1)
        evidence = self.evidence(Delivery, *self.FIVE, Delivery(on=date(2029, 10, 1), recorded_on=logged))
        assert not decide(PROGRAMME, evidence, logged - ONE_DAY)
        answer = decide(PROGRAMME, evidence, logged)
        assert isinstance(answer, Ok)
        assert (answer.met_on, answer.period.valid_from) == (logged, logged)

    def test_so_does_a_gathering(self) -> None:
        logged = date(2030, 3, 1)
        answer = decide(PROGRAMME, self.evidence(Gathering, Gathering(on=date(2028, 4, 3), recorded_on=logged)), logged)
        assert isinstance(answer, Ok) and answer.period.valid_from == logged

    def test_one_that_was_not_needed_moves_nothing(self) -> None:
        spare = Delivery(on=date(2027, 1, 1), recorded_on=date(2030, 3, 1))
        answer = decide(PROGRAMME, holder(*RENEWAL_FACTS, self.LATE_TEST, spare), date(2030, 3, 2))
        assert isinstance(answer, Ok) and answer.period.valid_from == PREVIOUS.valid_through + ONE_DAY

    def test_logged_in_the_window_it_loses_nobody_a_day(self) -> None:
        late = Delivery(on=date(2029, 5, 1), recorded_on=date(2029, 11, 21))
        answer = decide(PROGRAMME, self.evidence(Delivery, *self.FIVE, late), date(2029, 12, 24))
        assert isinstance(answer, Ok) and answer.period.valid_from == PREVIOUS.valid_through + ONE_DAY

    def test_attendance_recorded_later_keeps_the_assessment_after_the_days_themselves(self) -> None:
        recorded = date(2031, 1, 22)
        days = (replace(day, recorded_on=recorded) for day in attended(2, date(2031, 1, 13), 2))
        evidence = holder(*days, assessed(date(2031, 1, 20)))
        assert not decide(PROGRAMME, evidence, recorded - ONE_DAY)
        answer = decide(PROGRAMME, evidence, recorded)
        assert isinstance(answer, Ok) and answer.met_on == recorded
