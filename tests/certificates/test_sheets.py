"""Sheets: drafts that are kept, handing in once, two assessors who do not see each other's levels, one decision."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from certificates.eligibility import NotYet
from certificates.evidence import Outcome
from certificates.models.assessments import Assessment, AssessmentRound, AssessmentSheet
from certificates.models.issued import Certificate
from certificates.queries import assessments
from certificates.rubric import Filled
from certificates.services import sheets
from certificates.services.decisions import exempt
from lms import audit
from lms.audit import AuditEntry
from lms.db import Database
from lms.errors import Refused
from lms.outbox import OutboxMail
from tests.cast import Cast
from tests.certificates import assessing, factories
from tests.certificates.assessing import CRITERIA, NOON, TO_DO, WHY, act, begin, decide, hand_in, mentored, page
from tests.certificates.factories import PROGRAMME, TODAY

APPROVE = Filled(outcome=Outcome.APPROVED)
NOT_YET = Filled(outcome=Outcome.NOT_YET, feedback=WHY, next_steps=TO_DO)


@pytest.fixture
def kari(database: Database, people: Cast) -> int:
    """Kari, who needs nothing but an assessment."""
    return assessing.ready(database, people)


@pytest.fixture
def trine(database: Database, people: Cast) -> int:
    return assessing.another_trainer(database, people)


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


def count(database: Database, what: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def sheet(database: Database, sheet_id: int) -> AssessmentSheet:
    with database.reading() as session:
        return session.get_one(AssessmentSheet, sheet_id)


def save(app: Flask, sheet_id: int, fields: dict[str, str]) -> Filled:
    return act(app, lambda session: sheets.save_draft(session, sheet_id, fields, now=NOON))


def step_down(app: Flask, sheet_id: int) -> None:
    act(
        app,
        lambda session: sheets.step_down(session, PROGRAMME, session.get_one(AssessmentSheet, sheet_id), now=NOON),
    )


def go_on_alone(app: Flask, sheet_id: int) -> None:
    act(
        app,
        lambda session: sheets.go_on_alone(session, PROGRAMME, session.get_one(AssessmentSheet, sheet_id), now=NOON),
    )


class TestAlone:
    def test_handing_in_is_the_decision_and_issues_at_once(
        self, app: Flask, database: Database, people: Cast, kari: int
    ) -> None:
        settled = hand_in(app, begin(app, kari, by=people.tone), page(4, feedback="Godt gjort."))
        assert isinstance(settled.answer, Certificate)
        assert settled.assessment is not None
        row = settled.assessment
        assert (row.outcome, row.content_score, row.non_directive_score) == ("approved", 5, 5)
        assert (row.assessor_id, row.decided_on, row.feedback) == (people.tone, TODAY, "Godt gjort.")
        with database.reading() as session:
            decided = assessments.decided(session, PROGRAMME, row.id)
            assert [dict(each.filled.levels) for each in decided.sheets] == [dict.fromkeys(CRITERIA, 4)]
            assert session.scalars(select(OutboxMail.name).order_by(OutboxMail.id)).all()[-1] == "certificate_issued"
            assert audit.verify(session) == []

    def test_a_draft_is_laid_together_field_by_field_from_two_devices_and_found_another_day(
        self, app: Flask, database: Database, people: Cast, kari: int
    ) -> None:
        id_ = begin(app, kari, by=people.tone)
        save(app, id_, {"level-rollen": "2", "note-rollen": "Snakket\nlenge."})
        save(app, id_, {"level-egne-valg": "4", "feedback": "Halvveis"})
        save(app, id_, {"level-rollen": "3"})
        assert begin(app, kari, by=people.tone, now=NOON + timedelta(days=3)) == id_
        kept = sheet(database, id_)
        assert kept.levels == {"rollen": 3, "egne-valg": 4}
        assert (kept.notes, kept.feedback, kept.handed_in_at) == ({"rollen": "Snakket\nlenge."}, "Halvveis", None)
        with database.reading() as session:
            (mine,) = assessments.open_sheets(session, people.tone)
            assert (mine[0].id, mine[1], mine[2]) == (id_, "Kari Åsen", 1)

    def test_a_second_click_changes_nothing_whatever_it_says(
        self, app: Flask, database: Database, people: Cast, kari: int
    ) -> None:
        id_ = begin(app, kari, by=people.tone)
        first = hand_in(app, id_, page(3))
        again = hand_in(app, id_, page(1, "not_yet"), now=NOON + timedelta(minutes=1))
        assert first.assessment is not None and again.assessment is not None
        assert (again.was_there, again.assessment.id, again.assessment.outcome) == (
            True,
            first.assessment.id,
            "approved",
        )
        assert (count(database, Assessment), count(database, Certificate)) == (1, 1)
        with pytest.raises(Refused) as refusal:
            save(app, id_, {"level-rollen": "1"})
        assert codes(refusal) == ["sheet-handed-in"]
        assert sheet(database, id_).levels["rollen"] == 3

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"level-rollen": ""}, "sheet-level-missing"),
            ({"outcome": ""}, "sheet-outcome-missing"),
            ({"outcome": "not_yet", "next_steps": TO_DO}, "sheet-feedback-missing"),
            ({"outcome": "not_yet", "feedback": WHY}, "sheet-next-steps-missing"),
            ({"note-rollen": "x" * 2_001}, "sheet-too-long"),
            ({"level-rollen": "5"}, "sheet-not-understood"),
            ({"assessor_id": "1"}, "sheet-not-understood"),
        ],
    )
    def test_an_unfinished_sheet_is_refused_and_nothing_of_the_request_is_kept(
        self, app: Flask, database: Database, people: Cast, kari: int, change: dict[str, str], code: str
    ) -> None:
        id_ = begin(app, kari, by=people.tone)
        with pytest.raises(Refused) as refusal:
            hand_in(app, id_, page() | change)
        assert codes(refusal) == [code]
        assert (count(database, Assessment), sheet(database, id_).levels) == (0, {})

    def test_not_yet_says_why_and_what_to_do_on_the_path_and_by_mail(
        self, app: Flask, database: Database, people: Cast, kari: int
    ) -> None:
        settled = hand_in(app, begin(app, kari, by=people.tone), page(2, "not_yet"))
        assert isinstance(settled.answer, NotYet)
        assert settled.answer.reasons[0].code == "assessment-not-yet"
        assert settled.answer.reasons[0].values["feedback"] == f"{WHY} {TO_DO}"
        with database.reading() as session:
            mail = session.scalars(select(OutboxMail).where(OutboxMail.name == "assessment_decided")).one()
        assert mail.person_id == kari
        assert WHY in mail.text
        assert TO_DO in mail.text
        assert "14.12.2026" in mail.text
        assert isinstance(hand_in(app, begin(app, kari, by=people.tone), page(3)).answer, Certificate)

    def test_an_approval_that_does_not_complete_everything_is_told_by_mail(
        self, app: Flask, database: Database, people: Cast
    ) -> None:
        factories.study(database, people.kari)
        parts = {1: factories.PART_1, 2: factories.PART_2}
        factories.attend(database, people.nord, [people.kari], parts, by=people.tone)
        settled = hand_in(app, begin(app, people.kari, by=people.tone))
        assert isinstance(settled.answer, NotYet)
        with database.reading() as session:
            mail = session.scalars(select(OutboxMail).where(OutboxMail.name == "assessment_decided")).one()
            assert "Du er godkjent" in mail.text
            assert "klage" not in mail.text
        with pytest.raises(Refused) as refusal:
            begin(app, people.kari, by=people.tone)
        assert codes(refusal) == ["assess-already-approved"]

    def test_the_sheet_of_a_renewal_asks_for_no_levels(self) -> None:
        assert assessments.rubric_for(PROGRAMME, "resertifisering-vurdering").criteria == ()
        assert len(assessments.rubric_for(PROGRAMME, "vurdering").criteria) == len(CRITERIA)


class TestWhoMayNot:
    def test_nobody_begins_a_sheet_about_oneself_or_the_own_mentee(self, app: Flask, people: Cast, kari: int) -> None:
        for by, code in ((kari, "assess-not-oneself"), (people.mons, "assess-not-own-mentee")):
            with pytest.raises(Refused) as refusal:
                begin(app, kari, by=by)
            assert codes(refusal) == [code]

    def test_the_database_refuses_a_sheet_about_oneself_whatever_the_code_does(
        self, app: Flask, database: Database, people: Cast, kari: int
    ) -> None:
        begin(app, kari, by=people.tone)
        with pytest.raises(IntegrityError), database.transaction() as session:
            session.add(a_row(session.scalars(select(AssessmentRound.id)).one(), kari, kari))

    def test_who_becomes_the_mentor_meanwhile_hands_in_no_sheet(
        self, app: Flask, database: Database, people: Cast, kari: int
    ) -> None:
        id_ = begin(app, kari, by=people.tone)
        mentored(database, people, kari, people.tone)
        with pytest.raises(Refused) as refusal:
            hand_in(app, id_)
        assert codes(refusal) == ["assess-not-own-mentee"]
        step_down(app, id_)
        assert sheet(database, id_).set_aside_at is not None

    def test_before_part_two_no_sheet_is_begun(self, app: Flask, database: Database, people: Cast) -> None:
        factories.study(database, people.kari)
        with pytest.raises(Refused) as refusal:
            begin(app, people.kari, by=people.tone)
        assert codes(refusal) == ["after-others"]

    def test_who_is_exempted_while_a_sheet_is_open_is_not_assessed(
        self, app: Flask, database: Database, people: Cast
    ) -> None:
        factories.study(database, people.kari)
        parts = {1: factories.PART_1, 2: factories.PART_2}
        factories.attend(database, people.nord, [people.kari], parts, by=people.tone)
        id_ = begin(app, people.kari, by=people.tone)
        waive = {"requirement": "vurdering", "reason": "Ti år i faget", "actor_id": people.knut, "now": NOON}
        act(app, lambda session: exempt(session, PROGRAMME, people.kari, **waive))  # type: ignore[arg-type]
        with pytest.raises(Refused) as refusal:
            hand_in(app, id_)
        assert codes(refusal) == ["assess-exempted"]


class TestTwo:
    def test_each_has_a_sheet_and_the_decision_waits_for_both_and_refers_to_both(
        self, app: Flask, database: Database, people: Cast, kari: int, trine: int
    ) -> None:
        one, other = begin(app, kari, by=people.tone), begin(app, kari, by=trine)
        assert hand_in(app, one, page(2, "not_yet")).assessment is None
        assert count(database, Assessment) == 0
        with pytest.raises(Refused) as refusal:
            decide(app, one, APPROVE)
        assert codes(refusal) == ["sheets-not-all-in"]
        assert hand_in(app, other, page(4) | {"level-rollen": "2"}).assessment is None
        settled = decide(app, other, NOT_YET)
        assert settled.assessment is not None
        assert (settled.assessment.assessor_id, settled.assessment.feedback) == (trine, WHY)
        assert (settled.assessment.content_score, settled.assessment.non_directive_score) == (4, 3)
        with database.reading() as session:
            decided = assessments.decided(session, PROGRAMME, settled.assessment.id)
            assert [each.name for each in decided.sheets] == ["Tone Bjørnevik", "Trine Trygg"]
            entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "assessed")).one()
            assert f'"{one}":' in entry.details and f'"{other}":' in entry.details
        assert sheets.digest(sheet(database, one)) in entry.details

    def test_a_third_is_told_who_is_there(
        self, app: Flask, database: Database, people: Cast, kari: int, trine: int
    ) -> None:
        begin(app, kari, by=people.tone), begin(app, kari, by=trine)
        third = assessing.another_trainer(database, people, "Tor Tredje")
        with pytest.raises(Refused) as refusal:
            begin(app, kari, by=third)
        assert refusal.value.reasons[0].values["names"] == ("Tone Bjørnevik", "Trine Trygg")

    def test_the_database_holds_no_third_sheet_whatever_the_code_does(
        self, app: Flask, database: Database, people: Cast, kari: int, trine: int
    ) -> None:
        begin(app, kari, by=people.tone), begin(app, kari, by=trine)
        with pytest.raises(IntegrityError), database.transaction() as session:
            session.add(a_row(session.scalars(select(AssessmentRound.id)).one(), kari, people.siri))

    def test_the_second_click_on_the_decision_keeps_the_first(
        self, app: Flask, database: Database, people: Cast, kari: int, trine: int
    ) -> None:
        one, other = begin(app, kari, by=people.tone), begin(app, kari, by=trine)
        hand_in(app, one), hand_in(app, other)
        first, second = decide(app, one, APPROVE), decide(app, other, NOT_YET)
        assert first.assessment is not None and second.assessment is not None
        assert (second.was_there, second.assessment.id) == (True, first.assessment.id)
        assert count(database, Assessment) == 1

    def test_one_who_steps_down_leaves_the_other_to_decide_and_may_come_back(
        self, app: Flask, database: Database, people: Cast, kari: int, trine: int
    ) -> None:
        one, other = begin(app, kari, by=people.tone), begin(app, kari, by=trine)
        save(app, other, {"level-rollen": "4"})
        step_down(app, other)
        with pytest.raises(Refused) as refusal:
            save(app, other, {"level-rollen": "1"})
        assert codes(refusal) == ["sheet-set-aside"]
        assert begin(app, kari, by=trine) == other
        assert sheet(database, other).levels == {"rollen": 4}
        step_down(app, other)
        assert hand_in(app, one).assessment is not None

    def test_with_nobody_left_the_round_is_over_and_the_next_one_is_new(
        self, app: Flask, database: Database, people: Cast, kari: int
    ) -> None:
        first = begin(app, kari, by=people.tone)
        step_down(app, first)
        assert begin(app, kari, by=people.tone) != first
        assert (count(database, AssessmentRound), count(database, AssessmentSheet)) == (2, 2)

    def test_who_has_handed_in_may_go_on_alone_and_the_other_draft_is_kept(
        self, app: Flask, database: Database, people: Cast, kari: int, trine: int
    ) -> None:
        one, other = begin(app, kari, by=people.tone), begin(app, kari, by=trine)
        save(app, other, {"note-rollen": "Mitt"})
        with pytest.raises(Refused) as refusal:
            go_on_alone(app, one)
        assert codes(refusal) == ["sheet-hand-in-first"]
        hand_in(app, one)
        go_on_alone(app, one)
        aside = sheet(database, other)
        assert (aside.set_aside_by, aside.notes) == (people.tone, {"rollen": "Mitt"})
        with pytest.raises(Refused) as refusal:
            hand_in(app, other)
        assert codes(refusal) == ["sheet-set-aside"]
        assert decide(app, one, APPROVE).assessment is not None

    def test_a_sheet_that_is_handed_in_is_never_set_aside_unless_it_is_the_mentors(
        self, app: Flask, database: Database, people: Cast, kari: int, trine: int
    ) -> None:
        one, other = begin(app, kari, by=people.tone), begin(app, kari, by=trine)
        hand_in(app, one), hand_in(app, other)
        with pytest.raises(Refused) as refusal:
            go_on_alone(app, one)
        assert codes(refusal) == ["sheets-both-in"]
        mentored(database, people, kari, trine)
        with pytest.raises(Refused) as refusal:
            decide(app, one, APPROVE)
        assert codes(refusal) == ["sheet-by-mentor"]
        with pytest.raises(Refused) as refusal:
            decide(app, other, APPROVE)
        assert codes(refusal) == ["assess-not-own-mentee"]
        go_on_alone(app, one)
        assert decide(app, one, APPROVE).assessment is not None


def a_row(round_id: int, person_id: int, assessor_id: int) -> AssessmentSheet:
    return AssessmentSheet(
        round_id=round_id,
        person_id=person_id,
        assessor_id=assessor_id,
        place=2,
        levels={},
        notes={},
        feedback="",
        next_steps="",
        begun_at=NOON,
        saved_at=NOON,
    )


@pytest.mark.parametrize("next_steps", ["", TO_DO])
def test_the_database_keeps_no_not_yet_without_what_to_do(
    app: Flask, database: Database, people: Cast, kari: int, next_steps: str
) -> None:
    begin(app, kari, by=people.tone)
    with database.transaction() as session:
        row = Assessment(
            person_id=kari, programme=PROGRAMME.id, assessor_id=people.tone, outcome="not_yet", feedback=WHY,
            decided_at=NOON, decided_on=TODAY,
        )  # fmt: skip
        session.add(row)

    def close() -> None:
        with database.transaction() as session:
            of = session.scalars(select(AssessmentRound)).one()
            of.assessment_id, of.outcome, of.next_steps, of.ended_at = row.id, "not_yet", next_steps, NOON

    if next_steps:
        close()
    else:
        with pytest.raises(IntegrityError):
            close()
