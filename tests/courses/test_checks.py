"""A knowledge check of a course: from today's version, in the reader's language, and about what was not met before."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.queries import checks as queries
from courses.queries import learning as shelf
from courses.services import checks, learning
from lms.clock import FrozenClock
from lms.db import Database
from lms.errors import Refused
from quizzes import queries as quizzes
from quizzes.attempts import Purpose
from quizzes.models import Attempt, AttemptItem, QuestionVersion
from tests.cast import Cast
from tests.courses import factories

SHARES = {"ryggen": Fraction(1, 2), "uroen": Fraction(1)}


def begin(session: Session, person_id: int, clock: FrozenClock, **other: object) -> Attempt:
    given: dict[str, object] = {"key": "1", "course_id": factories.COURSE, "shares": SHARES, "items": 2, **other}
    return checks.start_check(session, person_id=person_id, go_back_to="/her", now=clock.now(), **given)  # type: ignore[arg-type]


def shown(session: Session, attempt: Attempt) -> set[str]:
    return set(
        session.scalars(
            select(QuestionVersion.question_id)
            .join(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
            .where(AttemptItem.attempt_id == attempt.id)
        )
    )


def refusal(session: Session, person_id: int, clock: FrozenClock, **other: object) -> list[str]:
    with pytest.raises(Refused) as refused:
        begin(session, person_id, clock, **other)
    return [reason.code for reason in refused.value.reasons]


def test_a_course_that_is_gone_or_has_nothing_on_the_objectives_is_refused(
    database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        assert refusal(session, people.kari, clock) == ["check-without-questions"]
        assert not queries.has_questions(session, factories.COURSE, ["ryggen"])
        factories.published(session, clock.now())
        assert queries.has_questions(session, factories.COURSE, ["ryggen", "no-longer-there"])
        assert not queries.has_questions(session, factories.COURSE, ["no-longer-there"])
        assert refusal(session, people.kari, clock, shares={"no-longer-there": Fraction(0)}) == [
            "check-without-questions"
        ]
        assert session.scalars(select(Attempt)).all() == []


def test_it_is_drawn_from_the_version_of_today_although_the_person_keeps_to_an_older_one(
    database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now())
        factories.passed(session, people.kari, clock.now())
        clock.advance(days=1)
        factories.published(session, clock.now(), title="Rolig start, ny utgave")
        attempt = begin(session, people.kari, clock)
        assert attempt.title == "Rolig start, ny utgave"
        standing = shelf.standing_of(session, people.kari, factories.COURSE)
        assert standing is not None
        assert shelf.volume(session, standing.digest).course.title == "Rolig start"
        lessons = queries.lessons_on(session, people.kari, factories.COURSE, "nb")
        assert {objective: lesson.id for objective, lesson in lessons.items()} == {
            "ryggen": "skiven",
            "uroen": "angsten",
        }
        assert queries.lessons_on(session, people.mons, factories.COURSE, "nb") == {}


def test_handed_in_it_cannot_be_begun_again_and_another_key_is_another_check(
    database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now())
        first = begin(session, people.kari, clock)
        assert begin(session, people.kari, clock).id == first.id
        factories.quizzes.submit(session, first, now=clock.now())
        assert refusal(session, people.kari, clock) == ["check-taken"]
        second = begin(session, people.kari, clock, key="2")
        assert not shown(session, first) & shown(session, second)
        assert queries.checks_of(session, ["1", "2", "3"]) == {
            "1": queries.Check(attempt_id=first.id, submitted_at=clock.now()),
            "2": queries.Check(attempt_id=second.id, submitted_at=None),
        }


def test_what_one_has_met_in_one_language_is_not_new_in_another(
    library: None, database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        enrolment = learning.enrol(session, person_id=people.stian, course_id="emnekurs", now=clock.now())
        pre = learning.start_test(session, enrolment, Purpose.PRE, clock.now(), go_back_to="/kurs/emnekurs")
        objectives = list(pre.objective_titles)
        shares = dict.fromkeys(objectives, Fraction(0))
        attempt = begin(
            session, people.stian, clock, course_id="emnekurs", shares=shares, items=len(objectives), language="nn"
        )
        assert (pre.bank, attempt.bank) == ("emnekurs", "emnekurs/nn")
        assert len(shown(session, attempt)) == len(objectives)
        assert not shown(session, attempt) & shown(session, pre)
        met = quizzes.questions_seen_by(session, people.stian, ["emnekurs", "emnekurs/nn"])
        assert met[Purpose.CHECK] == shown(session, attempt) and met[Purpose.PRE] == shown(session, pre)
        assert quizzes.questions_seen_by(session, people.kari, ["emnekurs"])[Purpose.PRE] == frozenset()


def test_the_last_post_test_is_told_by_when_it_was_handed_in(
    database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now())
        enrolment = factories.all_read(session, people.kari, clock.now())
        first = factories.take(session, enrolment, Purpose.POST, clock.now(), right=False)
        later = clock.now() + timedelta(hours=3)
        second = factories.take(session, enrolment, Purpose.POST, later)
        found = queries.post_tests_of_many(session, [people.kari, people.mons], [factories.COURSE])
        assert [(one.attempt_id, one.submitted_at) for one in found[people.kari]] == [
            (first.id, clock.now()),
            (second.id, later),
        ]
        assert people.mons not in found
        results = queries.results(session, [first.id, second.id])
        assert [one.share for one in results[first.id]] == [0, 0]
        assert [one.share for one in results[second.id]] == [1, 1]
        assert results[second.id] == quizzes.result_by_objective(session, second.id)
