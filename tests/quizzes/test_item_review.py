"""Questions as they have worked: thirds, flags, forms of drawn questions; by hand, by SciPy, by a second way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import isclose, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from lms.verdict import Reason
from quizzes import item_flags as rules
from quizzes.attempts import Purpose
from quizzes.item_analysis import cronbach_alpha, discrimination, drawn_alpha, drawn_error, facility, standard_error
from quizzes.item_flags import ItemFigures, OptionUse
from quizzes.item_review import Given, ItemLine, Sat, forms, review
from quizzes.questions import Kind, Question
from quizzes.scoring import score, total
from tests.quizzes.factories import matching, numeric, one_of_each, ordering, question, short

scores = st.fractions(0, 1, max_denominator=6)
tables = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(scores, min_size=width, max_size=width), min_size=2, max_size=12)
)


def rows_of(table: list[list[Fraction]]) -> list[dict[str, Fraction]]:
    return [{f"q{n}": x for n, x in enumerate(row)} for row in table]


def sittings(answers: list[dict[str, str]], bank: dict[str, Question], form: Purpose = Purpose.POST) -> list[Sat]:
    """A person for each mapping of question ids to options; "" leaves out."""
    return [
        Sat(
            attempt_id=number,
            form=form,
            version=None,
            given=tuple(
                Given(question_id=id, response=frozenset(chosen), score=score(bank[id], frozenset(chosen)))
                for id, chosen in given.items()
            ),
        )
        for number, given in enumerate(answers, 1)
    ]


def only_line(of: list[Sat], bank: dict[str, Question], id: str) -> ItemLine:
    return next(one for one in review(of, bank, {}) if one.question.id == id).lines[0]


def figures(**changes: object) -> ItemFigures:
    """A sound question: 60 % right, discriminating well, each option in use."""
    options = [("A", True, "0.6", "0.8"), ("B", False, "0.25", "0.1"), ("C", False, "0.15", "0.1")]
    sound = ItemFigures(
        kind=Kind.SINGLE,
        form=Purpose.POST,
        answers=60,
        facility=Fraction(6, 10),
        discrimination=0.4,
        options=tuple(
            OptionUse(
                token=label.lower(),
                label=label,
                right=right,
                share=Fraction(share),
                upper=Fraction(upper),
                middle=None,
                lower=None,
            )
            for label, right, share, upper in options
        ),
        median_seconds=Fraction(50),
        timed=60,
        usual_seconds=Fraction(40),
    )
    return replace(sound, **changes)  # type: ignore[arg-type]


def used(item: ItemFigures, label: str, **changes: object) -> ItemFigures:
    return replace(
        item,
        options=tuple(replace(one, **changes) if one.label == label else one for one in item.options),  # type: ignore[arg-type]
    )


# ---- flags


def test_a_sound_question_has_no_flags() -> None:
    assert rules.flags(figures()) == ()


FLAWED: list[tuple[str, ItemFigures, Callable[[ItemFigures], Reason | None]]] = [
    ("item-rival", used(used(figures(), "C", upper=Fraction(2, 3)), "A", upper=Fraction(1, 4)), rules.rival),
    ("item-negative", figures(discrimination=-0.3), rules.negative),
    ("item-weak", figures(discrimination=-0.1), rules.weak),
    ("item-too-hard", figures(facility=Fraction(3, 10)), rules.too_hard),
    ("item-too-easy", figures(facility=Fraction(95, 100)), rules.too_easy),
    ("item-too-easy-before", figures(facility=Fraction(95, 100), form=Purpose.PRE), rules.too_easy),
    ("item-unused", used(used(figures(), "C", share=Fraction(0)), "B", share=Fraction(4, 10)), rules.unused),
    ("item-slow", figures(median_seconds=Fraction(80)), rules.slow),
]


@pytest.mark.parametrize(("code", "item", "rule"), FLAWED)
def test_each_rule_finds_its_flaw_and_only_with_thirty_answers(
    code: str, item: ItemFigures, rule: Callable[[ItemFigures], Reason | None]
) -> None:
    found = rule(item)
    assert found is not None
    assert found.code == code
    assert code in [flag.code for flag in rules.flags(item)]
    assert rules.flags(replace(item, answers=29)) == ()


@pytest.mark.parametrize(
    "item",
    [
        used(used(figures(), "C", upper=Fraction(32, 100)), "A", upper=Fraction(3, 10)),  # not a third of the best
        used(figures(), "C", upper=Fraction(4, 10)),  # the key is preferred all the same
        figures(discrimination=-0.15, answers=30),  # may be chance
        figures(facility=Fraction(1, 10), form=Purpose.PRE),  # before the course
        figures(facility=Fraction(94, 100)),
        figures(median_seconds=Fraction(79)),
        figures(median_seconds=Fraction(200), timed=29),
        figures(median_seconds=None, usual_seconds=None),
    ],
)
def test_no_rule_speaks_below_its_threshold(item: ItemFigures) -> None:
    assert [flag.code for flag in rules.flags(item) if flag.code != "item-weak"] == []


def test_true_or_false_is_too_hard_where_guessing_does_as_well() -> None:
    coin = replace(figures(facility=Fraction(1, 2)), kind=Kind.TRUE_FALSE)
    assert rules.too_hard(replace(coin, options=coin.options[:2])) is not None
    assert rules.too_hard(figures(facility=Fraction(1, 2))) is None


def test_two_of_three_good_candidates_choose_another_option() -> None:
    flag = rules.rival(used(used(figures(), "C", upper=Fraction(2, 3)), "A", upper=Fraction(1, 4)))
    assert flag is not None
    assert dict(flag.values) == {"share": Fraction(2, 3), "option": "C", "key": Fraction(1, 4)}


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 20)), min_size=30, max_size=60))
def test_the_bound_of_a_correlation_is_that_of_scipy(pairs: list[tuple[int, int]]) -> None:
    """SciPy's own interval, two-sided 90 %, has the one-sided 95 % bound above."""
    x, y = ([pair[place] for pair in pairs] for place in (0, 1))
    assume(len(set(x)) > 1 and len(set(y)) > 1)
    peer = stats.pearsonr(x, y)
    assume(abs(peer.statistic) < 0.999)
    bound = rules.upper_bound(float(peer.statistic), len(pairs))
    assert bound is not None
    assert isclose(bound, peer.confidence_interval(0.90).high, abs_tol=1e-9)


