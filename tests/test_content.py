"""The content that ships: without a problem, complete, referenced, and tests that give nothing away."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from courses.catalogue import lessons
from courses.drafts import BUNDLED, Draft, read_drafts
from lms.markup import render
from quizzes.questions import Kind, Question
from quizzes.selection import parallel_forms

REFERENCE = re.compile(r"\[(?:rapport|raskere-tilbake)(?:,[^\]]*)?\]")
WORDS_MIN, WORDS_MAX = 350, 1_000
QUESTIONS_EACH_OBJECTIVE = 6


@pytest.fixture(params=sorted(path.name for path in BUNDLED.iterdir() if path.is_dir()))
def draft(request: pytest.FixtureRequest, shipped: tuple[Draft, ...]) -> Draft:
    """One shipped course at a time."""
    return next(each for each in shipped if each.course.id == request.param)


def questions_of(draft: Draft) -> list[Question]:
    return [question for module in draft.course.modules for question in module.questions]


def test_the_foundation_course_ships_with_its_two_first_modules(shipped: tuple[Draft, ...]) -> None:
    foundation = next(each for each in shipped if each.course.id == "startopplaering")
    assert {"rygg-og-nakke", "psykisk-helse"} <= {module.id for module in foundation.course.modules}


def test_there_is_not_even_advice_to_give(draft: Draft) -> None:
    assert draft.advice == ()


def test_every_lesson_has_its_length_and_its_references(draft: Draft) -> None:
    for lesson in lessons(draft.course):
        assert WORDS_MIN <= lesson.words <= WORDS_MAX, lesson.id
        assert REFERENCE.search(lesson.text), f"{lesson.id} claims things without a reference"


def test_every_module_has_a_case_something_to_reflect_on_and_two_figures(draft: Draft) -> None:
    for module in draft.course.modules:
        text = "\n".join(lesson.text for lesson in module.lessons)
        assert "!!! case" in text, module.id
        assert "!!! reflection" in text, module.id
        assert len(module.figures) >= 2, module.id


def test_every_objective_has_enough_questions_for_two_forms(draft: Draft) -> None:
    measured = Counter(question.objective for question in questions_of(draft))
    for objective in draft.course.objectives:
        assert measured[objective.id] >= QUESTIONS_EACH_OBJECTIVE, objective.id
    first, second = parallel_forms(questions_of(draft), dict(draft.course.blueprint), seed="any")
    assert not first.question_ids & second.question_ids


def test_every_question_explains_itself_with_a_reference(draft: Draft) -> None:
    for question in questions_of(draft):
        assert REFERENCE.search(question.explanation), question.id


def test_neither_place_nor_length_gives_the_right_answer_away(draft: Draft) -> None:
    singles = [question for question in questions_of(draft) if question.kind is Kind.SINGLE]
    places = Counter(min(question.right_keys) for question in singles)
    assert max(places.values()) <= len(singles) / 2, places
    longest = 0
    for question in singles:
        right = next(option for option in question.options if option.right)
        longest += len(right.text) == max(len(option.text) for option in question.options)
    assert longest <= len(singles) / 2, "the longest option is the right one too often"
    sayings = [question for question in questions_of(draft) if question.kind is Kind.TRUE_FALSE]
    assert len({min(question.right_keys) for question in sayings}) == 2, "always true, or always false"


def test_no_option_says_all_of_the_above(draft: Draft) -> None:
    for question in questions_of(draft):
        for option in question.options:
            assert not re.search(r"alle (de|svarene) over|ingen av (de|disse)", option.text, re.IGNORECASE), question.id


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("course.md", "pass_mark: 80 %", "pass_mark: mye", "course.md:"),
        ("course.md", "kind: foundation", "kind: foundation\ncolour: red", "colour"),
        ("04-rygg-og-nakke/01-fra-skjor-til-sterk.md", "[rapport", "[finnes-ikke", "finnes-ikke"),
        ("04-rygg-og-nakke/01-fra-skjor-til-sterk.md", "## ", "#### ", "01-fra-skjor-til-sterk.md:"),
        ("04-rygg-og-nakke/questions.md", "- [x]", "- [ ]", "questions.md:"),
        ("04-rygg-og-nakke/questions.md", "kind=single", "kind=essay", "essay"),
        ("04-rygg-og-nakke/02-skiven-loftet-og-bildet.md", "figur-skiven.svg", "borte.svg", "borte.svg"),
    ],
)
def test_a_fault_in_the_files_is_told_with_its_place(
    tmp_path: Path, file: str, old: str, new: str, problem: str
) -> None:
    for source in (BUNDLED / "startopplaering").rglob("*.*"):
        copy = tmp_path / source.relative_to(BUNDLED / "startopplaering")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes())
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
    report = read_drafts(tmp_path, render)
    assert report.items == ()
    told = [str(each) for each in report.problems]
    assert any(problem in each and re.search(r":\d+: ", each) for each in told), told
