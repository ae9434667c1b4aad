"""Learning: one enrolment, one version, one way through it; what others are told about it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses.models.learning import Enrolment, LessonDone
from courses.queries import learning as queries
from courses.services import learning as services
from lms.clock import FrozenClock
from lms.db import Database
from lms.errors import Refused
from quizzes.attempts import Purpose
from quizzes.models import Attempt, AttemptItem
from tests import cast
from tests.cast import Cast
from tests.courses import factories
from tests.courses.factories import COURSE, LESSONS
from tests.limits import statements


@pytest.fixture
def published(database: Database, clock: FrozenClock) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now())


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


def asked(database: Database, work: Callable[[Session], Any]) -> int:
    """How many statements a piece of reading takes."""
    with database.reading() as session, statements(database) as seen:
        work(session)
    return len(seen)


@pytest.mark.usefixtures("published")
def test_enrolling_twice_is_one_enrolment(database: Database, people: Cast, clock: FrozenClock) -> None:
    with database.transaction() as session:
        first = factories.enrolled(session, people.kari, clock.now())
    clock.advance(days=1)
    with database.transaction() as session:
        second = factories.enrolled(session, people.kari, clock.now())
    assert (second.id, second.enrolled_at, second.seed) == (first.id, first.enrolled_at, first.seed)


@pytest.mark.usefixtures("published")
def test_a_new_cycle_is_a_new_enrolment_and_the_old_one_stays(
    database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        first = factories.reading(session, people.kari, clock.now())
        services.mark_done(session, first, "skiven", clock.now())
        again = services.enrol(session, person_id=people.kari, course_id=COURSE, cycle=2, now=clock.now())
        assert again.id != first.id
        assert services.enrol(session, person_id=people.kari, course_id=COURSE, cycle=2, now=clock.now()) is again
    with database.reading() as session:
        standing = queries.standing_of(session, people.kari, COURSE)
        assert standing is not None and (standing.cycle, standing.done) == (2, ())
        assert [one.cycle for one in queries.standings_of(session, people.kari)] == [2]
        first_result, second_result = queries.results_of(session, people.kari)
        assert (first_result.cycle, first_result.lessons_done) == (1, 1)
        assert (second_result.cycle, second_result.lessons_done, second_result.pre) == (2, 0, None)


def test_a_course_that_is_not_published_takes_nobody(database: Database, people: Cast, clock: FrozenClock) -> None:
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        factories.enrolled(session, people.kari, clock.now())
    assert codes(refusal) == ["course-unknown"]


@pytest.mark.parametrize(("kind", "is_open"), [("topic", True), ("recertification", True), ("open", False)])
def test_every_course_but_an_open_one_can_be_begun(
    database: Database, people: Cast, clock: FrozenClock, kind: str, is_open: bool
) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now(), kind=kind)
    if is_open:
        with database.transaction() as session:
            assert factories.enrolled(session, people.kari, clock.now()).id
        return
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        factories.enrolled(session, people.kari, clock.now())
    assert codes(refusal) == ["course-only-read"]


def test_a_running_enrolment_keeps_its_version_while_a_new_one_sees_the_new(
    database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        old = factories.published(session, clock.now(), title="Gammel utgave")
        kari = factories.reading(session, people.kari, clock.now())
    with database.transaction() as session:
        new = factories.published(session, clock.now(), title="Ny utgave")
        factories.enrolled(session, people.stian, clock.now())
        factories.enrolled(session, people.kari, clock.now())  # a second click moves nobody
        services.mark_done(session, kari, "skiven", clock.now())
    with database.reading() as session:
        standings = {person: queries.standing_of(session, person, COURSE) for person in (people.kari, people.stian)}
        assert [standing and standing.digest for standing in standings.values()] == [old.digest, new.digest]
        results = queries.results_of_many(session, standings)
        assert [results[person][0].title for person in standings] == ["Gammel utgave", "Ny utgave"]
        assert [results[person][0].version_number for person in standings] == [1, 2]


@pytest.mark.usefixtures("published")
def test_a_lesson_is_done_once_and_keeps_its_first_time(database: Database, people: Cast, clock: FrozenClock) -> None:
    first_time = clock.now()
    with database.transaction() as session:
        kari = factories.reading(session, people.kari, first_time)
        services.mark_done(session, kari, "skiven", first_time)
    clock.advance(days=3)
    with database.transaction() as session:
        services.mark_done(session, kari, "skiven", clock.now())
    with database.reading() as session:
        assert session.scalars(select(LessonDone.done_at)).all() == [first_time]


@pytest.mark.usefixtures("published")
def test_many_lessons_are_done_each_at_its_time_or_none_at_all(
    database: Database, people: Cast, clock: FrozenClock
) -> None:
    first, second = clock.now(), clock.now() + timedelta(days=1)
    with database.transaction() as session:
        kari = factories.reading(session, people.kari, first)
        services.mark_done(session, kari, LESSONS[0], first)
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        services.mark_all_done(session, kari, {LESSONS[1]: second, "finnes-ikke": second})
    assert codes(refusal) == ["lesson-unknown"]
    with database.transaction() as session:
        services.mark_all_done(session, kari, {LESSONS[0]: second, LESSONS[1]: second})
        services.mark_all_done(session, kari, {})
    with database.reading() as session:
        done = session.execute(select(LessonDone.lesson_id, LessonDone.done_at)).all()
    assert {(row[0], row[1]) for row in done} == {(LESSONS[0], first), (LESSONS[1], second)}


@pytest.mark.usefixtures("published")
def test_lessons_wait_for_the_pre_test_to_be_handed_in(database: Database, people: Cast, clock: FrozenClock) -> None:
    with database.transaction() as session:
        kari = factories.enrolled(session, people.kari, clock.now())
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        services.mark_done(session, kari, "skiven", clock.now())
    assert codes(refusal) == ["pretest-first"]
    with database.transaction() as session:
        services.start_test(session, kari, Purpose.PRE, clock.now(), go_back_to="/kurs")
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        services.mark_done(session, kari, "skiven", clock.now())
    assert codes(refusal) == ["pretest-unfinished"]
    with database.reading() as session:
        assert count(session, LessonDone) == 0


@pytest.mark.parametrize("lesson_id", ["finnes-ikke", "", "SKIVEN", "rygg", "../skiven"])
@pytest.mark.usefixtures("published")
def test_a_lesson_the_version_does_not_have_is_never_done(
    database: Database, people: Cast, clock: FrozenClock, lesson_id: str
) -> None:
    with database.transaction() as session:
        kari = factories.reading(session, people.kari, clock.now())
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        services.mark_done(session, kari, lesson_id, clock.now())
    assert codes(refusal) == ["lesson-unknown"]


@pytest.mark.usefixtures("published")
def test_the_post_test_waits_for_the_pre_test_and_for_every_lesson(
    database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        kari = factories.enrolled(session, people.kari, clock.now())
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        services.start_test(session, kari, Purpose.POST, clock.now(), go_back_to="/kurs")
    assert codes(refusal) == ["posttest-after-pretest", "lessons-left"]
    with database.transaction() as session:
        factories.take(session, kari, Purpose.PRE, clock.now())
        for lesson in LESSONS[:-1]:
            services.mark_done(session, kari, lesson, clock.now())
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        services.start_test(session, kari, Purpose.POST, clock.now(), go_back_to="/kurs")
    assert [dict(reason.values) for reason in refusal.value.reasons] == [{"left": 1, "total": 3}]
    with database.transaction() as session:
        services.mark_done(session, kari, LESSONS[-1], clock.now())
        assert services.start_test(session, kari, Purpose.POST, clock.now(), go_back_to="/kurs").form == Purpose.POST


@pytest.mark.usefixtures("published")
def test_the_pre_test_is_taken_once_and_a_second_click_goes_on_with_it(
    database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        kari = factories.enrolled(session, people.kari, clock.now())
        first = services.start_test(session, kari, Purpose.PRE, clock.now(), go_back_to="/kurs")
        assert services.start_test(session, kari, Purpose.PRE, clock.now(), go_back_to="/kurs").id == first.id
        factories.take(session, kari, Purpose.PRE, clock.now())
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        services.start_test(session, kari, Purpose.PRE, clock.now(), go_back_to="/kurs")
    assert codes(refusal) == ["pretest-taken"]


@pytest.mark.usefixtures("published")
def test_results_tell_scores_days_and_lessons_and_nothing_of_a_test_that_is_not_handed_in(
    database: Database, people: Cast
) -> None:
    late = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # the 29th in Oslo
    with database.transaction() as session:
        kari = factories.all_read(session, people.kari, late)
        factories.take(session, kari, Purpose.POST, late, right=False)
        passed = factories.take(session, kari, Purpose.POST, late, right=True)
    with database.reading() as session:
        (result,) = queries.results_of(session, people.kari)
    assert (result.course_id, result.title, result.version_number, result.cycle) == (COURSE, "Rolig start", 1, 1)
    assert result.enrolled_on == result.lessons_done_on == date(2026, 3, 29)
    assert (result.lessons_done, result.lessons_total) == (3, 3)
    assert result.pre is not None and (result.pre.score, result.pre.passed) == (Fraction(0), False)
    assert [(post.score, post.passed, post.on) for post in result.posts] == [
        (Fraction(0), False, date(2026, 3, 29)),
        (Fraction(1), True, date(2026, 3, 29)),
    ]
    assert result.posts[1].attempt_id == passed.id
    with database.transaction() as session:
        services.start_test(
            session, factories.enrolled(session, people.stian, late), Purpose.PRE, late, go_back_to="/kurs"
        )
    with database.reading() as session:
        (under_way,) = queries.results_of(session, people.stian)
        assert (under_way.pre, under_way.posts, under_way.lessons_done_on) == (None, (), None)
        assert queries.results_of(session, people.geir) == ()


@pytest.mark.usefixtures("published")
def test_the_results_of_many_take_as_many_queries_as_those_of_one(
    database: Database, people: Cast, clock: FrozenClock
) -> None:
    everybody = [people.kari, people.mons, people.geir, people.stian]
    with database.transaction() as session:
        factories.published(session, clock.now(), id="annet-kurs")
        for person_id in everybody:
            factories.reading(session, person_id, clock.now())
            factories.reading(session, person_id, clock.now(), course="annet-kurs")
    one = asked(database, lambda session: queries.results_of_many(session, everybody[:1]))
    many = asked(database, lambda session: queries.results_of_many(session, everybody))
    assert one == many == 2
    assert asked(database, lambda session: queries.studies_of(session, people.kari)) <= 4  # two versions to read
    assert asked(database, lambda session: queries.studies_of(session, people.kari)) == 2
    with database.reading() as session:
        assert queries.results_of_many(session, []) == {}


@pytest.mark.usefixtures("published")
def test_one_goes_on_after_the_lesson_done_last(database: Database, people: Cast, clock: FrozenClock) -> None:
    with database.transaction() as session:
        kari = factories.reading(session, people.kari, clock.now())
    expected = [("smerten", "angsten"), ("angsten", "skiven"), ("skiven", None)]
    for done, next_id in expected:
        clock.advance(minutes=10)
        with database.transaction() as session:
            services.mark_done(session, kari, done, clock.now())
        with database.reading() as session:
            (studies,) = queries.studies_of(session, people.kari)
        lesson = studies.go_on_with
        assert (lesson and lesson.id) == next_id


@pytest.mark.usefixtures("published")
def test_the_two_tests_of_a_person_share_no_question(database: Database, people: Cast, clock: FrozenClock) -> None:
    with database.transaction() as session:
        kari = factories.all_read(session, people.kari, clock.now())
        factories.take(session, kari, Purpose.POST, clock.now())
        from_forms = session.execute(
            select(Attempt.form, AttemptItem.question_version_id).join(
                AttemptItem, AttemptItem.attempt_id == Attempt.id
            )
        ).all()
    pre = {version for form, version in from_forms if form == "pre"}
    post = {version for form, version in from_forms if form == "post"}
    assert (len(pre), len(post), pre & post) == (3, 3, set())


def test_eight_clicks_at_once_are_one_enrolment_one_lesson_done_and_one_attempt(
    shared_database: Database, clock: FrozenClock
) -> None:
    with shared_database.transaction() as session:
        kari = cast.assemble(session).kari
        factories.published(session, clock.now())

    def at_once(act: Callable[[Session], int]) -> set[int]:
        gate = Barrier(8)

        def click(_number: int) -> int:
            gate.wait()
            with shared_database.transaction() as session:
                return act(session)

        with ThreadPoolExecutor(8) as pool:
            return set(pool.map(click, range(8)))

    def own(session: Session) -> Enrolment:
        return session.scalars(select(Enrolment)).one()

    def begin(session: Session) -> int:
        return services.start_test(session, own(session), Purpose.PRE, clock.now(), go_back_to="/kurs").id

    def read(session: Session) -> int:
        services.mark_done(session, own(session), "skiven", clock.now())
        return count(session, LessonDone)

    assert len(at_once(lambda session: factories.enrolled(session, kari, clock.now()).id)) == 1
    assert len(at_once(begin)) == 1
    with shared_database.transaction() as session:
        factories.take(session, own(session), Purpose.PRE, clock.now())
    assert at_once(read) == {1}
