"""People who hold a certificate after the small start course, and their knowledge checks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import jobs as nightly
from certificates.models.checks import KnowledgeCheck
from certificates.models.issued import Certificate
from certificates.programme import Programme
from certificates.services.checking import begin_check, choose_checks
from courses.services import learning
from lms import jobs as ground
from lms.clock import at_local
from lms.db import Database
from lms.outbox import OutboxMail
from quizzes import services as quizzes
from quizzes.attempts import Purpose
from quizzes.models import Attempt, AttemptItem, QuestionVersion
from quizzes.questions import from_document
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.factories import PROGRAMME
from tests.courses import factories as courses

OFFER = next(job for job in nightly.JOBS if job.name == "offer_checks")
BEGAN = date(2026, 11, 23)
STAGES = [(3, date(2027, 2, 23)), (12, date(2027, 11, 23)), (24, date(2028, 11, 23))]


def holder(database: Database, person_id: int, *, valid_from: date = BEGAN, wrong: Iterable[str] = ()) -> Certificate:
    """Somebody with a certificate who took the start course before it, the post-test wrong on some objectives."""
    study(database, person_id, wrong=frozenset(wrong))
    with database.transaction() as session:
        return factories.give_certificate(session, person_id, valid_from=valid_from)


def study(database: Database, person_id: int, *, wrong: frozenset[str]) -> None:
    """Pre-test, lessons, post-test."""
    with database.transaction() as session:
        first = at_local(factories.STARTED, 10)
        factories.publish_course(session, "startopplaering", title="Startopplæring", kind="foundation", now=first)
        enrolment = courses.reading(session, person_id, first, course="startopplaering")
        last = at_local(factories.POST_TESTED, 10)
        for lesson in courses.LESSONS:
            learning.mark_done(session, enrolment, lesson, last)
        attempt = learning.start_test(session, enrolment, Purpose.POST, last, go_back_to="/kurs/startopplaering")
    hand_in(database, attempt.id, wrong=wrong, on=factories.POST_TESTED)


def hand_in(database: Database, attempt_id: int, *, wrong: Iterable[str] = (), on: date) -> None:
    """Hand in an attempt, everything right but on some objectives."""
    with database.transaction() as session:
        hand_in_now(session, attempt_id, wrong=wrong, on=on)


def hand_in_now(session: Session, attempt_id: int, *, wrong: Iterable[str], on: date) -> None:
    """The same, inside a transaction."""
    rows = session.execute(
        select(AttemptItem.position, QuestionVersion.document)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(AttemptItem.attempt_id == attempt_id)
    ).all()
    answers = {
        position: () if document["objective"] in wrong else from_document(document).right_response
        for position, document in rows
    }
    quizzes.submit(session, session.get_one(Attempt, attempt_id), answers=answers, now=at_local(on, 14))


def night(app: Flask, on: date, *, rehearse: bool = False) -> dict[str, int]:
    """Offer what is due, as if early in the morning of a day."""
    return dict(ground.run_job(app, OFFER, now=at_local(on, 5), rehearse=rehearse))


def offers(database: Database) -> list[tuple[int, date]]:
    """Every check that was offered."""
    with database.reading() as session:
        rows = session.execute(
            select(KnowledgeCheck.months, KnowledgeCheck.offered_on).order_by(KnowledgeCheck.id)
        ).all()
        return [(row[0], row[1]) for row in rows]


def mails(database: Database) -> list[OutboxMail]:
    """Every mail about a check."""
    with database.reading() as session:
        return list(
            session.scalars(select(OutboxMail).where(OutboxMail.name == "knowledge_check").order_by(OutboxMail.id))
        )


def newest(database: Database) -> KnowledgeCheck:
    """The check offered last."""
    with database.reading() as session:
        return session.scalars(select(KnowledgeCheck).order_by(KnowledgeCheck.id.desc()).limit(1)).one()


def begin(
    database: Database, check_id: int, *, on: date, language: str = "nb", programme: Programme = PROGRAMME
) -> int | None:
    """Begin a check through the service."""
    with database.transaction() as session:
        check = session.get_one(KnowledgeCheck, check_id)
        certificate = session.get_one(Certificate, check.certificate_id)
        return begin_check(
            session,
            programme,
            check,
            certificate,
            go_back_to=f"/kunnskapssjekk/{check_id}",
            now=at_local(on, 12),
            language=language,
        )


def answer(database: Database, check_id: int, *, on: date, wrong: Iterable[str] = ()) -> int:
    """Take a check from beginning to end."""
    attempt_id = begin(database, check_id, on=on)
    assert attempt_id is not None
    hand_in(database, attempt_id, wrong=wrong, on=on)
    return attempt_id


def say(database: Database, person_id: int, *, wanted: bool, on: date) -> None:
    """No thanks, or yes again."""
    with database.transaction() as session:
        choose_checks(session, PROGRAMME, person_id, wanted=wanted, now=at_local(on, 12))


def asked(database: Database, attempt_id: int) -> list[tuple[str, str]]:
    """Objective and id of every question of an attempt."""
    with database.reading() as session:
        documents = session.scalars(
            select(QuestionVersion.document)
            .join(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
            .where(AttemptItem.attempt_id == attempt_id)
        )
        return sorted((document["objective"], document["id"]) for document in documents)


def everybody(people: Cast) -> list[int]:
    """Ten people of the cast."""
    return [
        people.kari, people.mons, people.tone, people.knut, people.geir, people.sonja, people.terje, people.stian,
        people.ari, people.siri,
    ]  # fmt: skip
