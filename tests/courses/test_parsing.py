"""Course folders: a sound one becomes a course, and every fault is told with its place, all at once."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.catalogue import Kind, Language
from courses.parsing.course import advice, parse_course
from lms.content import Problem
from lms.markup import MAX_BYTES

COURSE = """\
---
id: startopplaering
title: Startopplæring
kind: foundation
language: nb
audience: Nye instruktører
hours: 7,5
pass_mark: 80 %
objectives:
  robusthet: Forklare hva ryggen tåler
references:
  rapport: Direktoratene (2016). *Rapport.*
blueprint:
  robusthet: 1
---
Velkommen. [rapport]
"""
MODULE = """\
---
id: rygg
title: Ryggen
objectives: [robusthet]
minutes: 20
---
Om ryggen.
"""
LESSON = """\
---
id: rygg-skive
title: Skiven
---
Skiven er sterk. [rapport, kap. 10.5]

## Slik er den bygd

![To virvler og en skive](skive.svg "Skiven")

!!! tip "Si det slik"
    Ryggen er sterk.
"""
QUESTIONS = """\
## Skiven {#rygg-01 objective=robusthet kind=single}

Hva stemmer?

- [ ] Skiven er skjør
  > Nei.
- [x] Skiven er sterk

> Den tåler mye. [rapport, kap. 10.5]
"""
SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" role="img" aria-labelledby="t">
  <title id="t">Skiven</title>
  <style>.a { fill: #123; } @media (prefers-color-scheme: dark) { .a { fill: url(#g); } }</style>
  <g><path class="a" d="M0 0" fill="url(#g)"/><text>Skive</text></g>
</svg>
"""
M = "04-rygg"


def folder(**changes: str | bytes | None) -> dict[str, bytes]:
    """A sound course with one module, one lesson, one question and one picture; None leaves a file out."""
    texts: dict[str, str | bytes | None] = {
        "course.md": COURSE,
        f"{M}/module.md": MODULE,
        f"{M}/01-skive.md": LESSON,
        f"{M}/questions.md": QUESTIONS + QUESTIONS.replace("rygg-01", "rygg-02"),
        f"{M}/skive.svg": SVG,
    }
    names = {"course": "course.md", "module": f"{M}/module.md", "lesson": f"{M}/01-skive.md"}
    names |= {"questions": f"{M}/questions.md", "picture": f"{M}/skive.svg"}
    texts |= {names.get(name, name): text for name, text in changes.items()}
    return {key: text.encode() if isinstance(text, str) else text for key, text in texts.items() if text is not None}


def problems(files: Mapping[str, bytes]) -> list[str]:
    return [str(problem) for problem in parse_course(files, "kurs").problems]


def assert_only(files: Mapping[str, bytes], place: str, words: str) -> None:
    """There is exactly one problem, at that place, and it says this."""
    found = problems(files)
    assert len(found) == 1, found
    assert found[0].startswith(f"kurs/{place}: "), found
    assert words in found[0]


def test_a_sound_folder_becomes_a_course() -> None:
    report = parse_course(folder(), "kurs")
    assert report.problems == ()
    (course,) = report.items
    assert (course.kind, course.language) == (Kind.FOUNDATION, Language.BOKMAL)
    assert (course.hours, course.pass_mark) == (Decimal("7.5"), Fraction(4, 5))
    assert course.blueprint == (("robusthet", 1),)
    assert [question.id for question in course.questions] == ["rygg-01", "rygg-02"]
    (module,) = course.modules
    assert (module.minutes, module.objectives) == (20, ("robusthet",))
    assert module.lessons[0].text.startswith("Skiven er sterk.")
    assert (module.lessons[0].path, module.lessons[0].line) == ("kurs/04-rygg/01-skive.md", 5)
    assert [figure.media_type for figure in module.figures] == ["image/svg+xml"]
    assert advice(course) == ()


def test_modules_and_lessons_come_in_the_order_of_their_numbers() -> None:
    extra = {
        "02-forst/module.md": MODULE.replace("id: rygg", "id: forst"),
        "02-forst/02-b.md": "---\nid: b\ntitle: B\n---\nTekst",
        "02-forst/01-a.md": "---\nid: a\ntitle: A\n---\nTekst",
    }
    (course,) = parse_course(folder(**extra), "kurs").items
    assert [module.id for module in course.modules] == ["forst", "rygg"]
    assert [one.id for one in course.modules[0].lessons] == ["a", "b"]


def test_all_problems_come_at_once_in_the_order_of_files_and_lines() -> None:
    files = folder(course=COURSE.replace("foundation", "ukjent"), module=MODULE.replace("20", "x"), picture="<svg")
    found = parse_course(files, "kurs").problems
    assert [problem.path for problem in found] == ["kurs/04-rygg/module.md", "kurs/04-rygg/skive.svg", "kurs/course.md"]
    assert list(found) == sorted(found)


