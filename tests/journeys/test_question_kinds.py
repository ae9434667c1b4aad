"""One question of each kind, answered in a real browser: with a mouse, by keyboard, and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator, Page, expect

from lms.clock import FrozenClock
from lms.config import Settings
from quizzes.questions import Question
from tests.journeys.screens import PHONE, press, sideways
from tests.quizzes.desk import Desk, at_desk
from tests.quizzes.factories import one_of_each

pytestmark = pytest.mark.browser

BANK = {one.id: one for one in one_of_each()}
PAIRS, STEPS = BANK["q-matching"], BANK["q-ordering"]
LOST = "Ingen forbindelse"
AXE = """async () => {
  const found = await axe.run("main", {resultTypes: ["violations"], rules: {"target-size": {enabled: true}}});
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 200)}`));
}"""


@pytest.fixture
def desk(chromium: Chromium, tmp_path: Path, settings: Settings, clock: FrozenClock) -> Iterator[Desk]:
    with at_desk(chromium, tmp_path, settings, clock, list(BANK.values())) as desk:
        yield desk


@pytest.fixture
def plain(chromium: Chromium, tmp_path: Path, settings: Settings, clock: FrozenClock) -> Iterator[Desk]:
    """A phone's browser that runs no scripts."""
    window = {"width": PHONE, "height": 800}
    with at_desk(
        chromium, tmp_path, settings, clock, list(BANK.values()), viewport=window, java_script_enabled=False
    ) as desk:
        yield desk


def told(page: Page, beginning: str) -> None:
    """Wait for the line that says how saving goes."""
    expect(page.locator("#lagring")).to_have_text(re.compile(f"^{beginning}"))


def words_of(question: Question) -> list[str]:
    """The steps in the right order, as they are read."""
    texts = {option.key: option.text for option in question.options}
    return [texts[key] for key in question.order]


def shown(group: Locator) -> list[str]:
    """The steps in the order they stand on the page."""
    return group.locator(".step label").all_inner_texts()


def button(group: Locator, way: str, step: str) -> Locator:
    return group.get_by_role("button", name=f"Flytt {way}: {step}", exact=True)


def pair_all(group: Locator) -> None:
    """Choose the right option for every prompt."""
    texts = {option.key: option.text for option in PAIRS.options}
    for prompt in PAIRS.prompts:
        group.get_by_label(prompt.text, exact=True).select_option(label=texts[prompt.option])


def put_in_order_with_buttons(group: Locator) -> None:
    """Move every step up to where it belongs, from the first on."""
    for place, step in enumerate(words_of(STEPS)):
        while shown(group).index(step) > place:
            button(group, "opp", step).click()


def test_each_kind_is_answered_saved_and_reviewed(desk: Desk) -> None:
    page = desk.open()
    pair_all(desk.group(page, "q-matching"))
    steps = desk.group(page, "q-ordering")
    expect(steps.locator("select").first).to_be_hidden()
    put_in_order_with_buttons(steps)
    assert shown(steps) == words_of(STEPS)
    desk.group(page, "q-numeric").get_by_label("Svaret ditt").fill("36,5")
    desk.group(page, "q-short").get_by_label("Svaret ditt").fill("  hypofysen")
    for name in ("q-single", "q-true"):
        desk.group(page, name).locator("input[value=a]").check()
    for key in "ab":
        desk.group(page, "q-multiple").locator(f"input[value={key}]").check()
    expect(page.locator("#besvart")).to_have_text("7 av 7 besvart")
    press(page, "Lever prøven")
    page.wait_for_url("**/lever")
    press(page, "Lever prøven")
    page.wait_for_url("**/resultat")
    expect(page.get_by_text("100 %").first).to_be_visible()
    expect(page.get_by_text("7 av 7 poeng")).to_be_visible()
    stored = desk.tokens()
    assert {
        name: frozenset(tokens) for name, tokens in stored.items() if name != "q-numeric" and name != "q-short"
    } == {name: one.right_response for name, one in BANK.items() if name not in ("q-numeric", "q-short")}
    assert (stored["q-numeric"], stored["q-short"]) == (["36,5"], ["  hypofysen"])


def test_steps_are_moved_by_keyboard_the_focus_follows_and_each_move_is_announced(desk: Desk) -> None:
    page = desk.open()
    group = desk.group(page, "q-ordering")
    announced = group.get_by_role("status")
    before = shown(group)
    last = before[-1]
    up = button(group, "opp", last)
    up.focus()
    for place in (3, 2, 1):
        page.keyboard.press("Enter")
        expect(announced).to_have_text(f"{last}: nå på plass {place} av 4")
        expect(up).to_be_focused()
    assert shown(group) == [last, *before[:-1]]
    page.keyboard.press("Space")
    expect(announced).to_have_text(f"{last}: står alt på plass 1 av 4")
    expect(up).to_be_focused()
    expect(up).to_have_attribute("aria-disabled", "true")
    assert shown(group) == [last, *before[:-1]]
    page.keyboard.press("Tab")
    expect(button(group, "ned", last)).to_be_focused()
    told(page, "Lagret")
    (stored,) = desk.tokens().values()
    places = {token[0]: int(token[2:]) for token in stored}
    texts = {option.key: option.text for option in STEPS.options}
    assert [texts[key] for key in sorted(places, key=places.__getitem__)] == shown(group)
    again = desk.open()
    assert shown(desk.group(again, "q-ordering")) == shown(group)


def test_an_order_is_no_answer_until_one_has_moved_a_step_or_said_that_it_may_stand(desk: Desk) -> None:
    page = desk.open()
    group = desk.group(page, "q-ordering")
    expect(page.locator("#besvart")).to_have_text("0 av 7 besvart")
    group.get_by_role("button", name="Behold rekkefølgen som den står").click()
    expect(page.locator("#besvart")).to_have_text("1 av 7 besvart")
    expect(group.get_by_role("button", name="Behold rekkefølgen")).to_be_hidden()
    expect(group.get_by_role("status")).to_contain_text("Rekkefølgen er svaret ditt")
    expect(group.get_by_role("list")).to_be_focused()
    told(page, "Lagret")
    assert list(desk.tokens()) == ["q-ordering"]


def test_what_is_typed_is_saved_while_one_types_and_at_once_when_one_leaves(desk: Desk) -> None:
    page = desk.open()
    field = desk.group(page, "q-short").get_by_label("Svaret ditt")
    field.focus()
    page.keyboard.type("hjerne", delay=20)
    assert desk.tokens() == {}
    with page.expect_response("**/svar/*", timeout=5_000):
        pass  # nobody leaves the field
    assert desk.tokens() == {"q-short": ["hjerne"]}
    page.keyboard.type("vedhenget")
    with page.expect_response("**/svar/*", timeout=1_000):
        page.keyboard.press("Tab")
    told(page, "Lagret")
    assert desk.tokens() == {"q-short": ["hjernevedhenget"]}
    assert sum(one.startswith("POST") for one in desk.requests) == 2
    field.fill("")
    field.blur()
    expect(page.locator("#besvart")).to_have_text("0 av 7 besvart")
    told(page, "Lagret")
    assert desk.tokens() == {}


def test_enter_in_a_field_saves_and_hands_nothing_in(desk: Desk) -> None:
    page = desk.open()
    field = desk.group(page, "q-numeric").get_by_label("Svaret ditt")
    field.fill("36")
    with page.expect_response("**/svar/*", timeout=1_000):
        field.press("Enter")
    expect(field).to_be_focused()
    assert page.url == desk.address
    assert desk.tokens() == {"q-numeric": ["36"]}


def test_pairs_steps_and_texts_survive_a_closed_tab_without_a_connection(desk: Desk) -> None:
    page = desk.open()
    desk.context.set_offline(True)
    pair_all(desk.group(page, "q-matching"))
    put_in_order_with_buttons(desk.group(page, "q-ordering"))
    desk.group(page, "q-short").get_by_label("Svaret ditt").fill("hypofysen")
    told(page, LOST)
    assert desk.tokens() == {}
    page.close()  # what waits may still slip out as the page goes; what does not, is kept in the browser
    desk.context.set_offline(False)
    page = desk.open()
    told(page, "Lagret")
    assert shown(desk.group(page, "q-ordering")) == words_of(STEPS)
    expect(desk.group(page, "q-short").get_by_label("Svaret ditt")).to_have_value("hypofysen")
    expect(page.locator("#besvart")).to_have_text("3 av 7 besvart")
    stored = desk.tokens()
    assert frozenset(stored["q-matching"]) == PAIRS.right_response
    assert frozenset(stored["q-ordering"]) == STEPS.right_response


def test_half_a_question_is_not_counted_and_named_before_handing_in(desk: Desk) -> None:
    page = desk.open()
    group = desk.group(page, "q-matching")
    group.get_by_label(PAIRS.prompts[0].text, exact=True).select_option(index=1)
    desk.group(page, "q-numeric").get_by_label("Svaret ditt").fill("omtrent 36")
    expect(page.locator("#besvart")).to_have_text("1 av 7 besvart")
    press(page, "Lever prøven")
    expect(page.get_by_text("Delvis besvart", exact=True)).to_be_visible()
    expect(page.get_by_text("Kan ikke leses som et tall", exact=True)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("«omtrent 36»")


def test_each_kind_is_answered_on_a_phone_without_javascript(plain: Desk) -> None:
    page = plain.open()
    expect(page.get_by_role("button", name=re.compile("^Flytt|^Behold"))).to_have_count(0)
    pair_all(plain.group(page, "q-matching"))
    steps = plain.group(page, "q-ordering")
    for place, step in enumerate(words_of(STEPS), 1):
        steps.get_by_label(step, exact=True).select_option(label=str(place))
    plain.group(page, "q-numeric").get_by_label("Svaret ditt").fill("36 %")
    press(page, "Lagre svarene")
    expect(page.get_by_role("status").filter(has_text="Svarene er lagret")).to_be_visible()
    expect(page.get_by_text("3 av 7 besvart")).to_be_visible()
    assert (
        plain.group(page, "q-ordering")
        .get_by_label(words_of(STEPS)[2], exact=True)
        .locator("option:checked")
        .inner_text()
        == "3"
    )
    plain.group(page, "q-short").get_by_label("Svaret ditt").fill("Hjernevedhenget.")
    press(page, "Lever prøven")
    expect(page.get_by_role("heading", name="3 spørsmål står uten svar")).to_be_visible()
    press(page, "Lever likevel")
    expect(page.get_by_text("4 av 7 poeng")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_and_review_can_be_read_by_everybody_on_a_phone(desk: Desk, scheme: str) -> None:
    desk.context.add_init_script(AXE_SCRIPT)
    page = desk.open()
    page.set_viewport_size({"width": PHONE, "height": 800})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for moved in (False, True):
        if moved:
            desk.group(page, "q-ordering").get_by_role("button", name=re.compile("^Flytt ned")).first.click()
        page.evaluate("() => document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        assert page.evaluate(AXE) == []
        assert sideways(page) == 0
    told(page, "Lagret")
    desk.group(page, "q-matching").get_by_label(PAIRS.prompts[0].text, exact=True).select_option(index=1)
    desk.group(page, "q-short").get_by_label("Svaret ditt").fill("noe annet")
    press(page, "Lever prøven")
    page.wait_for_url("**/lever")
    assert page.evaluate(AXE) == []
    press(page, "Lever likevel")
    page.wait_for_url("**/resultat")
    page.evaluate("() => document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    assert page.evaluate(AXE) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert sideways(page) == 0


def test_a_case_stands_in_full_once_and_folded_after_that(desk: Desk) -> None:
    page = desk.open()
    expect(page.get_by_role("heading", name="Lageret")).to_have_count(1)
    expect(page.get_by_text("Ola løfter kasser på lageret.").first).to_be_visible()
    folded = page.locator("details", has_text="Kasuset en gang til")
    expect(folded).to_have_count(2)
    expect(folded.first.get_by_text("Ola løfter")).to_be_hidden()
    folded.first.get_by_text("Kasuset en gang til").click()
    expect(folded.first.get_by_text("Ola løfter")).to_be_visible()
