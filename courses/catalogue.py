"""What a course is: frozen values with modules, lessons, pictures and questions in order (DOMAIN.md 2, 7).

Finding one's way (`locate`, `next_lesson`) works over the source of a course and over its compiled form alike.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar

from lms.content import Problem
from quizzes.limits import NO_LIMITS, Limits
from quizzes.questions import Question

WORDS_PER_MINUTE = 180
"""How fast a lesson is read: a calm adult pace with time for figures and afterthought."""

PICTURE_TYPES: Mapping[str, str] = MappingProxyType(
    {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
)
"""The kinds of picture a course may hold, by the ending of the file name."""

WORD = re.compile(r"[^\W_]+(?:[-–.,:'’][^\W_]+)*")
LINK_TARGET = re.compile(r"(?<=\])\([^()]*\)|\{[^{}]*\}|<https?://[^<>\s]*>")


class Kind(StrEnum):
    """What a course is for (DOMAIN.md 11)."""

    FOUNDATION = "foundation"
    RECERTIFICATION = "recertification"
    TOPIC = "topic"
    OPEN = "open"


class Language(StrEnum):
    """The written language of a course, as HTML names it."""

    BOKMAL = "nb"
    NYNORSK = "nn"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """A learning objective: what the participant can do afterwards. Every question measures exactly one."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A source that text refers to by key, and its full citation in Markdown."""

    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A file of a module that is served as it is, by its name there: a picture, a film, something to take along."""

    name: str
    media_type: str
    content: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word explained in the glossary. `text` is Markdown; `line` is that of its heading."""

    id: str
    term: str
    text: str
    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """Something to think about, whose answer the reader may keep under `id`. `text` is Markdown."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A film: `source` is a file of the module or an address of an allowed host; `captions` a file, or ""."""

    title: str
    source: str
    captions: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One page to read. `text` is Markdown that begins on line `line` of the file `path`; `terms` are ids."""

    id: str
    title: str
    text: str
    path: str
    line: int
    prompts: tuple[Prompt, ...] = ()
    videos: tuple[Video, ...] = ()
    terms: tuple[str, ...] = ()

    @property
    def words(self) -> int:
        """How many words there are to read, captions and callouts included."""
        return count_words(self.text)

    @property
    def minutes(self) -> int:
        """How long it takes to read, in whole minutes, at least one."""
        return reading_minutes(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """Lessons that belong together. `minutes` is the author's estimate, with reflection and questions."""

    id: str
    title: str
    objectives: tuple[str, ...]
    minutes: int
    text: str
    path: str
    line: int
    lessons: tuple[Lesson, ...]
    figures: tuple[Figure, ...] = ()
    questions: tuple[Question, ...] = ()
    questions_path: str = ""
    glossary: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course as its author wrote it. `blueprint` is how many questions a form takes from each objective;
    `pass_mark` is a share of the full score, 0–1; `hours` are kurstimer. An open course has none of the three.

    `translations` are the same course in other languages, with whatever isn't translated as it stands here; `notes` of
    a translation say what it lacks and what has become older than its original."""

    id: str
    title: str
    kind: Kind
    language: Language
    audience: str
    hours: Decimal
    pass_mark: Fraction
    objectives: tuple[Objective, ...]
    references: tuple[Reference, ...]
    blueprint: tuple[tuple[str, int], ...]
    text: str
    path: str
    line: int
    modules: tuple[Module, ...]
    limits: Limits = NO_LIMITS
    translations: tuple[Course, ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def glossary(self) -> tuple[Term, ...]:
        """Every word that is explained, in the order of the modules."""
        return tuple(term for module in self.modules for term in module.glossary)

    @property
    def questions(self) -> tuple[Question, ...]:
        """The whole bank, in order."""
        return tuple(question for module in self.modules for question in module.questions)


class LessonLike(Protocol):
    """What finding one's way needs to know of a lesson."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def words(self) -> int: ...
    @property
    def minutes(self) -> int: ...


L = TypeVar("L", bound=LessonLike)
L_co = TypeVar("L_co", bound=LessonLike, covariant=True)


class ModuleLike(Protocol[L_co]):
    """What finding one's way needs to know of a module."""

    @property
    def id(self) -> str: ...
    @property
    def lessons(self) -> Sequence[L_co]: ...


class Outline(Protocol[L_co]):
    """Modules with lessons, in order: a course, or its compiled form."""

    @property
    def modules(self) -> Sequence[ModuleLike[L_co]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Generic[L]):
    """Where a lesson stands: its module, and its number and the number of lessons there, from one."""

    module: ModuleLike[L]
    lesson: L
    number: int
    of: int


def lessons(course: Outline[L]) -> tuple[L, ...]:
    """All lessons in the order they are read."""
    return tuple(lesson for module in course.modules for lesson in module.lessons)


def locate(course: Outline[L], lesson_id: str) -> Place[L] | None:
    """The place of a lesson, or None if the course has no such lesson."""
    for module in course.modules:
        for number, lesson in enumerate(module.lessons, 1):
            if lesson.id == lesson_id:
                return Place(module=module, lesson=lesson, number=number, of=len(module.lessons))
    return None


def next_lesson(course: Outline[L], lesson_id: str) -> L | None:
    """The lesson after this one, across modules; None after the last, and for a lesson the course does not have."""
    return _neighbour(course, lesson_id, 1)


def previous_lesson(course: Outline[L], lesson_id: str) -> L | None:
    """The lesson before this one, across modules; None before the first, and for an unknown lesson."""
    return _neighbour(course, lesson_id, -1)


def _neighbour(course: Outline[L], lesson_id: str, step: int) -> L | None:
    ordered = lessons(course)
    place = next((i for i, lesson in enumerate(ordered) if lesson.id == lesson_id), None)
    if place is None or not 0 <= place + step < len(ordered):
        return None
    return ordered[place + step]


def fingerprint(*texts: str) -> str:
    """Eight hexadecimal digits by which a translation remembers what it was made of."""
    return hashlib.sha256("\n".join(text.strip() for text in texts).encode()).hexdigest()[:8]


def count_words(markdown: str) -> int:
    """How many words of a Markdown text are read: addresses and attributes are not, captions are."""
    return len(WORD.findall(LINK_TARGET.sub(_caption, markdown)))


def _caption(target: re.Match[str]) -> str:
    return " ".join(re.findall(r'"([^"]*)"', target[0]))


def reading_minutes(words: int) -> int:
    """How long so many words take to read, in whole minutes rounded up; at least one."""
    return max(1, ceil(words / WORDS_PER_MINUTE))
