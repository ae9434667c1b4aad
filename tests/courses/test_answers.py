"""What a reader writes at the places to think: kept, printed, nobody else's, and never lost to a second tab."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from courses.models.learning import LessonDone, ReflectionAnswer
from courses.queries import learning as queries
from courses.services import learning as services
from courses.services.learning import ANSWER_MAX_CHARS
from lms.clock import FrozenClock
from lms.db import Database
from lms.errors import Refused
from lms.people import Locale, Person
from tests.cast import Cast
from tests.clients import Browser
from tests.courses import factories, rich
from tests.courses.rich import changed

COURSE, LESSON = "/kurs/rolig-start", "/kurs/rolig-start/skiven"
KEEP, DONE, MINE = f"{LESSON}/svar", f"{LESSON}/ferdig", f"{COURSE}/svar"
FIRST, SECOND = "svar-min-rygg", "svar-mitt-loft"
SECRET = "Jeg er redd for å løfte barnet mitt."


@pytest.fixture
def kari(browser: Browser, database: Database, people: Cast, clock: FrozenClock) -> Browser:
    """Kari, with the lessons open."""
    with database.transaction() as session:
        rich.published(session, clock.now(), rich.files(nynorsk=True))
        factories.reading(session, people.kari, clock.now())
    return browser.sign_in_as(database, people.kari)


def kept(database: Database, person_id: int) -> dict[str, str]:
    with database.reading() as session:
        return queries.answers_of(session, person_id, "rolig-start")


def fields(browser: Browser, path: str = LESSON) -> dict[str, str]:
    """What the form of the lesson would send as it stands."""
    browser.get(path)
    found = {}
    for name, text in re.findall(
        r'<textarea[^>]* name="(svar-[^"]+)"[^>]*>\n(.*?)</textarea>', browser.last.text, re.DOTALL
    ):
        found[name] = unescape(text)
    for name, value in re.findall(r'name="(var-[^"]+)" value="([^"]*)"', browser.last.text):
        found[name] = value
    return found


def test_what_is_written_is_kept_and_stands_in_the_lesson_and_on_the_page_to_print(
    kari: Browser, database: Database, people: Cast
) -> None:
    assert "Du har ikke skrevet noe ennå" in kari.get(MINE).text
    answer = kari.post(KEEP, {**fields(kari), FIRST: SECRET})
    assert answer.location == f"{LESSON}#svar-min-rygg"
    assert "Bare du kan se det" in kari.follow(answer).text
    assert kept(database, people.kari) == {"min-rygg": SECRET}
    assert fields(kari)[FIRST] == SECRET
    page = kari.get(MINE).text
    assert SECRET in page and "Hva tåler du?" in page and "<strong>sist</strong>" in page and "data-print" in page
    assert "Og ellers?" not in page
    assert "Svarene mine" in kari.get(COURSE).text


def test_the_script_of_the_page_is_told_when_it_was_kept(kari: Browser, database: Database, people: Cast) -> None:
    kari.get(LESSON)
    answer = kari.post(KEEP, {FIRST: SECRET}, headers={"Accept": "application/json"})
    assert answer.status_code == 200 and set(answer.get_json()) == {"saved"}
    assert kept(database, people.kari) == {"min-rygg": SECRET}


def test_an_answer_emptied_is_taken_away(kari: Browser, database: Database, people: Cast) -> None:
    for empty in ("", "   ", "\r\n\t"):
        kari.post(KEEP, {**fields(kari), FIRST: SECRET})
        kari.post(KEEP, {**fields(kari), FIRST: empty})
        assert kept(database, people.kari) == {}
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(ReflectionAnswer)) == 0


def test_the_button_for_done_keeps_what_is_written_too(kari: Browser, database: Database, people: Cast) -> None:
    assert kari.post(DONE, {**fields(kari), FIRST: SECRET, SECOND: "Kasser"}).status_code == 303
    assert kept(database, people.kari) == {"min-rygg": SECRET, "mitt-loft": "Kasser"}


def test_a_second_tab_that_is_older_takes_nothing_away(kari: Browser, database: Database, people: Cast) -> None:
    kari.post(KEEP, {**fields(kari), SECOND: "Gammelt"})
    old_tab = fields(kari)
    kari.post(KEEP, {**fields(kari), FIRST: SECRET, SECOND: "Nytt"})
    kari.post(KEEP, {**old_tab, SECOND: "Nyest"})
    assert kept(database, people.kari) == {"min-rygg": SECRET, "mitt-loft": "Nyest"}
    kari.post(DONE, old_tab)
    assert kept(database, people.kari) == {"min-rygg": SECRET, "mitt-loft": "Nyest"}


def test_the_later_of_two_tabs_stands_for_the_same_answer(kari: Browser, database: Database, people: Cast) -> None:
    tab = fields(kari)
    kari.post(KEEP, {**tab, FIRST: "Først"})
    kari.post(KEEP, {**tab, FIRST: "Sist"})
    assert kept(database, people.kari)["min-rygg"] == "Sist"


def test_the_same_answer_twice_is_one_and_keeps_its_time(
    kari: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    kari.post(KEEP, {FIRST: SECRET})
    before = clock.now()
    clock.advance(hours=1)
    kari.post(KEEP, {FIRST: SECRET})
    with database.reading() as session:
        assert [row.saved_at for row in session.scalars(select(ReflectionAnswer))] == [before]


HOSTILE = [
    "</textarea><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ config }} {% raw %}",
    "<hr class=slot id=tekst-svar-mitt-loft>",
    "\ue000svar mitt-loft\ue001",
    "\ue000var min-rygg\ue001",
    "&lt;b&gt; &amp;",
    "!!! reflection x\n    **fet**",
    "\n\nto linjer over\n",
    "\u202esnudd\u200b 👩‍🔬 é",
    "\\1 \\g<0>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_written_stays_text_and_comes_back_as_it_was(
    kari: Browser, database: Database, people: Cast, text: str
) -> None:
    kari.post(KEEP, {**fields(kari), FIRST: text, SECOND: SECRET})
    assert kept(database, people.kari) == {"min-rygg": text, "mitt-loft": SECRET}
    shown = fields(kari)
    assert (shown[FIRST], shown[SECOND]) == (text, SECRET)
    assert (
        kari.last.text.count("<script") == kari.get(LESSON).text.count("<script") and "<img src=x" not in kari.last.text
    )
    page = kari.get(MINE).text
    assert "<script>" not in page and "<img src=x" not in page and "<b>" not in page
    kari.post(KEEP, shown)
    assert kept(database, people.kari) == {"min-rygg": text, "mitt-loft": SECRET}


def test_signs_no_database_keeps_are_left_out_and_nothing_breaks(
    kari: Browser, database: Database, people: Cast
) -> None:
    assert kari.post(KEEP, {FIRST: "før\0etter", SECOND: "\0"}).status_code == 303
    assert kept(database, people.kari) == {"min-rygg": "føretter"}


def test_lines_of_every_system_are_lines(kari: Browser, database: Database, people: Cast) -> None:
    kari.post(KEEP, {FIRST: "en\r\nto\nlinjer" + "\r\n" * 3 + "x"})
    assert kept(database, people.kari)["min-rygg"] == "en\nto\nlinjer\n\n\nx"


@pytest.mark.parametrize("path", [KEEP, DONE])
def test_an_answer_too_long_is_given_back_and_nothing_of_the_form_is_kept(
    kari: Browser, database: Database, people: Cast, path: str
) -> None:
    answer = kari.post(path, {**fields(kari), FIRST: "x" * (ANSWER_MAX_CHARS + 1), SECOND: "Kort", "videre": LESSON})
    assert answer.status_code == 409
    assert "x" * (ANSWER_MAX_CHARS + 1) in answer.text and "Ikke lagret" in answer.text
    assert LESSON not in answer.text.partition("<main")[2].partition("</main>")[0]
    assert kept(database, people.kari) == {}
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LessonDone)) == 0
    as_json = kari.post(path, {FIRST: "x" * 10_001}, headers={"Accept": "application/json"})
    assert as_json.status_code == 409 and "reasons" in as_json.get_json()


def test_an_answer_of_just_the_length_is_kept_however_lines_are_sent(
    kari: Browser, database: Database, people: Cast
) -> None:
    text = "å\n" * (ANSWER_MAX_CHARS // 2)
    assert kari.post(KEEP, {FIRST: text.replace("\n", "\r\n")}).status_code == 303
    assert kept(database, people.kari) == {"min-rygg": text}


def test_what_the_lesson_does_not_ask_for_is_not_kept(kari: Browser, database: Database, people: Cast) -> None:
    kari.post(KEEP, {"svar-finnes-ikke": SECRET, "min-rygg": SECRET, "svar-": SECRET})
    kari.post(f"{COURSE}/angsten/svar", {FIRST: SECRET})
    assert kept(database, people.kari) == {}
    assert kari.post(f"{COURSE}/finnes-ikke/svar", {FIRST: SECRET}).status_code == 404
    assert kari.post("/kurs/finnes-ikke/skiven/svar", {FIRST: SECRET}).status_code == 404


def test_nobody_else_sees_an_answer_at_any_address(
    kari: Browser, app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    kari.post(KEEP, {FIRST: SECRET})
    with database.transaction() as session:
        factories.reading(session, people.mons, clock.now())
    with app.test_request_context():
        addresses = app.url_map.bind("127.0.0.1")
    ids = {
        "course_id": "rolig-start", "lesson_id": "skiven", "module_id": "rygg", "person_id": people.kari,
        "appointment_id": 1, "mail_id": 1, "token": "x", "digest": "0" * 64, "name": "x.svg", "form": "pre",
        "certificate_id": 1, "attempt_id": 1, "position": 1, "seminar_id": 1, "day_id": 1, "visit_id": 1,
        "locale": "nb", "code": "x", "filename": "app.css", "letter": "A", "question_id": "rygg-1",
    }  # fmt: skip
    for person in (people.mons, people.knut, people.siri, people.ari, people.tone, None):
        other = Browser(app)
        if person is not None:
            other.sign_in_as(database, person)
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()):
                path = addresses.build(rule.endpoint, {name: ids.get(name, 1) for name in rule.arguments})
                assert SECRET.encode() not in other.get(path, buffered=True).data, path
    stolen = Browser(app).sign_in_as(database, people.mons)
    stolen.post(KEEP, {FIRST: ""})
    stolen.post(KEEP, {FIRST: "Mons skriver"})
    assert kept(database, people.kari) == {"min-rygg": SECRET}
    assert kept(database, people.mons) == {"min-rygg": "Mons skriver"}
    assert "Mons skriver" not in kari.get(LESSON).text


def test_one_reader_after_another_never_gets_the_others_words_from_a_page_made_ready(
    kari: Browser, app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        factories.reading(session, people.stian, clock.now())
    kari.post(KEEP, {FIRST: SECRET})
    stian = Browser(app).sign_in_as(database, people.stian)
    for _ in range(2):
        assert fields(kari)[FIRST] == SECRET and fields(stian)[FIRST] == ""
        assert "\ue000" not in kari.last.text + stian.last.text


def test_answers_live_on_in_a_new_version_and_in_the_other_language(
    kari: Browser, app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    kari.post(KEEP, {FIRST: SECRET})
    newer = changed(rich.files(nynorsk=True), "01-rygg/01-skiven.md", "tåler mye", "tåler svært mye")
    with database.transaction() as session:
        rich.published(session, clock.now(), newer)
    assert fields(kari)[FIRST] == SECRET and SECRET in kari.get(MINE).text
    with database.transaction() as session:
        session.get_one(Person, people.kari).locale = Locale.NN
    assert "toler mykje" in kari.get(LESSON).text and fields(kari)[FIRST] == SECRET and SECRET in kari.get(MINE).text
    ari = Browser(app).sign_in_as(database, people.ari)  # reads the new version without being enrolled
    assert "svært mye" in ari.get(LESSON).text and SECRET not in ari.last.text


def test_on_an_open_course_answers_are_for_those_signed_in(
    app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        rich.published(session, clock.now(), rich.files(kind="open"))
    stranger, kari = Browser(app), Browser(app).sign_in_as(database, people.kari)
    page = stranger.get(LESSON).text
    assert "Hva tåler du?" in page and "<textarea" not in page and "\ue000" not in page
    assert "Svarene mine" not in stranger.get(COURSE).text
    assert stranger.get(MINE).location.startswith("/logg-inn")
    refused = stranger.post(KEEP, {FIRST: SECRET})
    assert refused.status_code == 401 and SECRET in refused.text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ReflectionAnswer)) == 0
    kari.post(KEEP, {**fields(kari), FIRST: SECRET})
    assert kept(database, people.kari) == {"min-rygg": SECRET} and SECRET in kari.get(MINE).text
    assert "Ferdig" not in kari.get(LESSON).text
    assert kari.post(DONE, {FIRST: "x"}).status_code == 404


def test_a_session_that_ended_while_one_wrote_gives_the_words_back(kari: Browser, database: Database) -> None:
    form = fields(kari)
    kari.post("/logg-ut")
    answer = kari.post(KEEP, {**form, FIRST: SECRET})
    assert answer.status_code in (400, 401) and SECRET in answer.text
    assert kari.client.post(KEEP, data={FIRST: SECRET}).status_code == 400  # without a token


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=st.text(max_size=200))
def test_any_text_is_kept_as_it_is_or_not_at_all(
    database: Database, people: Cast, clock: FrozenClock, text: str
) -> None:
    with database.transaction() as session:
        if queries.offer(session, "rolig-start") is None:
            rich.published(session, clock.now(), rich.files())
        answers = {"min-rygg": text}
        try:
            text.encode()
        except UnicodeEncodeError:
            return
        services.keep_answers(session, person_id=people.kari, course_id="rolig-start", answers=answers, now=clock.now())
        found = queries.answers_of(session, people.kari, "rolig-start")
    assert found == ({"min-rygg": text} if text.strip() else {})


def test_one_answer_too_long_keeps_none_of_them(database: Database, people: Cast, clock: FrozenClock) -> None:
    with pytest.raises(Refused), database.transaction() as session:
        rich.published(session, clock.now(), rich.files())
        answers = {"min-rygg": "kort", "mitt-loft": "x" * 10_001}
        services.keep_answers(session, person_id=people.kari, course_id="rolig-start", answers=answers, now=clock.now())
    assert kept(database, people.kari) == {}


def test_an_answer_whose_place_is_gone_in_the_newest_version_is_still_ones_own(
    app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        rich.published(session, clock.now(), rich.files(kind="open"))
    kari = Browser(app).sign_in_as(database, people.kari)
    kari.post(KEEP, {FIRST: SECRET})
    renamed = {
        name: body.replace(FIRST.removeprefix("svar-").encode(), b"et-nytt-sted")
        for name, body in rich.files(kind="open").items()
    }
    with database.transaction() as session:
        rich.published(session, clock.now(), renamed)
    page = kari.get(MINE).text
    assert "Fra en tidligere utgave av kurset" in page and SECRET in page