def test_the_same_fault_twice_on_a_line_is_told_once() -> None:
    assert_only(folder(module=MODULE + "[ukjent] [ukjent]\n"), "04-rygg/module.md:8", "«ukjent»")


# Front matter.


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("kind: foundation", "kind: kurs", 4, "foundation, recertification, topic, open"),
        ("language: nb", "language: no", 5, "nb, nn, en"),
        ("hours: 7,5", "hours: 0", 7, "7,5"),
        ("hours: 7,5", "hours: [7]", 7, "7,5"),
        ("pass_mark: 80 %", "pass_mark: 0,8", 8, "80 %"),
        ("pass_mark: 80 %", "pass_mark: 101 %", 8, "80 %"),
        ("pass_mark: 80 %", "pass_mark: 0 %", 8, "80 %"),
        ("title: Startopplæring", "title: ''", 3, "tekst"),
        ("title: Startopplæring", 'title: "a\\ud800"', 3, "usynlige"),
        ("title: Startopplæring", "title: {a: b}", 3, "tekst"),
        ("id: startopplaering", "id: Startopplæring", 2, "a–z"),
        ("id: startopplaering", "id: -a", 2, "a–z"),
        ("audience: Nye", "forfatter: A\naudience: Nye", 6, "ukjent nøkkel «forfatter»"),
        ("audience: Nye instruktører\n", "", 1, "mangler «audience»"),
        ("audience: Nye", "id: to\naudience: Nye", 6, "to ganger"),
    ],
)
def test_a_wrong_value_in_the_course_is_told_with_what_it_should_be(old: str, new: str, line: int, words: str) -> None:
    assert_only(folder(course=COURSE.replace(old, new)), f"course.md:{line}", words)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("minutes: 20", "minutes: 0", 5, "1 til 1000"),
        ("minutes: 20", "minutes: 20 min", 5, "1 til 1000"),
        ("minutes: 20", "minutes: 20\nhours: 1", 6, "ukjent nøkkel «hours»"),
        ("title: Ryggen\n", "", 1, "mangler «title»"),
        ("[robusthet]", "[robusthet, robusthet]", 4, "ulike id-er"),
        ("[robusthet]", "[robusthet, styrke]", 4, "«styrke» finnes ikke"),
    ],
)
def test_a_wrong_value_in_a_module_is_told_with_what_it_should_be(old: str, new: str, line: int, words: str) -> None:
    assert_only(folder(module=MODULE.replace(old, new)), f"04-rygg/module.md:{line}", words)


@pytest.mark.parametrize(
    "text", ["", "Uten front matter", "---\nid: a\n", "---\n[a]\n---\nx", "---\na: [\n---\nx", "---\na: " + "[" * 3000]
)
def test_front_matter_that_cannot_be_read_is_told_once(text: str) -> None:
    assert len(problems(folder(lesson=text, picture=None))) in (1, 2)  # and then the module has no lessons
    assert problems(folder(lesson=text, picture=None))[0].startswith("kurs/04-rygg/01-skive.md:")


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"module": MODULE.replace("id: rygg", "id: rygg-skive")}, "04-rygg/module.md:2"),
        ({"questions": QUESTIONS.replace("rygg-01", "rygg-skive")}, "04-rygg/questions.md:1"),
        ({"04-rygg/02-igjen.md": "---\nid: rygg-skive\ntitle: Igjen\n---\nTekst"}, "04-rygg/02-igjen.md:2"),
    ],
)
def test_an_id_is_used_once_in_the_whole_course(changes: dict[str, str], place: str) -> None:
    assert_only(folder(**changes), place, "id-en «rygg-skive» er alt brukt i kurs/04-rygg/01-skive.md:2")


# Objectives, blueprint, questions.


def with_objectives(objectives: str, blueprint: str) -> str:
    return COURSE.replace("  robusthet: Forklare hva ryggen tåler\n", objectives).replace("  robusthet: 1\n", blueprint)


def test_an_objective_is_taught_asked_about_and_measured() -> None:
    course = with_objectives("  robusthet: A\n  glemt: B\n", "  robusthet: 1\n")
    found = problems(folder(course=course))
    assert [problem.split(": ")[0] for problem in found] == ["kurs/course.md:11"] * 3
    assert [word for word in ("ingen modul", "ingen spørsmål", "måles ikke") if any(word in one for one in found)] == [
        "ingen modul",
        "ingen spørsmål",
        "måles ikke",
    ]


def test_the_blueprint_asks_for_known_objectives_in_whole_numbers() -> None:
    course = with_objectives("  robusthet: A\n", "  robusthet: mange\n  ukjent: 1\n")
    found = problems(folder(course=course))
    assert [problem.split(": ")[0] for problem in found] == ["kurs/course.md:14", "kurs/course.md:15"]
    assert "helt tall" in found[0]
    assert "«ukjent» finnes ikke" in found[1]


def test_a_blueprint_that_wants_more_questions_than_there_are_is_a_problem() -> None:
    assert_only(
        folder(course=with_objectives("  robusthet: A\n", "  robusthet: 3\n")), "course.md:14", "testen trenger 3"
    )


