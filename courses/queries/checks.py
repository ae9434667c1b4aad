"""What the learning half knows for knowledge checks: the post-test before, what was answered since, where to read.

A check is an attempt of its own owner: whatever asks for the attempts of an enrolment never meets one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.compiling import CompiledCourse, CompiledLesson
from courses.models.learning import Enrolment
from courses.queries import learning
from courses.queries.learning import owner_of
from courses.shelf import Volume
from quizzes import queries as quizzes
from quizzes.attempts import Purpose
from quizzes.queries import ObjectiveResult, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class PostTest:
    """A submitted post-test."""

    attempt_id: int
    course_id: str
    submitted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check that was begun; `submitted_at` is None while it is under way."""

    attempt_id: int
    submitted_at: datetime | None


def check_owner(key: str) -> str:
    """The name under which the attempt of a check is kept; `key` is the caller's own name for the check."""
    return f"check:{key}"


def post_tests_of_many(
    session: Session, person_ids: Collection[int], course_ids: Collection[str]
) -> dict[int, tuple[PostTest, ...]]:
    """The submitted post-tests of some courses, by person, in the order they were submitted. Two queries."""
    enrolments = session.execute(
        select(Enrolment.id, Enrolment.person_id, Enrolment.course_id).where(
            Enrolment.person_id.in_(person_ids), Enrolment.course_id.in_(course_ids)
        )
    ).all()
    attempts = quizzes.attempts_of_many(session, [owner_of(row.id) for row in enrolments])
    found: defaultdict[int, list[PostTest]] = defaultdict(list)
    for row in enrolments:
        for one in attempts[owner_of(row.id)]:
            if one.form is Purpose.POST and one.submitted_at is not None:
                test = PostTest(attempt_id=one.id, course_id=row.course_id, submitted_at=one.submitted_at)
                found[row.person_id].append(test)
    return {person: tuple(sorted(tests, key=lambda one: one.submitted_at)) for person, tests in found.items()}


def results(session: Session, attempt_ids: Collection[int]) -> dict[int, tuple[ObjectiveResult, ...]]:
    """What each submitted attempt gave on each objective, in course order. Two queries."""
    return quizzes.results_by_objective(session, attempt_ids)


def checks_of(session: Session, keys: Collection[str]) -> dict[str, Check]:
    """The checks that were begun, by the caller's key. One query."""
    begun = quizzes.attempts_of_many(session, [check_owner(key) for key in keys])
    return {
        key: Check(attempt_id=attempts[0].id, submitted_at=attempts[0].submitted_at)
        for key in keys
        if (attempts := begun[check_owner(key)])
    }


def result(session: Session, attempt_id: int) -> Result:
    """A submitted check with its explanations. Raises `ValueError` until it is submitted."""
    return quizzes.result(session, attempt_id)


def asked_now(session: Session, course_id: str, language: str) -> tuple[Volume, CompiledCourse] | None:
    """The version of a course that checks are drawn from, today's, and the same in a language; None where it is gone.

    Today's, since a question may have been mended since the person took the course.
    """
    offer = learning.offer(session, course_id)
    if offer is None:
        return None
    volume = learning.volume(session, offer.digest)
    return volume, volume.in_language(language).course


def has_questions(session: Session, course_id: str, objectives: Collection[str]) -> bool:
    """Whether a check on some of these objectives could be drawn today."""
    found = asked_now(session, course_id, "")
    return found is not None and any(question.objective in objectives for question in found[1].bank())


def texts_of(session: Session, course_id: str, language: str) -> dict[str, str]:
    """What each objective of a course is called today, in a language where it is translated."""
    found = asked_now(session, course_id, language)
    return {} if found is None else {objective.id: objective.text for objective in found[1].objectives}


def lessons_on(session: Session, person_id: int, course_id: str, language: str) -> dict[str, CompiledLesson]:
    """Where each objective is read about, in the version this person keeps to: its module's first lesson."""
    standing = learning.standing_of(session, person_id, course_id)
    if standing is None:
        return {}
    course = learning.volume(session, standing.digest).in_language(language).course
    found: dict[str, CompiledLesson] = {}
    for module in course.modules:
        for objective in module.objectives:
            if module.lessons:
                found.setdefault(objective, module.lessons[0])
    return found
