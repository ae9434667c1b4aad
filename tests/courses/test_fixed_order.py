"""Options whose order carries meaning stand in it wherever a question is shown, and in every language."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from flask import Flask

from courses.compiling import CompiledCourse, load
from courses.publishing import publish
from courses.services import learning
from lms.clock import FrozenClock
from lms.db import Database
from quizzes.attempts import Purpose
from quizzes.questions import from_document
from tests.cast import Cast
from tests.clients import Browser
from tests.courses import factories, rich

BACK = "01-rygg/questions.md"


def fixed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The course with `order=fixed` on every question about the back."""
    return {**files, BACK: files[BACK].replace(b"kind=single}", b"kind=single order=fixed}")}


def published(database: Database, clock: FrozenClock, files: Mapping[str, bytes]) -> CompiledCourse:
    course, assets = factories.compiled(files)
    with database.transaction() as session:
        publish(session, course, assets, published_by=None, now=clock.now())
    return course


def orders(page: str) -> dict[str, list[str]]:
    """The options of each question about the back, in the order they are shown."""
    found: dict[str, list[str]] = {}
    for part in re.split(r"(?=Hva er (?:rygg|uro)-\d)", page)[1:]:
        found[part[7:13].rstrip("?")] = re.findall(r"Svar ([abc])", part)[:3]
    return {question: letters for question, letters in found.items() if question.startswith("rygg")}


@pytest.mark.parametrize("form", [Purpose.PRE, Purpose.POST])
def test_the_paper_and_its_print_keep_it(
    app: Flask, database: Database, people: Cast, clock: FrozenClock, form: Purpose
) -> None:
    published(database, clock, fixed(factories.files()))
    for person_id in (people.kari, people.stian, people.mons):
        with database.transaction() as session:
            begun = factories.enrolled if form is Purpose.PRE else factories.all_read
            enrolment = begun(session, person_id, clock.now())
            attempt = learning.start_test(session, enrolment, form, clock.now(), go_back_to="/kurs")
        browser = Browser(app).sign_in_as(database, person_id)
        for door in ("", "/utskrift"):
            shown = orders(browser.get(f"/prove/{attempt.id}{door}").text)
            assert len(shown) == 2
            assert set(map(tuple, shown.values())) == {("a", "b", "c")}


def test_the_forms_that_authors_print_keep_it(app: Flask, database: Database, people: Cast, clock: FrozenClock) -> None:
    published(database, clock, fixed(factories.files()))
    ari = Browser(app).sign_in_as(database, people.ari)
    for letter in "AB":
        shown = orders(ari.get(f"/kurs/{factories.COURSE}/innhold/sett/{letter}").text)
        assert len(shown) == 2
        assert set(map(tuple, shown.values())) == {("a", "b", "c")}


def test_practice_keeps_it_and_mixes_the_others(app: Flask, database: Database, clock: FrozenClock) -> None:
    page = f"/kurs/{factories.COURSE}/test-deg-selv/rygg"
    published(database, clock, factories.files(kind="open"))
    mixed = orders(Browser(app).get(page).text)
    published(database, clock, fixed(factories.files(kind="open")))
    kept = orders(Browser(app).get(page).text)
    assert len(mixed) == len(kept) == 4
    assert set(map(tuple, kept.values())) == {("a", "b", "c")}
    assert set(map(tuple, mixed.values())) != {("a", "b", "c")}


def test_a_translation_keeps_it_too() -> None:
    course, _ = factories.compiled(fixed(rich.files(kind="open", nynorsk=True)))
    (nynorsk,) = course.translations
    kept = {question.id for question in course.bank() if question.keeps_order}
    assert kept
    assert {question.id for question in nynorsk.bank() if question.keeps_order} == kept


def test_a_version_from_before_loads_and_has_its_digest() -> None:
    course, _ = factories.compiled(factories.files())
    assert b"keeps_order" not in course.content
    assert load(course.document()).digest == course.digest
    asked = [from_document(one) for module in course.modules for one in module.questions]
    assert not any(question.keeps_order for question in asked)
    assert factories.compiled(fixed(factories.files()))[0].digest != course.digest