def test_tests_that_must_share_questions_are_advice_and_no_problem() -> None:
    (course,) = parse_course(folder(course=with_objectives("  robusthet: A\n", "  robusthet: 2\n")), "kurs").items
    (hint,) = advice(course)
    assert "2 felles" in hint.message


def test_a_question_measures_an_objective_of_the_course() -> None:
    text = QUESTIONS + QUESTIONS.replace("rygg-01", "rygg-02").replace("robusthet", "styrke")
    assert_only(folder(questions=text), "04-rygg/questions.md:10", "læringsmålet «styrke» finnes ikke")


def test_problems_of_questions_are_told_with_the_others() -> None:
    found = problems(folder(questions=QUESTIONS.replace("[x]", "[ ]")))
    assert any(one.startswith("kurs/04-rygg/questions.md:1: ") for one in found)


def test_a_course_without_lessons_or_questions_is_none() -> None:
    found = " ".join(problems(folder(lesson=None, questions=None, picture=None)))
    assert "ingen leksjoner" in found
    assert "ingen spørsmål" in found
    assert problems({}) != []


# Files.


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("notater.md", "hører ikke hjemme"),
        ("04-rygg/notater.md", "hører ikke hjemme"),
        ("04-rygg/1-kort.md", "hører ikke hjemme"),
        ("04-rygg/under/01-a.md", "hører ikke hjemme"),
        ("04-rygg/04-Store.md", "hører ikke hjemme"),
        ("vedlegg/a.txt", "ingen modul"),
        ("../04-rygg/01-a.md", "ingen modul"),
    ],
)
def test_stray_files_are_told(name: str, words: str) -> None:
    assert_only(folder(**{name: "Tekst"}), f"{name}:1", words)


@pytest.mark.parametrize("name", ["course", "module"])
def test_the_first_file_of_a_course_and_of_a_module_must_be_there(name: str) -> None:
    assert any("begynner med" in one for one in problems(folder(**{name: None})))


def test_a_file_that_is_not_utf8_is_told_with_the_line() -> None:
    files = folder(**{"04-rygg/02-b.md": b"---\nid: b\ntitle: Bl\xe5\n---\nTekst"})
    assert_only(files, "04-rygg/02-b.md:3", "UTF-8")


def test_a_file_over_the_limit_is_told_and_not_read() -> None:
    files = folder(**{"04-rygg/02-b.md": b"\xff" * (MAX_BYTES + 1)})
    assert_only(files, "04-rygg/02-b.md:1", "64 KiB")


def test_a_lesson_without_words_is_told() -> None:
    assert_only(folder(**{"04-rygg/02-b.md": "---\nid: b\ntitle: B\n---\n\n---\n"}), "04-rygg/02-b.md:5", "ingen tekst")


# What is written, and pictures.


def test_text_of_the_course_the_module_and_the_questions_is_read_too() -> None:
    found = problems(
        folder(
            course=f"{COURSE}\n<b>", module=f"{MODULE}\n<b>", questions=QUESTIONS.replace("Nei.", "Nei <b> [ukjent].")
        )
    )
    assert [one.split(": ")[0] for one in found] == [
        "kurs/04-rygg/module.md:9",
        "kurs/04-rygg/questions.md:6",
        "kurs/04-rygg/questions.md:6",
        "kurs/course.md:18",
    ]


def test_a_picture_nobody_shows_is_told() -> None:
    assert_only(folder(**{"04-rygg/ekstra.svg": SVG}), "04-rygg/ekstra.svg:1", "ikke brukt")


def test_problems_of_pictures_are_told_with_the_others() -> None:
    assert_only(folder(picture=SVG.replace("<g>", "<g onclick='x'>")), "04-rygg/skive.svg:4", "kjører skript")


# Whatever the files hold.

PIECES = [
    COURSE,
    MODULE,
    LESSON,
    QUESTIONS,
    SVG,
    "---\n",
    "id: a\n",
    "[",
    "]",
    "(",
    "<",
    "!!!",
    "#",
    "`",
    "\\",
    "{",
    "\x00",
    "\r",
]
NAMES = [
    "course.md",
    f"{M}/module.md",
    f"{M}/01-skive.md",
    f"{M}/questions.md",
    f"{M}/skive.svg",
    "a",
    "a/b/c",
    "/",
    "",
]
CONTENTS = st.one_of(
    st.binary(max_size=200),
    st.text().map(lambda text: text.encode()),
    st.lists(st.sampled_from(PIECES), max_size=8).map(lambda pieces: "".join(pieces).encode()),
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), CONTENTS))
def test_any_files_are_a_course_or_a_list_of_problems(files: dict[str, bytes]) -> None:
    report = parse_course(folder() | files, "kurs")
    assert bool(report) == (len(report.items) == 1)
    for problem in report.problems:
        assert isinstance(problem, Problem)
        assert problem.line >= 1
        assert problem.message
