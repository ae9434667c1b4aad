"""A course is published anew while people are in the middle of it: in a browser, each keeps to their own version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from courses.compiling import compile_course
from courses.drafts import Draft
from courses.publishing import publish
from tests import kept
from tests.journeys.conftest import Site
from tests.journeys.screens import follow, press, sign_in

pytestmark = pytest.mark.browser

Window = Callable[[int], Page]
COURSE = "/kurs/startopplaering"


def published_anew(site: Site, foundation: Draft, sentence: str) -> str:
    """The course with another first sentence in its first lesson; returns that lesson's address."""
    first, *others = foundation.course.modules
    lesson = first.lessons[0]
    changed = replace(first, lessons=(replace(lesson, text=f"{sentence}\n\n{lesson.text}"), *first.lessons[1:]))
    (compiled,) = compile_course(replace(foundation.course, modules=(changed, *others)), kept.render).items
    with site.database.transaction() as session:
        publication = publish(session, compiled, foundation.assets, published_by=site.people.ari, now=site.clock.now())
    assert publication.changed
    return f"{COURSE}/{lesson.id}"


def has_begun(page: Page, email: str) -> None:
    """Signed in, enrolled, and the pre-test behind: the lessons are open."""
    sign_in(page, email)
    page.goto(COURSE)
    press(page, "Begynn på kurset")
    press(page, "Ta førtesten")
    press(page, "Lever prøven")
    press(page, "Lever likevel")
    follow(page, "Tilbake til kurset")


def test_who_is_under_way_keeps_the_old_version_and_who_begins_sees_the_new(
    site: Site, window: Window, shipped: tuple[Draft, ...]
) -> None:
    (foundation,) = (draft for draft in shipped if draft.course.id == "startopplaering")
    kari, stian = window(1280), window(1280)
    has_begun(kari, "kari@cast.example")
    follow(kari, "Begynn på første leksjon")
    kari.get_by_label("Svaret ditt").fill("Det går an å spørre.")
    kari.get_by_label("Svaret ditt").blur()
    expect(kari.get_by_text("Lagret ", exact=False)).to_be_visible()

    sentence = "Denne setningen sto her ikke da Kari begynte."
    lesson = published_anew(site, foundation, sentence)
    kari.goto(lesson)
    expect(kari.get_by_role("heading", level=1)).to_be_visible()
    expect(kari.get_by_text(sentence)).to_have_count(0)
    expect(kari.get_by_label("Svaret ditt")).to_have_value("Det går an å spørre.")

    has_begun(stian, "stian@cast.example")
    stian.goto(lesson)
    expect(stian.get_by_text(sentence)).to_be_visible()
    expect(stian.get_by_label("Svaret ditt")).to_have_value("")

    kari.get_by_role("button", name="Ferdig – gå videre").click()
    kari.goto(lesson)
    expect(kari.get_by_text(sentence)).to_have_count(0)
