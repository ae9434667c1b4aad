"""What a company goes on with: a link, a code, a short anonymous form whose answers tell nobody who gave them."""

from __future__ import annotations

import threading
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, inspect, select

from courses import feedback
from courses.feedback import Answer, summarise
from courses.models.deliveries import DeliveryFeedback, DeliveryFollowUp
from courses.services import deliveries, follow_up
from lms.clock import FrozenClock
from lms.db import Database
from lms.errors import Refused
from tests import cast
from tests.cast import Cast
from tests.clients import Browser
from tests.courses.fieldwork import HOSTILE, NOW
from tests.courses.test_partners import confirm, correct, log

ANSWER = {"useful": "5", "heard": "4", "knowing": "3", "using": "5"}


def opened(database: Database, delivery_id: int, by: int) -> DeliveryFollowUp:
    with database.transaction() as session:
        return follow_up.open_follow_up(session, delivery_id=delivery_id, by=by, now=NOW)


def answer(database: Database, page: DeliveryFollowUp, entry: str, comment: str = "") -> bool:
    with database.transaction() as session:
        return follow_up.give_feedback(
            session, follow_up=page, entry=entry, marks=[5, 4, 3, 5], comment=comment, now=NOW
        )


# the rule

answers = st.lists(
    st.builds(Answer, marks=st.tuples(*[st.integers(1, 5)] * 4), comment=st.sampled_from(["", "Fint", "å", "B"])),
    max_size=23,
)


@given(answers)
def test_nothing_of_fewer_than_five_is_ever_shown_nor_found_by_subtraction(given_: list[Answer]) -> None:
    before = summarise(())
    for number in range(1, len(given_) + 1):
        now = summarise(given_[:number])
        assert now.shown % feedback.STEP == 0
        assert now.given - now.shown < feedback.STEP
        if now.shown == before.shown:
            assert (now.questions, now.comments) == (before.questions, before.comments)
        else:
            assert now.shown - before.shown == feedback.STEP
        before = now


@given(answers)
def test_counts_and_means_are_of_the_answers_shown(given_: list[Answer]) -> None:
    summary = summarise(given_)
    for place, question in enumerate(summary.questions):
        marks = [one.marks[place] for one in given_[: summary.shown]]
        assert sum(question.counts) == summary.shown
        assert question.mean == Fraction(sum(marks), len(marks))


def test_comments_stand_in_an_order_that_says_nothing_of_who_came_first() -> None:
    said = ["c", "A", "b", "", "d"]
    assert summarise([Answer(marks=(1, 1, 1, 1), comment=text) for text in said]).comments == ("A", "b", "c", "d")


def test_the_form_is_open_for_sixty_days() -> None:
    assert feedback.closes_on(date(2026, 11, 23)) == date(2027, 1, 22)


# the verbs


def test_nothing_is_kept_that_says_who_answered_or_when(database: Database) -> None:
    with database.engine.connect() as connection:
        columns = {str(column["name"]) for column in inspect(connection).get_columns("delivery_feedback")}
    assert columns == {"id", "follow_up_id", "entry", "marks", "comment"}


def test_an_answer_counts_once_and_not_more_than_were_there_can_answer(database: Database, people: Cast) -> None:
    page = opened(database, log(database, people.geir, None).id, people.geir)  # twelve listened
    assert answer(database, page, "a")
    assert not answer(database, page, "a")
    for number in range(11 + feedback.SPARE_ANSWERS):
        assert answer(database, page, f"n{number}")
    with pytest.raises(Refused) as refusal:
        answer(database, page, "z")
    assert refusal.value.reasons[0].code == "feedback-full"


def test_both_open_the_page_at_once_and_there_is_one(shared_database: Database) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
    row = log(shared_database, people.geir, people.kari)
    together, tokens = threading.Barrier(2), []

    def one(person: int) -> None:
        together.wait()
        tokens.append(opened(shared_database, row.id, person).token)

    threads = [threading.Thread(target=one, args=(person,)) for person in (people.geir, people.kari)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens) == 2
    assert tokens[0] == tokens[1]


def test_a_corrected_delivery_keeps_its_page(browser: Browser, people: Cast, database: Database) -> None:
    row = log(database, people.geir, None)
    page = opened(database, row.id, people.geir)
    new = correct(database, row, employees=30)
    assert new is not None
    browser.sign_in_as(database, people.geir)
    assert page.token in browser.get(f"/leveranser/{new.id}/oppfolging").text
    assert browser.get(f"/leveranser/{row.id}/oppfolging").status_code == 404


