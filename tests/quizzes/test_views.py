"""The pages of a test as a person meets them: without JavaScript, and as the script speaks to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from lms.db import Database
from quizzes import queries
from quizzes.questions import Kind, Question
from tests.cast import Cast
from tests.clients import Browser
from tests.quizzes.factories import begin, publish, question, questions


def open_paper(
    database: Database, person_id: int, browser: Browser, bank: list[Question] | None = None, **options: Any
) -> str:
    """Publish, start, sign in and open; the address of the paper."""
    bank = bank or questions(20)
    with database.transaction() as session:
        publish(session, bank)
        attempt = begin(session, person_id, bank, **options)
    browser.sign_in_as(database, person_id)
    address = f"/prove/{attempt.id}"
    assert browser.get(address).status_code == 200
    return address


def whole_page(html: str, choices: Mapping[int, list[str]]) -> dict[str, Any]:
    """What a browser posts for the page: the questions on it and the choices made."""
    positions = re.findall(r'name="sporsmal" value="(\d+)"', html)
    return {"sporsmal": positions, **{f"svar-{position}": keys for position, keys in choices.items()}}


def stored(database: Database, address: str) -> queries.Paper:
    with database.reading() as session:
        return queries.paper(session, int(address.rpartition("/")[2]))


def words(response: TestResponse) -> str:
    """The text of the page, without tags."""
    body = re.sub(r"<[^>]+>", " ", response.text.partition("<main")[2])
    return " ".join(unescape(body).split())


def test_the_paper_is_one_form_with_a_group_for_each_question(
    database: Database, people: Cast, browser: Browser
) -> None:
    page = browser.get(open_paper(database, people.kari, browser)).text
    assert page.count("<fieldset") == page.count("</legend>") == 10
    kinds = {kind: page.count(f'type="{kind}"') for kind in ("radio", "checkbox")}
    assert kinds == {
        "radio": page.count("Velg ett svar.") * 3,
        "checkbox": page.count("Velg ett eller flere svar.") * 3 + 10,  # and a mark to come back for each
    }
    assert sum(kinds.values()) == 40
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for reference in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', page):
        assert set(reference.split()) <= set(ids)
    for inner in re.findall(r"<label[^>]*>(.*?)</label>", page, re.S):
        assert "<p" not in inner, "a label may not hold a paragraph"


@pytest.mark.parametrize(
    ("form", "paper", "result"),
    [("pre", "Førtest", "Resultat av førtesten"), ("post", "Ettertest", "Resultat av ettertesten")],
)
def test_the_heading_says_which_test_it_is_and_the_course_stands_above_it(
    database: Database, people: Cast, browser: Browser, form: str, paper: str, result: str
) -> None:
    address = open_paper(database, people.kari, browser, form=form, title="Rolig start")
    assert f"Rolig start {paper} " in words(browser.get(address))
    browser.post(f"{address}/lever", {"bekreftet": "ja"})
    shown = browser.get(f"{address}/resultat")
    assert f"Rolig start {result} " in words(shown)
    assert 'data-color="accent" href="/kurs/startopplaering">Tilbake til kurset</a>' in shown.text


def test_without_javascript_one_saves_goes_away_and_comes_back(
    database: Database, people: Cast, browser: Browser
) -> None:
    address = open_paper(database, people.kari, browser)
    page = browser.get(address).text
    back = browser.follow(browser.post(f"{address}/svar", whole_page(page, {1: ["b"], 4: ["a"]})))
    assert "2 av 10 besvart" in back.text
    assert "Prøven er ikke levert ennå" in back.text
    assert back.text.count(" checked") == 2
    assert re.search(r'name="svar-1" value="b" checked', back.text)


def test_submitting_with_gaps_keeps_the_answers_and_asks_first(
    database: Database, people: Cast, browser: Browser
) -> None:
    address = open_paper(database, people.kari, browser)
    page = browser.get(address).text
    asked = browser.post(f"{address}/lever", whole_page(page, {n: ["a"] for n in range(1, 9)}))
    assert asked.location == f"{address}/lever"
    question_page = browser.follow(asked)
    assert "2 spørsmål står uten svar" in question_page.text
    assert re.findall(rf'href="{address}#sporsmal-(\d+)"', question_page.text) == ["9", *map(str, range(1, 11))]
    assert (stored(database, address).answered, stored(database, address).submitted_at) == (8, None)

    done = browser.post(f"{address}/lever", {"bekreftet": "ja"})
    assert "80 %" in words(browser.follow(done))
    assert "8 av 10 poeng" in words(browser.get(f"{address}/resultat"))


def test_a_complete_page_is_handed_in_once_and_then_leads_to_the_result(
    database: Database, people: Cast, browser: Browser
) -> None:
    address = open_paper(database, people.kari, browser)
    page = browser.get(address).text
    data = whole_page(page, {n: ["a"] for n in range(1, 11)})
    assert browser.post(f"{address}/lever", data).location == f"{address}/lever"
    for again in ({"bekreftet": "ja"}, {"bekreftet": "ja"}, data):
        assert browser.post(f"{address}/lever", again).location == f"{address}/resultat"
    for closed in (address, f"{address}/lever"):
        assert browser.get(closed).location == f"{address}/resultat"
    assert browser.post(f"{address}/svar", whole_page(page, {1: ["b"]})).location == address
    assert "100 %" in words(browser.get(f"{address}/resultat"))


def test_the_result_waits_until_the_paper_is_handed_in(database: Database, people: Cast, browser: Browser) -> None:
    address = open_paper(database, people.kari, browser)
    assert browser.get(f"{address}/resultat").location == address


def test_a_whole_attempt_of_ten_questions_takes_fifteen_requests_after_the_start(
    database: Database, people: Cast, browser: Browser
) -> None:
    address = open_paper(database, people.kari, browser)
    requests = [browser.get(address)]
    for position in range(1, 11):
        requests.append(save(browser, address, position, ["a"]))
    data = whole_page(requests[0].text, {n: ["a"] for n in range(1, 11)})
    requests.append(browser.post(f"{address}/lever", data))
    requests.append(browser.follow(requests[-1]))
    requests.append(browser.post(f"{address}/lever", {"bekreftet": "ja"}))
    requests.append(browser.follow(requests[-1]))
    assert [one.status_code for one in requests] == [200, *[204] * 10, 303, 200, 303, 200]
    assert "Bestått" in requests[-1].text


def save(browser: Browser, address: str, position: int, keys: Any, **document: Any) -> TestResponse:
    """One answer as the script sends it."""
    return browser.client.post(
        f"{address}/svar/{position}",
        json={"keys": keys, **document},
        headers={"X-CSRFToken": browser.csrf, "Accept": "application/json"},
    )


def test_one_answer_is_kept_as_json_and_as_a_form(database: Database, people: Cast, browser: Browser) -> None:
    address = open_paper(database, people.kari, browser)
    assert save(browser, address, 1, ["b"]).status_code == 204
    assert browser.post(f"{address}/svar/2", {"svar": "c"}).status_code == 204
    chosen = {
        question.position: [option.key for option in question.options if option.chosen]
        for question in stored(database, address).questions
    }
    assert (chosen[1], chosen[2]) == (["b"], ["c"])


@pytest.mark.parametrize("keys, status", [("b", 400), (None, 400), ([1], 400), ([["a"]], 400), ({}, 400), (["z"], 409)])
def test_hostile_json_is_refused_and_changes_nothing(
    database: Database, people: Cast, browser: Browser, keys: Any, status: int
) -> None:
    address = open_paper(database, people.kari, browser)
    assert save(browser, address, 1, keys).status_code == status
    assert stored(database, address).answered == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"a"', b"\xff\xfe"])
def test_json_that_is_none_or_no_object_is_refused(
    database: Database, people: Cast, browser: Browser, body: bytes
) -> None:
    address = open_paper(database, people.kari, browser)
    save(browser, address, 1, ["b"])
    answer = browser.client.post(
        f"{address}/svar/1", data=body, content_type="application/json", headers={"X-CSRFToken": browser.csrf}
    )
    assert answer.status_code == 400
    assert stored(database, address).answered == 1


@pytest.mark.parametrize("positions", [["0"], ["11"], ["-1"], ["²"], ["x"], ["9" * 40], [""], ["1", "77"]])
def test_a_page_with_questions_the_test_does_not_have_is_refused_whole(
    database: Database, people: Cast, browser: Browser, positions: list[str]
) -> None:
    address = open_paper(database, people.kari, browser)
    data = {"sporsmal": positions, "svar-1": "a"}
    assert browser.post(f"{address}/svar", data).status_code == 409
    assert browser.post(f"{address}/lever", data).status_code == 409
    assert (stored(database, address).answered, stored(database, address).submitted_at) == (0, None)
    assert save(browser, address, 11, ["a"]).status_code == 404


def test_a_late_autosave_is_told_that_the_paper_is_handed_in(
    database: Database, people: Cast, browser: Browser
) -> None:
    address = open_paper(database, people.kari, browser)
    browser.post(f"{address}/lever", {"bekreftet": "ja"})
    late = save(browser, address, 1, ["a"])
    assert late.status_code == 409
    assert "levert" in late.get_json()["reasons"][0]
    assert "0 av 10 poeng" in words(browser.get(f"{address}/resultat"))


# What must not be told


def everything_said_while_answering(browser: Browser, address: str) -> str:
    """Every response up to the submit, bodies and headers, saves and refusals included."""
    responses = [browser.get(address)]
    responses += [save(browser, address, 1, keys) for keys in (["a"], ["b"], ["z"], [])]
    responses.append(browser.get(address, headers={"Accept": "application/json"}))
    responses.append(browser.post(f"{address}/svar", whole_page(responses[0].text, {2: ["b"]})))
    responses.append(browser.get(address))
    responses.append(browser.post(f"{address}/lever", whole_page(responses[0].text, {2: ["b"]})))
    responses += [browser.get(f"{address}/lever"), browser.get(f"{address}/resultat")]
    parts = [f"{one.status_code} {one.location}\n{one.headers.get('Content-Type')}\n{one.text}" for one in responses]
    return re.sub(r'(name="csrf_token" value=)"[^"]*"', r"\1", "\n".join(parts))


@pytest.mark.parametrize("form", ["pre", "post"])
def test_no_response_before_submitting_depends_on_or_names_the_right_answers(
    database: Database, people: Cast, browser: Browser, form: str
) -> None:
    said = []
    for n, right in enumerate(("a", "b")):  # the same questions with another key: nothing may look different
        address = _open_in_bank(database, people, browser, form=form, number=n, right=right)
        said.append(everything_said_while_answering(browser, address).replace(address, "/prove/N"))
    assert said[0].replace('data-attempt="1"', "") == said[1].replace('data-attempt="2"', "")
    for secret in ("TILBAKEMELDING", "FORKLARING", "Tittel på"):
        assert secret not in said[0]


def _open_in_bank(database: Database, people: Cast, browser: Browser, *, form: str, number: int, right: str) -> str:
    bank = questions(20, right=right)
    with database.transaction() as session:
        publish(session, bank, name=f"bank-{number}")
        attempt = begin(
            session, people.kari, bank, form=form, owner=f"enrolment:{number}", bank=f"bank-{number}", seed="same"
        )
    browser.sign_in_as(database, people.kari)
    return f"/prove/{attempt.id}"


def test_the_pre_tests_result_never_tells_which_answers_were_right(
    database: Database, people: Cast, browser: Browser
) -> None:
    said = []
    for n, right in enumerate(("a", "b")):
        address = _open_in_bank(database, people, browser, form="pre", number=n, right=right)
        browser.post(f"{address}/lever", {"bekreftet": "ja"})
        page = browser.get(f"{address}/resultat").text
        for word in ("TILBAKEMELDING", "FORKLARING", "Påstand", "Hva sier", "review"):
            assert word not in page
        said.append(re.sub(r'name="csrf_token" value="[^"]*"', "", page).replace(address, "/prove/N"))
    assert said[0] == said[1]
    assert "Ryggens robusthet" in said[0]
    assert "Bestått" not in said[0]
    assert "bestått" not in said[0]


def test_the_post_tests_result_shows_the_own_answer_the_right_one_and_why(
    database: Database, people: Cast, browser: Browser
) -> None:
    bank = [
        question("q-1"),
        question("q-2", kind=Kind.MULTIPLE, right="ab", options=4),
        question("q-3"),
        question("q-4"),
    ]
    address = open_paper(database, people.kari, browser, bank, blueprint={"rygg": 4}, pass_mark=Fraction(4, 5))
    by_text = {str(one.stem): one.position for one in stored(database, address).questions}
    at = {name: next(p for stem, p in by_text.items() if name in stem) for name in ("q-1", "q-2", "q-3", "q-4")}
    page = browser.get(address).text
    data = whole_page(page, {at["q-1"]: ["a"], at["q-2"]: ["a"], at["q-3"]: ["c"]})
    browser.post(f"{address}/lever", data)
    result = browser.follow(browser.post(f"{address}/lever", {"bekreftet": "ja"}))
    text = words(result)
    assert "37,5 %" in text
    assert "1,5 av 4 poeng" in text
    assert "Ikke bestått" in text
    assert "Du trengte 80 %" in text
    reviews = {name: _review(result.text, at[name]) for name in at}
    assert all(f"FORKLARING-{name}" in reviews[name] for name in at)
    assert "Ditt svar, riktig" in reviews["q-1"]
    assert "Delvis riktig" in reviews["q-2"]
    assert "0,5 av 1 poeng" in reviews["q-2"]
    assert "Riktig svar" in reviews["q-2"]
    assert "Ditt svar, galt" in reviews["q-3"]
    assert "TILBAKEMELDING-c-q-3" in reviews["q-3"]
    assert "Ikke besvart" in reviews["q-4"]


def _review(html: str, position: int) -> str:
    return str(re.findall(rf'<article[^>]*id="sporsmal-{position}".*?</article>', html, re.S)[0])


def test_a_hostile_question_reaches_nobody_as_markup(database: Database, people: Cast, browser: Browser) -> None:
    attack = '<script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)">her</a>'
    bank = [question("q-1", stem=f"Stamme {attack}", explanation=f"Grunn {attack}")]
    address = open_paper(
        database,
        people.kari,
        browser,
        bank,
        blueprint={"rygg": 1},
        title=f"Prøve {attack}",
        objective_titles={"rygg": f"Mål {attack}"},
    )
    pages = [browser.get(address).text, browser.get(f"{address}/lever").text]
    pages.append(browser.follow(browser.post(f"{address}/lever", {"bekreftet": "ja"})).text)
    for page in pages:
        main = page.partition("<main")[2].partition("</main>")[0]
        assert "Stamme" in main
        assert "<script" not in main
        assert not re.search(r"<[^>]+\son\w+\s*=", main)
        assert not re.search(r'href="\s*javascript', main, re.I)
    assert "Mål &lt;script" in pages[2]
