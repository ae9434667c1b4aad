"""A judge of a pass mark in a real browser: every rating is kept as it is given, and none goes to the wrong stage."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select, update

from courses.models.learning import CourseVersion
from courses.models.standards import AngoffJudge, AngoffRating, AngoffRound
from courses.queries.standards import Scope
from courses.services import standards as services
from tests.clients import Browser
from tests.courses import factories
from tests.journeys.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

ITEMS = ["rygg-1", "rygg-2", "uro-1"]


@pytest.fixture
def round_id(site: Site) -> int:
    """A round on three questions, with Ari as its judge."""
    now = site.clock.now()
    with site.app.test_request_context(), site.database.transaction() as session:
        factories.published(session, now)
        version_id = session.scalars(select(CourseVersion.id).where(CourseVersion.course_id == factories.COURSE)).one()
        row = services.open_round(
            session, course_id=factories.COURSE, version_id=version_id, scope=Scope.BANK, items=ITEMS,
            actor_id=site.people.siri, now=now,
        )  # fmt: skip
        judge = AngoffJudge(round_id=row.id, person_id=site.people.ari, invited_by=site.people.siri, invited_at=now)
        session.add(judge)
        return row.id


@pytest.fixture
def ari(site: Site, chromium: Chromium) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=site.url, locale="nb-NO")
    context.set_default_timeout(10_000)
    cookie = Browser(site.app).sign_in_as(site.database, site.people.ari).client.get_cookie("lms")
    assert cookie is not None
    context.add_cookies([{"name": "lms", "value": cookie.value, "url": site.url}])
    yield context
    context.close()


def kept(site: Site) -> dict[tuple[str, str], int]:
    """What the server has, by stage and question."""
    with site.database.reading() as session:
        return {(one.stage, one.question_id): one.percent for one in session.scalars(select(AngoffRating))}


def opened(ari: BrowserContext, round_id: int) -> Page:
    page = ari.new_page()
    page.goto(f"/bestattgrense/{round_id}")
    return page


def says(page: Page, beginning: str) -> None:
    expect(page.locator("#lagring")).to_have_text(re.compile(f"^{beginning}"))


def rate(page: Page, question_id: str, percent: str) -> None:
    page.locator(f'[name="svar-{question_id}"]').select_option(percent)


def test_a_rating_is_kept_as_it_is_given_and_the_newest_stands(site: Site, ari: BrowserContext, round_id: int) -> None:
    page = opened(ari, round_id)
    expect(page.get_by_role("button", name="Lagre vurderingene")).to_be_hidden()
    for percent in ("50", "55", "60"):
        rate(page, "rygg-1", percent)
    # one request at a time: when the server has the last choice, it has those before it
    with page.expect_response(lambda answer: "svar-uro-1" in (answer.request.post_data or "")):
        rate(page, "uro-1", "0")
    says(page, "Lagret")
    expect(page.locator("#vurdert")).to_have_text("2 av 3 vurdert")
    page.reload()
    expect(page.locator('[name="svar-rygg-1"]')).to_have_value("60")
    assert kept(site) == {("first", "rygg-1"): 60, ("first", "uro-1"): 0}


def test_a_rating_is_changed_and_not_taken_back(site: Site, ari: BrowserContext, round_id: int) -> None:
    page = opened(ari, round_id)
    rate(page, "rygg-1", "50")
    says(page, "Lagret")
    rate(page, "rygg-1", "")
    says(page, "Vurderingen står")
    expect(page.locator('[name="svar-rygg-1"]')).to_have_value("50")
    assert kept(site) == {("first", "rygg-1"): 50}


def test_without_a_connection_it_waits_on_the_page_and_is_sent_later(
    site: Site, ari: BrowserContext, round_id: int
) -> None:
    page = opened(ari, round_id)
    ari.set_offline(True)
    rate(page, "rygg-1", "50")
    rate(page, "rygg-2", "70")
    says(page, "Ingen forbindelse")
    rate(page, "rygg-1", "75")
    assert kept(site) == {}
    ari.set_offline(False)
    says(page, "Lagret")
    assert kept(site) == {("first", "rygg-1"): 75, ("first", "rygg-2"): 70}


def test_what_is_said_on_the_page_of_the_first_stage_is_not_said_of_the_second(
    site: Site, ari: BrowserContext, round_id: int
) -> None:
    page = opened(ari, round_id)
    rate(page, "rygg-1", "50")
    says(page, "Lagret")
    with site.database.transaction() as session:
        closed = {"first_closed_at": site.clock.now(), "first_closed_by": site.people.siri}
        session.execute(update(AngoffRound).where(AngoffRound.id == round_id).values(**closed))
    rate(page, "rygg-2", "90")
    says(page, "Noen andre har allerede lukket denne delen")
    assert kept(site) == {("first", "rygg-1"): 50}


def test_signed_out_it_says_so(site: Site, ari: BrowserContext, round_id: int) -> None:
    page = opened(ari, round_id)
    ari.clear_cookies()
    rate(page, "rygg-1", "50")
    says(page, "Du er logget ut")
    assert kept(site) == {}
