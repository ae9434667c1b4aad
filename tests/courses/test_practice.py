"""Trying oneself on an open course: for everyone, nothing kept, no key given away, and no other course's questions."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy import func, select

from courses.publishing import publish
from lms.audit import AuditEntry
from lms.clock import FrozenClock
from lms.db import Database
from quizzes.models import Attempt
from tests.cast import Cast
from tests.clients import Browser
from tests.courses import factories, rich

COURSE = "/kurs/rolig-start"
PRACTICE = f"{COURSE}/test-deg-selv/rygg"
KINDS = """## Par {#par objective=ryggen kind=matching}

Sett sammen.

- En :: Ein
- To :: Tveir
- Tre :: Trír

> Slik er det.

## Tall {#tall objective=ryggen kind=numeric}

Hvor mange?

- = 36 ± 0,5

> Slik er det.

"""


def open_files(more: str = "") -> Mapping[str, bytes]:
    files = rich.files(kind="open", nynorsk=True)
    return {**files, "01-rygg/questions.md": files["01-rygg/questions.md"] + more.encode()}


@pytest.fixture
def stranger(app: Flask, database: Database, clock: FrozenClock) -> Browser:
    """Somebody who isn't signed in, where the course is open."""
    with database.transaction() as session:
        rich.published(session, clock.now(), rich.files(kind="open", nynorsk=True))
    return Browser(app)


def positions(html: str) -> list[str]:
    return re.findall(r'name="sporsmal" value="(\d+)"', html)


def test_everyone_may_try_and_sees_what_was_right_and_why(stranger: Browser) -> None:
    page = stranger.get(PRACTICE)
    assert page.status_code == 200 and positions(page.text) == ["1", "2", "3", "4"]
    answered = stranger.post(PRACTICE, {"svar-1": "b", "svar-2": "b", "svar-3": "a"})
    assert answered.status_code == 200 and "Slik gikk det" in answered.text and answered.text.count("Slik er det.") == 4
    assert re.search(r"2\D+4", re.search(r'result-share">(.*?)</p>', answered.text, re.DOTALL)[1])  # type: ignore[index]


def test_the_questions_are_in_the_readers_language(stranger: Browser) -> None:
    assert "Kva er rygg-1?" in stranger.get(PRACTICE, headers={"Accept-Language": "nn"}).text
    assert "Hva er rygg-1?" in stranger.get(PRACTICE, headers={"Accept-Language": "en"}).text


def test_the_page_with_the_questions_gives_no_key_and_no_explanation_away(stranger: Browser) -> None:
    for query in ("", "?vis=fasit", "?svar-1=b", "?reviews=1"):
        page = stranger.get(PRACTICE + query).text
        assert "Slik er det" not in page and "riktig" not in page.lower() and "checked" not in page
        assert not re.search(r"data-(right|correct|key|fasit)", page)


def test_right_and_wrong_options_look_alike_before_they_are_answered(stranger: Browser) -> None:
    page = stranger.get(PRACTICE).text
    inputs = re.findall(r"<input[^>]*type=\"radio\"[^>]*>", page)
    shapes = {re.sub(r'(id|value|name)="[^"]*"', r"\1", one) for one in inputs}
    assert len(inputs) == 12 and len(shapes) == 1


def test_nothing_is_kept_of_anybody(stranger: Browser, app: Flask, database: Database, people: Cast) -> None:
    kari = Browser(app).sign_in_as(database, people.kari)
    before = kari.get("/kurs").text
    with database.reading() as session:
        logged = session.scalar(select(func.count()).select_from(AuditEntry))
    for browser in (stranger, kari):
        browser.get(PRACTICE)
        assert browser.post(PRACTICE, {"svar-1": "b"}).status_code == 200
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Attempt)) == 0
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == logged
    tokens = re.compile(r'name="csrf_token" value="[^"]*"')
    assert tokens.sub("", kari.get("/kurs").text) == tokens.sub("", before)


HOSTILE: list[dict[str, str | list[str]]] = [
    {},
    {"svar-1": ["a", "b", "c"]},
    {"svar-1": "z"},
    {"svar-1": "a=b"},
    {"svar-1": "b\0"},
    {"svar-1": "<script>alert(1)</script>"},
    {"svar-1": "b" * 100_000},
    {"svar-0": "a", "svar--1": "a", "svar-999999999999": "a", "svar-": "a", "svar-x": "a"},
    {"svar-1": [f"{n}" for n in range(900)]},
    {"sporsmal": "-1", "svar-1": "\u202e"},
    {"svar-5": ["p1=a", "p1=b"], "svar-6": "1e999999999"},
    {"svar-5": "=", "svar-6": "NaN"},
    {"svar-6": "9" * 5_000},
    {"svar-6": ["36", "37"]},
]