# ---- thirds and what may be shown


def test_thirds_are_by_the_rest_of_the_test() -> None:
    bank = {id: question(id) for id in ("q1", "q2", "q3")}
    strong = [{"q1": "b", "q2": "a", "q3": "a"}] * 5
    middle = [{"q1": "a", "q2": "a", "q3": "b"}] * 5
    weak = [{"q1": "a", "q2": "c", "q3": ""}] * 5
    line = only_line(sittings([*weak, *strong, *middle], bank), bank, "q1")
    assert line.figures is not None
    shares = {use.label: (use.share, use.upper, use.middle, use.lower) for use in line.figures.options}
    assert shares["A"] == (Fraction(2, 3), 0, 1, 1)
    assert shares["B"] == (Fraction(1, 3), 1, 0, 0)
    assert shares["C"] == (0, 0, 0, 0)
    assert line.omitted == 0
    omitted = only_line(sittings([*weak, *strong, *middle], bank), bank, "q3").omitted
    assert omitted == Fraction(1, 3)


def test_thirds_of_fewer_than_five_and_figures_of_fewer_than_five_are_not_shown() -> None:
    bank = {id: question(id) for id in ("q1", "q2")}
    fourteen = only_line(sittings([{"q1": "a", "q2": "b"}] * 14, bank), bank, "q1").figures
    assert fourteen is not None
    assert {use.upper for use in fourteen.options} == {None}
    four = only_line(sittings([{"q1": "a", "q2": "b"}] * 4, bank), bank, "q1")
    assert (four.figures, four.omitted, four.answers) == (None, None, 4)


def test_before_and_after_are_counted_apart() -> None:
    bank = {"q1": question("q1"), "q2": question("q2")}
    before = sittings([{"q1": "b", "q2": "b"}] * 6, bank, Purpose.PRE)
    after = sittings([{"q1": "a", "q2": "a"}] * 7, bank)
    lines = review([*before, *after], bank, {"q1": 3})[0]
    assert [(line.form, line.answers, line.figures and line.figures.facility) for line in lines.lines] == [
        (Purpose.PRE, 6, 0),
        (Purpose.POST, 7, 1),
    ]
    assert lines.texts == 3


def test_a_typed_answer_is_shown_only_when_five_have_given_it() -> None:
    bank = {"q": short("q", "Hypofysen")}
    given = [frozenset({"hypofysen."})] * 5 + [frozenset({"Per Hansen"})] * 4
    people = [
        Sat(
            attempt_id=n,
            form=Purpose.POST,
            version=None,
            given=(Given(question_id="q", response=one, score=score(bank["q"], one)),),
        )
        for n, one in enumerate(given)
    ]
    line = only_line(people, bank, "q")
    assert line.figures is not None
    assert [(use.token, use.right, use.share) for use in line.figures.options] == [("hypofysen", True, Fraction(5, 9))]


