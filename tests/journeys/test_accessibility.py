"""Every page, on a desk and on a phone, light and dark, before axe: the law's WCAG 2.1 AA, and target size of 2.2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, Response
from sqlalchemy import select

from certificates.demo import lives
from courses.drafts import Draft
from lms.clock import local_date
from quizzes.attempts import Purpose
from quizzes.models import Attempt
from tests import world
from tests.clients import Browser
from tests.journeys import visits
from tests.journeys.conftest import Site
from tests.journeys.place import Place
from tests.journeys.screens import PHONE, sideways
from tests.journeys.visits import STRANGER, Visit

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

# axe sets colours aside for review where a sign stands beside the words (drawn by ::before), where the words are
# one letter long, or where a picture lies behind them (the arrow of a select). Here none of these is in the way.
LOOK_CLOSER = """
  axe.configure({checks: [{id: "color-contrast", options: {
    ignoreUnicode: true, ignoreLength: true, ignorePseudo: true, boldValue: 700, boldTextPt: 14, largeTextPt: 18,
    contrastRatio: {normal: {expected: 4.5}, large: {expected: 3}}, pseudoSizeThreshold: 0.25,
  }}]});
  const arrows = new CSSStyleSheet();
  arrows.replaceSync("select { background-image: none !important }");
  document.adoptedStyleSheets = [arrows];
"""
UNFOLD = "() => { for (const folded of document.querySelectorAll('main details')) folded.open = true; }"
LOOK = """async ([within, options]) => {
  const wanted = {resultTypes: ["violations", "incomplete"], preload: false, ...options};
  const {violations, incomplete} = await axe.run(within, wanted);
  return {violations, unsure: incomplete.filter((rule) => rule.id === "color-contrast")};
}"""
# axe cannot tell the contrast of words in a picture; they have the colour of the page's own words, which it can.
PICTURED = """() => [...document.querySelectorAll("main svg text")]
  .filter((text) => getComputedStyle(text).fill !== getComputedStyle(document.body).color)
  .map((text) => text.outerHTML)"""
FRAME = """() => ({
  title: document.title.replace(/ – HelseIArbeid$/, "").trim(),
  headings: [...document.querySelectorAll("h1")].map((heading) => heading.innerText.trim()),
  language: document.documentElement.lang,
  focus: document.activeElement.id,
})"""
EVERYTHING = {"rules": {"target-size": {"enabled": True}}}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
Scheme = Literal["light", "dark"]


class Reader:
    """A window in which one person after another opens pages."""

    def __init__(self, site: Site, context: BrowserContext) -> None:
        self.site, self.context, self.page = site, context, context.new_page()
        self.complaints: list[str] = []
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def become(self, who: str) -> None:
        """The cookies of one of the cast, or none."""
        self.context.clear_cookies()
        if who == STRANGER:
            return
        browser = Browser(self.site.app).sign_in_as(self.site.database, getattr(self.site.people, who))
        cookie = browser.client.get_cookie("lms")
        assert cookie is not None
        self.context.add_cookies([{"name": "lms", "value": cookie.value, "url": self.site.url}])

    def open(self, visit: Visit) -> Page:
        """Make a visit; it is answered as foretold."""
        address = visits.address(self.site.app, visit)
        answer: Response | None = self.page.goto(address)
        assert self.page.url == self.site.url + address, f"{visit} leads to {self.page.url}"
        if visit.signed_out:
            self.context.clear_cookies()
        if visit.button:
            with self.page.expect_navigation() as asked:
                self.page.get_by_role("main").get_by_role("button", name=visit.button, exact=True).click()
            answer = asked.value
        if visit.signed_out:
            self.become(visit.who)
        assert answer is not None
        assert answer.status == visit.status, f"{visit}: {answer.status}"
        assert answer.headers["content-type"].startswith("text/html")
        expected = [text for text in self.complaints if visit.status == 200 or f"status of {visit.status}" not in text]
        assert expected == []
        self.complaints.clear()
        return self.page


@contextmanager
def reader(chromium: Chromium, site: Site, width: int, scheme: Scheme) -> Iterator[Reader]:
    context = chromium.new_context(
        base_url=site.url,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        locale="nb-NO",
        reduced_motion="reduce",
    )
    context.set_default_timeout(20_000)
    context.add_init_script(AXE_SCRIPT + LOOK_CLOSER)
    yield Reader(site, context)
    context.close()


def faults(page: Page, options: Mapping[str, object], width: int, within: str = "html") -> list[str]:
    """What axe finds, and whatever it cannot tell about colours.

    A cell of a wide table may lie out of sight on a phone; its colours are seen on the desk.
    """
    found = page.evaluate(LOOK, [within, options])
    wrong = [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"]]
    unsure = [node for rule in found["unsure"] for node in rule["nodes"]]
    looked_at = {"imgNode", "elmPartiallyObscured"} if width == PHONE else {"imgNode"}
    wrong += [f"another colour than words have: {text[:200]}" for text in page.evaluate(PICTURED)]
    return wrong + [f"{why(node)}: {node['html'][:200]}" for node in unsure if why(node) not in looked_at]


def why(node: Mapping[str, Any]) -> str:
    """Why axe cannot tell a contrast."""
    return str(((node["any"] or [{}])[0].get("data") or {}).get("messageKey"))


def frame_faults(page: Page, visit: Visit) -> list[str]:
    """What a page owes its reader: a title, one main heading, its language; a refused form leads to what is wrong."""
    frame = page.evaluate(FRAME)
    facts = {
        "no title": not frame["title"],
        "not one h1": len(frame["headings"]) != 1 or not frame["headings"][0],
        "wrong lang": frame["language"] != "nb",
        "the focus is not at what is wrong": visit.status == 422 and frame["focus"] != "feil",
    }
    return [fault for fault, found in facts.items() if found]


def reflow_faults(page: Page, width: int) -> list[str]:
    """The page fits its window; the phone's page also the narrowest one the law names (WCAG 1.4.10: 320 pixels)."""
    wrong = [f"{sideways(page)} pixels too wide at {width}"] if sideways(page) else []
    if width == PHONE:
        page.set_viewport_size({"width": 320, "height": 800})
        wrong += [f"{sideways(page)} pixels too wide at 320"] if sideways(page) else []
        page.set_viewport_size({"width": width, "height": 800})
    return wrong


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (PHONE, "dark")])
def test_every_page_can_be_read_by_everybody(
    site: Site, furnished: Place, chromium: Chromium, width: int, scheme: Scheme
) -> None:
    tour = visits.visits(site.people, furnished)
    assert {visit.endpoint for visit in tour} == visits.pages(site.app)
    found: dict[str, list[str]] = {}
    with reader(chromium, site, width, scheme) as one:
        for who in dict.fromkeys(visit.who for visit in tour):
            one.become(who)
            for visit in (visit for visit in tour if visit.who == who):
                page = one.open(visit)
                page.evaluate(UNFOLD)
                wrong = frame_faults(page, visit) + reflow_faults(page, width) + faults(page, EVERYTHING, width)
                if width != PHONE:
                    page.emulate_media(color_scheme="dark")
                    wrong += [f"dark: {fault}" for fault in faults(page, COLOURS, width)]
                    page.emulate_media(color_scheme="light")
                if wrong:
                    found[f"{visit.endpoint} as {who or 'a stranger'} {visit.button} {dict(visit.values)}"] = wrong
    assert not found, told(found)


