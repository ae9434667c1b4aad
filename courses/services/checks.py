"""A knowledge check begun: which questions of which version, and the attempt to answer. Nothing here commits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from courses.catalogue import Language
from courses.queries import checks as queries
from courses.queries.learning import bank_of
from lms.errors import Refused
from lms.verdict import because
from quizzes import effective, weakest
from quizzes import queries as shown
from quizzes import services as quizzes
from quizzes.attempts import Purpose
from quizzes.models import Attempt
from quizzes.questions import content_digest

NO_PASS_MARK = Fraction(0)


def start_check(
    session: Session,
    *,
    person_id: int,
    key: str,
    course_id: str,
    shares: Mapping[str, Fraction],
    items: int,
    go_back_to: str,
    now: datetime,
    language: str = "nb",
) -> Attempt:
    """The attempt of a check to answer now: the one in progress, or a new one of `items` questions.

    `shares` is what the person reached on each objective, 0…1, in course order: the check asks about the weakest. It is
    drawn from the version that is current, and from questions the person has not met where there are any. `key` is the
    caller's own name for the check, one a check. Raises `Refused`: `check-without-questions`, `check-taken`.
    """
    owner = queries.check_owner(key)
    running = shown.attempt_in_progress(session, owner, Purpose.CHECK)
    if running is not None:
        return running
    found = queries.asked_now(session, course_id, language)
    if found is None:
        raise Refused(because("check-without-questions"))
    volume, course = found
    seen = shown.questions_seen_by(session, person_id, [bank_of(volume.course, one) for one in Language])
    withdrawn = effective.withdrawn_from(session, volume.course.id)
    bank = tuple(question for question in course.bank() if question.id not in withdrawn)
    chosen = weakest.choose(
        bank,
        shares,
        items=items,
        seed=owner,
        in_tests=seen[Purpose.PRE] | seen[Purpose.POST],
        in_checks=seen[Purpose.CHECK],
    )
    asked = [question for question in bank if question.id in chosen]
    if not asked:
        raise Refused(because("check-without-questions"))
    return quizzes.start(
        session,
        person_id=person_id,
        owner=owner,
        form=Purpose.CHECK,
        title=course.title,
        bank=bank_of(volume.course, course.language),
        digests={question.id: content_digest(question) for question in asked},
        blueprint=Counter(question.objective for question in asked),
        pass_mark=NO_PASS_MARK,
        seed=owner,
        objective_titles={objective.id: objective.text for objective in course.objectives},
        go_back_to=go_back_to,
        now=now,
    )
