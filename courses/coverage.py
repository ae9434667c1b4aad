"""Whether a bank of questions covers what a course wants to measure: for authors, by objective (DOMAIN.md 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from courses.compiling import CompiledCourse
from quizzes import blueprint
from quizzes.questions import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One objective: questions wanted in each form, questions in the bank by kind, how many the forms must share.

    `modules` are the titles of those that teach it.
    """

    objective: str
    text: str
    wanted: int
    available: int
    kinds: tuple[tuple[Kind, int], ...]
    overlap: int
    modules: tuple[str, ...]

    @property
    def missing(self) -> int:
        """How many questions must be written before the two forms can do without common ones."""
        return max(0, 2 * self.wanted - self.available)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """All objectives in order."""

    rows: tuple[Row, ...]

    @property
    def wanted(self) -> int:
        """Questions in each form."""
        return sum(row.wanted for row in self.rows)

    @property
    def available(self) -> int:
        """Questions in the bank."""
        return sum(row.available for row in self.rows)

    @property
    def overlap(self) -> int:
        """Questions the two forms must share."""
        return sum(row.overlap for row in self.rows)


def cover(course: CompiledCourse, *, withdrawn: Collection[str] = ()) -> Coverage:
    """The coverage of a version's objectives by its questions; those withdrawn are no longer asked."""
    bank = tuple(question for question in course.bank() if question.id not in withdrawn)
    wanted = dict(course.blueprint)
    overlaps = {gap.objective: gap.overlap for gap in blueprint.coverage(bank, wanted)}
    kinds = {
        one.id: Counter(question.kind for question in bank if question.objective == one.id) for one in course.objectives
    }
    return Coverage(
        rows=tuple(
            Row(
                objective=one.id,
                text=one.text,
                wanted=wanted.get(one.id, 0),
                available=kinds[one.id].total(),
                kinds=tuple((kind, kinds[one.id][kind]) for kind in Kind),
                overlap=overlaps.get(one.id, 0),
                modules=tuple(module.title for module in course.modules if one.id in module.objectives),
            )
            for one in course.objectives
        )
    )