@pytest.mark.parametrize("form", HOSTILE)
def test_whatever_is_sent_in_is_an_answer_left_out_or_a_wrong_one(
    app: Flask, database: Database, clock: FrozenClock, form: dict[str, str]
) -> None:
    files = {name: body for name, body in open_files(KINDS).items() if ".nn." not in name}
    compiled, assets = factories.compiled(files)
    with database.transaction() as session:
        publish(session, compiled, assets, published_by=None, now=clock.now())
    browser = Browser(app)
    assert len(positions(browser.get(PRACTICE).text)) == 6
    answer = browser.post(PRACTICE, form)
    assert answer.status_code == 200 and "<script>alert" not in answer.text
    shown = re.search(r'result-share">(.*?)</p>', answer.text, re.DOTALL)
    assert shown and re.search(r"\b0\b", shown[1])


@pytest.mark.parametrize("kind", ["topic", "foundation", "recertification"])
def test_the_questions_of_a_course_that_counts_are_never_reached(
    app: Flask, database: Database, people: Cast, clock: FrozenClock, kind: str
) -> None:
    with database.transaction() as session:
        rich.published(session, clock.now(), rich.files(kind=kind))
        rich.published(session, clock.now(), rich.files(kind="open", id="apent-kurs"))
        factories.reading(session, people.kari, clock.now())
    for stranger in (Browser(app).get(PRACTICE), Browser(app).post(PRACTICE)):
        if kind == "topic":  # what it is, everybody may know
            assert stranger.status_code == 404
        else:
            assert stranger.location.startswith("/logg-inn")
    for person in (people.kari, people.stian, people.ari, people.siri):
        browser = Browser(app).sign_in_as(database, person)
        assert browser.get(PRACTICE).status_code == 404
        assert browser.post(PRACTICE, {"svar-1": "b"}).status_code == 404
        assert browser.get("/kurs/apent-kurs/test-deg-selv/rygg").status_code == 200
        assert "test-deg-selv" not in browser.get(COURSE).text


def test_a_course_that_was_open_and_counts_now_keeps_its_questions(
    stranger: Browser, app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    assert stranger.get(PRACTICE).status_code == 200
    with database.transaction() as session:
        rich.published(session, clock.now(), rich.files(kind="topic"))
    assert stranger.get(PRACTICE).status_code == 404
    assert Browser(app).sign_in_as(database, people.kari).get(PRACTICE).status_code == 404


@pytest.mark.parametrize("module", ["finnes-ikke", "Rygg", "..%2frygg", "rygg%00", "skiven"])
def test_a_module_there_is_not_is_not_found(stranger: Browser, module: str) -> None:
    assert stranger.get(f"{COURSE}/test-deg-selv/{module}").status_code == 404


def test_a_stranger_needs_a_form_of_ours(stranger: Browser) -> None:
    stranger.get(PRACTICE)
    refused = stranger.client.post(PRACTICE, data={"svar-1": "b"})
    assert refused.status_code == 400 and "Slik er det" not in refused.text
    assert stranger.post(PRACTICE, {"svar-1": "b"}).status_code == 200


def test_a_module_without_questions_offers_no_way_to_them(app: Flask, database: Database, clock: FrozenClock) -> None:
    files = rich.files(kind="open")
    files.pop("02-uro/questions.md")
    course = files["course.md"].decode().replace("  uroen: Forklare hva uro er\n", "")
    files["course.md"] = course.encode()
    files["02-uro/module.md"] = files["02-uro/module.md"].replace(b"[uroen]", b"[ryggen]")
    with database.transaction() as session:
        rich.published(session, clock.now(), files)
    browser = Browser(app)
    assert browser.get(f"{COURSE}/test-deg-selv/uro").status_code == 404
    assert "test-deg-selv" not in browser.get(f"{COURSE}/angsten").text
    assert browser.get(COURSE).text.count("test-deg-selv") == 1


def test_every_link_of_an_open_course_leads_somewhere_for_a_stranger(stranger: Browser) -> None:
    seen: set[str] = set()
    wanted = ["/kurs"]
    while wanted:
        path = wanted.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = stranger.get(path)
        assert answer.status_code == 200, path
        if answer.mimetype == "text/html":
            wanted += [one for one in re.findall(r'href="(/(?:kurs|innhold)[^"#?]*)', answer.text) if one not in seen]
            ids = re.findall(r' id="([^"]+)"', answer.text)
            assert len(ids) == len(set(ids)), path
            for anchor in re.findall(r'href="#([^"]+)"', answer.text):
                assert anchor in ids, (path, anchor)
    assert {f"{COURSE}/skiven", f"{COURSE}/ordliste", PRACTICE} <= seen