def test_the_menu_of_a_phone_can_be_read_by_everybody(site: Site, chromium: Chromium) -> None:
    with reader(chromium, site, PHONE, "light") as one:
        one.become("knut")
        page = one.open(Visit("home.home", "knut"))
        page.get_by_role("banner").get_by_text("Meny", exact=True).click()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert faults(page, EVERYTHING, PHONE, ".site-header") == []
        assert reflow_faults(page, PHONE) == []


def test_every_lesson_can_be_read_by_everybody(
    site: Site, furnished: Place, shipped: tuple[Draft, ...], chromium: Chromium
) -> None:
    found: dict[str, list[str]] = {}
    with reader(chromium, site, PHONE, "light") as one:
        one.become("geir")
        for course, lesson in lessons_open_to(site, site.people.geir, shipped):
            page = one.open(Visit("courses.lesson", "geir", {"course_id": course, "lesson_id": lesson}))
            page.evaluate(UNFOLD)
            wrong = reflow_faults(page, PHONE) + faults(page, EVERYTHING, PHONE)
            if wrong:
                found[lesson] = wrong
    assert not found, told(found)


def lessons_open_to(site: Site, person: int, shipped: tuple[Draft, ...]) -> list[tuple[str, str]]:
    """Let a person into every course that has a test before its lessons; ids of the courses and their lessons."""
    with site.database.transaction() as session:
        today = local_date(site.clock.now())
        for draft in shipped:
            if not draft.course.blueprint:  # an open course has no beginning
                continue
            lives.begin(session, person, draft.course.id, today)
            taken = select(Attempt.id).where(
                Attempt.person_id == person, Attempt.bank == draft.course.id, Attempt.form == Purpose.PRE
            )
            if session.scalar(taken) is None:
                lives.sit(session, person, draft.course.id, Purpose.PRE, today, right=0.5, chance=world.chance())
    return [
        (draft.course.id, lesson.id)
        for draft in shipped
        for module in draft.compiled.modules
        for lesson in module.lessons
    ]


def told(found: Mapping[str, list[str]]) -> str:
    """The faults of each page, to be read in a terminal."""
    return "".join(f"\n{where}" + "".join(f"\n    {fault}" for fault in wrong) for where, wrong in found.items())
