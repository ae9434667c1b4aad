"""What authors may write and what they are told when it is wrong: the new elements, files, films and the glossary."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses import manuscript, media
from courses.compiling import compile_course
from courses.parsing.course import parse_course
from courses.parsing.glossary import parse_glossary
from lms.markup import LimitedRenderer, render
from tests.courses import factories, rich
from tests.courses.rich import changed, files
from tests.limits import ending

LESSON, HOSTED, WORDS = "01-rygg/01-skiven.md", "01-rygg/02-smerten.md", "01-rygg/glossary.md"
MODULE, COURSE, QUESTIONS = "01-rygg/module.md", "course.md", "01-rygg/questions.md"


def told(course: Mapping[str, bytes]) -> list[str]:
    """Every problem of a course, of its texts or of its making."""
    report = parse_course(course, "kurs")
    problems = report.problems if not report else compile_course(report.items[0], render).problems
    return [str(problem) for problem in problems]


def line_of(course: Mapping[str, bytes], name: str, words: str) -> int:
    lines = course[name].decode().splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def test_a_course_with_one_of_everything_has_no_problems_in_any_kind() -> None:
    for kind in ("foundation", "topic", "recertification", "open"):
        assert told(files(kind=kind)) == []


def test_the_parts_of_a_lesson_reach_its_compiled_form() -> None:
    course, assets = factories.compiled(files())
    lesson, hosted, _ = (lesson for module in course.modules for lesson in module.lessons)
    assert [(one.id, one.title) for one in lesson.prompts] == [
        ("min-rygg", "Hva tåler du?"),
        ("mitt-loft", "Og ellers?"),
    ]
    assert "<strong>sist</strong>" in lesson.prompts[0].html
    (film,) = lesson.videos
    assert (film.media_type, film.host) == ("video/mp4", "")
    assert film.source.endswith("/film.mp4") and film.captions.endswith("/film.vtt")
    assert [(one.host, one.captions) for one in hosted.videos] == [(rich.HOST, "")]
    assert "Mellomvirvelskive" in lesson.glossary and "Unngåelse" not in lesson.glossary
    assert "#tekst-kilde-rapport" in lesson.glossary and "tekst-kilde-rapport" in lesson.sources
    assert {asset.name for asset in course.assets} == {"skive.svg", "film.mp4", "film.vtt", "liste.pdf"}
    assert set(assets.values()) >= {rich.FILM, rich.CAPTIONS, rich.LIST}
    assert [term.id for term in course.glossary] == ["skive-ord", "unngaelse"]


WRONG: dict[str, tuple[str, str, str, str]] = {
    # what is wrong: file, the text that stands there, what is put in its place, words of the problem
    "unknown callout": (LESSON, "!!! reflection min-rygg", "!!! refleksjon min-rygg", "ukjent ramme"),
    "callout in capitals": (LESSON, "!!! reflection min-rygg", "!!! Reflection min-rygg", "ukjent ramme"),
    "reflection without id": (LESSON, "!!! reflection min-rygg", "!!! reflection", "mangler id"),
    "id with capitals": (LESSON, "reflection min-rygg", "reflection Min-Rygg", "mangler id"),
    "id with underscore": (LESSON, "reflection min-rygg", "reflection min_rygg", "mangler id"),
    "id far too long": (LESSON, "reflection min-rygg", "reflection " + "x" * 90, "mangler id"),
    "id on a film": (LESSON, '!!! video "Et', '!!! video en-film "Et', "brukes ikke her"),
    "same prompt twice": (LESSON, "reflection mitt-loft", "reflection min-rygg", "alt brukt"),
    "prompt named as a lesson": (LESSON, "reflection mitt-loft", "reflection angsten", "alt brukt"),
    "prompt named as a question": (LESSON, "reflection mitt-loft", "reflection rygg-2", "alt brukt"),
    "empty callout": (LESSON, "    Tenk på **sist** du løftet noe.\n", "", "rammen er tom"),
    "body not indented": (LESSON, "    Tenk på", "Tenk på", "rammen er tom"),
    "details without title": (LESSON, '??? "Mer om løft"', "???", "mangler tittel"),
    "open title": (LESSON, '??? "Mer om løft"', '??? "Mer om løft', "mangler tittel"),
    "unknown word": (LESSON, "ord:skive-ord", "ord:skive", "ikke forklart"),
    "word without text": (LESSON, "[mellomvirvelskive]", "[]", "mangler tekst"),
    "missing attachment": (LESSON, "(liste.pdf)", "(lista.pdf)", "finnes ikke"),
    "attachment in a folder": (LESSON, "(liste.pdf)", "(filer/liste.pdf)", "ingen steder"),
    "attachment elsewhere in the course": (LESSON, "(liste.pdf)", "(../02-uro/x.pdf)", "ingen steder"),
    "missing picture": (LESSON, "(skive.svg", "(skjive.svg", "finnes ikke"),
    "picture without words": (LESSON, "![En skive som bærer]", "![]", "mangler tekstalternativ"),
    "heading jumps": (LESSON, "## Løft", "#### Løft", "hopper"),
    "heading of level one": (LESSON, "## Løft", "# Løft", "nivå 1"),
    "broken anchor": (LESSON, "(ord:skive-ord)", "(#lofte)", "treffer ingen overskrift"),
    "dangerous link": (LESSON, "(ord:skive-ord)", "(javascript:alert)", "kan ikke brukes"),
    "html": (LESSON, "Noten til", "<b>Noten</b> til", "HTML brukes ikke"),
    "unknown source": (LESSON, "[rapport, kap. 10.5]", "[rapporten, kap. 10.5]", "ukjent kilde"),
    "film without title": (LESSON, '!!! video "Et løft på lageret"', "!!! video", "mangler tittel"),
    "film without film": (LESSON, "    [film](film.mp4) [teksting](film.vtt)\n", "    Se filmen\n", "filmen mangler"),
    "film without transcript": (LESSON, "    Hun løfter en kasse og sier «hei».\n", "", "mangler utskrift"),
    "film without captions": (LESSON, " [teksting](film.vtt)", "", "mangler teksting"),
    "captions that are a film": (LESSON, "(film.vtt)", "(film.mp4)", "mangler teksting"),
    "film that is no film": (LESSON, "[film](film.mp4)", "[film](liste.pdf)", "finnes ikke"),
    "missing film": (LESSON, "[film](film.mp4)", "[film](filmen.mp4)", "finnes ikke"),
    "film of a strange host": (HOSTED, rich.HOST, "evil.example", "kan bare hentes"),
    "film over http": (HOSTED, "https://", "http://", "kan bare hentes"),
    "film of a host in disguise": (HOSTED, rich.HOST, f"{rich.HOST}.evil.example", "kan bare hentes"),
    "film of a host before an at": (HOSTED, rich.HOST, f"{rich.HOST}@evil.example", "kan bare hentes"),
    "film of a host with a port": (HOSTED, f"{rich.HOST}/", f"{rich.HOST}:8443/", "kan bare hentes"),
    "film of an unreadable host": (HOSTED, rich.HOST, "[::1", "kan bare hentes"),
    "film of a wide host": (HOSTED, rich.HOST, f"{rich.HOST}\uff0fx", "kan bare hentes"),
    "film in a quotation": (HOSTED, "Smerte er", "> !!! video x\n>\n>     [f](film.mp4)\n\nSm", "vises ikke"),
    "reflection in a quotation": (
        HOSTED, "Smerte er sjelden skade.\n", '> !!! reflection x "X"\n>     Hva?\n', "vises ikke",
    ),
    "reflection as code": (HOSTED, "sjelden skade.\n", "a.\n\n    !!! reflection x\n        Hva?\n", "vises ikke"),
    "word in a module's text": (MODULE, "Om ryggen", "Om [ryggen](ord:skive-ord)", "bare leksjoner"),
    "word in the course's text": (COURSE, "Velkommen", "Vel [kommen](ord:skive-ord)", "bare leksjoner"),
    "word in a question": (QUESTIONS, "Hva er rygg-1?", "Hva er [x](ord:skive-ord)?", "bare leksjoner"),
    "word in an explanation": (WORDS, "Å holde seg", "Å [holde](ord:skive-ord) seg", "bare leksjoner"),
    "html in an explanation": (WORDS, "Å holde seg", "Å <i>holde</i> seg", "HTML brukes ikke"),
    "unknown source in an explanation": (WORDS, "[rapport, kap. 10.5]", "[ukjent]", "ukjent kilde"),
    "file in an explanation": (WORDS, "Å holde seg", "Å [holde](liste.pdf) seg", "finnes ikke"),
    "unknown key": (LESSON, "title: Skiven", "tittel: x\ntitle: Skiven", "ukjent nøkkel"),
    "missing objective": (MODULE, "objectives: [ryggen]", "objectives: [rygger]", "finnes ikke i course.md"),
    "duplicate id": (HOSTED, "id: smerten", "id: skiven", "alt brukt"),
    "question without a right answer": (QUESTIONS, "- [x] Svar b", "- [ ] Svar b", "riktig"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_mistake_is_told_with_its_place_and_what_to_do(what: str) -> None:
    name, old, new, words = WRONG[what]
    found = told(changed(files(), name, old, new))
    assert any(f"kurs/{name}:" in one and words in one for one in found), found
    assert all(": " in one.partition(": ")[2] or "," in one for one in found)


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        (WORDS, "[rapport, kap. 10.5]", "[ukjent]", "[ukjent]"),
        (WORDS, "Å holde seg", "\n\nÅ <i>holde</i> seg", "<i>"),
        (LESSON, "ord:skive-ord", "ord:skive", "ord:skive)"),
        (LESSON, " [teksting](film.vtt)", "", "!!! video"),
        (HOSTED, rich.HOST, "evil.example", "!!! video"),
        (LESSON, "reflection mitt-loft", "reflection min-rygg", '"Og ellers?"'),
        (LESSON, "(liste.pdf)", "(lista.pdf)", "lista.pdf"),
    ],
)
def test_a_mistake_is_told_on_its_own_line(name: str, old: str, new: str, words: str) -> None:
    course = changed(files(), name, old, new)
    assert any(one.startswith(f"kurs/{name}:{line_of(course, name, words)}: ") for one in told(course)), told(course)


GLOSSARIES: dict[str, tuple[str, int, str]] = {
    "text above": ("Innledning.\n\n## Ord {#ord}\n\nTekst.\n", 1, "tekst før"),
    "no id": ("## Ord\n\nTekst.\n", 1, "kan ikke leses"),
    "capital id": ("## Ord {#Ord}\n\nTekst.\n", 1, "kan ikke leses"),
    "no word": ("## {#ord}\n\nTekst.\n", 1, "kan ikke leses"),
    "level three": ("## A {#a}\n\nT.\n\n### B {#b}\n\nT.\n", 5, "kan ikke leses"),
    "level one": ("# Ord {#ord}\n\nTekst.\n", 1, "kan ikke leses"),
    "twice": ("## A {#a}\n\nT.\n\n## B {#a}\n\nT.\n", 5, "to ganger"),
    "nothing said": ("## A {#a}\n\n## B {#b}\n\nT.\n", 1, "mangler forklaring"),
    "too long": ("## A {#a}\n\n" + "ord " * 81 + "\n", 1, "over 80 ord"),
    "two ids": ("## A {#a} {#b}\n\nT.\n", 1, "kan ikke leses"),
}


@pytest.mark.parametrize("what", GLOSSARIES)
def test_a_glossary_is_told_what_is_wrong_with_it(what: str) -> None:
    text, line, words = GLOSSARIES[what]
    (problem,) = parse_glossary(text, "g.md").problems
    assert (problem.line, words in problem.message) == (line, True), problem


def test_an_explanation_of_eighty_words_is_short_enough_and_an_empty_glossary_is_one() -> None:
    assert parse_glossary("## A {#a}\n" + "ord " * 80, "g.md")
    assert parse_glossary("", "g.md").items == ()


def test_the_same_word_in_two_modules_is_told() -> None:
    course = {**files(), "02-uro/glossary.md": b"## Skive {#skive-ord}\n\nIgjen.\n"}
    assert any("02-uro/glossary.md:1:" in one and "alt brukt" in one for one in told(course))


def test_a_word_of_another_module_can_be_linked_to() -> None:
    course = changed(files(), "02-uro/01-angsten.md", "Uroen synker", "[Uroen](ord:unngaelse) synker")
    assert told(course) == []
    assert "Unngåelse" in factories.compiled(course)[0].modules[1].lessons[0].glossary


KINDS = [*media.MEDIA]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_not_what_its_name_says_is_told(kind: str) -> None:
    for content in (b"\0", b"<html><script>alert(1)</script>\0", b"\xff\xfe\0"):
        assert media.parse_file(f"kurs/01-a/fil.{kind}", content).problems


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_over_its_limit_is_told_and_one_at_its_limit_is_not(kind: str) -> None:
    start = {"mp4": b"\0\0\0\0ftyp", "webm": b"\x1a\x45\xdf\xa3", "vtt": b"WEBVTT", "pdf": b"%PDF-"}.get(
        kind, b"PK\x03\x04"
    )
    limit = media.MEDIA[kind].max_bytes
    assert media.parse_file(f"fil.{kind}", start.ljust(limit, b" "))
    (problem,) = media.parse_file(f"fil.{kind}", start.ljust(limit + 1, b" ")).problems
    assert "MiB" in problem.message


@pytest.mark.parametrize(
    "name", ["Fil.pdf", "en fil.pdf", "fil.PDF", "fil.exe", "fil.html", "fil.pdf.exe", "å.pdf", ".pdf"]
)
def test_a_file_with_a_name_that_cannot_be_served_is_told(name: str) -> None:
    assert media.parse_file(f"kurs/01-a/{name}", b"%PDF-1.7").problems


def test_a_file_nobody_shows_is_told_and_so_is_a_page_with_script() -> None:
    assert any("ikke brukt" in one for one in told({**files(), "01-rygg/ekstra.pdf": b"%PDF-1"}))
    assert any("01-rygg/side.html" in one for one in told({**files(), "01-rygg/side.html": b"<script>"}))


def test_a_text_that_takes_too_long_is_a_problem_with_its_place() -> None:
    course = changed(files(), HOSTED, "Smerte er sjelden skade.", "[^1]" * 15_000 + "\n\n[^1]: x")
    parsed = parse_course(course, "kurs")
    assert parsed, parsed.problems
    with LimitedRenderer(seconds_each=0.5) as limited:
        problems = compile_course(parsed.items[0], limited).problems
    assert problems and {problem.path for problem in problems} == {f"kurs/{HOSTED}"}


HOSTILE = st.text(st.sampled_from('![](){}<>#"\\`:. \n\t-*_x|^?=ord!/'), max_size=400) | st.text(max_size=400)


@given(HOSTILE, st.booleans())
def test_reading_any_text_never_raises_and_tells_lines_it_has(text: str, is_questions: bool) -> None:
    reading = manuscript.read(text, "x.md", 5, references=("rapport",), terms=("ord",), is_questions=is_questions)
    assert all(5 <= problem.line <= 5 + text.count("\n") for problem in reading.problems)


@given(HOSTILE)
def test_reading_any_glossary_never_raises(text: str) -> None:
    for one in (text, f"## {text}", f"## A {{#a}}\n{text}"):
        report = parse_glossary(one, "g.md")
        assert all(term.text.strip() and term.term.strip() for term in report.items)


@given(HOSTILE)
def test_a_course_with_any_lesson_glossary_or_questions_is_read_without_raising(text: str) -> None:
    start = rich.LESSON[: rich.LESSON.index("## Løft")]
    report = parse_course({**files(), LESSON: (start + text).encode("utf-8", "replace")}, "kurs")
    if report:
        compile_course(report.items[0], render)
    parse_course({**files(), WORDS: text.encode("utf-8", "replace")}, "kurs")
    parse_course({**files(), QUESTIONS: text.encode("utf-8", "replace")}, "kurs")


@given(
    st.dictionaries(
        st.from_regex(r"(01-rygg/)?[a-z0-9.-]{1,12}(\.nn)?(\.md|\.svg|\.pdf)?", fullmatch=True), st.binary(max_size=80)
    )
)
def test_any_files_beside_a_course_are_read_without_raising(others: dict[str, bytes]) -> None:
    parse_course({**files(), **others}, "kurs")


SLOW: dict[str, Callable[[], object]] = {
    "blank lines in questions": lambda: manuscript.read("\n" * 60_000, "x", is_questions=True),
    "blanks in a word": lambda: parse_glossary("## " + " " * 60_000, "x"),
    "blanks and braces in a word": lambda: parse_glossary(("## " + " \t" * 500 + "{#\n") * 60, "x"),
    "callouts": lambda: manuscript.read("!!! tip\n" * 8_000, "x"),
    "callout with blanks": lambda: manuscript.read("!!! tip" + " " * 60_000 + "x y", "x"),
    "open brackets": lambda: manuscript.read("[" * 60_000, "x"),
    "open links": lambda: manuscript.read("[](" * 20_000, "x"),
    "pictures": lambda: manuscript.read("![a](" * 12_000, "x"),
    "backticks": lambda: manuscript.read("`a" * 30_000, "x"),
    "tags": lambda: manuscript.read("<a" * 30_000, "x"),
    "braces": lambda: manuscript.read("{a" * 30_000, "x"),
    "deep callouts": lambda: manuscript.read("".join(f"{' ' * 4 * n}!!! tip\n" for n in range(170)), "x"),
    "headings": lambda: manuscript.read("## a {#" * 9_000, "x"),
}


@pytest.mark.parametrize("what", SLOW)
def test_a_file_of_sixty_kilobytes_is_read_in_a_moment_whatever_stands_in_it(what: str) -> None:
    with ending():
        SLOW[what]()
