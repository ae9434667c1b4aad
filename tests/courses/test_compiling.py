"""Courses as they are published: finished, addressed by their content, and read back as they were."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from courses.catalogue import Course, Figure, Kind, Language, Lesson, Module, Objective, Reference, locate, next_lesson
from courses.compiling import ASSET_PATH, CompiledCourse, asset_url, canonical, compile_course, load
from courses.files import read_folder
from courses.parsing.course import advice, parse_course
from courses.progress import Progress
from lms.markup import LimitedRenderer, MarkupError, render
from quizzes.questions import Kind as QuestionKind
from quizzes.questions import Option, Question

CONTENT = Path(__file__).parents[2] / "courses" / "content"

SKIVE = Figure(name="skive.svg", media_type="image/svg+xml", content=b"<svg/>")
QUESTION = Question(
    id="rygg-01",
    title="Skiven",
    objective="robusthet",
    kind=QuestionKind.SINGLE,
    stem="Hva stemmer? ![Skiven](skive.svg)",
    options=(Option(key="a", text="Skjør", right=False), Option(key="b", text="**Sterk**", right=True)),
    explanation="Den tåler mye. [rapport, kap. 10.5]",
    line=7,
)
LESSON = Lesson(
    id="rygg-skive",
    title="Skiven",
    text='Skiven er sterk. [rapport, kap. 10.5]\n\n![To virvler](skive.svg "Skiven")',
    path="kurs/04-rygg/01-skive.md",
    line=5,
)
MODULE = Module(
    id="rygg",
    title="Ryggen",
    objectives=("robusthet",),
    minutes=20,
    text="Om ryggen.",
    path="kurs/04-rygg/module.md",
    line=7,
    lessons=(LESSON, replace(LESSON, id="rygg-smerte", title="Smerte", text="Uten kilder.")),
    figures=(SKIVE,),
    questions=(QUESTION,),
    questions_path="kurs/04-rygg/questions.md",
)


def course(**changes: object) -> Course:
    """A small course, with changes to its first lesson's text, its language or anything else of the course."""
    text = changes.pop("lesson_text", LESSON.text)
    first = replace(LESSON, text=str(text))
    plain = Course(
        id="startopplaering",
        title="Startopplæring",
        kind=Kind.FOUNDATION,
        language=Language.BOKMAL,
        audience="Nye instruktører",
        hours=Decimal("7.5"),
        pass_mark=Fraction(4, 5),
        objectives=(Objective(id="robusthet", text="Forklare hva ryggen tåler"),),
        references=(
            Reference(key="rapport", text="Direktoratene (2016).\n*Rapport.*"),
            Reference(key="annen", text="En annen (2017)."),
        ),
        blueprint=(("robusthet", 1),),
        text="Velkommen.",
        path="kurs/course.md",
        line=17,
        modules=(replace(MODULE, lessons=(first, *MODULE.lessons[1:])),),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def compiled(source: Course) -> CompiledCourse:
    (result,) = compile_course(source, render).items
    return result


class Ids(HTMLParser):
    """The ids of a page and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: set[str] = set()
        self.sources: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href" and value and value.startswith("#"):
                self.targets.add(value[1:])
            elif name == "src":
                self.sources.append(value or "")


def test_a_version_read_back_is_the_version_that_was_stored() -> None:
    version = compiled(course())
    stored = version.content
    again = load(json.loads(stored))
    assert again == version
    assert again.content == stored == canonical(version.document())
    assert isinstance(again.modules[0].lessons[0].html, Markup)
    assert again.bank() == (QUESTION,)


def test_a_version_says_of_the_course_what_its_source_says() -> None:
    source = course(kind=Kind.TOPIC, language=Language.ENGLISH, hours=Decimal("0.75"), pass_mark=Fraction(2, 3))
    version = compiled(source)
    for name in ("id", "title", "kind", "language", "audience", "hours", "pass_mark", "objectives", "blueprint"):
        assert getattr(version, name) == getattr(source, name), name
    for written, served in zip(source.modules, version.modules, strict=True):
        for name in ("id", "title", "objectives", "minutes"):
            assert getattr(served, name) == getattr(written, name), name
        assert [one.title for one in served.lessons] == [one.title for one in written.lessons]


def test_the_digest_follows_from_the_content_alone() -> None:
    version = compiled(course())
    assert version.digest == compiled(course()).digest
    moved = course(path="annet/sted.md", line=99)
    assert compiled(moved).digest == version.digest
    document = version.document()
    shuffled = {**dict(reversed(document.items())), "course": dict(reversed(document["course"].items()))}
    assert load(shuffled).digest == version.digest


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Ny tittel"},
        {"lesson_text": LESSON.text + "."},
        {"language": Language.NYNORSK},
        {"blueprint": (("robusthet", 2),)},
        {"modules": (replace(MODULE, figures=(replace(SKIVE, content=b"<svg />"),)),)},
        {"modules": (replace(MODULE, questions=(replace(QUESTION, explanation="Ny."),)),)},
        {"modules": (replace(MODULE, lessons=MODULE.lessons[::-1]),)},
    ],
)
def test_whatever_a_reader_could_notice_gives_another_digest(changes: dict[str, object]) -> None:
    assert compiled(course(**changes)).digest != compiled(course()).digest


def test_what_was_handed_out_can_be_changed_without_changing_the_version() -> None:
    version = compiled(course())
    version.document()["course"]["title"] = "Annet"
    assert version.document()["course"]["title"] == "Startopplæring"


def test_documents_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="format 3"):
        load({**compiled(course()).document(), "format": 3})
    with pytest.raises(KeyError):
        load({})


def test_pictures_are_addressed_by_what_they_are() -> None:
    version = compiled(course())
    (asset,) = version.assets
    address = f"{ASSET_PATH}/{SKIVE.digest}/skive.svg"
    assert (asset.digest, asset.name, asset.media_type) == (SKIVE.digest, "skive.svg", "image/svg+xml")
    assert asset_url(SKIVE) == address
    assert Ids(version.modules[0].lessons[0].html).sources == [address]
    assert Ids(version.modules[0].questions[0]["stem_html"]).sources == [address]


def test_pictures_of_the_same_name_in_two_modules_are_told_apart() -> None:
    other = replace(SKIVE, content=b"<svg>annen</svg>")
    lesson = replace(LESSON, id="b")
    second = replace(MODULE, id="b", lessons=(lesson,), figures=(other,), questions=())
    version = compiled(course(modules=(MODULE, second)))
    assert {asset.digest for asset in version.assets} == {SKIVE.digest, other.digest}
    assert Ids(version.modules[1].lessons[0].html).sources == [asset_url(other)]


def test_a_lesson_lists_the_works_it_cites_and_links_to_them() -> None:
    first, second = compiled(course()).modules[0].lessons
    page = Ids(first.html + first.sources)
    assert page.targets == {"tekst-kilde-rapport"}
    assert page.targets <= set(page.ids)
    assert "Direktoratene (2016). <em>Rapport.</em>" in first.sources
    assert "En annen" not in first.sources
    assert second.sources == ""


def test_a_key_in_code_or_outside_the_list_is_no_citation() -> None:
    lesson = compiled(course(lesson_text="`[rapport]` og [ukjent]")).modules[0].lessons[0]
    assert lesson.sources == ""
    assert Ids(lesson.html).targets == set()


@pytest.mark.parametrize(
    ("language", "heading"), [(Language.BOKMAL, "Kilder"), (Language.NYNORSK, "Kjelder"), (Language.ENGLISH, "Sources")]
)
def test_the_list_of_works_speaks_the_language_of_the_course(language: Language, heading: str) -> None:
    assert f">{heading}</h2>" in compiled(course(language=language)).modules[0].lessons[0].sources


def test_citations_in_questions_stay_text_since_no_list_is_near() -> None:
    question = compiled(course()).modules[0].questions[0]
    assert question["explanation_html"] == "<p>Den tåler mye. [rapport, kap. 10.5]</p>"
    assert question["options"][1]["text_html"] == "<p><strong>Sterk</strong></p>"


def test_words_and_minutes_are_those_of_the_source() -> None:
    version = compiled(course(lesson_text="ord " * 400))
    lesson = version.modules[0].lessons[0]
    assert (lesson.words, lesson.minutes) == (400, 3)


def test_one_finds_ones_way_in_a_compiled_course_as_in_its_source() -> None:
    version = compiled(course())
    place = locate(version, "rygg-smerte")
    assert place is not None
    assert (place.module.id, place.number, place.of) == ("rygg", 2, 2)
    after = next_lesson(version, "rygg-skive")
    assert after is not None
    assert after.html == "<p>Uten kilder.</p>"
    progress = Progress(course=version, done=frozenset({"rygg-skive"}))
    assert progress.left == (after,)


def test_every_text_that_will_not_render_is_a_problem_of_its_file() -> None:
    def refuses(text: str, **_options: object) -> Markup:
        if "Uten kilder" in text or "Hva stemmer" in text or "Velkommen" in text:
            raise MarkupError("tok for lang tid")
        return Markup("")

    report = compile_course(course(), refuses)
    assert report.items == ()
    assert [str(problem) for problem in report.problems] == [
        "kurs/course.md:17: tok for lang tid",
        "kurs/04-rygg/01-skive.md:5: tok for lang tid",
        "kurs/04-rygg/questions.md:7: tok for lang tid",
    ]


def test_a_text_that_takes_too_long_is_named_and_the_others_are_finished() -> None:
    with LimitedRenderer(seconds_each=0.5) as limited:
        report = compile_course(course(lesson_text="[" * 60_000), limited)
    (problem,) = report.problems
    assert (problem.path, problem.line) == (LESSON.path, LESSON.line)
    assert "0.5 sekunder" in problem.message


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=60))
def test_any_course_that_compiles_survives_storage(text: str, title: str) -> None:
    for version in compile_course(course(lesson_text=text, title=title), render).items:
        assert load(json.loads(version.content.decode())) == version


# The courses that ship with the platform.

SHIPPED = sorted(path.parent for path in CONTENT.glob("*/course.md"))


def test_courses_are_shipped() -> None:
    assert SHIPPED


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_course_has_no_problems_and_compiles_within_the_limits(folder: Path) -> None:
    report = parse_course(read_folder(folder), f"courses/content/{folder.name}")
    assert [str(problem) for problem in report.problems] == []
    (source,) = report.items
    assert [str(hint) for hint in advice(source)] == []
    with LimitedRenderer() as limited:
        result = compile_course(source, limited)
    assert [str(problem) for problem in result.problems] == []
    (version,) = result.items
    shown: set[str] = set()
    for module in (module for one in (version, *version.translations) for module in one.modules):
        for lesson in module.lessons:
            page = Ids(lesson.html + lesson.glossary + lesson.sources)
            assert len(page.ids) == len(set(page.ids)), lesson.id
            assert page.targets <= set(page.ids), lesson.id
            shown |= set(page.sources)
    assert shown == {f"{ASSET_PATH}/{asset.digest}/{asset.name}" for asset in version.assets}
