"""A recertification course is taken anew for each recertification: a new cycle, and the old ones stay readable."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from courses.models.learning import Enrolment
from courses.queries import learning as queries
from courses.services import learning as services
from lms.clock import FrozenClock
from lms.db import Database
from lms.errors import Refused
from quizzes.attempts import Purpose
from quizzes.models import Attempt
from tests import cast
from tests.cast import Cast
from tests.clients import Browser
from tests.courses import factories
from tests.courses.factories import LESSONS

AGAIN = "resertifisering"
PAGE = f"/kurs/{AGAIN}"
BUTTON = "Ta kurset på nytt til neste resertifisering"
THREE_YEARS = 3 * 365


@pytest.fixture
def published(database: Database, clock: FrozenClock) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now(), id=AGAIN, title="Resertifisering", kind="recertification")


@pytest.fixture
def passed(published: None, database: Database, people: Cast, clock: FrozenClock) -> Enrolment:
    """Kari's first cycle, passed."""
    with database.transaction() as session:
        return factories.passed(session, people.kari, clock.now(), course=AGAIN)


def enrolments(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Enrolment)) or 0


def begin_again(database: Database, person_id: int, clock: FrozenClock, course: str = AGAIN) -> Enrolment:
    with database.transaction() as session:
        return services.begin_again(session, person_id=person_id, course_id=course, now=clock.now())


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


def test_a_second_and_a_third_recertification_each_have_their_own_tests(
    database: Database, people: Cast, clock: FrozenClock, passed: Enrolment
) -> None:
    clock.advance(days=THREE_YEARS)
    second = begin_again(database, people.kari, clock)
    assert (second.cycle, second.enrolled_at) == (2, clock.now())
    assert second.seed != passed.seed
    with database.transaction() as session:
        again = session.get_one(Enrolment, second.id)
        factories.take(session, again, Purpose.PRE, clock.now(), right=False)
        for lesson in LESSONS:
            services.mark_done(session, again, lesson, clock.now())
        factories.take(session, again, Purpose.POST, clock.now())
    with database.reading() as session:
        first_result, second_result = queries.results_of(session, people.kari)
        owners = session.scalars(select(Attempt.owner).order_by(Attempt.id)).all()
    assert [(one.cycle, one.posts[0].passed, one.lessons_done) for one in (first_result, second_result)] == [
        (1, True, 3),
        (2, True, 3),
    ]
    assert second_result.posts[0].on - first_result.posts[0].on == timedelta(days=THREE_YEARS)
    assert owners == [queries.owner_of(one.id) for one in (passed, passed, second, second)]
    assert begin_again(database, people.kari, clock).cycle == 3


def test_a_new_cycle_has_the_version_that_is_current_then(
    database: Database, people: Cast, clock: FrozenClock, passed: Enrolment
) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now(), id=AGAIN, title="Nytt innhold", kind="recertification", text="Nytt.")
    assert begin_again(database, people.kari, clock).version_id != passed.version_id
    with database.reading() as session:
        assert [one.version_number for one in queries.results_of(session, people.kari)] == [1, 2]


def test_a_second_click_gives_the_cycle_just_made(
    database: Database, people: Cast, clock: FrozenClock, passed: Enrolment
) -> None:
    made = begin_again(database, people.kari, clock)
    assert begin_again(database, people.kari, clock).id == made.id
    assert enrolments(database) == 2


def test_two_clicks_at_the_same_moment_make_one_cycle(shared_database: Database, clock: FrozenClock) -> None:
    shared = shared_database
    with shared.transaction() as session:
        people = cast.assemble(session)
        factories.published(session, clock.now(), id=AGAIN, title="Resertifisering", kind="recertification")
        factories.passed(session, people.kari, clock.now(), course=AGAIN)
    gate = Barrier(4)

    def click(_number: int) -> int:
        gate.wait()
        return begin_again(shared, people.kari, clock).id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(click, range(4)))) == 1
    assert enrolments(shared) == 2


def test_nobody_begins_again_before_the_last_cycle_is_passed(
    database: Database, people: Cast, clock: FrozenClock, published: None
) -> None:
    with pytest.raises(Refused) as refusal:
        begin_again(database, people.kari, clock)
    assert codes(refusal) == ["course-not-begun"]
    with database.transaction() as session:
        enrolment = factories.all_read(session, people.kari, clock.now(), course=AGAIN)
        factories.take(session, enrolment, Purpose.POST, clock.now(), right=False)
    with pytest.raises(Refused) as refusal:
        begin_again(database, people.kari, clock)
    assert codes(refusal) == ["course-not-passed"]
    with pytest.raises(Refused) as refusal:
        begin_again(database, people.kari, clock, "ukjent")
    assert codes(refusal) == ["course-unknown"]
    assert enrolments(database) == 1


def test_only_a_recertification_is_taken_again(database: Database, people: Cast, clock: FrozenClock) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now())
        factories.passed(session, people.kari, clock.now())
    with pytest.raises(Refused) as refusal:
        begin_again(database, people.kari, clock, factories.COURSE)
    assert codes(refusal) == ["course-taken-once"]


# the page


def test_the_page_of_a_passed_recertification_leads_on_to_the_next_one(
    browser: Browser, people: Cast, database: Database, clock: FrozenClock, passed: Enrolment
) -> None:
    browser.sign_in_as(database, people.kari)
    page = browser.get(PAGE).text
    assert BUTTON in page and "Ettertesten teller i tolv måneder" in page
    assert "Tidligere gjennomføringer" not in page
    for _click in range(2):
        page = browser.follow(browser.post(f"{PAGE}/start", {"igjen": "ja"})).text
    assert "Ta førtesten" in page and BUTTON not in page
    assert "0 av 3 leksjoner" in page
    earlier = page.partition("Tidligere gjennomføringer")[2]
    for address in re.findall(r'href="(/prove/\d+/resultat)"', earlier):
        assert browser.get(address).status_code == 200
    assert len(re.findall("/prove/", earlier)) == 2
    assert enrolments(database) == 2


def test_a_first_click_on_begin_is_never_a_second_cycle(
    browser: Browser, people: Cast, database: Database, passed: Enrolment
) -> None:
    browser.sign_in_as(database, people.kari)
    browser.post(f"{PAGE}/start")
    assert enrolments(database) == 1


def test_whoever_has_not_passed_is_neither_offered_a_new_cycle_nor_given_one(
    browser: Browser, people: Cast, database: Database, published: None
) -> None:
    browser.sign_in_as(database, people.stian)
    browser.post(f"{PAGE}/start")
    assert BUTTON not in browser.get(PAGE).text
    answer = browser.post(f"{PAGE}/start", {"igjen": "ja"})
    assert answer.status_code == 409
    assert "når ettertesten er bestått" in answer.text
    assert enrolments(database) == 1