@pytest.mark.parametrize("one", [matching("m"), ordering("o"), numeric("n"), *one_of_each()])
def test_every_kind_of_question_can_be_reviewed(one: Question) -> None:
    right = Given(question_id=one.id, response=one.right_response, score=Fraction(1))
    people = [Sat(attempt_id=n, form=Purpose.POST, version=None, given=(right,)) for n in range(20)]
    line = only_line(people, {one.id: one}, one.id)
    assert line.figures is not None
    assert line.figures.facility == 1
    assert {use.share for use in line.figures.options if use.right} == {Fraction(1)}
    assert line.figures.discrimination is None


def test_time_is_a_median_of_those_who_have_told() -> None:
    bank = {"q": question("q")}
    people = [
        Sat(
            attempt_id=n,
            form=Purpose.POST,
            version=None,
            given=(Given(question_id="q", response=frozenset("a"), score=Fraction(1), seconds=seconds),),
        )
        for n, seconds in enumerate([10, 20, 30, 40, 500, None, None])
    ]
    line = only_line(people, bank, "q")
    assert line.figures is not None
    assert (line.figures.median_seconds, line.figures.timed, line.answers) == (30, 5, 7)


# ---- against others, on the same data


def test_the_point_biserial_of_a_textbook_by_hand_and_by_scipy() -> None:
    """The example of SciPy's manual for `pointbiserialr`: a = 0 0 0 1 1 1 1, b = 0 1 2 3 4 5 6, r = 0.8660254."""
    item = [Fraction(n) for n in (0, 0, 0, 1, 1, 1, 1)]
    rest = [Fraction(n) for n in range(7)]
    value = discrimination(item, [x + r for x, r in zip(item, rest, strict=True)])
    assert value is not None
    assert isclose(value, sqrt(3) / 2)
    assert isclose(value, stats.pointbiserialr([int(x) for x in item], range(7)).statistic)


@given(tables)
def test_discrimination_is_scipys_correlation_with_the_rest(table: list[list[Fraction]]) -> None:
    item = [row[0] for row in table]
    totals = [sum(row, Fraction(0)) for row in table]
    value = discrimination(item, totals)
    assume(value is not None)
    assert value is not None
    rests = [float(t - x) for x, t in zip(item, totals, strict=True)]
    assume(max(rests) - min(rests) > 1e-9)
    if len(table) > 2:
        assert isclose(value, stats.pearsonr([float(x) for x in item], rests).statistic, abs_tol=1e-9)


# Ten persons, six questions. In plain floats below, from the formulas and nothing of ours.
TEN = ["111111", "111110", "111100", "111010", "110100", "101000", "110000", "100000", "010000", "000000"]


def test_alpha_and_its_error_by_a_second_implementation_in_plain_floats() -> None:
    table = [[Fraction(int(x)) for x in row] for row in TEN]
    n, k = len(TEN), len(TEN[0])
    p = [sum(int(row[item]) for row in TEN) / n for item in range(k)]
    totals = [sum(map(int, row)) for row in TEN]
    mean = sum(totals) / n
    variance = sum((t - mean) ** 2 for t in totals) / n
    kr20 = k / (k - 1) * (1 - sum(q * (1 - q) for q in p) / variance)
    alpha, error = cronbach_alpha(table), standard_error(table)
    assert alpha is not None
    assert error is not None
    assert isclose(alpha, kr20)
    assert isclose(error, sqrt(variance) * sqrt(1 - kr20))
    assert [facility([row[item] for row in table]) for item in range(k)] == p


@given(tables)
def test_alpha_of_drawn_questions_is_alpha_where_all_have_had_the_same(table: list[list[Fraction]]) -> None:
    alpha, drawn = cronbach_alpha(table), drawn_alpha(rows_of(table))
    assert (alpha is None) == (drawn is None)
    if alpha is not None and drawn is not None:
        assert isclose(alpha, drawn, abs_tol=1e-6, rel_tol=1e-6)
        assert isclose(standard_error(table) or 0, drawn_error(rows_of(table)) or 0, abs_tol=1e-6)


def test_persons_with_nothing_in_common_have_no_reliability_to_tell() -> None:
    assert drawn_alpha([]) is None
    assert drawn_alpha([{"q1": Fraction(1)}, {"q2": Fraction(0)}]) is None
    assert drawn_alpha([{"q1": Fraction(1), "q2": Fraction(1)}] * 3) is None


