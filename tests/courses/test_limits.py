"""What course.md may ask of its tests: read with its place, kept in the version, told on the page, and held to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from courses.compiling import compile_course
from courses.models.learning import Enrolment
from courses.parsing.course import parse_course
from courses.publishing import publish
from courses.services import learning as services
from lms.clock import FrozenClock
from lms.db import Database
from lms.errors import Refused
from lms.markup import render
from quizzes.attempts import Purpose
from quizzes.limits import NO_LIMITS, Limits
from quizzes.models import Attempt
from tests.cast import Cast
from tests.clients import Browser
from tests.courses import factories
from tests.courses.factories import COURSE

ALL = "max_attempts: 2\nwait_hours: 24\ntime_limit: 30\n"


def files(more: str = "", **changes: str) -> dict[str, bytes]:
    made = factories.files(**changes)
    made["course.md"] = made["course.md"].replace(b"objectives:\n", more.encode() + b"objectives:\n", 1)
    return made


def published(database: Database, clock: FrozenClock, more: str = ALL) -> None:
    course, assets = factories.compiled(files(more))
    with database.transaction() as session:
        publish(session, course, assets, published_by=None, now=clock.now())


def test_a_course_without_limits_has_the_document_it_has_always_had() -> None:
    course, _ = factories.compiled(files())
    assert course.limits == NO_LIMITS
    assert b"limits" not in course.content


def test_limits_are_kept_in_the_version() -> None:
    course, _ = factories.compiled(files(ALL))
    assert course.limits == Limits(max_attempts=2, wait_hours=24, time_limit=30)
    assert course.document()["course"]["limits"] == {"max_attempts": 2, "wait_hours": 24, "time_limit": 30}
    only_one, _ = factories.compiled(files("time_limit: 45\n"))
    assert only_one.limits == Limits(time_limit=45)
    assert only_one.digest != course.digest


def test_a_translation_has_the_limits_of_its_original() -> None:
    nynorsk = (
        "---\nid: rolig-start\ntitle: Roleg start\naudience: Nye\nobjectives:\n  ryggen: Forklare\n  uroen: Forklare\n"
        "original: 00000000\n---\nVelkomen.\n"
    )
    course, _ = factories.compiled({**files(ALL), "course.nn.md": nynorsk.encode()})
    assert [one.limits for one in course.translations] == [course.limits]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("max_attempts: 0", "«max_attempts» skal være et helt tall fra 1 til 100"),
        ("max_attempts: mange", "«max_attempts» skal være et helt tall fra 1 til 100"),
        ("wait_hours: 1,5", "«wait_hours» skal være et helt tall fra 1 til 720"),
        ("wait_hours: 721", "«wait_hours» skal være et helt tall fra 1 til 720"),
        ("time_limit: 4", "«time_limit» skal være et helt tall fra 5 til 600"),
        ("time_limit: 30 min", "«time_limit» skal være et helt tall fra 5 til 600"),
        ("time_limits: 30", "ukjent nøkkel «time_limits»"),
    ],
)
def test_a_limit_that_makes_no_sense_is_told_with_its_line(line: str, says: str) -> None:
    report = parse_course(files(f"{line}\n"), "kurs")
    assert [(one.path, one.line) for one in report.problems] == [("kurs/course.md", 9)]
    assert says in report.problems[0].message


def test_an_open_course_has_no_tests_to_limit() -> None:
    report = parse_course(files("time_limit: 30\n", kind="open"), "kurs")
    assert "ukjent nøkkel «time_limit»" in report.problems[0].message


def test_compiling_keeps_what_was_parsed() -> None:
    parsed = parse_course(files(ALL), "kurs").items[0]
    assert compile_course(parsed, render).items[0].limits == parsed.limits


def test_both_tests_have_the_time_limit_and_the_post_test_the_rest(
    database: Database, people: Cast, clock: FrozenClock
) -> None:
    published(database, clock)
    with database.transaction() as session:
        enrolment = factories.all_read(session, people.kari, clock.now())
        factories.take(session, enrolment, Purpose.POST, clock.now(), right=False)
        assert set(session.scalars(select(Attempt.deadline_at))) == {clock.now() + timedelta(minutes=30)}
        with pytest.raises(Refused, match="test-waits"):
            factories.take(session, enrolment, Purpose.POST, clock.now() + timedelta(hours=23), right=False)
        later = clock.now() + timedelta(hours=24)
        factories.take(session, enrolment, Purpose.POST, later, right=False)
        with pytest.raises(Refused, match="attempts-used"):
            factories.take(session, enrolment, Purpose.POST, later + timedelta(days=30))


def test_the_result_links_to_the_lessons_of_the_modules_that_teach_what_was_missed(
    database: Database, people: Cast, clock: FrozenClock
) -> None:
    published(database, clock, "")
    with database.transaction() as session:
        enrolment = factories.all_read(session, people.kari, clock.now())
        attempt = services.start_test(
            session, enrolment, Purpose.POST, clock.now(), go_back_to=f"/kurs/{COURSE}", language="nb"
        )
    assert attempt.read_again == {
        "ryggen": [
            {"title": "Skiven er sterk", "path": f"/kurs/{COURSE}/skiven"},
            {"title": "Smerten er ekte", "path": f"/kurs/{COURSE}/smerten"},
        ],
        "uroen": [{"title": "Angsten går over", "path": f"/kurs/{COURSE}/angsten"}],
    }


def test_the_course_page_warns_before_the_time_begins(
    app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    published(database, clock)
    with database.transaction() as session:
        factories.enrolled(session, people.kari, clock.now())
    kari = Browser(app).sign_in_as(database, people.kari)
    for door in (f"/kurs/{COURSE}", "/"):
        text = kari.get(door).text
        assert "Tidsgrense: 30 minutter." in text
        assert "Tiden begynner når du åpner prøven" in text
    kari.get(f"/kurs/{COURSE}")
    kari.submit("Ta førtesten")
    assert "Tiden begynner når du åpner" not in kari.get(f"/kurs/{COURSE}").text


def test_the_course_page_says_when_the_post_test_opens_again(
    app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    published(database, clock)
    with database.transaction() as session:
        enrolment = factories.all_read(session, people.kari, clock.now())
    kari = Browser(app).sign_in_as(database, people.kari)
    text = kari.get(f"/kurs/{COURSE}").text
    assert "Du har inntil 2 forsøk." in text
    assert "Mellom to forsøk går det minst 24 timer." in text
    for hours, says in ((0, "Ettertesten åpner igjen 24.11.2026 kl. 12.00"), (24, "Du har brukt alle forsøkene")):
        with database.transaction() as session:
            own = session.get_one(Enrolment, enrolment.id)
            factories.take(session, own, Purpose.POST, clock.now() + timedelta(hours=hours), right=False)
        for door in (f"/kurs/{COURSE}", "/"):
            text = kari.get(door).text
            assert says in text
            assert "Ta ettertesten på nytt" not in text
    answer = kari.post(f"/kurs/{COURSE}/prove/post")
    assert answer.status_code == 409
    assert "Du har brukt alle forsøkene" in answer.text


def test_looking_at_the_course_closes_a_test_whose_time_is_out(
    app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    published(database, clock)
    with database.transaction() as session:
        enrolment = factories.enrolled(session, people.kari, clock.now())
        services.start_test(session, enrolment, Purpose.PRE, clock.now(), go_back_to="/kurs")
    end = clock.now() + timedelta(minutes=30)
    clock.advance(minutes=31)
    kari = Browser(app).sign_in_as(database, people.kari)
    page = kari.get(f"/kurs/{COURSE}", follow_redirects=True)
    assert "Resultat: 0" in page.text
    with database.reading() as session:
        assert session.scalars(select(Attempt.submitted_at)).one() == end


@pytest.mark.parametrize("door", ["/", "/kurs"])
@pytest.mark.parametrize("form", [Purpose.PRE, Purpose.POST])
def test_a_test_whose_time_is_out_is_over_on_the_home_page_before_anybody_closes_it(
    app: Flask, database: Database, people: Cast, clock: FrozenClock, door: str, form: Purpose
) -> None:
    published(database, clock)
    with database.transaction() as session:
        begun = factories.enrolled if form is Purpose.PRE else factories.all_read
        enrolment = begun(session, people.kari, clock.now())
        attempt = services.start_test(session, enrolment, form, clock.now(), go_back_to="/kurs")
    end = clock.now() + timedelta(minutes=30)
    kari = Browser(app).sign_in_as(database, people.kari)
    goes_on = f"Fortsett på {'før' if form is Purpose.PRE else 'etter'}testen"
    assert goes_on in kari.get(door).text
    clock.advance(minutes=31)
    page = kari.get(door).text
    assert "Tiden er ute. Det som var lagret da, teller." in page
    assert goes_on not in page
    kari.click("Se resultatet")
    assert kari.last.request.path == f"/prove/{attempt.id}/resultat"
    with database.reading() as session:
        assert session.get_one(Attempt, attempt.id).submitted_at == end
    assert "Tiden er ute" not in kari.get(door).text


def test_authors_print_a_form_with_the_key_and_without(
    app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    published(database, clock, "")
    ari, kari = (Browser(app).sign_in_as(database, one) for one in (people.ari, people.kari))
    plain = ari.get(f"/kurs/{COURSE}/innhold/sett/A").text
    assert plain.count("sheet-question") == 3
    assert "Fasit:" not in plain
    assert "Slik er det." not in plain
    assert "Slik er det." in ari.get(f"/kurs/{COURSE}/innhold/sett/B?fasit=ja").text
    assert kari.get(f"/kurs/{COURSE}/innhold/sett/A").status_code == 403
    assert ari.get(f"/kurs/{COURSE}/innhold/sett/C").status_code == 404
    assert ari.get("/kurs/ukjent/innhold/sett/A").status_code == 404
