"""Published versions held in memory: they never change, so a page reads one from the database once, not every time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from courses.catalogue import locate, next_lesson, previous_lesson
from courses.compiling import CompiledCourse, CompiledLesson, CompiledModule, load

VERSIONS_MAX = 32
"""How many versions are held at once; of a full course each takes about a megabyte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A lesson and its place: the module (numbered from one), its number there, and the lessons before and after."""

    module: CompiledModule
    module_number: int
    lesson: CompiledLesson
    number: int
    previous: CompiledLesson | None
    next: CompiledLesson | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A version ready to be read: the compiled course and a page for every lesson, by its id; and, by language, the
    same in its translations."""

    course: CompiledCourse
    pages: Mapping[str, Page]
    translations: Mapping[str, Volume] = field(default_factory=dict)

    @property
    def lesson_count(self) -> int:
        """How many lessons the version has."""
        return len(self.pages)

    def in_language(self, language: str) -> Volume:
        """The version as a reader of this language gets it: translated where it is, else in its own language."""
        return self.translations.get(language, self)


def bind(course: CompiledCourse) -> Volume:
    """A compiled course with its pages."""
    pages = {}
    for module_number, module in enumerate(course.modules, 1):
        for lesson in module.lessons:
            place = locate(course, lesson.id)
            assert place is not None  # it was found by walking the same course
            pages[lesson.id] = Page(
                module=module,
                module_number=module_number,
                lesson=lesson,
                number=place.number,
                previous=previous_lesson(course, lesson.id),
                next=next_lesson(course, lesson.id),
            )
    translations = {str(one.language): bind(one) for one in course.translations}
    return Volume(course=course, pages=pages, translations=translations)


class Shelf:
    """The versions read most recently, by digest. Shared by the threads of a process."""

    def __init__(self, versions_max: int = VERSIONS_MAX) -> None:
        self.versions_max = versions_max
        self._volumes: OrderedDict[str, Volume] = OrderedDict()
        self._lock = Lock()

    def get(self, digest: str, fetch: Callable[[], Mapping[str, Any]]) -> Volume:
        """The version with this digest; `fetch` gives its document where it isn't held yet.

        Raises ValueError when the document is not what the digest says: it was changed after it was published.
        """
        with self._lock:
            volume = self._volumes.get(digest)
            if volume is not None:
                self._volumes.move_to_end(digest)
                return volume
        course = load(fetch())
        if course.digest != digest:
            raise ValueError(f"the document of version {digest} has been changed: its digest is {course.digest}")
        volume = bind(course)
        with self._lock:
            self._volumes[digest] = volume
            while len(self._volumes) > self.versions_max:
                self._volumes.popitem(last=False)
        return volume


SHELF = Shelf()
"""The one shelf of a process. Keyed by content, it is right for every database at once."""
