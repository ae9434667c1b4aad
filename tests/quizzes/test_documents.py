"""What is stored of a question: unchanged for the kinds there were, whole for the others; when its key has changed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from quizzes.dealing import Pair, dealt, match_up, put_in_order
from quizzes.questions import (
    CAN_KEEP_ORDER,
    Case,
    Kind,
    Number,
    Question,
    content_digest,
    from_document,
    key_changed,
    to_document,
)
from tests.quizzes.factories import SKIVEN, matching, numeric, one_of_each, ordering, question, short

# Taken from the code as it was before there were other kinds: versions that are stored are addressed by these.
FROZEN = {
    "rygg-skive-01": (
        "2085d67083fdd8eae97609f5ed4c21edaf5898da5727c3887984de9e980303b2",
        "3ef3b745658324564097fc275b52a2e71a6a527f5d2c922e7517f1f182902485",
    ),
    "p-1": (
        "040af74b514d8fdabb48c1ad34d3e8dca672b8a1b7a2e7e45fa0d3675f7cba16",
        "8550826ca5e5077cbe9c100a86d489119aef3b768fffc3f3fdb837b99f86f28b",
    ),
    "p-2": (
        "97e67a4a7d0e9c88ff1b4fa24385a65afe5a89a3635a983c96c2acc7652c1c3c",
        "28108a5bd9cf3c5918b839d80b253c6793a032a67fefc77a251d84c7faaadd7a",
    ),
}
EACH = one_of_each()


def paragraph(markdown: str) -> str:
    return f"<p>{markdown}</p>"


@pytest.mark.parametrize(
    "old",
    [
        SKIVEN,
        question("p-1", kind=Kind.TRUE_FALSE, options=2),
        question("p-2", kind=Kind.MULTIPLE, right="ac", options=4),
    ],
    ids=lambda one: one.id,
)
def test_documents_and_digests_of_the_first_three_kinds_are_what_they_have_always_been(old: Question) -> None:
    digest, document = FROZEN[old.id]
    assert content_digest(old) == digest
    assert hashlib.sha256(json.dumps(to_document(old, paragraph)).encode()).hexdigest() == document


@pytest.mark.parametrize("one", EACH, ids=lambda one: one.kind.value)
def test_a_document_is_json_and_gives_the_question_back(one: Question) -> None:
    document = json.loads(json.dumps(to_document(one, paragraph)))
    assert from_document(document) == one
    assert content_digest(from_document(document)) == content_digest(one)
    assert ("case" in document) == (one.case is not None)
    if one.case:
        assert document["case"] == {
            "id": "lager", "title": "Lageret", "text": one.case.text, "text_html": paragraph(one.case.text),
        }  # fmt: skip


def test_that_the_order_is_kept_is_said_only_where_it_is_and_an_old_document_says_nothing_of_it() -> None:
    fixed = replace(SKIVEN, keeps_order=True)
    document = to_document(fixed, paragraph)
    assert from_document(document) == fixed
    assert content_digest(fixed) != content_digest(SKIVEN)
    assert not key_changed(SKIVEN, fixed)
    del document["keeps_order"]
    assert document == to_document(SKIVEN, paragraph)
    assert from_document(document) == SKIVEN


@pytest.mark.parametrize("one", [one for one in EACH if one.kind not in CAN_KEEP_ORDER], ids=lambda one: one.kind.value)
def test_only_options_to_choose_among_can_keep_their_order(one: Question) -> None:
    with pytest.raises(ValueError, match="keep their order"):
        replace(one, keeps_order=True)


def test_the_digest_is_of_all_that_is_said() -> None:
    pairs, steps, number, text = EACH[3:]
    other_case = Case(id="lager", title="Lageret", text="Ola løfter ingenting.")
    first, *others = pairs.prompts
    variants = [
        *EACH,
        replace(pairs, prompts=(replace(first, feedback="Ny"), *others)),
        replace(steps, case=None),
        replace(steps, case=other_case),
        replace(number, number=Number(value=Decimal(36))),
        replace(text, accepted=("hypofysen",)),
    ]
    assert len({content_digest(one) for one in variants}) == len(variants)
    assert content_digest(replace(steps, case=replace(other_case, line=9))) == content_digest(variants[9])


# Keys


def test_keys_are_dealt_by_id_alone_and_never_in_the_order_of_the_source() -> None:
    for n in range(300):
        for size in (2, 3, 8):
            keys = dealt(f"q-{n}", "steps", size)
            assert sorted(keys) == list("abcdefgh"[:size])
            assert list(keys) != sorted(keys)
            assert keys == dealt(f"q-{n}", "steps", size)
    assert dealt("q", "steps", 1) == ("a",)
    assert dealt("q", "steps", 0) == ()


def test_what_comes_first_in_the_source_gets_any_key_about_equally_often() -> None:
    """But for the order of the source itself, which is left out: the first of four is keyed a in 5 deals of 23."""
    firsts = Counter(dealt(f"q-{n}", "steps", 4)[0] for n in range(2300))
    assert firsts.total() == 2300
    assert all(500 * 0.8 < times < 600 * 1.2 for times in firsts.values()), firsts


def test_the_keys_of_prompts_tell_nothing_about_those_of_their_options() -> None:
    """A guess by key alone (a to a, b to b …) is right about as often as one by chance."""
    hits = sum(
        prompt.key == prompt.option
        for n in range(400)
        for prompt in match_up(f"q-{n}", [Pair(f"L{i}", f"R{i}") for i in range(4)])[0]
    )
    assert 400 * 0.8 < hits < 400 * 1.2  # one of four by chance


def test_rewording_changes_no_key_and_equal_right_hand_sides_are_one_option() -> None:
    prompts, options = match_up("q", [Pair("1", "NAV"), Pair("2", "lege"), Pair("3", " nav"), Pair("", "ingen", "Nei")])
    assert len(options) == 3
    assert prompts[0].option == prompts[2].option != prompts[1].option
    assert [(one.feedback, one.right) for one in options if one.text == "ingen"] == [("Nei", False)]
    reworded, others = match_up("q", [Pair("i", "Nav"), Pair("ii", "Legen"), Pair("iii", "Nav"), Pair("", "x")])
    assert [(one.key, one.option) for one in reworded] == [(one.key, one.option) for one in prompts]
    assert [one.key for one in others] == [one.key for one in options] == ["a", "b", "c"]


def pairs_of(*texts: str) -> Question:
    prompts, options = match_up("q", [Pair(*text.split("::")) for text in texts])
    return replace(EACH[3], prompts=prompts, options=options)


def steps_of(*texts: str) -> Question:
    options, order = put_in_order("q", [(text, "") for text in texts])
    return replace(EACH[4], options=options, order=order)


OLD_PAIRS = ("En::A", "To::B", "Tre::C", "::D")
CHANGES = [
    (pairs_of(*OLD_PAIRS), pairs_of("En til::A", "To::Be", "Tre::C", "::E"), False),
    (pairs_of(*OLD_PAIRS), pairs_of("En::B", "To::A", "Tre::C", "::D"), True),  # two have changed places
    (pairs_of(*OLD_PAIRS), pairs_of("To::B", "En::A", "Tre::C", "::D"), True),
    (pairs_of(*OLD_PAIRS), pairs_of("En::A", "To::A", "Tre::C", "::D"), True),
    (pairs_of(*OLD_PAIRS), pairs_of("En::A", "To::B", "Tre::D", "::C"), True),
    (pairs_of(*OLD_PAIRS), pairs_of("En::A", "To::B", "Tre::C"), True),
    (steps_of("A", "B", "C"), steps_of("A", "B nå", "C"), False),
    (steps_of("A", "B", "C"), steps_of("B", "A", "C"), True),
    (steps_of("A", "B", "C"), steps_of("A", "B", "C", "D"), True),
    (numeric("q", "36", "0.5"), numeric("q", "36.0", "1"), False),
    (numeric("q", "36", "0.5"), numeric("q", "36", "0.4"), True),
    (numeric("q", "36", "0.5"), numeric("q", "36.1", "5"), True),
    (short("q", "ja"), short("q", "Ja.", "jo"), False),
    (short("q", "ja", "jo"), short("q", "ja"), True),
    (short("q", "ja"), numeric("q"), True),
    (ordering("q"), matching("q"), True),
]


@pytest.mark.parametrize(("old", "new", "changed"), CHANGES)
def test_a_key_has_changed_when_another_answer_is_right_and_not_when_words_are_mended(
    old: Question, new: Question, changed: bool
) -> None:
    assert key_changed(old, new) is changed
    assert not key_changed(old, old)


@pytest.mark.parametrize(
    ("one", "fields", "match"),
    [
        (EACH[3], {"prompts": EACH[3].prompts[:2]}, "keyed|too-few-pairs"),
        (EACH[3], {"prompts": tuple(replace(prompt, option="z") for prompt in EACH[3].prompts)}, "not there"),
        (EACH[3], {"prompts": tuple(replace(prompt, key="a") for prompt in EACH[3].prompts)}, "prompts are keyed"),
        (EACH[4], {"order": ("a", "a", "b", "c")}, "each step once"),
        (EACH[4], {"options": EACH[4].options[:2]}, "too-few-steps"),
        (EACH[5], {"number": None}, "no-answer"),
        (EACH[6], {"accepted": ()}, "no-answer"),
        (EACH[6], {"accepted": ("ja", " .")}, "no-answer"),
    ],
)
def test_a_question_that_cannot_be_scored_cannot_be_made(one: Question, fields: dict[str, object], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        replace(one, **fields)  # type: ignore[arg-type]


def test_a_tolerance_below_nothing_is_none() -> None:
    for value, tolerance in (("1", "-1"), ("NaN", "0"), ("1", "Infinity")):
        with pytest.raises(ValueError, match="tolerance"):
            Number(value=Decimal(value), tolerance=Decimal(tolerance))