def test_forms_stand_apart_by_test_and_version_and_tell_nothing_below_thirty() -> None:
    bank = {id: question(id) for id in ("q1", "q2", "q3")}
    some = sittings([{"q1": "a", "q2": "a", "q3": "b"}, {"q1": "a", "q2": "b", "q3": "b"}] * 15, bank)
    lettered = [replace(one, version="A") for one in some[:29]]
    lines = forms([*some, *lettered])
    assert [(line.version, line.persons, line.reliability is None) for line in lines] == [
        ("A", 29, True),
        (None, 30, False),
    ]
    assert lines[1].mean == Fraction(1, 2)


# ---- withdrawn questions


@given(st.lists(st.tuples(*[st.sampled_from("ab")] * 4), min_size=30, max_size=40), st.sets(st.sampled_from("1234")))
def test_what_is_withdrawn_is_as_if_it_had_never_been_asked(rows: list[tuple[str, ...]], gone: set[str]) -> None:
    bank = {f"q{n}": question(f"q{n}") for n in range(1, 5)}
    whole = sittings([{f"q{n}": key for n, key in enumerate(row, 1)} for row in rows], bank)
    withdrawn = {f"q{n}" for n in gone}
    without = [replace(sat, given=tuple(one for one in sat.given if one.question_id not in withdrawn)) for sat in whole]
    assert forms(whole, withdrawn) == forms(without)
    assert [one for one in review(whole, bank, {}, withdrawn) if one.question.id not in withdrawn] == [
        one for one in review(without, bank, {}) if one.question.id not in withdrawn
    ]


def test_a_withdrawn_question_keeps_its_figures_against_what_still_counts() -> None:
    bank = {id: question(id) for id in ("q1", "q2", "q3")}
    given = [{"q1": "a", "q2": "a", "q3": "b"}] * 20 + [{"q1": "b", "q2": "b", "q3": "a"}] * 20
    found = {one.question.id: one for one in review(sittings(given, bank), bank, {}, ["q1", "q3"])}
    assert {id: one.withdrawn for id, one in found.items()} == {"q1": True, "q2": False, "q3": True}
    measured = {id: one.lines[0].figures for id, one in found.items()}
    q1, q2, q3 = (measured[id] for id in ("q1", "q2", "q3"))
    assert q1 is not None and q2 is not None and q3 is not None
    assert (q1.facility, q1.discrimination) == (Fraction(1, 2), 1)  # as q2 alone goes
    assert q3.discrimination == -1
    assert q2.discrimination is None  # nothing else is left to compare it with


def test_a_form_in_which_nothing_is_left_says_no_figures() -> None:
    bank = {id: question(id) for id in ("q1", "q2")}
    (line,) = forms(sittings([{"q1": "a", "q2": "b"}, {"q1": "b", "q2": "b"}] * 20, bank), {"q1", "q2"})
    assert (line.persons, line.questions, line.mean, line.reliability, line.error) == (40, 0, None, None, None)


# ---- properties of whole papers


@given(st.data())
def test_a_random_paper_adds_up(data: st.DataObject) -> None:
    """Whatever is answered to whatever questions: every share of points is in 0…1, and totals are sums of scores."""
    paper = data.draw(st.lists(st.sampled_from(one_of_each()), min_size=1, max_size=7, unique_by=lambda one: one.id))
    given = []
    for one in paper:
        tokens = sorted(one.keys) or ["36", "Hypofysen", "noe annet"]
        if one.kind in (Kind.MATCHING, Kind.ORDERING):
            response = data.draw(st.sampled_from([one.right_response, frozenset[str]()]))
        elif one.kind is Kind.MULTIPLE:
            response = frozenset(data.draw(st.sets(st.sampled_from(tokens))))
        else:
            response = frozenset(data.draw(st.sets(st.sampled_from(tokens), max_size=1)))
        given.append(Given(question_id=one.id, response=response, score=score(one, response)))
    points = total(one.score for one in given)
    assert 0 <= points.share <= 1
    assert points.points == sum(one.score for one in given)
    people = [Sat(attempt_id=n, form=Purpose.POST, version="A", given=tuple(given)) for n in range(6)]
    for found in review(people, {one.id: one for one in paper}, {}):
        line = found.lines[0]
        assert line.figures is not None
        assert line.figures.facility == next(one.score for one in given if one.question_id == found.question.id)
        assert line.figures.discrimination is None  # everybody alike: nothing to tell apart
        assert all(0 <= use.share <= 1 for use in line.figures.options)
    assert forms(people)[0].mean == points.share
