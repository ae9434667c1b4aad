"""A check is never part of a certificate, of a course or of anybody's figures, however well or badly it goes."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from certificates.gathering import dossier_of
from certificates.models.issued import Certificate, CertificateEvent
from certificates.queries.register import Wanted, register
from courses.queries import learning
from courses.services import learning as services
from lms import audit
from lms.audit import AuditEntry
from lms.clock import at_local
from lms.db import Database
from lms.viewer import Reach
from quizzes import queries as quizzes
from quizzes import services as attempts
from quizzes.attempts import Purpose
from quizzes.models import Attempt
from tests.cast import Cast
from tests.certificates import checking
from tests.certificates.checking import STAGES, night
from tests.certificates.factories import PROGRAMME
from tests.courses import factories as courses

THREE, TWELVE, _LAST = (day for _months, day in STAGES)
COURSE = "startopplaering"


@pytest.fixture
def held(database: Database, people: Cast) -> Certificate:
    """Geir's certificate from 23.11.2026."""
    return checking.holder(database, people.geir, wrong=["uroen"])


def everything(database: Database, people: Cast, on: date) -> tuple[object, ...]:
    """All that a course, a certificate, the register and the audit know of Geir on a day."""
    with database.reading() as session:
        standing = learning.standing_of(session, people.geir, COURSE)
        assert standing is not None
        owner = learning.owner_of(standing.enrolment_id)
        return (
            dossier_of(session, PROGRAMME, people.geir, on=on),
            learning.results_of(session, people.geir),
            learning.studies(session, standing).way,
            learning.pre_test(session, standing.enrolment_id),
            quizzes.attempts_of(session, owner),
            quizzes.seen_questions(session, owner),
            register(session, Reach(everywhere=True), PROGRAMME.id, Wanted(), on=on),
            session.execute(select(*Certificate.__table__.columns)).all(),
            session.scalar(select(func.count()).select_from(CertificateEvent)),
            session.scalar(select(func.count()).select_from(AuditEntry)),
            audit.verify(session),
        )


@pytest.mark.parametrize("wrong", [(), ("ryggen", "uroen")])
def test_nothing_that_is_known_of_a_person_changes_by_a_check(
    app: Flask, database: Database, people: Cast, held: Certificate, wrong: tuple[str, ...]
) -> None:
    before = everything(database, people, TWELVE)
    night(app, THREE)
    check = checking.newest(database).id
    attempt = checking.begin(database, check, on=THREE)
    assert everything(database, people, TWELVE) == before
    assert attempt is not None
    checking.hand_in(database, attempt, wrong=wrong, on=THREE)
    assert everything(database, people, TWELVE) == before


@pytest.mark.parametrize("wrong", [(), ("ryggen", "uroen")])
def test_it_is_neither_passed_nor_failed(
    app: Flask, database: Database, held: Certificate, wrong: tuple[str, ...]
) -> None:
    night(app, THREE)
    attempt = checking.answer(database, checking.newest(database).id, on=THREE, wrong=wrong)
    with database.reading() as session:
        result = quizzes.result(session, attempt)
        assert result.attempt.passed is None
        assert not result.attempt.as_rule().passed
        assert result.share == (0 if wrong else 1)
        assert result.review, "explanations, unlike a pre-test"


def test_no_check_can_have_a_pass_mark(app: Flask, database: Database, held: Certificate) -> None:
    night(app, THREE)
    attempt = checking.answer(database, checking.newest(database).id, on=THREE)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(update(Attempt).where(Attempt.id == attempt).values(pass_numerator=1))


def test_even_one_kept_under_the_enrolment_itself_opens_and_passes_nothing(
    database: Database, people: Cast, held: Certificate
) -> None:
    """Who lists an enrolment's attempts asks for their form: a second guard behind the owner of its own."""
    with database.transaction() as session:
        enrolment = courses.reading(session, people.stian, at_local(THREE, 9), course=COURSE)
        for lesson in courses.LESSONS:
            services.mark_done(session, enrolment, lesson, at_local(THREE, 9))
        post = services.start_test(session, enrolment, Purpose.POST, at_local(THREE, 10), go_back_to="/")
        session.execute(update(Attempt).where(Attempt.id == post.id).values(form="check", pass_numerator=0))
        session.refresh(post)
        attempts.submit(session, post, now=at_local(THREE, 11))
    with database.reading() as session:
        (result,) = learning.results_of(session, people.stian)
        assert (result.posts, result.pre is not None) == ((), True)
        standing = learning.standing_of(session, people.stian, COURSE)
        assert standing is not None
        way = learning.studies(session, standing).way
        assert (way.posts, way.best, way.post_test) == ((), None, "ready")
        assert learning.pre_test(session, enrolment.id) == way.pre
        evidence = dossier_of(session, PROGRAMME, people.stian, on=THREE).evidence
        assert [str(fact.form) for fact in evidence.facts if hasattr(fact, "form")] == ["pre"]
    with database.transaction() as session:
        again = services.start_test(
            session, session.merge(enrolment), Purpose.POST, at_local(TWELVE, 9), go_back_to="/"
        )  # the real one can still be begun, as the first
        assert again.ordinal == 1


def test_a_check_does_not_stand_in_for_the_post_test_before_the_next_check(
    app: Flask, database: Database, people: Cast, held: Certificate
) -> None:
    """What is weakest is found in the post-test: an earlier check is no test."""
    night(app, THREE)
    checking.answer(database, checking.newest(database).id, on=THREE, wrong=["ryggen"])
    night(app, TWELVE)
    attempt = checking.begin(database, checking.newest(database).id, on=TWELVE)
    assert attempt is not None
    with database.reading() as session:
        assert session.get_one(Attempt, attempt).form == "check"
        standing = learning.standing_of(session, people.geir, COURSE)
        assert standing is not None and len(learning.studies(session, standing).way.posts) == 1
