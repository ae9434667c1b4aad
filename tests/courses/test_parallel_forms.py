"""The two stored forms of a version: made at publishing, dealt in turn, met in the opposite order, kept for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import select, update

from courses import parallel
from courses.models.learning import CourseVersion, Enrolment
from courses.publishing import publish
from courses.services import learning as services
from lms.clock import FrozenClock
from lms.db import Database
from lms.people import Locale, add_person
from quizzes import queries as quizzes
from quizzes.attempts import Purpose
from quizzes.models import Attempt, AttemptItem, QuestionVersion
from tests.cast import Cast
from tests.clients import Browser
from tests.courses import factories
from tests.courses.factories import COURSE


@pytest.fixture
def people_many(database: Database, people: Cast, clock: FrozenClock) -> list[int]:
    with database.transaction() as session:
        factories.published(session, clock.now())
        made = [
            add_person(session, name=f"Person {n}", email=f"p{n}@x.example", locale=Locale.NB, now=clock.now())
            for n in range(9)
        ]
    return [one.id for one in made]


def ids_of(database: Database, attempt_id: int) -> list[str]:
    with database.reading() as session:
        return list(
            session.scalars(
                select(QuestionVersion.question_id)
                .join(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
                .where(AttemptItem.attempt_id == attempt_id)
                .order_by(AttemptItem.position)
            )
        )


def stored(database: Database) -> dict[str, list[str]]:
    with database.reading() as session:
        forms = session.scalars(select(CourseVersion.forms)).one()
    assert forms is not None
    return dict(forms)


def test_a_version_has_two_forms_of_the_blueprint_without_a_common_question(
    database: Database, people_many: list[int]
) -> None:
    forms = stored(database)
    for letter in "AB":
        assert sorted(one.partition("-")[0] for one in forms[letter]) == ["rygg", "rygg", "uro"]
    assert not set(forms["A"]) & set(forms["B"])


def test_publishing_the_same_again_keeps_the_forms(
    database: Database, people_many: list[int], clock: FrozenClock
) -> None:
    before = stored(database)
    with database.transaction() as session:
        factories.published(session, clock.now())
    assert stored(database) == before


def test_half_of_the_enrolments_meet_a_first(database: Database, people_many: list[int], clock: FrozenClock) -> None:
    letters = []
    for person in people_many:
        with database.transaction() as session:
            letters.append(factories.enrolled(session, person, clock.now()).first_form)
            again = factories.enrolled(session, person, clock.now())
            assert again.first_form == letters[-1], "a second click takes no turn"
        assert abs(letters.count("A") - letters.count("B")) <= 1


def test_the_turns_hold_when_many_enrol_at_once(database: Database, people_many: list[int], clock: FrozenClock) -> None:
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite in memory has one connection; BEGIN IMMEDIATE makes writers wait")

    def enrol(person: int) -> str | None:
        with database.transaction() as session:
            return factories.enrolled(session, person, clock.now()).first_form

    with ThreadPoolExecutor(8) as pool:
        letters = list(pool.map(enrol, people_many[:8]))
    assert sorted(map(str, letters)) == ["A"] * 4 + ["B"] * 4


def test_what_one_has_before_the_other_has_after(
    database: Database, people_many: list[int], clock: FrozenClock
) -> None:
    forms = stored(database)
    found: dict[str, tuple[list[str], list[str]]] = {}
    for person in people_many[:2]:
        with database.transaction() as session:
            enrolment = factories.all_read(session, person, clock.now())
            post = factories.take(session, enrolment, Purpose.POST, clock.now())
            pre = session.scalars(select(Attempt).where(Attempt.person_id == person, Attempt.form == "pre")).one()
        assert enrolment.first_form is not None
        assert (pre.version, post.version) == (enrolment.first_form, parallel.other(enrolment.first_form))
        found[enrolment.first_form] = (ids_of(database, pre.id), ids_of(database, post.id))
    assert found == {"A": (forms["A"], forms["B"]), "B": (forms["B"], forms["A"])}


def test_everyone_with_a_form_gets_the_options_in_the_same_order(
    database: Database, people_many: list[int], clock: FrozenClock
) -> None:
    orders: dict[str, set[tuple[str, ...]]] = {"A": set(), "B": set()}
    for person in people_many[:4]:
        with database.transaction() as session:
            enrolment = factories.enrolled(session, person, clock.now())
            attempt = services.start_test(session, enrolment, Purpose.PRE, clock.now(), go_back_to="/kurs")
            items = session.scalars(
                select(AttemptItem.option_order)
                .where(AttemptItem.attempt_id == attempt.id)
                .order_by(AttemptItem.position)
            )
            orders[str(attempt.version)].add(tuple(items))
    assert [len(one) for one in orders.values()] == [1, 1]


def test_a_later_try_is_drawn_and_prefers_what_was_not_seen(
    database: Database, people_many: list[int], clock: FrozenClock
) -> None:
    with database.transaction() as session:
        enrolment = factories.all_read(session, people_many[0], clock.now())
        factories.take(session, enrolment, Purpose.POST, clock.now(), right=False)
        second = services.start_test(session, enrolment, Purpose.POST, clock.now(), go_back_to="/kurs")
    assert second.version is None
    assert enrolment.first_form is not None
    assert not set(ids_of(database, second.id)) & set(stored(database)[enrolment.first_form])


def test_a_version_without_stored_forms_goes_on_drawing(
    database: Database, people_many: list[int], clock: FrozenClock
) -> None:
    with database.transaction() as session:
        session.execute(update(CourseVersion).values(forms=None))
        enrolment = factories.all_read(session, people_many[0], clock.now())
        assert enrolment.first_form is None
        assert factories.take(session, enrolment, Purpose.POST, clock.now()).version is None


def test_an_enrolment_from_before_there_were_forms_goes_on_drawing(
    database: Database, people_many: list[int], clock: FrozenClock
) -> None:
    with database.transaction() as session:
        enrolment = factories.enrolled(session, people_many[0], clock.now())
        session.execute(update(Enrolment).values(first_form=None))
        session.refresh(enrolment)
        assert factories.take(session, enrolment, Purpose.PRE, clock.now()).version is None


def test_facility_is_known_from_thirty_first_answers(database: Database, people: Cast, clock: FrozenClock) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now())
        for n in range(30):
            person = add_person(session, name=f"P {n}", email=f"q{n}@x.example", locale=Locale.NB, now=clock.now())
            enrolment = factories.all_read(session, person.id, clock.now())
            session.execute(update(Enrolment).where(Enrolment.id == enrolment.id).values(first_form="A"))
            session.refresh(enrolment)
            factories.take(session, enrolment, Purpose.POST, clock.now(), right=n < 10)
            if n >= 10:  # what a second try gives counts for nothing
                factories.take(session, enrolment, Purpose.POST, clock.now() + timedelta(hours=1))
            if n == 28:
                assert quizzes.facilities(session, [COURSE]) == {}
        assert quizzes.facilities(session, [COURSE]) == dict.fromkeys(
            session.scalars(select(CourseVersion.forms)).one()["B"],
            Fraction(1, 3),
        )
        assert quizzes.facilities(session, ["another"]) == {}


def test_authors_see_both_forms(app: Flask, database: Database, people: Cast, clock: FrozenClock) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now())
    page = Browser(app).sign_in_as(database, people.ari)
    text = page.get(f"/kurs/{COURSE}/innhold").text
    assert "to faste sett, A og B, med 3 spørsmål hver" in text
    assert "Settene har ingen felles spørsmål" in text
    assert "minst 30 svar" in text
    with database.transaction() as session:
        session.execute(update(CourseVersion).values(forms=None))
    assert "faste sett" not in page.get(f"/kurs/{COURSE}/innhold").text


def test_a_form_is_the_same_in_every_language(database: Database, people: Cast, clock: FrozenClock) -> None:
    nynorsk = (
        "---\nid: rolig-start\ntitle: Roleg start\naudience: Nye\nobjectives:\n  ryggen: Forklare\n  uroen: Forklare\n"
        "original: 00000000\n---\nVelkomen.\n"
    )
    course, assets = factories.compiled({**factories.files(), "course.nn.md": nynorsk.encode()})
    shown = []
    with database.transaction() as session:
        publish(session, course, assets, published_by=None, now=clock.now())
        for person, language in ((people.kari, "nb"), (people.geir, "nb"), (people.stian, "nn")):
            enrolment = factories.enrolled(session, person, clock.now())
            attempt = services.start_test(
                session, enrolment, Purpose.PRE, clock.now(), go_back_to="/kurs", language=language
            )
            rows = session.execute(
                select(QuestionVersion.question_id, AttemptItem.option_order)
                .join(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
                .where(AttemptItem.attempt_id == attempt.id)
                .order_by(AttemptItem.position)
            )
            shown.append((attempt.version, attempt.title, rows.all()))
    (a, nb, one), (b, _, _), (again, nn, other) = shown
    assert (a, b, again) == ("A", "B", "A")
    assert (nb, nn) == ("Rolig start", "Roleg start")
    assert one == other
