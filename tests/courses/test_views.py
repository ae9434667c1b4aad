"""The pages of a course, as a browser without JavaScript sees them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from courses.drafts import Draft
from courses.models.learning import ContentAsset, Enrolment, LessonDone
from courses.publishing import publish
from courses.services import learning as services
from lms.clock import FrozenClock, at_local
from lms.db import Database
from lms.ids import text_key
from quizzes.attempts import Purpose
from quizzes.models import Attempt
from tests.cast import Cast
from tests.clients import Browser
from tests.courses import factories
from tests.courses.factories import LESSONS
from tests.limits import statements

COURSE = f"/kurs/{factories.COURSE}"


@pytest.fixture
def published(database: Database, clock: FrozenClock) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now())


@pytest.fixture
def kari(browser: Browser, published: None, people: Cast, database: Database) -> Browser:
    """Kari, signed in, with the course to begin."""
    return browser.sign_in_as(database, people.kari)


@pytest.fixture
def reader(kari: Browser, people: Cast, database: Database, clock: FrozenClock) -> Browser:
    """Kari with the lessons open."""
    with database.transaction() as session:
        factories.reading(session, people.kari, clock.now())
    return kari


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def picture_digest(database: Database) -> str:
    with database.reading() as session:
        return session.scalars(select(ContentAsset.digest)).one()


def hand_in(database: Database, person_id: int, form: Purpose, clock: FrozenClock, *, right: bool = True) -> None:
    with database.transaction() as session:
        enrolment = session.scalars(select(Enrolment).where(Enrolment.person_id == person_id)).one()
        factories.take(session, enrolment, form, clock.now(), right=right)


def test_from_the_first_look_to_a_passed_post_test(
    kari: Browser, people: Cast, database: Database, clock: FrozenClock
) -> None:
    assert "Rolig start" in kari.get("/").text
    assert "Kurs du kan begynne på" in kari.get("/kurs").text
    before = kari.get(COURSE).text
    assert "<dt>Kurstimer</dt><dd>7,5</dd>" in before and "minst 80\N{NO-BREAK SPACE}%" in before
    assert "Forklare at ryggen er sterk" in before and "Begynn på kurset" in before
    assert "2 minutter lesing · 20 minutter med øvelser" in before  # two lessons of a minute each

    enrolled = kari.follow(kari.post(f"{COURSE}/start"))
    assert "Ta førtesten" in enrolled.text
    assert f'href="{COURSE}/skiven"' not in enrolled.text  # the lessons are named, but not open
    assert kari.post(f"{COURSE}/prove/pre").location.startswith("/prove/")
    hand_in(database, people.kari, Purpose.PRE, clock, right=False)

    first = kari.get(f"{COURSE}/skiven")
    assert "Leksjon 1 av 2" in first.text and "Ferdig – gå videre" in first.text
    second = kari.follow(kari.post(f"{COURSE}/skiven/ferdig"))
    assert "<h1" in second.text and "Smerten er ekte" in second.text
    kari.post(f"{COURSE}/smerten/ferdig")
    after_all = kari.follow(kari.post(f"{COURSE}/angsten/ferdig"))
    assert "Du har lest alle leksjonene" in after_all.text and "Ta ettertesten" in after_all.text

    assert kari.post(f"{COURSE}/prove/post").status_code == 303
    hand_in(database, people.kari, Purpose.POST, clock, right=False)
    failed = kari.get(COURSE).text
    assert "ikke bestått" in failed and "Ta ettertesten på nytt" in failed
    hand_in(database, people.kari, Purpose.POST, clock)
    assert "Kurset er bestått" in kari.get(COURSE).text
    assert "bestått" in kari.get("/kurs").text
    assert "Fortsett" not in kari.get("/").text


def test_a_lesson_shows_figures_callouts_sources_and_neighbours(reader: Browser) -> None:
    page = reader.get(f"{COURSE}/skiven").text
    assert 'alt="En skive som bærer"' in page and "<figcaption>Skiven</figcaption>" in page
    assert 'class="admonition tip"' in page and "Si det slik" in page
    assert "[rapport, kap. 10.5]" in page and "Kilder" in page
    assert 'aria-current="page">Skiven er sterk' in page
    middle = reader.get(f"{COURSE}/smerten").text
    assert f'rel="prev" href="{COURSE}/skiven"' in middle and "Angsten går over" in middle


def test_going_on_leads_to_where_one_was(reader: Browser) -> None:
    assert "Begynn på første leksjon" in reader.get(COURSE).text
    reader.post(f"{COURSE}/skiven/ferdig")
    for page in ("/", "/kurs", COURSE):
        text = reader.get(page).text
        assert re.search(rf'href="{COURSE}/smerten">\s*Fortsett der du var', text), page
        assert "1 av 3 leksjoner" in text


def test_a_lesson_that_is_done_says_so_and_offers_the_next(reader: Browser) -> None:
    reader.post(f"{COURSE}/skiven/ferdig")
    page = reader.get(f"{COURSE}/skiven").text
    assert "Ferdig – gå videre" not in page
    assert re.search(rf'href="{COURSE}/smerten">Neste leksjon', page)


def test_two_readers_of_one_lesson_each_see_their_own_progress_and_name(
    reader: Browser, app: Any, people: Cast, database: Database, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        factories.reading(session, people.stian, clock.now())
    stian = Browser(app).sign_in_as(database, people.stian)
    reader.post(f"{COURSE}/skiven/ferdig")
    for _ in range(2):  # the second time the text of the lesson is ready-made
        hers, his = reader.get(f"{COURSE}/skiven").text, stian.get(f"{COURSE}/skiven").text
        assert "1 av 3 leksjoner" in hers and "Kari Åsen" in hers and "Ferdig –" not in hers
        assert "0 av 3 leksjoner" in his and "Stian Aasland" in his and "Ferdig –" in his
        assert "Kari" not in his and "Stian" not in hers
        assert hers.count('name="csrf_token"') == his.count('name="csrf_token"')


def test_done_clicked_twice_is_done_once_and_goes_on_both_times(reader: Browser, database: Database) -> None:
    assert {reader.post(f"{COURSE}/skiven/ferdig").location for _ in range(2)} == {f"{COURSE}/smerten"}
    assert count(database, LessonDone) == 1


def test_the_last_lesson_leads_back_when_others_are_left(reader: Browser) -> None:
    answer = reader.post(f"{COURSE}/angsten/ferdig")
    assert answer.location == COURSE
    page = reader.follow(answer).text
    assert "Noen leksjoner gjenstår" in page and "2 av 5" not in page and "1 av 3" in page


def test_begin_clicked_twice_is_one_enrolment(kari: Browser, database: Database) -> None:
    for _ in range(2):
        assert kari.post(f"{COURSE}/start").location == COURSE
    assert count(database, Enrolment) == 1


def test_the_post_test_by_a_direct_post_is_refused_with_reasons_and_nothing_is_changed(
    reader: Browser, database: Database
) -> None:
    attempts = count(database, Attempt)
    answer = reader.post(f"{COURSE}/prove/post")
    assert answer.status_code == 409
    assert "Det gjenstår 3 av 3" in answer.text and "Ingenting er endret" in answer.text
    assert count(database, Attempt) == attempts


def test_a_second_pre_test_is_refused(reader: Browser, database: Database) -> None:
    answer = reader.post(f"{COURSE}/prove/pre")
    assert (answer.status_code, count(database, Attempt)) == (409, 1)
    assert "Førtesten tas bare én gang" in answer.text


def test_a_lesson_before_the_pre_test_leads_to_the_course_which_says_what_comes_first(
    kari: Browser, database: Database
) -> None:
    kari.post(f"{COURSE}/start")
    page = kari.follow(kari.get(f"{COURSE}/skiven"))
    assert "Ta førtesten først" in page.text
    assert kari.post(f"{COURSE}/skiven/ferdig").status_code == 409
    assert count(database, LessonDone) == 0


def test_a_lesson_without_an_enrolment_leads_to_the_course(kari: Browser) -> None:
    assert "Begynn på kurset for å lese" in kari.follow(kari.get(f"{COURSE}/skiven")).text


@pytest.mark.parametrize(
    "path",
    [
        "/kurs/finnes-ikke",
        "/kurs/finnes-ikke/skiven",
        f"{COURSE}/finnes-ikke",
        f"{COURSE}/SKIVEN",
        f"{COURSE}/%2e%2e",
        f"{COURSE}/skiven%00",
        f"{COURSE}/" + "x" * 3000,
    ],
)
def test_an_unknown_course_or_lesson_is_not_found(reader: Browser, path: str) -> None:
    assert reader.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/kurs/finnes-ikke/start",
        "/kurs/finnes-ikke/prove/pre",
        f"{COURSE}/finnes-ikke/ferdig",
        f"{COURSE}/prove/midtveis",
    ],
)
def test_posts_to_what_is_not_there_change_nothing(reader: Browser, database: Database, path: str) -> None:
    assert reader.post(path).status_code == 404
    assert count(database, LessonDone) == 0


def test_nobody_acts_in_another_persons_enrolment(
    reader: Browser, app: Any, people: Cast, database: Database, clock: FrozenClock
) -> None:
    reader.post(f"{COURSE}/skiven/ferdig")
    stian = Browser(app).sign_in_as(database, people.stian)
    assert stian.post(f"{COURSE}/smerten/ferdig").status_code == 404
    assert stian.post(f"{COURSE}/prove/pre").status_code == 404
    assert count(database, LessonDone) == 1
    stian.post(f"{COURSE}/start")
    assert "0 av 3 leksjoner" in stian.get(COURSE).text
    hand_in_of_kari = reader.get(COURSE).text
    (attempt_id,) = re.findall(r"/prove/(\d+)/resultat", hand_in_of_kari)
    assert stian.get(f"/prove/{attempt_id}/resultat").status_code == 404


def test_a_version_published_meanwhile_leaves_the_reader_with_the_own_one(
    reader: Browser, app: Any, people: Cast, database: Database, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now(), title="Helt ny tittel")
    assert "Helt ny tittel" not in reader.get(COURSE).text
    assert reader.get(f"{COURSE}/skiven").status_code == 200
    assert "Helt ny tittel" in Browser(app).sign_in_as(database, people.stian).get(COURSE).text


@pytest.mark.parametrize(
    "path", [COURSE, f"{COURSE}/skiven", f"{COURSE}/svar", f"{COURSE}/ordliste", f"{COURSE}/innhold"]
)
def test_strangers_are_asked_to_sign_in(published: None, people: Cast, browser: Browser, path: str) -> None:
    assert browser.get(path).location.startswith("/logg-inn")


def test_pictures_are_for_those_signed_in_and_can_do_nothing(reader: Browser, app: Any, database: Database) -> None:
    path = f"/innhold/{picture_digest(database)}/skive.svg"
    assert path in reader.get(f"{COURSE}/skiven").text
    answer = reader.get(path)
    assert answer.data == factories.PICTURE.encode()
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert Browser(app).get(path).status_code == 303


@pytest.mark.parametrize(
    "name",
    ["skive.html", "skive.png", "skive", "skive.svg.html", "..%2fskive.svg", "skive.svg%00.html", "SKIVE.SVG"]
    + ["skive.svg%0d%0aX-Evil:%201", "<script>.svg", "skive.svg/", "a" * 5000 + ".html"],
)
def test_a_picture_under_a_hostile_name_is_not_found(reader: Browser, database: Database, name: str) -> None:
    answer = reader.get(f"/innhold/{picture_digest(database)}/{name}")
    assert answer.status_code == 404
    assert "X-Evil" not in answer.headers


@pytest.mark.parametrize("digest", ["0" * 64, "..", "%27%20OR%201=1--", "x" * 5000])
def test_a_picture_with_an_unknown_digest_is_not_found(reader: Browser, digest: str) -> None:
    assert reader.get(f"/innhold/{digest}/skive.svg").status_code == 404


def test_coverage_is_for_authors_and_counts_questions(
    reader: Browser, app: Any, people: Cast, database: Database
) -> None:
    assert reader.get(f"{COURSE}/innhold").status_code == 403
    assert f"{COURSE}/innhold" not in reader.get(COURSE).text
    ari = Browser(app).sign_in_as(database, people.ari)
    assert f"{COURSE}/innhold" in ari.get(COURSE).text
    page = ari.get(f"{COURSE}/innhold").text
    assert "Banken er stor nok" in page and "Forklare hva uro er" in page


def test_an_author_reads_lessons_without_enrolling_and_leaves_no_trace(
    published: None, browser: Browser, people: Cast, database: Database
) -> None:
    ari = browser.sign_in_as(database, people.ari)
    page = ari.get(f"{COURSE}/skiven")
    assert page.status_code == 200 and "Neste leksjon" in page.text and "Ferdig –" not in page.text
    assert count(database, Enrolment) == count(database, LessonDone) == 0


def test_an_open_course_is_read_by_everyone_and_begun_by_nobody(
    kari: Browser, app: Any, database: Database, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now(), id="aapent", kind="open", title="For alle")
    stranger = Browser(app)
    for reader in (kari, stranger):
        assert "For alle" in reader.get("/kurs").text
        assert "Begynn på kurset" not in reader.get("/kurs/aapent").text
        lesson = reader.get("/kurs/aapent/skiven")
        assert lesson.status_code == 200 and "Ferdig –" not in lesson.text
        assert reader.get(f"/innhold/{picture_digest(database)}/skive.svg").status_code == 200
    assert kari.post("/kurs/aapent/start").status_code == 409
    assert count(database, Enrolment) == 0


def test_without_a_published_course_the_page_says_what_will_come(
    browser: Browser, people: Cast, database: Database
) -> None:
    assert "Ingen kurs er publisert ennå" in browser.sign_in_as(database, people.kari).get("/kurs").text


def test_reading_a_page_writes_nothing_and_a_lesson_takes_two_queries(reader: Browser, database: Database) -> None:
    reader.post(f"{COURSE}/skiven/ferdig")
    with statements(database) as seen:
        assert reader.get(f"{COURSE}/smerten").status_code == 200
        lesson = list(seen)
        for page in ("/", "/kurs", COURSE, f"{COURSE}/skiven"):
            assert reader.get(page).status_code == 200
    assert len(lesson) == 2, lesson  # who is looking; how far they have come
    assert {statement.split()[0] for statement in seen} == {"SELECT"}


def test_text_of_authors_cannot_become_markup_of_the_page(
    browser: Browser, people: Cast, database: Database, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now(), title="<script>alert(1)</script> & co")
    kari = browser.sign_in_as(database, people.kari)
    kari.post(f"{COURSE}/start")
    for page in ("/", "/kurs", COURSE):
        text = kari.get(page).text
        assert "<script>alert" not in text and "&lt;script&gt;alert" in text


def read_all(session: Session, person_id: int, clock: FrozenClock) -> None:
    enrolment = session.scalars(select(Enrolment).where(Enrolment.person_id == person_id)).one()
    for lesson in LESSONS:
        services.mark_done(session, enrolment, lesson, clock.now())


def test_progress_survives_signing_out_and_in(
    reader: Browser, app: Any, people: Cast, database: Database, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        read_all(session, people.kari, clock)
    reader.post("/logg-ut")
    clock.advance(days=40)
    page: TestResponse = Browser(app).sign_in_as(database, people.kari).get(COURSE)
    assert "3 av 3 leksjoner er lest" in page.text and "Ta ettertesten" in page.text


def test_the_glossary_stands_as_in_a_dictionary(kari: Browser, shipped: tuple[Draft, ...], database: Database) -> None:
    draft = next(one for one in shipped if one.course.id == "arbeidsplassen")
    with database.transaction() as session:
        publish(session, draft.compiled, draft.assets, published_by=None, now=at_local(date(2026, 1, 1), 12))
    words = re.findall(r"<dt[^>]*>(.*?)</dt>", kari.get("/kurs/arbeidsplassen/ordliste").text)
    assert len(words) == len(draft.course.glossary)
    assert words == sorted(words, key=text_key)
    assert "HelseIArbeid – Rapport" in kari.last.text
