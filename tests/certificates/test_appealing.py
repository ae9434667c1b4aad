"""After the decision: comments, one appeal in time, a reviewer who was not involved, one answer, mails, the record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from certificates.appeals import AppealOutcome, AppealState
from certificates.eligibility import NotYet
from certificates.gathering import dossier_of
from certificates.models.assessments import (
    AppealAssignment,
    AppealDecision,
    Assessment,
    AssessmentAppeal,
    AssessmentComment,
)
from certificates.models.issued import Certificate
from certificates.queries import assessments
from certificates.queries.assessments import Decided
from certificates.services import appealing
from lms import audit, units
from lms.audit import AuditEntry
from lms.clock import at_local
from lms.db import Database
from lms.errors import Refused
from lms.outbox import OutboxMail
from lms.people import Person
from lms.roles import Role
from lms.units import Unit
from tests.cast import LONG_AGO, Cast
from tests.certificates import assessing, factories
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


def appeal(app: Flask, decision: int, words: str = "Jeg spurte mye.", *, day: int = 0, hour: int = 12) -> None:
    now = at_local(TODAY + timedelta(days=day), hour, 59)
    act(app, lambda db: appealing.appeal(db, PROGRAMME, db.get_one(Assessment, decision), words, now=now))


def assign(app: Flask, decision: int, reviewer: int, *, by: int) -> None:
    act(
        app,
        lambda db: appealing.assign(
            db, PROGRAMME, db.get_one(Assessment, decision), reviewer_id=reviewer, actor_id=by, now=NOON
        ),
    )


def answer(app: Flask, decision: int, outcome: AppealOutcome, *, by: int, words: str = "Arket sier det.") -> None:
    act(
        app,
        lambda db: appealing.decide(
            db, PROGRAMME, db.get_one(Assessment, decision), outcome, words, actor_id=by, now=NOON
        ),
    )


def seen(database: Database, decision: int) -> Decided:
    with database.reading() as session:
        return assessments.decided(session, PROGRAMME, decision)


def mails(database: Database, name: str) -> list[int]:
    with database.reading() as session:
        return list(
            session.scalars(select(OutboxMail.person_id).where(OutboxMail.name == name).order_by(OutboxMail.id))
        )


def test_comments_are_kept_beside_the_decision_each_once(app: Flask, database: Database, decision: int) -> None:
    for words in ("Salen var stille.", "Salen var stille.", "Takk for rådene."):
        act(app, lambda db, w=words: appealing.comment(db, db.get_one(Assessment, decision), w, now=NOON))  # type: ignore[misc]
    assert [each.words for each in seen(database, decision).comments] == ["Salen var stille.", "Takk for rådene."]


def test_comments_come_to_an_end(app: Flask, database: Database, decision: int) -> None:
    with database.transaction() as session:
        session.add_all(AssessmentComment(assessment_id=decision, words=str(n), said_at=NOON) for n in range(20))
    with pytest.raises(Refused) as refusal:
        act(app, lambda db: appealing.comment(db, db.get_one(Assessment, decision), "Enda en", now=NOON))
    assert codes(refusal) == ["comments-enough"]


def test_an_appeal_is_made_once_and_told_to_the_coordinator_of_the_region(
    app: Flask, database: Database, people: Cast, decision: int
) -> None:
    appeal(app, decision)
    appeal(app, decision, "En gang til")
    found = seen(database, decision).appeal
    assert found is not None
    assert (found.row.words, found.state) == ("Jeg spurte mye.", AppealState.UNASSIGNED)
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
    assert seen(database, decision).appeal_through == LAST_DAY
    with pytest.raises(Refused) as refusal:
        appeal(app, decision, day=22, hour=4)
    assert codes(refusal) == ["appeal-too-late"]
    appeal(app, decision, day=21, hour=23)
    assert count(database, AssessmentAppeal) == 1


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
    appeal(app, decision)
    newer = assessing.not_yet(app, people.kari, by=people.tone, now=NOON + timedelta(days=1))
    found = seen(database, decision).appeal
    assert found is not None and found.state is AppealState.OVERTAKEN
    with pytest.raises(Refused) as refusal:
        assign(app, decision, people.terje, by=people.knut)
    assert codes(refusal) == ["appeal-over"]
    appeal(app, newer, day=1)
    with database.reading() as session:
        waiting = assessments.waiting_appeals(session, PROGRAMME.id, Assessment.person_id == people.kari)
        assert [each.assessment_id for each in waiting] == [newer]


def test_a_reviewer_is_an_assessor_who_neither_assessed_nor_was_mentor(
    app: Flask, database: Database, people: Cast, decision: int
) -> None:
    trine = assessing.another_trainer(database, people)
    mentored(database, people, people.kari, trine)
    appeal(app, decision)
    for reviewer, code in (
        (people.tone, "review-not-involved"),
        (people.mons, "review-not-mentor"),
        (trine, "review-not-mentor"),
        (people.kari, "review-not-oneself"),
        (people.siri, "review-not-assessor"),
        (people.geir, "review-not-assessor"),
        (10**6, "review-not-assessor"),
    ):
        with pytest.raises(Refused) as refusal:
            assign(app, decision, reviewer, by=people.knut)
        assert codes(refusal) == [code], reviewer
    assert count(database, AppealAssignment) == 0
    assign(app, decision, people.terje, by=people.knut)
    assign(app, decision, people.terje, by=people.knut)
    assert mails(database, "appeal_assigned") == [people.terje]


def test_whoever_had_a_sheet_is_involved_also_one_set_aside(
    app: Flask, database: Database, people: Cast, decision: int
) -> None:
    trine = assessing.another_trainer(database, people)
    begin(app, people.kari, by=trine)
    appeal(app, decision)
    with pytest.raises(Refused) as refusal:
        assign(app, decision, trine, by=people.knut)
    assert codes(refusal) == ["review-not-involved"]


def test_who_was_involved_finds_no_reviewer(app: Flask, database: Database, people: Cast, decision: int) -> None:
    appeal(app, decision)
    for actor in (people.tone, people.kari):
        with pytest.raises(Refused) as refusal:
            assign(app, decision, people.terje, by=actor)
        assert codes(refusal) == ["appeal-assign-involved"]


def test_the_one_asked_last_decides_once_and_all_concerned_are_told(
    app: Flask, database: Database, people: Cast, decision: int
) -> None:
    trine = assessing.another_trainer(database, people)
    appeal(app, decision)
    assign(app, decision, trine, by=people.knut)
    assign(app, decision, people.terje, by=people.siri)
    with pytest.raises(Refused) as refusal:
        answer(app, decision, AppealOutcome.UPHELD, by=trine)
    assert codes(refusal) == ["review-not-asked"]
    answer(app, decision, AppealOutcome.UPHELD, by=people.terje)
    answer(app, decision, AppealOutcome.NEW_ASSESSMENT, by=people.terje, words="Angrer")
    found = seen(database, decision).appeal
    assert found is not None and found.decision is not None
    assert (found.state, found.decision.words) == (AppealState.UPHELD, "Arket sier det.")
    assert sorted(mails(database, "appeal_decided")) == sorted([people.kari, people.tone])
    with pytest.raises(Refused) as refusal:
        assign(app, decision, trine, by=people.knut)
    assert codes(refusal) == ["appeal-over"]
    with database.reading() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).all()
        assert actions[-4:] == ["appealed", "appeal-assigned", "appeal-assigned", "appeal-decided"]
        assert audit.verify(session) == []


def test_who_becomes_the_mentor_after_being_asked_decides_nothing(
    app: Flask, database: Database, people: Cast, decision: int
) -> None:
    appeal(app, decision)
    assign(app, decision, people.terje, by=people.knut)
    mentored(database, people, people.kari, people.terje)
    with pytest.raises(Refused) as refusal:
        answer(app, decision, AppealOutcome.UPHELD, by=people.terje)
    assert codes(refusal) == ["review-not-mentor"]


def test_a_new_assessment_follows_the_ordinary_rules(
    app: Flask, database: Database, people: Cast, decision: int
) -> None:
    appeal(app, decision)
    assign(app, decision, people.terje, by=people.knut)
    answer(app, decision, AppealOutcome.NEW_ASSESSMENT, by=people.terje)
    with database.reading() as session:
        assert isinstance(dossier_of(session, PROGRAMME, people.kari, on=TODAY).answer, NotYet)
    assert count(database, Certificate) == 0
    settled = hand_in(app, begin(app, people.kari, by=people.tone), page(4))
    assert isinstance(settled.answer, Certificate)
    found = seen(database, decision).appeal
    assert found is not None and found.state is AppealState.NEW_ASSESSMENT, "what was decided stays"


def test_decisions_from_before_the_rubric_are_read_commented_and_appealed_against(
    app: Flask, database: Database, people: Cast
) -> None:
    assessing.ready(database, people)
    factories.approve(app, people.kari, by=people.tone, now=NOON, verdict=factories.NOT_YET)
    with database.reading() as session:
        old = session.scalars(select(Assessment.id)).one()
    found = seen(database, old)
    assert (found.round, found.sheets, found.rubric.criteria, found.appeal_through) == (None, (), (), LAST_DAY)
    appeal(app, old)
    assign(app, old, people.terje, by=people.knut)
    answer(app, old, AppealOutcome.UPHELD, by=people.terje)
    assert sorted(mails(database, "appeal_decided")) == sorted([people.kari, people.tone])


@pytest.mark.parametrize(
    "twice",
    [
        lambda id_: AssessmentAppeal(assessment_id=id_, words="x", appealed_at=NOON, appealed_on=TODAY),
        lambda _id: AppealDecision(
            appeal_id=1, outcome="upheld", words="x", reviewer_id=7, decided_at=NOON, decided_on=TODAY
        ),
    ],
)
def test_the_database_holds_one_appeal_and_one_answer(
    app: Flask, database: Database, people: Cast, decision: int, twice: object
) -> None:
    appeal(app, decision)
    assign(app, decision, people.terje, by=people.knut)
    answer(app, decision, AppealOutcome.UPHELD, by=people.terje)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(twice(decision))  # type: ignore[operator]
