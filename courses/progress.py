"""How far a person has come in a course, and what is left: pure arithmetic over what has been read."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Generic

from courses.catalogue import L, ModuleLike, Outline, lessons


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Generic[L]):
    """A course and the ids of the lessons done. Ids the course does not have (from an older version) count nothing."""

    course: Outline[L]
    done: frozenset[str]

    @property
    def left(self) -> tuple[L, ...]:
        """The lessons that are not done, in order."""
        return tuple(lesson for lesson in lessons(self.course) if lesson.id not in self.done)

    @property
    def next_lesson(self) -> L | None:
        """The first lesson that is not done; None when all are."""
        return next(iter(self.left), None)

    @property
    def complete(self) -> bool:
        """Whether every lesson is done."""
        return not self.left

    @property
    def share(self) -> Fraction:
        """The share of the course's lessons that is done, 0–1; a course without lessons is done."""
        return self._share(lessons(self.course))

    @property
    def words_left(self) -> int:
        """How many words there are left to read."""
        return sum(lesson.words for lesson in self.left)

    @property
    def minutes_left(self) -> int:
        """How many minutes of reading are left."""
        return sum(lesson.minutes for lesson in self.left)

    def share_of(self, module: ModuleLike[L]) -> Fraction:
        """The share of a module's lessons that is done, 0–1."""
        return self._share(tuple(module.lessons))

    def is_done(self, module: ModuleLike[L]) -> bool:
        """Whether every lesson of a module is done."""
        return all(lesson.id in self.done for lesson in module.lessons)

    def resume(self, last_touched: str | None) -> L | None:
        """Where to go on, given the id of the lesson last opened; None when all are done.

        That lesson itself while it is not done; else the first after it that is not; else the first of all.
        """
        ordered = lessons(self.course)
        place = next((i for i, lesson in enumerate(ordered) if lesson.id == last_touched), 0)
        return next((lesson for lesson in ordered[place:] if lesson.id not in self.done), self.next_lesson)

    def _share(self, some: tuple[L, ...]) -> Fraction:
        if not some:
            return Fraction(1)
        return Fraction(sum(lesson.id in self.done for lesson in some), len(some))
