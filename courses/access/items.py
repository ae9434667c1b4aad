"""Who gets at a course's questions to decide about them; 404 and 403 are decided here only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.access import learning
from courses.catalogue import Kind
from courses.compiling import CompiledCourse
from lms.access import require
from lms.errors import NotFound
from lms.people import Person
from lms.roles import Act
from lms.viewer import Viewer
from quizzes import effective
from quizzes.access import ID_MAX
from quizzes.models import Attempt, QuestionVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class BankItem:
    """A question of a course, as its newest version says it. `bank` is the course's own."""

    course: CompiledCourse
    bank: str
    question_id: str
    document: Mapping[str, Any]


def tested_course_for(session: Session, viewer: Viewer, course_id: str) -> CompiledCourse:
    """A course with tests, for those who may see content before others; 403 for the rest, 404 for an open course."""
    course = learning.coverage_for(session, viewer, course_id).course
    if course.kind is Kind.OPEN:
        raise NotFound
    return course


def item_for(session: Session, viewer: Viewer, course_id: str, question_id: str) -> BankItem:
    """A question that stands, or has stood, in a course's bank; 404 for every other."""
    course = tested_course_for(session, viewer, course_id)
    document = session.scalar(
        select(QuestionVersion.document)
        .where(QuestionVersion.bank == course.id, QuestionVersion.question_id == question_id)
        .order_by(QuestionVersion.id.desc())
        .limit(1)
    )
    if document is None:
        raise NotFound
    return BankItem(course=course, bank=course.id, question_id=question_id, document=document)


def item_to_withdraw_for(session: Session, viewer: Viewer, course_id: str, question_id: str) -> BankItem:
    """The same for those who may withdraw it; 403 for the rest."""
    item = item_for(session, viewer, course_id, question_id)
    require(viewer, Act.WITHDRAW_ITEMS)
    return item


def attempt_to_decide_for(session: Session, viewer: Viewer, course_id: str, attempt_id: int, *, on: date) -> Attempt:
    """A test of this course, of a person within reach, for those who decide on passes; 403 or 404 for the rest."""
    course = tested_course_for(session, viewer, course_id)
    require(viewer, Act.WITHDRAW_ITEMS)
    reach = require(viewer, Act.SEE_REGISTER)
    attempt = session.scalar(
        select(Attempt)
        .join(Person, Person.id == Attempt.person_id)
        .where(
            Attempt.id == min(attempt_id, ID_MAX),
            effective.in_family(Attempt.bank, course.id),
            reach.people(Person.id, on),
        )
    )
    if attempt is None:
        raise NotFound
    return attempt
