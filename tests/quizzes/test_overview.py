"""Marks to come back to, time spent, the page before handing in, and the paper to print."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from lms.clock import FrozenClock
from lms.db import Database
from quizzes import forms, services
from quizzes.models import Attempt, AttemptItem
from tests.cast import Cast
from tests.clients import Browser
from tests.quizzes.factories import NOW, answer_all, begin, one_of_each, publish, questions

BANK = questions(20)


@pytest.fixture
def address(database: Database, people: Cast, browser: Browser) -> str:
    with database.transaction() as session:
        publish(session, BANK)
        attempt = begin(session, people.kari, BANK)
    browser.sign_in_as(database, people.kari)
    return f"/prove/{attempt.id}"


def items(database: Database) -> dict[int, AttemptItem]:
    with database.reading() as session:
        return {one.position: one for one in session.scalars(select(AttemptItem).order_by(AttemptItem.position))}


def send(browser: Browser, path: str, document: Any) -> TestResponse:
    browser.get(path.partition("/svar")[0])
    return browser.client.post(path, json=document, headers={"X-CSRFToken": browser.csrf})


# Marks


def test_a_mark_goes_with_the_page_and_comes_back_with_it(browser: Browser, address: str, database: Database) -> None:
    browser.post(f"{address}/svar", {"sporsmal": ["1", "2"], "merker": "ja", "merke-2": "ja"})
    assert [at for at, one in items(database).items() if one.flagged] == [2]
    page = browser.get(address).text
    assert page.count("data-flag") == 10
    assert page.count('value="ja" data-flag checked') == 1
    browser.post(f"{address}/svar", {"sporsmal": ["1"], "merker": "ja", "merke-1": "ja"})
    assert [at for at, one in items(database).items() if one.flagged] == [1, 2], "a question not on the page stays"
    browser.post(f"{address}/svar", {"sporsmal": ["2"], "merker": "ja"})
    assert [at for at, one in items(database).items() if one.flagged] == [1]


def test_a_page_from_before_there_were_marks_takes_none_away(
    browser: Browser, address: str, database: Database
) -> None:
    browser.post(f"{address}/svar", {"sporsmal": ["1"], "merker": "ja", "merke-1": "ja"})
    browser.post(f"{address}/svar", {"sporsmal": ["1"], "svar-1": "a"})
    assert items(database)[1].flagged


def test_the_script_marks_without_touching_the_answer(browser: Browser, address: str, database: Database) -> None:
    assert send(browser, f"{address}/svar/1", {"keys": ["a"]}).status_code == 204
    assert send(browser, f"{address}/svar/1", {"flagged": True}).status_code == 204
    assert (items(database)[1].chosen, items(database)[1].flagged) == (frozenset("a"), True)
    assert send(browser, f"{address}/svar/1", {"keys": ["b"]}).status_code == 204
    assert (items(database)[1].chosen, items(database)[1].flagged) == (frozenset("b"), True)
    assert send(browser, f"{address}/svar/1", {"flagged": False}).status_code == 204
    assert not items(database)[1].flagged


@pytest.mark.parametrize(
    "document",
    [{}, [], {"keys": None}, {"flagged": "ja"}, {"keys": ["a"], "flagged": 1}, {"keys": "a", "flagged": True}],
)
def test_what_is_no_answer_and_no_mark_is_not_understood(browser: Browser, address: str, document: Any) -> None:
    assert send(browser, f"{address}/svar/1", document).status_code == 400


def test_a_mark_on_a_paper_that_is_handed_in_is_refused(browser: Browser, address: str, database: Database) -> None:
    browser.get(address)
    token = browser.csrf
    browser.post(f"{address}/lever", {"bekreftet": "ja"})
    late = browser.client.post(f"{address}/svar/1", json={"flagged": True}, headers={"X-CSRFToken": token})
    assert late.status_code == 409
    assert not items(database)[1].flagged


# Time spent


def test_time_spent_is_added_up_and_never_more_than_has_gone(
    browser: Browser, address: str, database: Database, clock: FrozenClock
) -> None:
    clock.advance(seconds=100)
    send(browser, f"{address}/svar/1", {"keys": ["a"], "seconds": {"1": 20, "3": 5, "99": 7}})
    send(browser, f"{address}/svar/1", {"keys": ["b"], "seconds": {"1": 30}})
    browser.post(f"{address}/svar", {"sporsmal": ["1"], "sekunder": "1:1 4:10000 0:5 x:3 2:-4 5:"})
    assert {at: one.seconds_spent for at, one in items(database).items() if one.seconds_spent is not None} == {
        1: 51,
        3: 5,
        4: 100,
    }


def test_time_on_what_was_not_answered_counts_and_answers_nothing(
    browser: Browser, address: str, database: Database, clock: FrozenClock
) -> None:
    send(browser, f"{address}/svar/1", {"keys": ["a"]})
    before = items(database)
    clock.advance(seconds=60)
    for _ in range(2):
        told = {"1": 10, "2": 20, "3": 10_000, "4": -7, "5": 0, "99": 5, "x": 5, "6": "5", "7": True, "8": 1.5}
        assert send(browser, f"{address}/tid", {"seconds": told}).status_code == 204
    after = items(database)
    assert {at: one.seconds_spent for at, one in after.items() if one.seconds_spent is not None} == {
        1: 20,
        2: 40,
        3: 60,
    }
    for at, one in after.items():
        assert (one.response, one.answered_at, one.flagged) == (
            before[at].response, before[at].answered_at, before[at].flagged,
        )  # fmt: skip


def test_told_time_never_shrinks_and_is_never_negative_whatever_the_clocks_say(
    browser: Browser, address: str, database: Database, clock: FrozenClock
) -> None:
    clock.advance(seconds=30)
    send(browser, f"{address}/tid", {"seconds": {"1": 25}})
    clock.advance(seconds=-20)
    send(browser, f"{address}/tid", {"seconds": {"1": 5, "2": 40}})
    clock.advance(seconds=-40)  # a machine whose clock is behind that of the one where the test began
    send(browser, f"{address}/tid", {"seconds": {"1": 5, "3": 5}})
    spent = {at: one.seconds_spent for at, one in items(database).items()}
    assert (spent[1], spent[2], spent[3]) == (25, 10, 0)


@pytest.mark.parametrize("document", [{}, [], 7, None, {"seconds": None}, {"seconds": [1]}, {"seconds": "1:2"}])
def test_what_is_no_time_is_not_understood(browser: Browser, address: str, document: Any, database: Database) -> None:
    assert send(browser, f"{address}/tid", document).status_code == 400
    assert {one.seconds_spent for one in items(database).values()} == {None}


def test_time_is_told_of_ones_own_running_test_only(
    app: Flask, browser: Browser, address: str, database: Database, people: Cast, clock: FrozenClock
) -> None:
    clock.advance(seconds=60)
    stian = Browser(app).sign_in_as(database, people.stian)
    stian.get("/")
    other = stian.client.post(f"{address}/tid", json={"seconds": {"1": 5}}, headers={"X-CSRFToken": stian.csrf})
    assert other.status_code == 404
    browser.get(address)
    token = browser.csrf
    assert browser.client.post(f"{address}/tid", json={"seconds": {"1": 5}}).status_code == 400  # without the token
    browser.post(f"{address}/lever", {"bekreftet": "ja"})
    late = browser.client.post(f"{address}/tid", json={"seconds": {"1": 5}}, headers={"X-CSRFToken": token})
    assert late.status_code == 409
    assert {one.seconds_spent for one in items(database).values()} == {None}


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.floats() | st.text() | st.booleans()))
def test_whatever_is_said_of_seconds_becomes_small_counts(spent: dict[str, Any]) -> None:
    found = forms.one_answer({"keys": [], "seconds": spent})
    assert found is not None
    assert all(position > 0 and 0 < count <= forms.SECONDS_MAX for position, count in found.seconds.items())


@given(st.text())
def test_whatever_the_page_says_of_seconds_is_read_or_passed_over(text: str) -> None:
    for position, count in forms.page_seconds(MultiDict({"sekunder": text})).items():
        assert position > 0
        assert 0 < count <= forms.SECONDS_MAX


# The page before handing in


def test_there_is_always_a_page_between_the_paper_and_handing_in(
    browser: Browser, address: str, database: Database
) -> None:
    whole = {"sporsmal": [str(n) for n in range(1, 11)], **{f"svar-{n}": "a" for n in range(1, 11)}}
    page = browser.follow(browser.post(f"{address}/lever", whole))
    assert "Alle spørsmål er besvart" in page.text
    with database.reading() as session:
        assert session.scalars(select(Attempt.submitted_at)).one() is None
    assert browser.submit("Lever prøven").request.path.endswith("/resultat")


def test_the_page_says_of_each_question_how_far_it_has_come(database: Database, people: Cast, browser: Browser) -> None:
    bank = one_of_each()
    with database.transaction() as session:
        publish(session, bank)
        attempt = begin(session, people.kari, bank, blueprint={"rygg": len(bank)})
    browser.sign_in_as(database, people.kari)
    html = browser.get(f"/prove/{attempt.id}").text
    at = {kind: html.partition(f'data-kind="{kind}"')[0].rpartition('data-position="')[2][0] for kind in
          ("numeric", "matching", "single", "short")}  # fmt: skip
    answers = {
        f"svar-{at['numeric']}": "omtrent ti",
        f"svar-{at['single']}": "a",
        f"svar-{at['matching']}": "a=a",
        f"merke-{at['short']}": "ja",
    }
    page = browser.follow(
        browser.post(f"/prove/{attempt.id}/lever", {"sporsmal": list(at.values()), "merker": "ja", **answers})
    )
    overview = page.text.partition('class="plain overview"')[2].partition("</ol>")[0]
    entries = {str(n): entry for n, entry in enumerate(overview.split("<li>")[1:], 1)}
    assert len(entries) == 7
    assert "Kan ikke leses som et tall" in entries[at["numeric"]]
    assert "«omtrent ti»" in entries[at["numeric"]]
    assert "Delvis besvart" in entries[at["matching"]]
    assert ">Besvart<" in entries[at["single"]]
    assert "Ikke besvart" in entries[at["short"]]
    assert "Merket" in entries[at["short"]]
    for number, entry in entries.items():
        assert f'href="/prove/{attempt.id}#sporsmal-{number}"' in entry
    assert "Du har merket 1 spørsmål" in page.text


# The paper to print


def test_the_paper_is_printed_without_a_key_with_what_one_has_answered(browser: Browser, address: str) -> None:
    browser.post(f"{address}/svar/1", {"svar": "a"})
    page = browser.get(f"{address}/utskrift").text
    assert page.count("sheet-question") == 10
    assert page.count("sheet-box is-chosen") == 1
    for secret in ("TILBAKEMELDING", "FORKLARING", "Fasit:"):
        assert secret not in page


def test_every_kind_of_question_can_be_printed(database: Database, people: Cast, browser: Browser) -> None:
    bank = one_of_each()
    with database.transaction() as session:
        publish(session, bank)
        attempt = begin(session, people.kari, bank, blueprint={"rygg": len(bank)})
    browser.sign_in_as(database, people.kari)
    page = browser.get(f"/prove/{attempt.id}/utskrift").text
    assert page.count("sheet-question") == 7
    assert "Velg blant:" in page
    assert "Hypofysen" not in page
    assert "Ola løfter kasser" in page


@pytest.mark.parametrize(("form", "shown"), [("post", True), ("pre", False)])
def test_a_past_post_test_is_shown_as_it_was_and_a_past_pre_test_is_not(
    database: Database, people: Cast, browser: Browser, form: str, shown: bool
) -> None:
    with database.transaction() as session:
        publish(session, BANK)
        attempt = begin(session, people.kari, BANK, form=form)
        services.save_answer(session, attempt, position=1, keys=["a"], now=NOW)
    browser.sign_in_as(database, people.kari)
    before = browser.get(f"/prove/{attempt.id}/utskrift").text.partition('class="sheet-question"')[2]
    browser.post(f"/prove/{attempt.id}/lever", {"bekreftet": "ja"})
    page = browser.get(f"/prove/{attempt.id}/utskrift")
    if not shown:
        assert page.status_code == 303
        return
    after = page.text.partition('class="sheet-question"')[2]
    assert after.partition("</main>")[0] == before.partition("</main>")[0]


def test_nobody_prints_another_persons_paper(database: Database, people: Cast, browser: Browser, address: str) -> None:
    browser.sign_in_as(database, people.siri)
    assert browser.get(f"{address}/utskrift").status_code == 404


def test_the_result_points_to_what_to_read_where_points_were_missing(
    database: Database, people: Cast, browser: Browser
) -> None:
    places = {
        "rygg": [{"title": "Skiven <sterk>", "path": "/kurs/x/skiven"}],
        "psyke": [{"title": "Uro", "path": "/u"}],
    }
    ids = {}
    for form, owner in (("post", "enrolment:1"), ("pre", "enrolment:2")):
        with database.transaction() as session:
            publish(session, BANK)
            attempt = begin(session, people.kari, BANK, form=form, owner=owner, read_again=places)
            right = select(AttemptItem.position).where(AttemptItem.attempt_id == attempt.id)
            assert len(session.scalars(right).all()) == 10
            services.submit(session, attempt, now=NOW)
            ids[form] = attempt.id
    browser.sign_in_as(database, people.kari)
    page = browser.get(f"/prove/{ids['post']}/resultat").text
    assert '<a class="ds-link" href="/kurs/x/skiven">Skiven &lt;sterk&gt;</a>' in page
    assert "Dette kan du lese om igjen" in page
    assert "Dette kan du lese om igjen" not in browser.get(f"/prove/{ids['pre']}/resultat").text


def test_lessons_that_teach_several_objectives_are_listed_once_and_who_has_passed_since_is_not_sent_to_try_again(
    database: Database, people: Cast, browser: Browser
) -> None:
    lessons = [{"title": "Skiven", "path": "/kurs/x/skiven"}]
    with database.transaction() as session:
        publish(session, BANK)
        failed = begin(session, people.kari, BANK, form="post", read_again={"rygg": lessons, "psyke": lessons})
        services.submit(session, failed, now=NOW)
    browser.sign_in_as(database, people.kari)
    address = f"/prove/{failed.id}/resultat"
    page = browser.get(address).text
    assert page.count('href="/kurs/x/skiven"') == 1
    assert "ta prøven på nytt når du er klar" in page
    with database.transaction() as session:
        again = begin(session, people.kari, BANK, form="post")
        answer_all(session, again)
        services.submit(session, again, now=NOW)
    page = browser.get(address).text
    assert "Du har bestått ettertesten i et annet forsøk." in page
    assert "ta prøven på nytt" not in page
