"""A course as it is published and served: finished HTML, addressed by the digest of its content (DESIGN.md, Content).

`compile_course` is pure given a render function. Its result is one JSON document; the SHA-256 of the canonical
bytes is the version's id. `load` reads such a document back, so that a view can keep one object per digest.
Pictures are not in the document: publishing stores each figure's bytes by its own digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from courses.catalogue import Course, Figure, Kind, Language, Lesson, Module, Objective, Reference, Term, Video
from courses.manuscript import read
from lms.content import Problem, Report
from lms.dialect import citation_anchor, split_slots, term_anchor
from lms.markup import MarkupError, Renderer
from quizzes.limits import NO_LIMITS, Limits
from quizzes.questions import Question, from_document, to_document

FORMAT = 2
"""The shape of the document. A new shape gets a new number, so that an old version is never misread.

1: no glossary, prompts, films or translations; running enrolments keep such versions."""
FORMATS = (1, FORMAT)

ASSET_PATH = "/innhold"
"""Where pictures are served: `/innhold/<digest>/<name>`."""

GLOSSARY_HEADING: Mapping[Language, str] = {
    Language.BOKMAL: "Ord og uttrykk",
    Language.NYNORSK: "Ord og uttrykk",
    Language.ENGLISH: "Words",
}
SOURCES_HEADING: Mapping[Language, str] = {
    Language.BOKMAL: "Kilder",
    Language.NYNORSK: "Kjelder",
    Language.ENGLISH: "Sources",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A picture the course shows: SHA-256 of its bytes, file name and media type."""

    digest: str
    name: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledPrompt:
    """Something to think about; in the lesson's HTML a slot of kind "svar" stands where it may be answered."""

    id: str
    title: str
    html: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledVideo:
    """A film; the n-th of a lesson belongs in its slot of kind "film" and id n. `source` is an address to play from:
    of this site, or of one of the allowed hosts (`host`, else ""). `captions` is an address of this site, or ""."""

    title: str
    source: str
    captions: str
    host: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledTerm:
    """A word and what it means."""

    id: str
    term: str
    html: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledLesson:
    """A page to read. `sources` is the list of works it cites, with its heading; empty when it cites none.
    `glossary` explains the terms it links to, likewise."""

    id: str
    title: str
    html: Markup
    sources: Markup
    words: int
    minutes: int
    glossary: Markup = Markup()
    prompts: tuple[CompiledPrompt, ...] = ()
    videos: tuple[CompiledVideo, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledModule:
    """Lessons and the questions on them; each question is a document of `quizzes.questions.to_document`."""

    id: str
    title: str
    objectives: tuple[str, ...]
    minutes: int
    html: Markup
    lessons: tuple[CompiledLesson, ...]
    questions: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledReference:
    """A source by its key, with its full citation."""

    key: str
    html: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledCourse:
    """One version of a course. `content` is the canonical document, `digest` its SHA-256: the version's id.

    `translations` are the same version in other languages: same digest, same content, same ids throughout."""

    digest: str
    content: bytes = field(repr=False)
    id: str
    title: str
    kind: Kind
    language: Language
    audience: str
    hours: Decimal
    pass_mark: Fraction
    objectives: tuple[Objective, ...]
    references: tuple[CompiledReference, ...]
    blueprint: tuple[tuple[str, int], ...]
    html: Markup
    modules: tuple[CompiledModule, ...]
    assets: tuple[Asset, ...]
    glossary: tuple[CompiledTerm, ...] = ()
    limits: Limits = NO_LIMITS
    translations: tuple[CompiledCourse, ...] = ()

    @property
    def minutes(self) -> int:
        """How long all lessons take to read."""
        return sum(lesson.minutes for module in self.modules for lesson in module.lessons)

    def document(self) -> dict[str, Any]:
        """The JSON document, a fresh copy."""
        document: dict[str, Any] = json.loads(self.content)
        return document

    def bank(self) -> tuple[Question, ...]:
        """All questions, in order."""
        return tuple(from_document(question) for module in self.modules for question in module.questions)


def compile_course(course: Course, render: Renderer) -> Report[CompiledCourse]:
    """The course as it is published, or a problem for every text that `render` refuses.

    `render` is `lms.markup.render` or, for text that is not trusted to be quick, a `LimitedRenderer`.
    """
    works = [_Work(one, render) for one in (course, *course.translations)]
    own, *others = [work.course_document() for work in works]
    if problems := tuple(problem for work in works for problem in work.problems):
        return Report(problems=problems)
    document = {"format": FORMAT, "course": own, "translations": others}
    return Report(items=(load(document),))


def canonical(document: Mapping[str, Any]) -> bytes:
    """A JSON document as the bytes its digest is taken of: sorted keys, no white space, UTF-8."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def load(document: Mapping[str, Any]) -> CompiledCourse:
    """The version a document describes. Raises ValueError or KeyError if it is no such document."""
    if document["format"] not in FORMATS:
        raise ValueError(f"a course document of format {document['format']!r}, not {FORMAT}")
    content = canonical(document)
    assets = tuple(Asset(**asset) for asset in document["course"]["assets"])
    translations = tuple(_loaded(one, content, assets) for one in document.get("translations", ()))
    return _loaded(document["course"], content, assets, translations)


def _loaded(
    course: Mapping[str, Any],
    content: bytes,
    assets: tuple[Asset, ...],
    translations: tuple[CompiledCourse, ...] = (),
) -> CompiledCourse:
    return CompiledCourse(
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        id=course["id"],
        title=course["title"],
        kind=Kind(course["kind"]),
        language=Language(course["language"]),
        audience=course["audience"],
        hours=Decimal(course["hours"]),
        pass_mark=Fraction(course["pass_mark"]),
        objectives=tuple(Objective(id=one["id"], text=one["text"]) for one in course["objectives"]),
        references=tuple(CompiledReference(key=one["key"], html=_markup(one["html"])) for one in course["references"]),
        blueprint=tuple((one["objective"], one["count"]) for one in course["blueprint"]),
        html=_markup(course["html"]),
        modules=tuple(_loaded_module(module) for module in course["modules"]),
        assets=assets,
        glossary=tuple(
            CompiledTerm(id=one["id"], term=one["term"], html=_markup(one["html"]))
            for one in course.get("glossary", ())
        ),
        limits=Limits.read(course.get("limits")),
        translations=translations,
    )


def _loaded_module(module: Mapping[str, Any]) -> CompiledModule:
    return CompiledModule(
        id=module["id"],
        title=module["title"],
        objectives=tuple(module["objectives"]),
        minutes=module["minutes"],
        html=_markup(module["html"]),
        lessons=tuple(_loaded_lesson(lesson) for lesson in module["lessons"]),
        questions=tuple(module["questions"]),
    )


def _loaded_lesson(lesson: Mapping[str, Any]) -> CompiledLesson:
    return CompiledLesson(
        id=lesson["id"],
        title=lesson["title"],
        html=_markup(lesson["html"]),
        sources=_markup(lesson["sources"]),
        words=lesson["words"],
        minutes=lesson["minutes"],
        glossary=_markup(lesson.get("glossary", "")),
        prompts=tuple(CompiledPrompt(**{**one, "html": _markup(one["html"])}) for one in lesson.get("prompts", ())),
        videos=tuple(CompiledVideo(**one) for one in lesson.get("videos", ())),
    )


def _markup(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - `lms.markup` made it when the document was compiled


class _Work:
    """Turns one course into a document, and remembers which texts would not be turned."""

    def __init__(self, course: Course, render: Renderer) -> None:
        self.course = course
        self.render = render
        self.problems: list[Problem] = []
        self.terms: dict[str, Term] = {}

    def course_document(self) -> dict[str, Any]:
        course = self.course
        figures = {figure.digest: figure for module in course.modules for figure in module.figures}
        self.terms = {term.id: term for term in course.glossary}
        limits = course.limits.document()
        return {
            **({"limits": limits} if limits else {}),  # courses without any keep the digest they had
            "id": course.id,
            "title": course.title,
            "kind": course.kind.value,
            "language": course.language.value,
            "audience": course.audience,
            "hours": str(course.hours),
            "pass_mark": str(course.pass_mark),
            "objectives": [{"id": one.id, "text": one.text} for one in course.objectives],
            "references": [{"key": one.key, "html": self._reference(one)} for one in course.references],
            "blueprint": [{"objective": one, "count": count} for one, count in course.blueprint],
            "html": self._html(course.text, course.path, course.line),
            "modules": [self._module(module) for module in course.modules],
            "glossary": [
                {"id": term.id, "term": term.term, "html": self._html(term.text, term.path, term.line)}
                for term in course.glossary
            ],
            "assets": [
                {"digest": digest, "name": figure.name, "media_type": figure.media_type}
                for digest, figure in sorted(figures.items())
            ],
        }

    def _module(self, module: Module) -> dict[str, Any]:
        files = {figure.name: figure for figure in module.figures}
        addresses = {name: asset_url(figure) for name, figure in files.items()}
        return {
            "id": module.id,
            "title": module.title,
            "objectives": list(module.objectives),
            "minutes": module.minutes,
            "html": self._html(module.text, module.path, module.line, pictures=addresses),
            "lessons": [self._lesson(lesson, addresses, files) for lesson in module.lessons],
            "questions": [self._question(module, question, addresses) for question in module.questions],
        }

    def _lesson(self, lesson: Lesson, addresses: Mapping[str, str], files: Mapping[str, Figure]) -> dict[str, Any]:
        keys = {reference.key for reference in self.course.references}
        explained = "\n".join(self.terms[one].text for one in lesson.terms if one in self.terms)
        cited = read(f"{lesson.text}\n\n{explained}", lesson.path, references=keys).citations
        options = {"pictures": addresses, "citations": tuple(sorted(cited))}
        html = self._html(lesson.text, lesson.path, lesson.line, **options)
        self._check_slots(lesson, html)
        return {
            "id": lesson.id,
            "title": lesson.title,
            "html": html,
            "sources": self._sources([one for one in self.course.references if one.key in cited]),
            "glossary": self._glossary(lesson, tuple(sorted(cited))),
            "prompts": [
                {"id": one.id, "title": one.title, "html": self._html(one.text, lesson.path, lesson.line, **options)}
                for one in lesson.prompts
            ],
            "videos": [self._video(video, addresses, files) for video in lesson.videos],
            "words": lesson.words,
            "minutes": lesson.minutes,
        }

    def _check_slots(self, lesson: Lesson, html: str) -> None:
        """Tell of films and reflections that `courses.manuscript` found and the renderer did not, or the reverse."""
        wanted = [("svar", prompt.id) for prompt in lesson.prompts]
        wanted += [("film", str(number)) for number, _ in enumerate(lesson.videos, 1)]
        if html and sorted(wanted) != sorted((kind, key) for _, kind, key in split_slots(html) if kind):
            message = "en film eller refleksjon vises ikke: la rammen stå for seg selv, ikke i sitat eller som kode"
            self.problems.append(Problem(lesson.path, lesson.line, message))

    def _video(self, video: Video, addresses: Mapping[str, str], files: Mapping[str, Figure]) -> dict[str, Any]:
        own = files.get(video.source)
        return {
            "title": video.title,
            "source": addresses[video.source] if own else video.source,
            "captions": addresses.get(video.captions, ""),
            "host": "" if own else urlsplit(video.source).netloc,
            "media_type": own.media_type if own else "",
        }

    def _glossary(self, lesson: Lesson, citations: Sequence[str]) -> str:
        used = sorted(
            (self.terms[one] for one in lesson.terms if one in self.terms), key=lambda one: one.term.casefold()
        )
        if not used:
            return ""
        entries = "\n\n".join(f"### {one.term} {{#{term_anchor(one.id)}}}\n\n{one.text}" for one in used)
        text = f"## {GLOSSARY_HEADING[self.course.language]} {{#ordliste}}\n\n{entries}\n"
        return self._html(text, lesson.path, lesson.line, citations=citations)

    def _question(self, module: Module, question: Question, pictures: Mapping[str, str]) -> dict[str, Any]:
        """A question's document. Its citations stay text: where it is shown there is no list to link to."""
        with self._located(module.questions_path, question.line):
            return to_document(question, partial(self.render, pictures=pictures))
        return {}

    def _sources(self, cited: Sequence[Reference]) -> str:
        if not cited:
            return ""
        entries = "\n".join(f"* **{one.key}**{{#{citation_anchor(one.key)}}}: {_one_line(one)}" for one in cited)
        text = f"## {SOURCES_HEADING[self.course.language]} {{#kilder}}\n\n{entries}\n"
        return self._html(text, self.course.path, 1)

    def _reference(self, reference: Reference) -> str:
        return self._html(_one_line(reference), self.course.path, 1)

    def _html(self, text: str, path: str, line: int, **options: Any) -> str:
        with self._located(path, line):
            return str(self.render(text, **options))
        return ""

    @contextmanager
    def _located(self, path: str, line: int) -> Iterator[None]:
        """Keep a refusal of the renderer as a problem of the file the text comes from."""
        try:
            yield
        except MarkupError as error:
            self.problems.append(Problem(path, line, str(error)))


def asset_url(figure: Figure) -> str:
    """The address a picture is served from, the same for the same bytes for ever."""
    return f"{ASSET_PATH}/{figure.digest}/{figure.name}"


def _one_line(reference: Reference) -> str:
    return " ".join(reference.text.split())
