"""The pages of a test with every kind of question: what they ask, name and explain, and what they never tell."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from lms.db import Database
from quizzes import queries
from quizzes.dealing import Pair, match_up
from quizzes.questions import Kind, Question
from quizzes.scoring import wrong_response
from tests.cast import Cast
from tests.clients import Browser
from tests.quizzes import factories
from tests.quizzes.factories import begin, matching, numeric, one_of_each, ordering, publish, short

EACH = {one.id: one for one in one_of_each()}
SECRETS = ("TILBAKEMELDING", "FORKLARING", "Tittel på", "ypofysen", "jernevedhenget", "36", "35,5", "0.5", "accepted")


def open_paper(
    database: Database, person_id: int, browser: Browser, published: list[Question] | None = None, **options: Any
) -> str:
    """Publish, start with all questions, sign in; the address of the paper."""
    bank = published or list(EACH.values())
    with database.transaction() as session:
        publish(session, bank, name=options.get("bank", factories.BANK))
        attempt = begin(session, person_id, bank, **{"blueprint": {"rygg": len(bank)}, **options})
    browser.sign_in_as(database, person_id)
    browser.get(f"/prove/{attempt.id}")
    return f"/prove/{attempt.id}"


def positions(database: Database, address: str) -> dict[str, int]:
    """Where each question stands; told apart by its stem, which names it."""
    with database.reading() as session:
        paper = queries.paper(session, int(address.rpartition("/")[2]))
    return {name: one.position for one in paper.questions for name in EACH if name in one.stem}


def whole_page(at: dict[str, int], answers: dict[str, Any]) -> dict[str, Any]:
    return {"sporsmal": [str(place) for place in at.values()]} | {
        f"svar-{at[name]}": sorted(tokens) for name, tokens in answers.items()
    }


def words(response: TestResponse) -> str:
    body = re.sub(r"<[^>]+>", " ", response.text.partition("<main")[2])
    return " ".join(unescape(body).split())


def test_every_field_has_a_label_of_its_own_and_the_choices_it_needs(
    database: Database, people: Cast, browser: Browser
) -> None:
    address = open_paper(database, people.kari, browser)
    page = browser.get(address).text
    at = positions(database, address)
    assert page.count("<fieldset") == page.count("</legend>") == 7
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for field in re.findall(r'<(?:select|input)[^>]* id="(sporsmal-[^"]+)"', page):
        assert f'for="{field}"' in page
    for reference in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', page):
        assert set(reference.split()) <= set(ids)
    assert "<script>" not in page
    assert " style=" not in page
    groups = {name: _group(page, place) for name, place in at.items()}
    assert (groups["q-matching"].count("<select"), groups["q-matching"].count("<option")) == (4, 4 * 5)
    assert (groups["q-ordering"].count("<select"), groups["q-ordering"].count("<option")) == (4, 4 * 5)
    assert 'inputmode="decimal"' in groups["q-numeric"]
    assert 'maxlength="200"' in groups["q-short"]


def test_everything_answered_is_handed_in_and_right(database: Database, people: Cast, browser: Browser) -> None:
    address = open_paper(database, people.kari, browser)
    data = whole_page(positions(database, address), {name: one.right_response for name, one in EACH.items()})
    assert "Alle spørsmål er besvart" in browser.follow(browser.post(f"{address}/lever", data)).text
    done = browser.post(f"{address}/lever", {"bekreftet": "ja"})
    assert done.location == f"{address}/resultat"
    result = browser.follow(done)
    assert "7 av 7 poeng" in words(result)
    assert "Galt" not in words(result)
    assert "Alt fra 35,5 til 36,5 er riktig." in words(result)


def test_saved_answers_stand_on_the_page_again_and_can_be_let_go_of(
    database: Database, people: Cast, browser: Browser
) -> None:
    address = open_paper(database, people.kari, browser)
    at = positions(database, address)
    pairs, steps = EACH["q-matching"], EACH["q-ordering"]
    given = {"q-matching": pairs.right_response, "q-ordering": wrong_response(steps), "q-short": {'  «Æ» & "b" '}}
    back = browser.follow(browser.post(f"{address}/svar", whole_page(at, given)))
    assert "3 av 7 besvart" in back.text
    selected = re.findall(r'<option value="([^"]+)" selected>', back.text)
    assert set(selected) == pairs.right_response | wrong_response(steps)
    assert 'value="  «Æ» &amp; &#34;b&#34; "' in back.text
    left_alone = {"q-matching": [""] * 4, "q-ordering": [""] * 4, "q-short": [""], "q-numeric": ["  "]}
    assert "0 av 7 besvart" in browser.follow(browser.post(f"{address}/svar", whole_page(at, left_alone))).text


def test_what_is_missing_half_there_or_unreadable_is_named_before_handing_in(
    database: Database, people: Cast, browser: Browser
) -> None:
    address = open_paper(database, people.kari, browser)
    at = positions(database, address)
    answers: dict[str, Any] = {name: one.right_response for name, one in EACH.items()}
    key = EACH["q-ordering"].order[0]
    answers |= {
        "q-single": [],
        "q-matching": sorted(EACH["q-matching"].right_response)[:3],
        "q-ordering": [f"{key}=1", *(f"{other}=2" for other in EACH["q-ordering"].order[1:])],
        "q-numeric": ["ca. <b>36</b>"],
    }
    asked = browser.post(f"{address}/lever", whole_page(at, answers))
    assert asked.location == f"{address}/lever"
    page = browser.follow(asked)
    overview = page.text.partition('class="plain overview"')[2].partition("</ol>")[0]
    listed = {
        says: [
            int(re.findall(r"#sporsmal-(\d+)", entry)[0]) for entry in overview.split("<li>") if f">{says}<" in entry
        ]
        for says in ("Besvart", "Ikke besvart", "Delvis besvart", "Kan ikke leses som et tall")
    }
    assert listed == {
        "Besvart": sorted([at["q-multiple"], at["q-true"], at["q-short"]]),
        "Ikke besvart": [at["q-single"]],
        "Delvis besvart": sorted([at["q-matching"], at["q-ordering"]]),
        "Kan ikke leses som et tall": [at["q-numeric"]],
    }
    assert "1 spørsmål står uten svar" in words(page)
    assert "«ca. &lt;b&gt;36&lt;/b&gt;»" in page.text
    done = browser.follow(browser.post(f"{address}/lever", {"bekreftet": "ja"}))
    # 3 right, 3/4 of the pairs, 3 of 6 pairs of steps in order: 4,25
    assert "4,3 av 7 poeng" in words(done)


def test_only_an_unreadable_number_is_asked_about_too(database: Database, people: Cast, browser: Browser) -> None:
    bank = [numeric("q-numeric")]
    address = open_paper(database, people.kari, browser, bank)
    asked = browser.post(f"{address}/lever", {"sporsmal": "1", "svar-1": "3 kg"})
    assert asked.location == f"{address}/lever"
    assert "1 svar kan ikke leses som et tall" in words(browser.follow(asked))


@pytest.mark.parametrize(
    ("name", "tokens"),
    [
        ("q-matching", ["a=z"]),
        ("q-matching", ["a"]),
        ("q-ordering", ["a=9"]),
        ("q-numeric", ["1", "2"]),
        ("q-short", ["x" * 201]),
    ],
)
def test_hostile_answers_are_refused_with_a_sentence_and_change_nothing(
    database: Database, people: Cast, browser: Browser, name: str, tokens: list[str]
) -> None:
    address = open_paper(database, people.kari, browser)
    at = positions(database, address)
    answer = browser.client.post(
        f"{address}/svar/{at[name]}",
        json={"keys": tokens},
        headers={"X-CSRFToken": browser.csrf, "Accept": "application/json"},
    )
    assert answer.status_code == 409
    assert answer.get_json()["reasons"][0].endswith(".")
    for page in ("/svar", "/lever"):
        assert browser.post(f"{address}{page}", whole_page(at, {name: tokens})).status_code == 409
    assert "0 av 7 besvart" in browser.get(address).text


# Afterwards


def test_the_review_shows_for_each_kind_what_was_answered_what_is_right_and_why(
    database: Database, people: Cast, browser: Browser
) -> None:
    address = open_paper(database, people.kari, browser)
    at = positions(database, address)
    pairs, steps = EACH["q-matching"], EACH["q-ordering"]
    extra = next(one for one in pairs.options if not one.right)
    first, second, *_ = pairs.prompts
    answers = {
        "q-matching": [f"{first.key}={first.option}", f"{second.key}={extra.key}"],
        "q-ordering": [f"{steps.order[0]}=1", f"{steps.order[1]}=4"],
        "q-numeric": ["37 <i>"],
        "q-short": ["hjernebarken"],
    }
    browser.post(f"{address}/lever", whole_page(at, answers))
    result = browser.follow(browser.post(f"{address}/lever", {"bekreftet": "ja"}))
    reviews = {name: _review(result.text, place) for name, place in at.items()}
    plain = {name: " ".join(re.sub(r"<[^>]+>", " ", text).split()) for name, text in reviews.items()}
    assert all(f"FORKLARING-{name}" in plain[name] for name in EACH)
    assert "0,3 av 1 poeng" in plain["q-matching"]
    assert f"{first.text} Ditt svar, riktig Svar 1 i q-matching {first.feedback}" in plain["q-matching"]
    wrong = (
        f"{second.text} Ditt svar, galt {extra.text} {extra.feedback} Riktig svar Svar 2 i q-matching {second.feedback}"
    )
    assert wrong in plain["q-matching"]
    assert plain["q-matching"].count("Ikke besvart Riktig svar Svar 3 i q-matching") == 2
    texts = [next(one.text for one in steps.options if one.key == key) for key in steps.order]
    assert [plain["q-ordering"].index(text) for text in texts] == sorted(
        plain["q-ordering"].index(text) for text in texts
    )
    assert f"{texts[0]} Ditt svar, riktig plass" in plain["q-ordering"]
    assert f"{texts[1]} Ditt svar: plass 4" in plain["q-ordering"]
    assert plain["q-ordering"].count("Fikk ingen plass") == 2
    assert "37 &lt;i&gt; Ditt svar, galt 36 Riktig svar Alt fra 35,5 til 36,5 er riktig." in plain["q-numeric"]
    shown = "hjernebarken Ditt svar, galt Hypofysen Riktig svar hjernevedhenget Godtas også"
    assert shown in plain["q-short"]
    assert "Kasus: Lageret Ola løfter kasser" in plain["q-short"]
    ids = re.findall(r' id="([^"]+)"', result.text)
    assert len(ids) == len(set(ids))


def test_numbers_are_shown_as_one_writes_them(database: Database, people: Cast, browser: Browser) -> None:
    address = open_paper(database, people.kari, browser, [numeric("q-numeric", "-12500.5", "0")])
    browser.post(f"{address}/lever", {"sporsmal": "1", "svar-1": "-12500,5"})
    browser.post(f"{address}/lever", {"bekreftet": "ja"})
    result = browser.get(f"{address}/resultat")
    assert "−12\u00a0500,5" in result.text
    assert "Alt fra" not in result.text
    assert "1 av 1 poeng" in words(result)


# What must not be told


def everything_said_while_answering(browser: Browser, address: str, at: dict[str, int]) -> str:
    """Every response up to the submit, for right answers, wrong ones and half ones, refusals included."""
    said = []
    for pick in (lambda one: one.right_response, wrong_response, lambda one: sorted(one.right_response)[:1]):
        data = whole_page(at, {name: pick(one) for name, one in EACH.items()})
        said += [browser.post(f"{address}/svar", data), browser.get(address), browser.get(f"{address}/lever")]
    for name in EACH:
        said.append(
            browser.client.post(
                f"{address}/svar/{at[name]}", json={"keys": ["zz", "zy"]}, headers={"X-CSRFToken": browser.csrf}
            )
        )
    said.append(browser.get(f"{address}/resultat"))
    return "\n".join(f"{one.status_code} {one.location}\n{one.text}" for one in said)


@pytest.mark.parametrize("form", ["pre", "post"])
def test_no_response_before_submitting_names_a_right_answer_that_nobody_has_typed(
    database: Database, people: Cast, browser: Browser, form: str
) -> None:
    address = open_paper(database, people.kari, browser, form=form, go_back_to="/kurs/x")
    at = positions(database, address)
    said = browser.get(address).text + browser.get(f"{address}/lever").text
    tokens = re.compile(r'name="csrf_token" value="[^"]*"|\?v=[0-9a-f]+|\b\d{1,2}\.\d\d\b')
    for secret in SECRETS:
        assert secret not in tokens.sub("", said).partition("<main")[2], secret
    later = everything_said_while_answering(browser, address, at)
    for secret in SECRETS[:3]:
        assert secret not in later
    assert "is-right" not in later


@pytest.mark.parametrize("form", ["pre", "post"])
def test_other_keys_of_what_is_typed_make_no_difference_to_any_page(
    database: Database, people: Cast, browser: Browser, form: str
) -> None:
    said = []
    for n, bank in enumerate(
        (
            [numeric("q-numeric"), short("q-short")],
            [numeric("q-numeric", "-1000", "3"), short("q-short", "noe", "ganske", "annet")],
        )
    ):
        address = open_paper(
            database, people.kari, browser, bank, form=form, owner=f"enrolment:{n}", bank=f"bank-{n}", seed="same"
        )
        at = positions(database, address)
        pages = [browser.get(address)]
        for tokens in (["36"], ["noe"], [""]):
            pages.append(browser.post(f"{address}/svar", whole_page(at, {"q-numeric": tokens, "q-short": tokens})))
            pages += [browser.get(address), browser.get(f"{address}/lever")]
        if form == "pre":
            browser.post(f"{address}/lever", {"bekreftet": "ja"})
            pages.append(browser.get(f"{address}/resultat"))
        text = "\n".join(f"{one.status_code} {one.location} {one.text}" for one in pages)
        text = re.sub(r'(name="csrf_token" value|data-attempt)="[^"]*"', "", text)
        said.append(text.replace(address, "/prove/N"))
    assert said[0] == said[1]


def test_the_pre_tests_result_tells_nothing_of_any_kind(database: Database, people: Cast, browser: Browser) -> None:
    address = open_paper(database, people.kari, browser, form="pre")
    at = positions(database, address)
    browser.post(f"{address}/svar", whole_page(at, {name: wrong_response(one) for name, one in EACH.items()}))
    page = browser.follow(browser.post(f"{address}/lever", {"bekreftet": "ja"})).text
    for word in (*SECRETS[:5], "Oppgave", "Ledd", "Lytt", "Lageret", "review", "Riktig"):
        assert word not in page.partition("<main")[2], word


def test_neither_order_nor_key_on_the_page_tells_where_a_step_or_an_option_belongs(
    database: Database, people: Cast, browser: Browser
) -> None:
    """Over many questions, what stands first or is keyed first is right no more often than by chance."""
    bank = [*(ordering(f"o-{n:03}", steps=4) for n in range(150)), *(matching(f"m-{n:03}") for n in range(150))]
    by_id = {one.id: one for one in bank}
    address = open_paper(database, people.kari, browser, bank)
    page = browser.get(address).text
    shown_place, keyed_place = Counter[int](), Counter[int]()
    same_place = same_key = prompts = 0
    for position in range(1, len(bank) + 1):
        group = _group(page, position)
        one = by_id[re.search(r"Oppgave (\S+?)<", group)[1]]  # type: ignore[index]
        if one.kind is Kind.ORDERING:
            keys = re.findall(rf'id="sporsmal-{position}-(\w)" name', group)
            assert tuple(keys) != one.order
            shown_place[keys.index(one.order[0])] += 1
            keyed_place[sorted(keys).index(one.order[0])] += 1
        else:
            selects = re.findall(r"<select.*?</select>", group, re.S)
            orders = [re.findall(r'value="\w=(\w)"', select) for select in selects]
            assert all(order == orders[0] for order in orders)
            for place, prompt in enumerate(one.prompts):
                prompts += 1
                same_place += orders[0].index(prompt.option) == place
                same_key += prompt.key == prompt.option
    for places in (shown_place, keyed_place):
        assert set(places) == {0, 1, 2, 3}
        assert max(places.values()) < 0.42 * 150, places  # 0.25 by chance
    assert prompts == 600
    assert 0.16 * prompts < same_place < 0.34 * prompts  # 0.25 by chance
    assert 0.16 * prompts < same_key < 0.34 * prompts


def test_marked_up_pairs_are_plain_words_in_the_list_and_a_hostile_one_is_harmless(
    database: Database, people: Cast, browser: Browser
) -> None:
    attack = "<script>alert(1)</script>**A** & b"
    prompts, options = match_up("q-matching", [Pair(f"L {attack}", attack), Pair("B", "C"), Pair("D", "E")])
    bank = [replace(matching("q-matching"), prompts=prompts, options=options)]
    page = browser.get(open_paper(database, people.kari, browser, bank)).text.partition("<main")[2]
    assert "<script" not in page.partition("</main>")[0]
    assert "A &amp; b</option>" in page
    assert "<strong>A</strong>" in page


def test_reading_the_result_needs_no_more_than_the_document_and_the_answer() -> None:
    """What pages of practice are built with: a question shown, and reviewed, without an attempt."""
    for one in EACH.values():
        document = factories.documents([one])[0]
        order = [option.key for option in one.options]
        shown = queries.asked(document, 3, order, frozenset())
        assert (shown.position, shown.is_answered, shown.kind) == (3, False, one.kind)
        done = queries.reviewed(document, 3, order, one.right_response, Fraction(1))
        assert (done.position, done.is_answered, done.score) == (3, True, Fraction(1))


def _group(page: str, position: int) -> str:
    return str(re.findall(rf'<fieldset[^>]*id="sporsmal-{position}".*?</fieldset>', page, re.S)[0])


def _review(html: str, position: int) -> str:
    return str(re.findall(rf'<article[^>]*id="sporsmal-{position}".*?</article>', html, re.S)[0])
