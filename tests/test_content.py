"""The content that ships: without a problem, complete, referenced, and tests that give nothing away."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from courses.catalogue import count_words, lessons
from courses.drafts import BUNDLED, Draft, make_draft, read_drafts
from courses.readability import CITATION, lix
from lms.markup import render
from quizzes.questions import Kind, Question
from quizzes.selection import parallel_forms

MODULE_FILES = ("module", "01-skiven", "glossary", "questions")
KEYS = "rapport|raskere-tilbake|fysio-innspill|nav-innspill|delphi"
REFERENCE = re.compile(rf"\[(?:{KEYS})(?:,[^\]]*)?\]")
PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
LIX_MIN, LIX_MAX = 15, 45
"""From very easy to the easier half of medium (Björnsson 1968)."""
PLACES_SPREAD = 0.4
"""At most so large a share of a course's single questions has the right answer in the same place."""
LONGEST_SHARE = 0.4
"""In at most so many of them is the right answer the longest: chance alone would give a fourth to a third."""


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What a course has at least, and how many words a lesson has."""

    modules: int
    lessons_each: tuple[int, int]
    words: tuple[int, int]
    objectives: int
    questions_each: int
    questions: int
    nynorsk: bool = False


PROMISES = {
    "startopplaering": Promise(
        modules=9, lessons_each=(4, 6), words=(400, 900), objectives=25, questions_each=6, questions=150
    ),
    "resertifisering": Promise(
        modules=3, lessons_each=(3, 6), words=(400, 900), objectives=8, questions_each=6, questions=48
    ),
    "emnekurs": Promise(
        modules=6, lessons_each=(3, 6), words=(400, 900), objectives=12, questions_each=6, questions=72, nynorsk=True
    ),
    "arbeidsplassen": Promise(
        modules=3, lessons_each=(2, 4), words=(250, 600), objectives=3, questions_each=5, questions=15, nynorsk=True
    ),
}


@pytest.fixture(params=sorted(path.name for path in BUNDLED.iterdir() if path.is_dir()))
def draft(request: pytest.FixtureRequest, shipped: tuple[Draft, ...]) -> Draft:
    """One shipped course at a time."""
    return next(each for each in shipped if each.course.id == request.param)


def questions_of(draft: Draft) -> list[Question]:
    return [question for module in draft.course.modules for question in module.questions]


def words_read(text: str) -> int:
    """The words of a lesson as they are read: no citations, no text alternatives."""
    return count_words(CITATION.sub("", PICTURE.sub("", text)))


def test_all_courses_ship(shipped: tuple[Draft, ...]) -> None:
    assert {each.course.id for each in shipped} == set(PROMISES)


def test_a_course_has_what_was_promised(draft: Draft) -> None:
    course, promise = draft.course, PROMISES[draft.course.id]
    assert len(course.modules) >= promise.modules
    for module in course.modules:
        assert promise.lessons_each[0] <= len(module.lessons) <= promise.lessons_each[1], module.id
    assert len(course.objectives) >= promise.objectives
    assert len(course.questions) >= promise.questions
    measured = Counter(question.objective for question in course.questions)
    for objective in course.objectives:
        assert measured[objective.id] >= promise.questions_each, objective.id
    assert {str(translation.language) for translation in course.translations} == ({"nn"} if promise.nynorsk else set())


def test_a_translation_says_the_same_in_other_words(draft: Draft) -> None:
    for translation in draft.course.translations:
        assert translation.notes == ()
        pairs = zip(lessons(draft.course), lessons(translation), strict=True)
        for original, other in pairs:
            assert original.text != other.text, other.id
            assert sorted(REFERENCE.findall(original.text)) == sorted(REFERENCE.findall(other.text)), other.id
            numbers = [sorted(re.findall(r"\d+", PICTURE.sub("", one.text))) for one in (original, other)]
            assert numbers[0] == numbers[1], other.id


def test_there_is_not_even_advice_to_give(draft: Draft) -> None:
    assert draft.advice == ()


def test_every_lesson_has_its_length_its_references_and_can_be_read(draft: Draft) -> None:
    least, most = PROMISES[draft.course.id].words
    for lesson in lessons(draft.course):
        assert least <= words_read(lesson.text) <= most, (lesson.id, words_read(lesson.text))
        assert REFERENCE.search(lesson.text), f"{lesson.id} claims things without a reference"
        assert LIX_MIN <= lix(lesson.text) <= LIX_MAX, (lesson.id, lix(lesson.text))


def test_every_module_has_a_case_something_to_reflect_on_and_two_figures(draft: Draft) -> None:
    for module in draft.course.modules:
        text = "\n".join(lesson.text for lesson in module.lessons)
        assert "!!! case" in text, module.id
        assert "!!! reflection" in text, module.id
        assert len(module.figures) >= 2, module.id


def test_the_two_forms_share_no_question(draft: Draft) -> None:
    blueprint = dict(draft.course.blueprint)
    if not blueprint:
        pytest.skip("an open course has no tests")
    assert set(blueprint) == {objective.id for objective in draft.course.objectives}
    for seed in ("any", "other", "third"):
        first, second = parallel_forms(questions_of(draft), blueprint, seed=seed)
        assert not first.question_ids & second.question_ids


def test_every_question_explains_itself_with_a_reference(draft: Draft) -> None:
    for question in questions_of(draft):
        assert REFERENCE.search(question.explanation), question.id


def test_neither_place_nor_length_gives_the_right_answer_away(draft: Draft) -> None:
    singles = [question for question in questions_of(draft) if question.kind is Kind.SINGLE]
    shuffled = [question for question in singles if not question.keeps_order]  # in the others the meaning says where
    places = Counter(min(question.right_keys) for question in shuffled)
    assert max(places.values()) <= len(shuffled) * PLACES_SPREAD, places
    assert {len(question.options) for question in singles} <= {3, 4}
    longest = 0
    for question in singles:
        lengths = {option.key: len(option.text) for option in question.options}
        (right,) = question.right_keys
        longest += lengths[right] == max(lengths.values())
        assert lengths[right] <= 2.5 * sum(lengths.values()) / len(lengths), question.id
    assert longest <= len(singles) * LONGEST_SHARE, "the longest option is the right one too often"
    for question in questions_of(draft):
        if question.kind is Kind.MULTIPLE:
            assert 4 <= len(question.options) <= 7, question.id


def test_what_is_true_is_not_always_the_same(shipped: tuple[Draft, ...]) -> None:
    sayings = [one for each in shipped for one in questions_of(each) if one.kind is Kind.TRUE_FALSE]
    true = sum("a" in question.right_keys for question in sayings)
    assert len(sayings) / 4 <= true <= len(sayings) * 3 / 4, (true, len(sayings))


def test_a_wrong_answer_that_tempts_is_told_why(draft: Draft) -> None:
    singles = [question for question in questions_of(draft) if question.kind is Kind.SINGLE]
    silent = [question.id for question in singles if not any(option.feedback for option in question.options)]
    assert len(silent) <= len(singles) / 10, silent


def test_no_option_says_all_of_the_above(draft: Draft) -> None:
    for question in questions_of(draft):
        for option in question.options:
            assert not re.search(
                r"\b(alle|ingen) av (disse|svarene|alternativene)\b",
                option.text,
                re.IGNORECASE,
            ), question.id


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


def test_the_example_of_the_authors_chapter_is_a_course_without_problems() -> None:
    chapter = (BUNDLED.parents[1] / "README.md").read_text(encoding="utf-8").partition("## Å skrive kurs")[2]
    blocks = re.findall(r"^`([\w./-]+\.md)`:\n\n```markdown\n(.*?)^```$", chapter, re.MULTILINE | re.DOTALL)
    files = {name: text.encode() for name, text in blocks}
    assert set(files) == {"course.md", *(f"01-forste/{name}.md" for name in MODULE_FILES)}
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" role="img"><title>Skive</title></svg>'
    files |= {
        "01-forste/figur.svg": svg.encode(),
        "01-forste/ovelse.mp4": b"\0\0\0\x18ftypmp42",
        "01-forste/ovelse.vtt": b"WEBVTT\n",
        "01-forste/huskeliste.pdf": b"%PDF-1.7\n",
    }
    report = make_draft(files, "mitt-kurs", render)
    assert [str(problem) for problem in report.problems] == []
    assert {question.kind for question in report.items[0].course.questions} == {Kind.SINGLE, Kind.MATCHING}
