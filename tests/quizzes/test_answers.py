"""What counts as an answer to each kind of question, how far it has come, and what it is worth."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.verdict import No
from quizzes.attempts import Standing, accept, standing
from quizzes.item_analysis import option_shares
from quizzes.questions import TYPED, Question
from quizzes.responses import tokens
from quizzes.scoring import score, wrong_response
from quizzes.typed import folded, read_number, shown_number, visible
from tests.quizzes.factories import matching, numeric, one_of_each, ordering, short

EACH = one_of_each()
PAIRS, STEPS, NUMBER, TEXT = EACH[3:]
each = pytest.mark.parametrize("one", EACH, ids=lambda one: one.kind.value)


def right_pairs(question: Question, count: int) -> frozenset[str]:
    return frozenset(f"{prompt.key}={prompt.option}" for prompt in question.prompts[:count])


def placed(question: Question, *places: int | None) -> frozenset[str]:
    """A response from the place given to each step, in the right order; None for none."""
    return frozenset(f"{key}={place}" for key, place in zip(question.order, places, strict=True) if place)


def refused(posted: list[str], question: Question) -> str:
    answer = accept(posted, question)
    assert isinstance(answer, No)
    return answer.reasons[0].code


@each
def test_the_right_response_is_accepted_whole_and_full_and_the_wrong_one_whole_and_nothing(one: Question) -> None:
    for response, points in ((one.right_response, 1), (wrong_response(one), 0)):
        assert accept(sorted(response), one) == response
        assert standing(one, response) is Standing.WHOLE
        assert score(one, response) == points


@each
def test_nothing_is_an_answer_too_and_gives_nothing(one: Question) -> None:
    assert accept([], one) == frozenset()
    assert standing(one, frozenset()) is Standing.EMPTY
    assert score(one, frozenset()) == 0


@pytest.mark.parametrize("one", EACH[3:], ids=lambda one: one.kind.value)
def test_a_field_left_alone_says_nothing(one: Question) -> None:
    assert accept(["", ""], one) == frozenset()
    assert accept(["", *one.right_response], one) == one.right_response


@pytest.mark.parametrize(
    "token", ["a", "a=", "=a", "a=z", "z=a", "a=a=a", "A=a", "a=a ", " ", "a=0", "a=5", "a=01", "a=²"]
)
@pytest.mark.parametrize("one", [PAIRS, STEPS], ids=lambda one: one.kind.value)
def test_tokens_the_question_does_not_have_are_refused_and_cannot_be_scored(one: Question, token: str) -> None:
    if token not in (tokens(one) or ()):
        assert refused([token], one) == "option-unknown"
        with pytest.raises(ValueError, match="no option"):
            score(one, frozenset({token}))


@pytest.mark.parametrize(
    ("one", "posted"), [(PAIRS, ["a=a", "a=b"]), (STEPS, ["b=1", "b=2"]), (NUMBER, ["1", "2"]), (TEXT, ["ja", "nei"])]
)
def test_two_answers_where_one_can_be_are_refused(one: Question, posted: list[str]) -> None:
    assert refused(posted, one) == "one-option-only"
    with pytest.raises(ValueError, match="one answer"):
        score(one, frozenset(posted))


def test_a_text_may_be_two_hundred_characters_and_no_more() -> None:
    assert accept(["æ" * 200], TEXT) == frozenset({"æ" * 200})
    assert refused(["æ" * 201], TEXT) == refused(["1" * 201], NUMBER) == "answer-too-long"


def test_what_is_typed_is_kept_as_typed_but_for_what_no_page_can_show() -> None:
    assert accept(["  Hypofysen. "], TEXT) == frozenset({"  Hypofysen. "})
    assert accept(["a\x00b\ud800c\td"], TEXT) == frozenset({"a b c d"})
    assert accept([" \t\u00a0", "\x00"], TEXT) == frozenset()


@given(st.text(), st.sampled_from([NUMBER, TEXT]))
def test_any_text_is_kept_or_refused_can_be_encoded_and_scored(text: str, one: Question) -> None:
    response = accept([text], one)
    if not isinstance(response, No):
        assert score(one, response) in (0, 1)
        for kept in response:
            kept.encode()
            assert accept([kept], one) == response
            assert standing(one, response) is not Standing.HALF


@given(st.data(), st.sampled_from([PAIRS, STEPS]))
def test_whatever_of_the_tokens_is_accepted_can_be_scored(data: st.DataObject, one: Question) -> None:
    posted = data.draw(st.lists(st.sampled_from(sorted(tokens(one) or ())), max_size=6))
    response = accept(posted, one)
    if isinstance(response, No):
        assert len({token[0] for token in posted}) < len(set(posted))
    else:
        points = score(one, response)
        assert 0 <= points <= 1
        assert (standing(one, response) is Standing.WHOLE) or points < 1


# Matching


@pytest.mark.parametrize("count", range(5))
def test_pairs_give_their_share(count: int) -> None:
    assert score(PAIRS, right_pairs(PAIRS, count)) == Fraction(count, 4)
    expected = [Standing.EMPTY, Standing.HALF, Standing.HALF, Standing.HALF, Standing.WHOLE]
    assert standing(PAIRS, right_pairs(PAIRS, count)) is expected[count]


def test_one_option_for_every_prompt_gives_what_it_is_right_for_and_no_more() -> None:
    for key in PAIRS.keys:
        response = frozenset(f"{prompt.key}={key}" for prompt in PAIRS.prompts)
        assert score(PAIRS, response) == Fraction(sum(prompt.option == key for prompt in PAIRS.prompts), 4)


# Ordering


@pytest.mark.parametrize(
    ("places", "points"),
    [
        ((1, 2, 3, 4), "1"),
        ((1, 2, 4, 3), "2/3"),  # five pairs of six in order, one against: (5 − 1) / 6
        ((2, 1, 4, 3), "1/3"),
        ((2, 3, 4, 1), "0"),
        ((4, 3, 2, 1), "0"),
        ((1, 2, None, None), "1/6"),  # only one pair is decided
        ((None, 1, None, 4), "1/6"),
        ((3, None, None, None), "0"),
        ((1, 1, 2, 2), "2/3"),  # four pairs decided, two not
        ((1, 1, 1, 1), "0"),
        ((2, 2, 1, 1), "0"),
    ],
)
def test_an_order_is_worth_its_pairs_in_order_less_those_against(places: tuple[int | None, ...], points: str) -> None:
    response = placed(STEPS, *places)
    assert score(STEPS, response) == Fraction(points)
    whole = len(set(places) - {None}) == 4
    assert standing(STEPS, response) is (Standing.WHOLE if whole else Standing.HALF)


@pytest.mark.parametrize("steps", [3, 4, 5])
def test_a_random_order_gives_nothing_on_average_before_the_floor_and_only_the_right_one_everything(steps: int) -> None:
    one = ordering("q", steps=steps)
    scores = [score(one, placed(one, *places)) for places in permutations(range(1, steps + 1))]
    assert scores.count(Fraction(1)) == 1
    assert scores[0] == 1
    opposite = [
        score(one, placed(one, *(steps + 1 - place for place in places)))
        for places in permutations(range(1, steps + 1))
    ]
    # an order and its mirror image balance: what is above nothing for one is below it for the other
    assert all(0 in pair for pair in zip(scores, opposite, strict=True))


# Numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("36", "36"),
        ("1 000,5", "1000.5"),
        ("1000.5", "1000.5"),
        ("−3", "-3"),
        ("-3,25", "-3.25"),
        ("  7 ", "7"),
        ("36 %", "36"),
        ("36%", "36"),
        ("1\u00a0000", "1000"),
        ("12\u202f345\u2009678", "12345678"),
        ("0,1", "0.1"),
        ("007", "7"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: str) -> None:
    assert read_number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", " ", "tre", "3-4", "1.000,5", "1 00", "1 0000", "10 00,5", "3,", ",5", "1e3", "0x1F", "NaN", "inf", "--3",
     "- 3", "3 kg", "%", "3 % %", "%3", "½", "3²", "٣", "３", "1,2,3", "+", "1_000", "3\n4", "1" * 201],
)  # fmt: skip
def test_anything_else_is_no_number_and_gives_nothing(text: str) -> None:
    assert read_number(text) is None
    assert score(NUMBER, frozenset({text})) == 0
    assert not text.strip() or standing(NUMBER, frozenset({text})) is Standing.UNREADABLE


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("35,5", 1),
        ("36.5", 1),
        ("35,49", 0),
        ("36,5000000000000000000000000000000000000001", 0),
        ("36,50", 1),
        ("-36", 0),
    ],
)
def test_the_bounds_are_included_exactly(text: str, points: int) -> None:
    assert score(NUMBER, frozenset({text})) == points


def test_arithmetic_is_exact_where_floating_point_is_not() -> None:
    assert score(numeric("q", "0.1", "0.2"), frozenset({"0,3"})) == 1
    assert score(numeric("q", "0.1", "0"), frozenset({"0,1000000000000000000000000000000001"})) == 0


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4))
def test_a_number_that_is_shown_reads_back_as_itself(value: Decimal) -> None:
    assert read_number(shown_number(value)) == value


# Short texts


@pytest.mark.parametrize(
    "text",
    [
        "hypofysen",
        "HYPOFYSEN",
        " Hypofysen.",
        "hypo\ufb01sen".replace("\ufb01", "fy"),
        "Hjernevedhenget .",
        "ｈypofysen",
    ],
)
def test_case_spaces_a_full_stop_and_compatibility_forms_do_not_matter(text: str) -> None:
    assert score(TEXT, frozenset({text})) == 1


@pytest.mark.parametrize(
    "text", ["hypofyse", "hypo fysen", "hypofysen..", "hypofysen!", ".", "hypofysen eller noe annet"]
)
def test_other_texts_are_other_answers(text: str) -> None:
    assert score(TEXT, frozenset({text})) == 0


def test_white_space_inside_is_collapsed_and_sharp_s_is_folded() -> None:
    one = short("q", "gradert  sykemelding", "Straße")
    assert score(one, frozenset({"Gradert \t sykemelding"})) == 1
    assert score(one, frozenset({"STRASSE"})) == 1


@given(st.text())
def test_spaces_and_what_no_page_can_show_are_of_no_account(text: str) -> None:
    assert folded(f" {text}\t ") == folded(text)
    assert visible(visible(text)) == visible(text)
    visible(text).encode()


# Item analysis


def test_shares_count_what_each_kind_can_be_answered_with() -> None:
    first = PAIRS.prompts[0]
    shares = option_shares(PAIRS, [PAIRS.right_response, frozenset()])
    assert shares is not None
    assert len(shares) == 4 * 4
    assert shares[f"{first.key}={first.option}"] == 0.5
    assert sum(shares.values()) == 2
    assert option_shares(STEPS, []) is None
    given = [frozenset({text}) for text in ("Ja", "nei.", "ja.", "JA")]
    assert list((option_shares(TEXT, [*given, frozenset()]) or {}).items()) == [("ja", 0.6), ("nei", 0.2)]
    assert {one.kind for one in EACH if tokens(one) is None} == TYPED


def test_two_questions_of_a_kind_have_keys_of_their_own() -> None:
    deals = {tuple(prompt.key for prompt in matching(f"q-{n}").prompts) for n in range(30)}
    assert len(deals) > 10
