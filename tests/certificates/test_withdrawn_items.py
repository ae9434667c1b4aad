"""A question is withdrawn: what that means on the way to a certificate, and to one that is issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from flask import Flask
from sqlalchemy import select, update

from certificates.eligibility import Finding, Standing
from certificates.evidence import Form, TestTaken
from certificates.gathering import Dossier, dossier_of
from certificates.models.issued import Certificate
from certificates.pathway import as_values, told
from certificates.queries.issued import issued_to
from certificates.status import State
from lms.clock import at_local
from lms.db import Database
from quizzes import withdrawing
from quizzes.models import Attempt, AttemptItem, QuestionVersion
from quizzes.withdrawal import Way
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.factories import POST_TESTED, PROGRAMME, TODAY

APPLIED = date(2026, 11, 2)


def dossier(database: Database, person_id: int, on: date = TODAY) -> Dossier:
    with database.reading() as session:
        return dossier_of(session, PROGRAMME, person_id, on=on)


def post_test(found: Dossier) -> Finding:
    return next(each for each in found.answer.findings if each.requirement.id == "ettertest")


def attempt_of(database: Database, person_id: int) -> Attempt:
    with database.reading() as session:
        return session.scalars(
            select(Attempt)
            .where(Attempt.person_id == person_id, Attempt.form == "post", Attempt.bank == "startopplaering")
            .order_by(Attempt.id)
        ).all()[-1]


def questions_of(database: Database, attempt: Attempt) -> Sequence[str]:
    with database.reading() as session:
        return session.scalars(
            select(QuestionVersion.question_id)
            .join(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
            .where(AttemptItem.attempt_id == attempt.id)
            .order_by(AttemptItem.position)
        ).all()


def withdraw(database: Database, people: Cast, question_ids: Sequence[str], way: Way, *, on: date = APPLIED) -> None:
    with database.transaction() as session:
        for question_id in question_ids:
            withdrawing.withdraw(
                session,
                bank="startopplaering",
                question_id=question_id,
                way=way,
                reason="Fasiten er gal.",
                actor_id=people.siri,
                now=at_local(on, 12),
            )


def barely_passed(database: Database, person_id: int) -> Attempt:
    """The post-test as if two of three had been right, and that had been enough."""
    attempt = attempt_of(database, person_id)
    with database.transaction() as session:
        session.execute(
            update(Attempt)
            .where(Attempt.id == attempt.id)
            .values(points_numerator=2, pass_numerator=2, pass_denominator=3)
        )
        session.execute(
            update(AttemptItem)
            .where(AttemptItem.attempt_id == attempt.id, AttemptItem.position == 3)
            .values(score_numerator=0)
        )
    return attempt


def test_whoever_now_passes_has_passed_from_the_day_it_was_applied_and_the_evidence_says_so(
    database: Database, people: Cast
) -> None:
    factories.study(database, people.kari, right=False)
    withdraw(database, people, questions_of(database, attempt_of(database, people.kari)), Way.FULL)
    finding = post_test(dossier(database, people.kari))
    assert (finding.state, finding.met_on) == (Standing.MET, APPLIED)
    (fact,) = finding.evidence
    assert isinstance(fact, TestTaken)
    assert (fact.on, fact.recorded_on, fact.score) == (POST_TESTED, APPLIED, Fraction(1))
    assert told(as_values(fact)).code == "fact-post-test-recomputed"


def test_the_day_before_nobody_knew(database: Database, people: Cast) -> None:
    factories.study(database, people.kari, right=False)
    withdraw(database, people, questions_of(database, attempt_of(database, people.kari)), Way.FULL)
    before = post_test(dossier(database, people.kari, APPLIED - timedelta(days=1)))
    assert before.state is not Standing.MET


def test_whoever_had_passed_keeps_the_day(database: Database, people: Cast) -> None:
    factories.study(database, people.kari)
    withdraw(database, people, questions_of(database, attempt_of(database, people.kari))[:1], Way.LEFT_OUT)
    assert post_test(dossier(database, people.kari)).met_on == POST_TESTED


def test_a_pass_that_waits_counts_until_somebody_takes_it_away(database: Database, people: Cast) -> None:
    """The programme asks for 80 %, so the score that was enough there is set to it."""
    factories.study(database, people.kari)
    attempt = attempt_of(database, people.kari)
    with database.transaction() as session:  # 3 of 3 became 5 of 6 by hand: enough, and not without the first
        session.execute(
            update(Attempt).where(Attempt.id == attempt.id).values(points_numerator=5, points_denominator=2)
        )
        session.execute(
            update(AttemptItem)
            .where(AttemptItem.attempt_id == attempt.id, AttemptItem.position == 3)
            .values(score_numerator=1, score_denominator=2)
        )
    withdraw(database, people, questions_of(database, attempt)[:1], Way.LEFT_OUT)
    waiting = post_test(dossier(database, people.kari))
    assert (waiting.state, waiting.met_on) == (Standing.MET, POST_TESTED)
    with database.transaction() as session:
        withdrawing.decide_pass(
            session,
            session.get_one(Attempt, attempt.id),
            keep=False,
            reason="Prøven må tas på nytt.",
            actor_id=people.siri,
            now=at_local(TODAY, 9),
        )
    taken_away = post_test(dossier(database, people.kari))
    assert taken_away.state is Standing.NOT_MET
    assert taken_away.next_step is not None
    assert taken_away.next_step.values["score"] == Fraction(3, 4)


def test_an_issued_certificate_is_never_touched(app: Flask, database: Database, people: Cast) -> None:
    certificate = factories.certify(app, database, people)
    with database.reading() as session:
        kept = session.get_one(Certificate, certificate.id).evidence
    attempt = barely_passed(database, people.kari)
    withdraw(database, people, questions_of(database, attempt)[:1], Way.LEFT_OUT, on=TODAY)
    with database.transaction() as session:
        withdrawing.decide_pass(
            session,
            session.get_one(Attempt, attempt.id),
            keep=False,
            reason="Prøven må tas på nytt.",
            actor_id=people.siri,
            now=at_local(TODAY, 13),
        )
    with database.reading() as session:
        (held,) = issued_to(session, PROGRAMME.id, [people.kari])[people.kari]
        assert session.get_one(Certificate, certificate.id).evidence == kept
    assert held.state(TODAY) is State.VALID


def test_an_old_test_recomputed_in_a_later_cycle_does_not_count_there(
    app: Flask, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    later = certificate.window_opens + timedelta(days=10)
    factories.pass_recertification(database, people.kari, on=certificate.valid_from + timedelta(days=2))
    withdraw(database, people, questions_of(database, attempt_of(database, people.kari)), Way.FULL, on=later)
    found = dossier(database, people.kari, later)
    recent = [
        fact
        for each in found.answer.findings
        for fact in each.evidence
        if isinstance(fact, TestTaken) and fact.form is Form.POST and fact.course == "startopplaering"
    ]
    assert recent == []
