"""Appeals against assessments: a comment, one appeal in time, a handler who was not involved, one answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from certificates.appeals import AppealState, Ground, Outcome
from certificates.eligibility import NotYet
from certificates.gathering import dossier_of
from certificates.models.appeals import Appeal, AppealEnding, AppealStep
from certificates.models.assessments import Assessment, AssessmentComment
from certificates.models.issued import Certificate
from certificates.queries import appeals, assessments, decisions
from certificates.queries.appeals import Case
from certificates.services import appealing as services
from lms import audit, units
from lms.audit import AuditEntry
from lms.clock import at_local
from lms.db import Database
from lms.errors import Refused
from lms.people import Person
from lms.roles import Role
from lms.units import Unit
from tests.cast import LONG_AGO, Cast
from tests.certificates import appealing, assessing, factories
from tests.certificates.appealing import answer, assign, mails
from tests.certificates.assessing import NOON, act, begin, hand_in, mentored, page
from tests.certificates.factories import PROGRAMME, TODAY

LAST_DAY = TODAY + timedelta(weeks=3)


@pytest.fixture
def decision(app: Flask, database: Database, people: Cast) -> int:
    """Tone's "not yet" about Kari."""
    assessing.ready(database, people)
    return assessing.not_yet(app, people.kari, by=people.tone)


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