# the pages


def test_from_the_click_to_the_summary(browser: Browser, people: Cast, database: Database, library: None) -> None:
    row = log(database, people.geir, None)
    browser.sign_in_as(database, people.geir)
    browser.get(f"/leveranser/{row.id}/oppfolging")
    page = browser.submit("Åpne siden for bedriften").text
    assert "data:image/svg+xml" in page
    assert "/kurs/arbeidsplassen" in page
    assert "data:image/svg+xml" in browser.get(f"/leveranser/{row.id}/oppslag").text
    with database.reading() as session:
        token = session.scalars(select(DeliveryFollowUp.token)).one()
    stranger = Browser(browser.app)
    for number in range(5):
        stranger.get(f"/tilbakemelding/{token}")
        said = stranger.submit("Send svaret", **ANSWER, comment=HOSTILE if number == 4 else "").text
        assert "Takk for svaret" in said
        shown = browser.get(f"/leveranser/{row.id}/oppfolging").text
        assert ("Snitt" in shown) is (number == 4)
        assert ("&lt;script&gt;" in shown) is (number == 4)
        assert "<script>alert" not in shown


def test_an_unfinished_answer_keeps_what_was_typed(browser: Browser, people: Cast, database: Database) -> None:
    page = opened(database, log(database, people.geir, None).id, people.geir)
    browser.get(f"/tilbakemelding/{page.token}")
    refused = browser.submit("Send svaret", useful="2", comment="Vi lo mye underveis")
    assert refused.status_code == 422
    assert "Vi lo mye underveis" in refused.text
    assert 'value="2" checked' in refused.text
    for wrong in ("0", "6", "x"):
        answered = browser.post(f"/tilbakemelding/{page.token}", {**ANSWER, "entry": "e", "useful": wrong})
        assert answered.status_code == 422
        browser.get(f"/tilbakemelding/{page.token}")


def test_after_sixty_days_it_is_closed_and_an_unknown_token_is_nothing(
    browser: Browser, people: Cast, database: Database, clock: FrozenClock
) -> None:
    page = opened(database, log(database, people.geir, None).id, people.geir)
    clock.advance(days=60)
    assert browser.get(f"/tilbakemelding/{page.token}").status_code == 200
    clock.advance(days=1)
    closed = browser.get(f"/tilbakemelding/{page.token}")
    assert closed.status_code == 410
    assert "åpent til og med 22.01.2027" in closed.text
    assert browser.post(f"/tilbakemelding/{page.token}", {**ANSWER, "entry": "e"}).status_code == 410
    for way in ("", "/takk"):
        assert browser.get(f"/tilbakemelding/feil{way}").status_code == 404
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DeliveryFeedback)) == 0


def test_somebody_who_asks_too_often_is_told_to_wait(browser: Browser) -> None:
    codes = [browser.client.get("/tilbakemelding/feil").status_code for _ in range(202)]
    assert set(codes[:200]) == {404}
    assert codes[-1] == 429


def test_those_who_held_it_and_their_trainer_see_it_and_nobody_else(
    browser: Browser, people: Cast, database: Database
) -> None:
    row = log(database, people.geir, people.kari)
    opened(database, row.id, people.geir)
    sees = {people.geir: 200, people.tone: 200, people.knut: 200, people.kari: 404}
    never = dict.fromkeys((people.mons, people.terje, people.sonja, people.siri, people.ari), 404)
    for person, status in (sees | never).items():
        browser.sign_in_as(database, person)
        for way in ("oppfolging", "oppslag"):
            assert browser.get(f"/leveranser/{row.id}/{way}").status_code == status, (person, way)
        assert browser.post(f"/leveranser/{row.id}/oppfolging").status_code == (303 if status == 200 else 404)
    confirm(database, row.id)
    browser.sign_in_as(database, people.kari)
    assert browser.get(f"/leveranser/{row.id}/oppfolging").status_code == 200
    with database.transaction() as session:
        deliveries.strike_delivery(session, delivery_id=row.id, now=NOW)
    assert browser.get(f"/leveranser/{row.id}/oppfolging").status_code == 404
