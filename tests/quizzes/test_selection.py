"""Drawing forms: fair, repeatable, as blueprints say, and honest about questions used twice."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.blueprint import Gap, coverage
from quizzes.questions import Case, Kind, Option, Question
from quizzes.selection import Form, ParallelForm, draw, laid_out, mean_facility, parallel_forms
from tests.quizzes.factories import matching, numeric, ordering, short

ROOT = Path(__file__).parents[2]
FOUR = tuple(Option(key=key, text=key, right=key == "b") for key in "abcd")


def bank_of(**counts: int) -> list[Question]:
    """So many four-option questions for each objective: rygg-00, rygg-01, …"""
    return [
        Question(
            id=f"{objective}-{number:02}",
            title="T",
            objective=objective,
            kind=Kind.SINGLE,
            stem="?",
            options=FOUR,
            explanation="!",
        )
        for objective, count in counts.items()
        for number in range(count)
    ]


def objectives(form: Form) -> Counter[str]:
    return Counter(item.question_id.split("-")[0] for item in form.items)


sizes = st.dictionaries(st.sampled_from(["rygg", "nakke", "hode"]), st.tuples(st.integers(0, 6), st.integers(0, 8)))
"""By objective: how many are wanted, and how many more the bank has."""


@given(sizes, st.text())
def test_a_form_fills_its_blueprint_with_different_questions(wanted: dict[str, tuple[int, int]], seed: str) -> None:
    bank = bank_of(**{objective: count + more for objective, (count, more) in wanted.items()})
    blueprint = {objective: count for objective, (count, _) in wanted.items()}
    form = draw(bank, blueprint, seed=seed)
    assert objectives(form) == Counter(blueprint)
    assert len(form.question_ids) == len(form.items)
    assert form.overlap == frozenset()
    assert all(sorted(item.option_order) == ["a", "b", "c", "d"] for item in form.items)


@given(sizes, st.text(), st.randoms())
def test_the_order_of_bank_and_blueprint_does_not_matter(
    wanted: dict[str, tuple[int, int]], seed: str, chance: object
) -> None:
    bank = bank_of(**{objective: count + more for objective, (count, more) in wanted.items()})
    blueprint = {objective: count for objective, (count, _) in wanted.items()}
    other = sorted(bank, key=lambda _: chance.random())  # type: ignore[attr-defined]
    assert draw(bank, blueprint, seed=seed) == draw(other, dict(reversed(blueprint.items())), seed=seed)


@given(sizes, st.text())
def test_parallel_forms_share_no_more_than_the_bank_forces(wanted: dict[str, tuple[int, int]], seed: str) -> None:
    bank = bank_of(**{objective: count + more for objective, (count, more) in wanted.items()})
    blueprint = {objective: count for objective, (count, _) in wanted.items()}
    pre, post = parallel_forms(bank, blueprint, seed=seed)
    assert objectives(pre) == objectives(post)
    shared = pre.question_ids & post.question_ids
    assert post.overlap == shared
    assert pre.overlap == frozenset()
    assert len(shared) == sum(gap.overlap for gap in coverage(bank, blueprint))


@given(st.text(), st.sets(st.integers(0, 9)))
def test_seen_questions_come_only_when_the_unseen_are_used_up(seed: str, seen: set[int]) -> None:
    avoid = {f"rygg-{number:02}" for number in seen}
    form = draw(bank_of(rygg=10), {"rygg": 4}, seed=seed, avoid=avoid)
    assert len(form.overlap) == max(0, 4 - (10 - len(seen)))
    assert form.overlap == form.question_ids & avoid


def test_other_seeds_give_other_forms_and_every_question_its_turn() -> None:
    bank = bank_of(rygg=10)
    forms = [draw(bank, {"rygg": 3}, seed=str(number)) for number in range(300)]
    turns = Counter(question_id for form in forms for question_id in form.question_ids)
    assert len(turns) == 10
    assert max(turns.values()) < 2 * min(turns.values())  # about 90 each
    places = Counter(item.option_order.index("b") for form in forms for item in form.items)
    assert max(places.values()) < 1.4 * min(places.values())  # the right answer stands anywhere, about 225 times each


def test_true_and_false_keep_their_order() -> None:
    bank = [replace(one, kind=Kind.TRUE_FALSE, options=FOUR[:2]) for one in bank_of(rygg=12)]
    assert {item.option_order for item in draw(bank, {"rygg": 12}, seed="s").items} == {("a", "b")}


def test_options_whose_order_carries_meaning_are_shown_in_it_by_every_seed() -> None:
    bank = [replace(one, keeps_order=number % 2 == 0) for number, one in enumerate(bank_of(rygg=12))]
    kept = {one.id for one in bank if one.keeps_order}
    stored = ParallelForm(version="A", question_ids=tuple(one.id for one in bank), seed="s")
    moved = set()
    for form in (*(draw(bank, {"rygg": 12}, seed=str(number)) for number in range(40)), laid_out(bank, stored)):
        for item in form.items:
            if item.question_id in kept:
                assert item.option_order == ("a", "b", "c", "d")
            elif item.option_order != ("a", "b", "c", "d"):
                moved.add(item.question_id)
    assert moved == {one.id for one in bank} - kept


def test_forms_of_banks_without_cases_are_what_they_have_always_been() -> None:
    """Digests from the code as it was before there were cases: a seed must go on meaning the same form."""
    bank = bank_of(rygg=9, hode=9, nakke=6)
    bank += [replace(one, id=f"tf-{one.id}", kind=Kind.TRUE_FALSE, options=FOUR[:2]) for one in bank_of(rygg=6)]
    bank += [replace(one, id=f"mu-{one.id}", kind=Kind.MULTIPLE) for one in bank_of(hode=6)]
    blueprint = {"rygg": 5, "hode": 4, "nakke": 2}
    first = draw(bank, blueprint, seed="kari-1", avoid={"rygg-03", "hode-00"})
    assert first.items[:3] == (("tf-rygg-05", ("a", "b")), ("rygg-08", tuple("bcad")), ("rygg-07", tuple("dbac")))
    assert digest(first) == "3e26951497a7c51b47d2b273a1ed3d0400317edd10ac4c21488b93f5e13df778"
    forms = [form for n in range(50) for form in parallel_forms(bank, blueprint, seed=str(n))]
    whole = hashlib.sha256("".join(map(digest, forms)).encode()).hexdigest()
    assert whole == "9abc0387e9c93051fd46dfacf314c385290a39733ccf10b2f7788c3c936313cd"


def digest(form: Form) -> str:
    items = [[item.question_id, "".join(item.option_order)] for item in form.items]
    return hashlib.sha256(json.dumps([items, sorted(form.overlap)]).encode()).hexdigest()


def case(name: str) -> Case:
    return Case(id=name, title=name, text=f"Om {name}.")


@given(st.text(), st.lists(st.sampled_from([None, "lager", "kontor"]), min_size=12, max_size=12))
def test_questions_of_a_case_stand_together_and_are_drawn_as_if_there_were_none(
    seed: str, cases: list[str | None]
) -> None:
    plain = bank_of(hode=6, rygg=6)
    bank = [replace(one, case=case(name) if name else None) for one, name in zip(plain, cases, strict=True)]
    blueprint = {"hode": 4, "rygg": 4}
    form = draw(bank, blueprint, seed=seed)
    ids = [item.question_id for item in form.items]
    drawn = [item.question_id for item in draw(plain, blueprint, seed=seed).items]
    assert sorted(ids) == sorted(drawn)
    case_of = {one.id: one.case for one in bank}
    for one in {case_of[id] for id in ids} - {None}:
        places = [place for place, id in enumerate(ids) if case_of[id] == one]
        assert places == list(range(places[0], places[0] + len(places)))
        assert [ids[place] for place in places] == [id for id in drawn if case_of[id] == one]
    firsts = [id for n, id in enumerate(drawn) if case_of[id] is None or case_of[id] not in map(case_of.get, drawn[:n])]
    assert [id for id in ids if id in firsts] == firsts
    assert draw(bank[::-1], blueprint, seed=seed) == form


def test_cases_of_the_same_name_that_tell_different_stories_are_two() -> None:
    other = replace(case("lager"), text="En annen historie.")
    bank = [replace(one, case=case("lager") if n % 2 else other) for n, one in enumerate(bank_of(rygg=8))]
    story = {one.id: one.case for one in bank}
    shown = [story[item.question_id] for item in draw(bank, {"rygg": 8}, seed="s").items]
    assert sum(one != another for one, another in pairwise(shown)) == 1


def test_steps_are_never_shown_in_the_right_order_and_in_every_other_one() -> None:
    one = ordering("rygg", steps=3)
    orders = Counter(draw([one], {"rygg": 1}, seed=str(n)).items[0].option_order for n in range(500))
    assert one.order not in orders
    assert len(orders) == 5
    assert max(orders.values()) < 1.5 * min(orders.values())


def test_right_hand_sides_are_shuffled_and_what_is_typed_has_nothing_to_shuffle() -> None:
    bank = [matching("rygg-m"), numeric("rygg-n"), short("rygg-s")]
    forms = [{i.question_id: i.option_order for i in draw(bank, {"rygg": 3}, seed=str(n)).items} for n in range(60)]
    assert len({form["rygg-m"] for form in forms}) > 12
    assert all(sorted(form["rygg-m"]) == list("abcd") for form in forms)
    assert {(form["rygg-n"], form["rygg-s"]) for form in forms} == {((), ())}


def test_questions_of_different_objectives_are_mixed() -> None:
    form = draw(bank_of(hode=8, rygg=8), {"hode": 8, "rygg": 8}, seed="s")
    names = [item.question_id for item in form.items]
    assert names != sorted(names)
    assert len(Counter(name.split("-")[0] for name in names[:8])) == 2


def test_every_process_draws_the_same_form() -> None:
    program = (
        "from tests.quizzes.test_selection import bank_of, draw\n"
        "print(draw(bank_of(rygg=9, hode=9), {'rygg': 4, 'hode': 3}, seed='kari-1', avoid={'rygg-03', 'hode-00'}))"
    )
    drawn = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "12345")
    }
    assert len(drawn) == 1


@pytest.mark.parametrize("blueprint", [{"rygg": 3}, {"rygg": -1}, {"ukjent": 1}])
def test_a_blueprint_that_cannot_be_filled_is_an_error(blueprint: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="wanted"):
        draw(bank_of(rygg=2), blueprint, seed="s")


def test_authors_learn_how_many_questions_are_missing() -> None:
    bank = bank_of(tom=0, knapp=2, delvis=5, nok=6, ubrukt=1)
    gaps = coverage(bank, {"tom": 1, "knapp": 3, "delvis": 3, "nok": 3, "null": 0})
    assert [(gap.objective, gap.is_error, gap.overlap) for gap in gaps] == [
        ("tom", True, 0),
        ("knapp", True, 0),
        ("delvis", False, 1),
    ]
    assert gaps[1].message == "læringsmålet «knapp» har 2 spørsmål, og testen trenger 3: skriv 1 til, eller be om færre"
    assert "1 felles: skriv 1 til" in gaps[2].message


@given(st.integers(0, 9), st.integers(0, 20))
def test_writing_what_is_asked_for_closes_the_gap(wanted: int, available: int) -> None:
    for gap in coverage(bank_of(rygg=available), {"rygg": wanted}):
        missing = wanted - available if gap.is_error else gap.overlap
        assert missing > 0
        mended = coverage(bank_of(rygg=available + missing), {"rygg": wanted})
        assert mended == () or (gap.is_error and mended == (Gap(objective="rygg", wanted=wanted, available=wanted),))


facilities = st.dictionaries(st.integers(0, 7), st.integers(0, 100), min_size=1)


@given(facilities, st.text())
def test_balanced_forms_differ_as_little_as_any_dealing_of_their_questions(known: dict[int, int], seed: str) -> None:
    bank = bank_of(rygg=4, hode=4)
    names = sorted(one.id for one in bank)
    facility = {names[n]: Fraction(percent, 100) for n, percent in known.items()}
    a, b = parallel_forms(bank, {"rygg": 2, "hode": 2}, seed=seed, facility=facility)
    assert objectives(a) == objectives(b)
    assert not a.question_ids & b.question_ids
    middle = round(sum(facility.values()) / len(facility) * 100)
    weight = {name: round(facility[name] * 100) if name in facility else middle for name in names}
    ryggs, hodes = names[4:], names[:4]
    least = min(
        abs(2 * sum(weight[one] for one in (*some, *others)) - sum(weight.values()))
        for some in combinations(ryggs, 2)
        for others in combinations(hodes, 2)
    )
    assert abs(sum(weight[one] for one in a.question_ids) - sum(weight[one] for one in b.question_ids)) == least


def test_what_the_forms_must_share_is_in_both_also_when_they_are_balanced() -> None:
    bank = bank_of(rygg=5)
    facility = {one.id: Fraction(n, 10) for n, one in enumerate(bank)}
    a, b = parallel_forms(bank, {"rygg": 4}, seed="s", facility=facility)
    assert (len(a.items), len(b.items)) == (4, 4)
    assert b.overlap == a.question_ids & b.question_ids
    assert len(b.overlap) == 3
    assert mean_facility(a.question_ids, {}) is None


def test_a_large_blueprint_is_balanced_in_no_time() -> None:
    bank = bank_of(rygg=60, hode=60)
    facility = {one.id: Fraction(n * 7919 % 1000, 1000) for n, one in enumerate(bank)}
    a, b = parallel_forms(bank, {"rygg": 12, "hode": 12}, seed="s", facility=facility)
    one, two = mean_facility(a.question_ids, facility), mean_facility(b.question_ids, facility)
    assert one is not None and two is not None
    assert abs(one - two) < Fraction(1, 100)


def test_a_stored_form_is_laid_out_as_it_stands_and_always_the_same() -> None:
    bank = bank_of(rygg=6)
    ids = ("rygg-03", "rygg-00", "rygg-05")
    form = ParallelForm(version="A", question_ids=ids, seed="s")
    shown = laid_out(bank, form)
    assert tuple(item.question_id for item in shown.items) == ids
    assert laid_out(reversed(bank), form) == shown
    assert (
        len({item.option_order for item in laid_out(bank, replace(form, question_ids=tuple(o.id for o in bank))).items})
        > 1
    )
    with pytest.raises(ValueError, match="rygg-09"):
        laid_out(bank, replace(form, question_ids=("rygg-09",)))