def count(database: Database, what: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def appeal(app: Flask, decision: int, words: str = "Jeg spurte mye.", *, day: int = 0, hour: int = 12) -> int:
    now = at_local(TODAY + timedelta(days=day), hour, 59)
    return appealing.appeal(app, Ground.ASSESSMENT, decision, words, now=now)


def made(database: Database, decision: int) -> Case | None:
    with database.reading() as session:
        known = decisions.one(session, PROGRAMME, Ground.ASSESSMENT, decision)
        assert known is not None
        return appeals.against(session, PROGRAMME, known)


def test_comments_are_kept_beside_the_decision_each_once(app: Flask, database: Database, decision: int) -> None:
    for words in ("Salen var stille.", "Salen var stille.", "Takk for rådene."):
        act(app, lambda db, w=words: services.comment(db, db.get_one(Assessment, decision), w, now=NOON))  # type: ignore[misc]
    with database.reading() as session:
        found = assessments.decided(session, PROGRAMME, decision)
    assert [each.words for each in found.comments] == ["Salen var stille.", "Takk for rådene."]


def test_comments_come_to_an_end(app: Flask, database: Database, decision: int) -> None:
    with database.transaction() as session:
        session.add_all(AssessmentComment(assessment_id=decision, words=str(n), said_at=NOON) for n in range(20))
    with pytest.raises(Refused) as refusal:
        act(app, lambda db: services.comment(db, db.get_one(Assessment, decision), "Enda en", now=NOON))
    assert codes(refusal) == ["comments-enough"]


def test_an_appeal_is_made_once_with_a_receipt_and_told_to_the_coordinator_of_the_region(
    app: Flask, database: Database, people: Cast, decision: int
) -> None:
    assert appeal(app, decision) == appeal(app, decision, "En gang til")
    found = made(database, decision)
    assert found is not None
    assert (found.row.words, found.state) == ("Jeg spurte mye.", AppealState.UNASSIGNED)
    assert found.row.answer_by == TODAY + timedelta(weeks=PROGRAMME.appeal_answer_weeks)
    assert mails(database, "appeal_received") == [people.kari]
    assert mails(database, "appeal_made") == [people.knut]


def test_without_a_coordinator_other_than_oneself_the_secretariat_is_told(
    app: Flask, database: Database, people: Cast, decision: int
) -> None:
    with database.transaction() as session:
        ((knuts, _unit),) = units.roles_of(session, people.knut, on=TODAY)
        units.end_appointment(session, knuts, on=TODAY)
        kari, nord = session.get_one(Person, people.kari), session.get_one(Unit, people.nord)
        units.appoint(session, kari, Role.COORDINATOR, nord, on=LONG_AGO)
    appeal(app, decision)
    assert mails(database, "appeal_made") == [people.siri]


def test_the_last_day_is_stated_and_counts_to_its_end(app: Flask, database: Database, decision: int) -> None:
    with database.reading() as session:
        assert assessments.decided(session, PROGRAMME, decision).appeal_through == LAST_DAY
    with pytest.raises(Refused) as refusal:
        appeal(app, decision, day=22, hour=4)
    assert codes(refusal) == ["appeal-too-late"]
    appeal(app, decision, day=21, hour=23)
    found = made(database, decision)
    assert found is not None and not found.row.late


def test_an_approval_cannot_be_appealed_against(app: Flask, database: Database, people: Cast) -> None:
    assessing.ready(database, people)
    settled = hand_in(app, begin(app, people.kari, by=people.tone))
    assert settled.assessment is not None
    with pytest.raises(Refused) as refusal:
        appeal(app, settled.assessment.id)
    assert codes(refusal) == ["appeal-approved"]


def test_a_new_assessment_overtakes_an_appeal_and_an_older_decision_takes_none(
    app: Flask, database: Database, people: Cast, decision: int
) -> None:
    case = appeal(app, decision)
    newer = assessing.not_yet(app, people.kari, by=people.tone, now=NOON + timedelta(days=1))
    found = made(database, decision)
    assert found is not None and found.state is AppealState.OVERTAKEN
    with pytest.raises(Refused) as refusal:
        assign(app, case, people.terje, by=people.knut)
    assert codes(refusal) == ["appeal-over"]
    second = appeal(app, newer, day=1)
    with database.reading() as session:
        waiting = appeals.waiting(session, PROGRAMME, Appeal.person_id == people.kari)
        assert [each.row.id for each in waiting] == [second]


def test_a_handler_is_an_assessor_who_neither_assessed_nor_was_mentor(
    app: Flask, database: Database, people: Cast, decision: int
) -> None:
    trine = assessing.another_trainer(database, people)
    mentored(database, people, people.kari, trine)
    case = appeal(app, decision)
    for handler, code in (
        (people.tone, "review-not-involved"),
        (people.mons, "review-not-mentor"),
        (trine, "review-not-mentor"),
        (people.kari, "review-not-oneself"),
        (people.siri, "review-not-assessor"),
        (people.geir, "review-not-assessor"),
        (10**6, "review-not-assessor"),
    ):
        with pytest.raises(Refused) as refusal:
            assign(app, case, handler, by=people.knut)
        assert codes(refusal) == [code], handler
    assert count(database, AppealStep) == 0
    assign(app, case, people.terje, by=people.knut)
    assign(app, case, people.terje, by=people.knut)
    assert mails(database, "appeal_assigned") == [people.terje]
    assert mails(database, "appeal_progress") == [people.kari], "who handles it is told"
    with database.reading() as session:
        offered = appeals.candidates(session, appeals.case(session, PROGRAMME, case), on=TODAY)
    assert offered == [(people.terje, "Terje Moen, Regional enhet Sør")]


def test_whoever_had_a_sheet_is_involved_also_one_set_aside(
    app: Flask, database: Database, people: Cast, decision: int
) -> None:
    trine = assessing.another_trainer(database, people)
    begin(app, people.kari, by=trine)
    case = appeal(app, decision)
    with pytest.raises(Refused) as refusal:
        assign(app, case, trine, by=people.knut)
    assert codes(refusal) == ["review-not-involved"]


def test_who_was_involved_finds_no_handler(app: Flask, database: Database, people: Cast, decision: int) -> None:
    case = appeal(app, decision)
    for actor in (people.tone, people.kari):
        with pytest.raises(Refused) as refusal:
            assign(app, case, people.terje, by=actor)
        assert codes(refusal) == ["appeal-assign-involved"]


def test_the_one_asked_last_decides_once_and_all_concerned_are_told(
    app: Flask, database: Database, people: Cast, decision: int
) -> None:
    trine = assessing.another_trainer(database, people)
    case = appeal(app, decision)
    assign(app, case, trine, by=people.knut)
    assign(app, case, people.terje, by=people.siri)
    with pytest.raises(Refused) as refusal:
        answer(app, case, Outcome.UPHELD, by=trine)
    assert codes(refusal) == ["review-not-asked"]
    answer(app, case, Outcome.UPHELD, by=people.terje)
    assert answer(app, case, Outcome.GRANTED, by=people.terje, words="Angrer") == "upheld"
    found = appealing.seen(database, case)
    assert found.ending is not None
    assert (found.state, found.ending.words) == (AppealState.UPHELD, "Grunnlaget holder ikke.")
    assert sorted(mails(database, "appeal_decided")) == sorted([people.kari, people.tone])
    with pytest.raises(Refused) as refusal:
        assign(app, case, trine, by=people.knut)
    assert codes(refusal) == ["appeal-over"]
    with database.reading() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).all()
        assert actions[-4:] == ["appealed", "appeal-assigned", "appeal-assigned", "appeal-decided"]
        assert audit.verify(session) == []
        said = session.scalars(select(AuditEntry.details).where(AuditEntry.action.startswith("appeal"))).all()
        assert not any("Jeg spurte" in each or "Grunnlaget" in each for each in said), "words can be taken out"


