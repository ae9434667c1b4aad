"""Course folders: a sound one becomes a course, and every fault is told with its place, all at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.catalogue import Kind, Language
from courses.files import MAX_FILE_BYTES, FolderError, read_folder
from courses.parsing import advice, parse_course
from lms.content import Problem
from lms.markup import MAX_BYTES, render

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
  <g><path class="a" d="M0 0" fill="url(#g)"/><use href="#t"/><text>Skive</text></g>
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


def lesson(body: str) -> dict[str, bytes]:
    """A course whose lesson also says this, from line 14 on."""
    return folder(lesson=f"{LESSON}\n{body}\n")


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
        ("04-rygg/plan.pdf", "hører ikke hjemme"),
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


# What is written.


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# Tittel", "nivå 1"),
        ("#### Tittel", "hopper fra nivå 2 til 4"),
        ("##", "tom"),
        ("Tittel\n======", "understreking"),
        ("<b>fet</b>", "HTML"),
        ("Se <script>alert(1)</script>", "HTML"),
        ("<!-- skjult -->", "HTML"),
        ("a\n\n<div>x", "HTML"),
        ("<javascript:alert(1)>", "HTML"),
        ("!!! danger\n    Tekst", "ukjent ramme «danger»"),
        ("!!! tip farlig\n    Tekst", "kan ikke leses"),
        ('!!! tip "Tittel"\nTekst', "fire mellomrom"),
        ("!!! tip", "fire mellomrom"),
        ("*fet*{: onclick=alert(1)}", "brukes ikke her"),
        ("Sant. [ukjent, s. 1]", "ukjent kilde «ukjent, s. 1»"),
        ("Sant. [Rapport, s. 1]", "ukjent kilde"),
        ("En [klamme] til", "ukjent kilde «klamme»"),
        ("[x](javascript:alert(1))", "kan ikke leses"),
        ("[x](javascript:alert)", "kan ikke brukes"),
        ("[x](JaVaScRiPt:alert)", "kan ikke brukes"),
        ("[x](//ond.example)", "kan ikke brukes"),
        ("[x](annen-leksjon.md)", "fører ingen steder"),
        ("[x](https://)", "fører ingen steder"),
        ("[x](http://[ond)", "kan ikke leses"),
        ("[x](mailto:)", "fører ingen steder"),
        ("[x]()", "fører ingen steder"),
        ("[x](en adresse)", "kan ikke leses"),
        ("[](https://nav.no)", "mangler tekst"),
        ("[hopp](#finnes-ikke)", "treffer ingen overskrift"),
        ("[x]: https://nav.no", "ikke nederst"),
        ("![Alt](borte.svg)", "«borte.svg» finnes ikke"),
        ("![ ](skive.svg)", "mangler tekstalternativ"),
        ("![Alt](../04-rygg/skive.svg)", "finnes ikke"),
        ("![Alt](https://ond.example/spor.gif)", "finnes ikke"),
        ("![Alt][skive]", "kan ikke leses"),
    ],
)
def test_a_fault_in_the_text_is_told_on_its_line(text: str, words: str) -> None:
    found = problems(lesson(text))
    assert any(words in one for one in found), found
    first = found[0].removeprefix("kurs/04-rygg/01-skive.md:").partition(":")[0]
    assert int(first) in range(14, 14 + len(text.split("\n")))


@pytest.mark.parametrize(
    "text",
    [
        "Vi skriver a < b, 5 > 3 og \\<b>.",
        "`<b>kode</b> [uten](mening)`",
        "<https://nav.no> og <post@example.no>",
        "[NAV](https://nav.no/a_b?c=d) og [post](mailto:a@b.no)",
        '[NAV](https://nav.no "Til NAV")',
        "[hopp](#slik-er-den-bygd)",
        "## Æ og å {#eget-anker}\n\n[hit](#eget-anker) [opp](#slik-er-den-bygd)",
        "## Sær: «tittel»!\n\n[hit](#sær-tittel)",
        "## To\n\n## To\n\n[hit](#to_1)",
        "Fotnote[^1]\n\n[^1]: Her. [rapport]",
        "| a | b |\n|---|--:|\n| 1 | 2 |",
        "* en\n* to\n\n1. en\n2. to\n\n> sitat",
        "Sant. [rapport] [rapport, s. 113] [rapport, kap. 10.5; s. 3]",
        "\\[ikke en kilde\\]",
        "### Under\n\n#### Dypere\n\n## Opp igjen",
        "!!! reflection\n\n    Tekst etter blank linje",
        '!!! case "Tittel"\n    ### Overskrift i rammen\n\n    Tekst',
        "Avsnitt\n\n---\n\nNytt avsnitt",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert problems(lesson(text)) == []


@pytest.mark.parametrize(
    "text", ["## Æ, ø & «å»!", "## To *ord* her", "## `kode` og mer", "## 10.5 Tall", "## Luft   i  midten ##"]
)
def test_anchors_are_known_as_the_renderer_makes_them(text: str) -> None:
    anchor = render(text).partition('id="tekst-')[2].partition('"')[0]
    assert problems(lesson(f"{text}\n\n[hit](#{anchor})")) == []


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


# Pictures.


@pytest.mark.parametrize(
    ("svg", "line", "words"),
    [
        (SVG.replace("<g>", "<script>alert(1)</script><g>"), 4, "<script>"),
        (SVG.replace("<g>", '<g onclick="alert(1)">'), 4, "onclick kjører skript"),
        (SVG.replace("<g>", '<g ONLOAD="alert(1)">'), 4, "skript"),
        (SVG.replace("<g>", '<g style="fill:red">'), 4, "style"),
        (SVG.replace("<g>", '<image href="https://ond.example/x.png"/><g>'), 4, "<image>"),
        (SVG.replace("<g>", "<foreignObject><p>x</p></foreignObject><g>"), 4, "<foreignObject>"),
        (SVG.replace("<g>", '<a href="javascript:alert(1)"/><g>'), 4, "<a>"),
        (SVG.replace("<g>", '<animate attributeName="href" to="javascript:alert(1)"/><g>'), 4, "<animate>"),
        (SVG.replace('href="#t"', 'href="https://ond.example/#x"'), 4, "viser ut av bildet"),
        (SVG.replace('href="#t"', 'xmlns:x="http://www.w3.org/1999/xlink" x:href="data:x"'), 4, "viser ut av bildet"),
        (SVG.replace('fill="url(#g)"', 'fill="url(https://ond.example/x)"'), 4, "henter noe utenfra"),
        (SVG.replace('fill="url(#g)"', 'fill="u\\72l(//ond.example)"'), 4, "henter noe utenfra"),
        (SVG.replace(".a { fill: #123; }", "@import 'https://ond.example/x.css';"), 3, "<style> henter"),
        (SVG.replace("#123", "url( 'https://ond.example/x' )"), 3, "<style> henter"),
        (SVG.replace("#123", "u\\72l(x)"), 3, "<style> henter"),
        (f'<!DOCTYPE svg [<!ENTITY a "b">]>\n{SVG}', 1, "DOCTYPE"),
        (f'\n\n<!doctype svg SYSTEM "file:///etc/passwd">\n{SVG}', 3, "DOCTYPE"),
        (f'<?xml-stylesheet href="https://ond.example/x.css"?>{SVG}', 1, "erklæringer"),
        (SVG.replace("</g>", ""), 5, "gyldig XML"),
        (SVG.replace("<text>", "<text>&ukjent;"), 4, "gyldig XML"),
        ("", 1, "gyldig XML"),
        ("ikke et bilde", 1, "gyldig XML"),
        ("<html xmlns='http://www.w3.org/1999/xhtml'/>", 1, "ikke et SVG-bilde"),
        (SVG.replace(' xmlns="http://www.w3.org/2000/svg"', ""), 1, "ikke et SVG-bilde"),
        (SVG.replace("Skiven</title>", " </title>"), 1, "mangler tittel"),
        (SVG.replace("<title", "<desc").replace("</title", "</desc"), 1, "mangler tittel"),
        (SVG.replace('viewBox="0 0 10 10" ', ""), 1, "viewBox"),
        (SVG.encode("utf-16"), 1, "UTF-8"),
        (SVG + " " * 600_000, 1, "KiB"),
    ],
)
def test_a_picture_that_could_do_harm_or_says_nothing_is_told(svg: str | bytes, line: int, words: str) -> None:
    found = problems(folder(picture=svg))
    assert any(one.startswith(f"kurs/04-rygg/skive.svg:{line}: ") and words in one for one in found), found


def test_a_bomb_of_entities_is_refused_before_it_is_parsed() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    assert_only(
        folder(picture=f'<!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><svg>&a11;</svg>'), "04-rygg/skive.svg:1", "DOCTYPE"
    )


@pytest.mark.parametrize("name", ["skive.gif", "Skive.svg", "skive.jpeg", "ski ve.svg", "..svg"])
def test_a_picture_has_a_plain_name_and_a_known_kind(name: str) -> None:
    assert any("filnavnet" in one for one in problems(folder(**{f"04-rygg/{name}": SVG})))


def test_a_photograph_is_what_its_name_says() -> None:
    shown = LESSON + "\n![Et lager](lager.png)\n"
    assert problems(folder(lesson=shown, **{"04-rygg/lager.png": b"\x89PNG\r\n\x1a\n0000"})) == []
    assert_only(folder(lesson=shown, **{"04-rygg/lager.png": SVG}), "04-rygg/lager.png:1", "ikke png")


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


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='[]()!<>#`{}"\\ \na:|^-_*'))
def test_any_text_can_be_read(text: str) -> None:
    parse_course(lesson(text), "kurs")


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["[", "![](", "<", "`", "{", "# a\n", "!!!\n", "](", '![](a "', "<http://", "[a]: b\n", "\\", "a@"]
)
def test_reading_takes_no_longer_than_the_text_is_long(piece: str) -> None:
    text = piece * ((MAX_BYTES - len(LESSON) - 10) // len(piece))
    parse_course(lesson(text), "kurs")  # would not come back if a pattern were quadratic


# Folders on disk.


def test_a_folder_is_read_by_relative_path_without_dot_files(tmp_path: Path) -> None:
    for name, content in {**folder(), ".git/config": b"x", "04-rygg/.DS_Store": b"x"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert read_folder(tmp_path) == folder()


def test_of_a_file_over_the_limit_just_enough_is_read_to_see_that_it_is(tmp_path: Path) -> None:
    (tmp_path / "stor.svg").write_bytes(b"a" * (MAX_FILE_BYTES + 10))
    assert len(read_folder(tmp_path)["stor.svg"]) == MAX_FILE_BYTES + 1


@pytest.mark.parametrize("target", ["/etc/passwd", "/etc", "ekte.md", "."])
def test_links_are_refused_wherever_they_lead(tmp_path: Path, target: str) -> None:
    (tmp_path / "ekte.md").write_text("x")
    (tmp_path / "lenke").symlink_to(target)
    with pytest.raises(FolderError, match="lenke til et annet sted"):
        read_folder(tmp_path)


def test_what_is_no_plain_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rør")
    with pytest.raises(FolderError, match="ikke en vanlig fil"):
        read_folder(tmp_path)


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "borte", Path(__file__)):
        with pytest.raises(FolderError, match="ikke en mappe"):
            read_folder(path)
