"""Whether a bank of questions covers what a course wants to measure: for authors, by objective (DOMAIN.md 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from courses import parallel
from courses.compiling import CompiledCourse
from quizzes import blueprint
from quizzes.paper import PaperQuestion, asked, told_once
from quizzes.questions import Kind
from quizzes.review import ReviewedQuestion, reviewed
from quizzes.selection import laid_out, mean_facility


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FormsCoverage:
    """The two stored forms of a version: questions of each by objective (A, B), how many they share, and, of those
    questions that enough people have answered (`known`, A and B), the mean share of full marks (`facility`)."""

    counts: Mapping[str, tuple[int, int]]
    overlap: int
    size: int
    known: tuple[int, int]
    facility: tuple[Fraction | None, Fraction | None]

    @property
    def difference(self) -> Fraction | None:
        """How much easier one is than the other; None while one of them is not known at all."""
        one, two = self.facility
        return None if one is None or two is None else abs(one - two)


def cover_forms(
    course: CompiledCourse, stored: parallel.StoredForms | None, facility: Mapping[str, Fraction]
) -> FormsCoverage | None:
    """What the stored forms hold; None for a version without."""
    if stored is None:
        return None
    objective_of = {question.id: question.objective for question in course.bank()}
    a, b = (stored[letter] for letter in parallel.LETTERS)
    counted = [Counter(objective_of[one] for one in form) for form in (a, b)]
    return FormsCoverage(
        counts={one.id: (counted[0][one.id], counted[1][one.id]) for one in course.objectives},
        overlap=len(set(a) & set(b)),
        size=len(a),
        known=(sum(one in facility for one in a), sum(one in facility for one in b)),
        facility=(mean_facility(a, facility), mean_facility(b, facility)),
    )


def sheet(
    course: CompiledCourse, stored: parallel.StoredForms, letter: str
) -> tuple[tuple[PaperQuestion, ReviewedQuestion], ...]:
    """A stored form as everybody gets it, each question as it is asked and with its key."""
    documents = {question["id"]: question for module in course.modules for question in module.questions}
    form = laid_out(course.bank(), parallel.form_of(stored, letter))
    empty = frozenset[str]()
    pages = [(documents[item.question_id], at, item.option_order) for at, item in enumerate(form.items, 1)]
    questions = told_once(asked(*one, empty) for one in pages)
    return tuple(zip(questions, (reviewed(*one, empty, Fraction(0)) for one in pages), strict=True))


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