def test_who_becomes_the_mentor_after_being_asked_decides_nothing(
    app: Flask, database: Database, people: Cast, decision: int
) -> None:
    case = appeal(app, decision)
    assign(app, case, people.terje, by=people.knut)
    mentored(database, people, people.kari, people.terje)
    with pytest.raises(Refused) as refusal:
        answer(app, case, Outcome.UPHELD, by=people.terje)
    assert codes(refusal) == ["review-not-mentor"]


def test_an_assessment_is_not_undone_in_part(app: Flask, people: Cast, decision: int) -> None:
    case = appeal(app, decision)
    assign(app, case, people.terje, by=people.knut)
    with pytest.raises(Refused) as refusal:
        answer(app, case, Outcome.PARTLY, by=people.terje, on=TODAY)
    assert codes(refusal) == ["appeal-outcome-unknown"]


def test_a_new_assessment_follows_the_ordinary_rules(
    app: Flask, database: Database, people: Cast, decision: int
) -> None:
    case = appeal(app, decision)
    assign(app, case, people.terje, by=people.knut)
    answer(app, case, Outcome.GRANTED, by=people.terje)
    with database.reading() as session:
        assert isinstance(dossier_of(session, PROGRAMME, people.kari, on=TODAY).answer, NotYet)
    assert count(database, Certificate) == 0
    settled = hand_in(app, begin(app, people.kari, by=people.tone), page(4))
    assert isinstance(settled.answer, Certificate)
    assert appealing.seen(database, case).state is AppealState.GRANTED, "what was decided stays"


def test_decisions_from_before_the_rubric_are_read_commented_and_appealed_against(
    app: Flask, database: Database, people: Cast
) -> None:
    assessing.ready(database, people)
    factories.approve(app, people.kari, by=people.tone, now=NOON, verdict=factories.NOT_YET)
    with database.reading() as session:
        old = session.scalars(select(Assessment.id)).one()
        found = assessments.decided(session, PROGRAMME, old)
    assert (found.round, found.sheets, found.rubric.criteria, found.appeal_through) == (None, (), (), LAST_DAY)
    case = appeal(app, old)
    assign(app, case, people.terje, by=people.knut)
    answer(app, case, Outcome.UPHELD, by=people.terje)
    assert sorted(mails(database, "appeal_decided")) == sorted([people.kari, people.tone])


def test_the_database_holds_one_appeal_and_one_ending_and_lets_none_be_changed(
    app: Flask, database: Database, people: Cast, decision: int
) -> None:
    case = appeal(app, decision)
    assign(app, case, people.terje, by=people.knut)
    answer(app, case, Outcome.UPHELD, by=people.terje)
    again = {"words": "x", "decided_at": NOON, "decided_on": TODAY}
    rows = (
        Appeal(
            person_id=people.kari, programme="x", assessment_id=decision, words="x", late=False, late_why="",
            appealed_at=NOON, appealed_on=TODAY, answer_by=TODAY,
        ),
        AppealEnding(appeal_id=case, outcome="withdrawn", actor_id=people.kari, **again),
        Appeal(
            person_id=people.kari, programme="x", words="x", late=False, late_why="", appealed_at=NOON,
            appealed_on=TODAY, answer_by=TODAY,
        ),
    )  # fmt: skip
    for row in rows:
        with pytest.raises(IntegrityError), database.transaction() as session:
            session.add(row)
    for change in (
        {"words": "Noe annet"},
        {"outcome": "granted"},
    ):
        with pytest.raises(IntegrityError), database.transaction() as session:
            ending = session.get_one(AppealEnding, case)
            for name, value in change.items():
                setattr(ending, name, value)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.delete(session.get_one(AppealEnding, case))
    with database.transaction() as session:
        session.get_one(AppealEnding, case).words = "–"
        session.get_one(Appeal, case).words = "–"
