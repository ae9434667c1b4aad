"""Marks, time spent and the time left, in a real browser whose clock the test moves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from sqlalchemy import select, update

from lms.clock import FrozenClock
from lms.config import Settings
from quizzes.models import Attempt, AttemptItem
from tests.quizzes.desk import Desk, at_desk
from tests.quizzes.factories import question

pytestmark = pytest.mark.browser
BANK = [question(f"q-{n}", options=4) for n in range(4)]


@pytest.fixture
def desk(chromium: Chromium, tmp_path: Path, settings: Settings, clock: FrozenClock) -> Iterator[Desk]:
    with at_desk(chromium, tmp_path, settings, clock, BANK) as desk:
        desk.context.clock.install()
        yield desk


def ends(desk: Desk, clock: FrozenClock, **after: float) -> None:
    """The test has so much time left."""
    with desk.database.transaction() as session:
        session.execute(update(Attempt).values(deadline_at=clock.now() + timedelta(**after)))


def items(desk: Desk) -> list[AttemptItem]:
    with desk.database.reading() as session:
        return list(session.scalars(select(AttemptItem).order_by(AttemptItem.position)))


def test_a_mark_is_kept_at_once_and_the_answer_left_alone(desk: Desk) -> None:
    page = desk.open()
    other = desk.open()
    page.locator("#sporsmal-1 input[value=a]").check()
    page.clock.run_for(3_000)
    expect(page.locator("#lagring")).to_have_text(re.compile("^Lagret"))
    other.locator("#sporsmal-1 [data-flag]").check()  # a tab that knows of no answer
    other.clock.run_for(3_000)
    expect(other.locator("#lagring")).to_have_text(re.compile("^Lagret"))
    assert [(sorted(one.chosen), one.flagged) for one in items(desk)][0] == (["a"], True)
    expect(other.locator("#besvart")).to_have_text("0 av 4 besvart")
    page.reload()
    expect(page.locator("#sporsmal-1 [data-flag]")).to_be_checked()


def test_time_spent_goes_along_with_the_answer(desk: Desk, clock: FrozenClock) -> None:
    page = desk.open()
    clock.advance(minutes=1)
    page.locator("#sporsmal-2 input[value=a]").focus()
    page.clock.run_for(5_000)
    with page.expect_response("**/svar/2"):
        page.locator("#sporsmal-2 input[value=c]").check()
        page.clock.run_for(100)
    spent = items(desk)[1].seconds_spent
    assert spent is not None
    assert 3 <= spent <= 9


LEAVES = {
    "put aside": "Object.defineProperty(document, 'visibilityState', { value: 'hidden' });"
    "document.dispatchEvent(new Event('visibilitychange'))",
    "left": "window.dispatchEvent(new PageTransitionEvent('pagehide'))",
}


@pytest.mark.parametrize("how", LEAVES)
def test_time_on_an_unanswered_question_is_told_once_when_the_page_is_left(
    desk: Desk, clock: FrozenClock, how: str
) -> None:
    page = desk.open()
    clock.advance(minutes=2)
    page.locator("#sporsmal-2 input[value=a]").focus()
    page.clock.run_for(20_000)
    with page.expect_response("**/tid") as told:
        page.evaluate(LEAVES[how])
    assert told.value.status == 204
    page.evaluate(LEAVES["left"])
    second = items(desk)[1]
    assert second.seconds_spent is not None
    assert 18 <= second.seconds_spent <= 24
    assert (second.chosen, second.answered_at) == (frozenset(), None)
    assert desk.stored() == {}


def test_several_answers_on_their_way_as_the_page_is_left_tell_the_time_once(desk: Desk, clock: FrozenClock) -> None:
    page = desk.open()
    clock.advance(minutes=2)
    page.locator("#sporsmal-2 input[value=a]").focus()
    page.clock.run_for(20_000)
    with page.expect_response("**/svar/2"), page.expect_response("**/svar/3"):
        page.evaluate(
            "for (const at of [3, 2]) document.querySelector(`#sporsmal-${at} input[value=b]`).click();"
            "window.dispatchEvent(new PageTransitionEvent('pagehide'))"
        )
    assert desk.stored() == {2: "b", 3: "b"}
    spent = items(desk)[1].seconds_spent
    assert spent is not None
    assert 18 <= spent <= 24


def test_handing_in_takes_the_time_along_once(desk: Desk, clock: FrozenClock) -> None:
    page = desk.open()
    clock.advance(minutes=2)
    page.locator("#sporsmal-2 input[value=a]").focus()
    page.clock.run_for(20_000)
    page.get_by_role("button", name="Lever prøven").click()
    page.wait_for_url("**/lever")
    spent = items(desk)[1].seconds_spent
    assert spent is not None
    assert 18 <= spent <= 24
    assert not any(request.endswith("/tid") for request in desk.requests)


def test_the_time_left_is_told_once_a_minute_and_aloud_at_ten_five_and_one(desk: Desk, clock: FrozenClock) -> None:
    ends(desk, clock, minutes=10, seconds=30)
    page = desk.open()
    left, aloud = page.locator("#tid"), page.locator("#tid-varsel")
    expect(left).to_have_text("11 minutter igjen")
    expect(aloud).to_be_empty()
    for seconds, words, said in (
        (40, "10 minutter igjen", "10 minutter igjen"),
        (120, "8 minutter igjen", "10 minutter igjen"),
        (180, "5 minutter igjen", "5 minutter igjen"),
        (240, "1 minutt igjen", "1 minutt igjen"),
    ):
        page.clock.run_for(seconds * 1000)
        expect(left).to_have_text(words)
        expect(aloud).to_have_text(said)


def test_when_the_time_is_out_the_answers_are_sent_and_the_result_comes(desk: Desk, clock: FrozenClock) -> None:
    ends(desk, clock, seconds=20)
    page = desk.open()
    page.locator("#sporsmal-1 input[value=a]").check()
    page.clock.run_for(21_000)
    expect(page.locator("#tid")).to_have_text("Tiden er ute. Svarene leveres.")
    expect(page.locator("#lagring")).to_have_text(re.compile("^Lagret"))
    clock.advance(seconds=31)
    page.clock.run_for(12_000)
    page.wait_for_url("**/resultat")
    expect(page.get_by_text("Det som var lagret da, teller.")).to_be_visible()
    assert "1 av 4 poeng" in page.inner_text("main")
