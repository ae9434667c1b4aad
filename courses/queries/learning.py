"""Reads of the learning half: who is where in which course, and the results others ask for.

Columns, not entities, where a page waits for them. The owner of an attempt is the enrolment it was opened for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import Session

from courses.catalogue import Kind, Language
from courses.compiling import CompiledCourse, CompiledLesson
from courses.models.learning import ContentAsset, Course, CourseVersion, Enrolment, LessonDone, ReflectionAnswer
from courses.progress import Progress
from courses.shelf import SHELF, Volume
from courses.steps import Sitting, Way
from lms.clock import local_date
from quizzes import queries as quizzes
from quizzes.attempts import Purpose
from quizzes.gain import Scores
from quizzes.scoring import to_show
from quizzes.statistics import gain_by_objective


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An enrolment and the lessons done in it, in the order they were done."""

    enrolment_id: int
    course_id: str
    cycle: int
    enrolled_at: datetime
    digest: str
    done: tuple[str, ...]
    done_at: datetime | None  # when the last of them was

    @property
    def last_done(self) -> str | None:
        """The lesson done last: where the person was."""
        return self.done[-1] if self.done else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A course as it is published now."""

    course_id: str
    version_id: int
    number: int
    digest: str
    title: str
    kind: Kind
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Studies:
    """One course of one person: the enrolment, the version it keeps to, and the way through it."""

    standing: Standing
    volume: Volume
    way: Way[CompiledLesson]

    @property
    def go_on_with(self) -> CompiledLesson | None:
        """The lesson to go on with; None when all are done."""
        return self.way.progress.resume(self.standing.last_done)

    def in_language(self, language: str) -> Studies:
        """The same as a reader of this language gets it (`Volume.in_language`)."""
        volume = self.volume.in_language(language)
        progress = replace(self.way.progress, course=volume.course)
        return replace(self, volume=volume, way=replace(self.way, progress=progress))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownScore:
    """A score a test has had: the exact share of points, 0–1, and, where it was recomputed because a question was
    withdrawn, the local day from which it is known."""

    share: Fraction
    recomputed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """A submitted test: the exact share of points, 0–1, as it counts today, and the local day it was submitted.

    `scores` are those it has had, oldest first (`quizzes.withdrawal.Standing.grades`).
    """

    __test__ = False  # a result, not a test of pytest's

    attempt_id: int
    score: Fraction
    passed: bool
    on: date
    scores: tuple[KnownScore, ...]

    @property
    def shown(self) -> Fraction:
        """The score to show."""
        return to_show(self.score, passed=self.passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseResult:
    """What one cycle of one course has given. `posts` are in the order they were taken, submitted ones only.

    `lessons_done_on` is the local day of the latest lesson done, whether or not more are left; None before the first.
    """

    course_id: str
    title: str
    version_number: int
    cycle: int
    enrolled_on: date
    pre: TestResult | None
    posts: tuple[TestResult, ...]
    lessons_done: int
    lessons_total: int
    lessons_done_on: date | None


def owner_of(enrolment_id: int) -> str:
    """The name under which an enrolment's attempts are kept."""
    return f"enrolment:{enrolment_id}"


def bank_of(course: CompiledCourse, language: Language) -> str:
    """The bank a course's questions in a language are kept in: the course's own, and one for each translation."""
    return course.id if language is course.language else f"{course.id}/{language}"


def facilities_of(session: Session, course: CompiledCourse) -> dict[str, Fraction]:
    """How hard the questions have been, by id, of all that enough people have answered, in whatever language."""
    return quizzes.facilities(session, [bank_of(course, one.language) for one in (course, *course.translations)])


def answers_of(session: Session | Connection, person_id: int, course_id: str) -> dict[str, str]:
    """What a reader has written in a course, by prompt. One query."""
    rows = session.execute(_ANSWERS, {"person_id": person_id, "course_id": course_id}).all()
    return {row.prompt_id: row.text for row in rows}


def volume(session: Session | Connection, digest: str) -> Volume:
    """A published version. One query the first time a process sees it, none after."""

    def fetch() -> Mapping[str, Any]:
        document: dict[str, Any] = session.scalars(
            select(CourseVersion.document).where(CourseVersion.digest == digest)
        ).one()
        return document

    return SHELF.get(digest, fetch)


def forms_of(session: Session, digest: str) -> Mapping[str, Any] | None:
    """The two stored forms of a published version (`courses.parallel`); None where tests are drawn on demand."""
    forms: Mapping[str, Any] | None = session.scalars(
        select(CourseVersion.forms).where(CourseVersion.digest == digest)
    ).one()
    return forms


def offers(session: Session) -> list[Offer]:
    """Every course as it is published now, by title. One query."""
    return [_offer(row) for row in session.execute(_OFFERS.order_by(CourseVersion.title))]


def offer(session: Session | Connection, course_id: str) -> Offer | None:
    """A course as it is published now, or None. One query."""
    row = session.execute(_OFFERS.where(Course.id == course_id)).one_or_none()
    return None if row is None else _offer(row)


def standing_of(session: Session | Connection, person_id: int, course_id: str) -> Standing | None:
    """A person's latest cycle of a course, or None where there is none. One query."""
    rows = session.execute(_STANDING, {"person_id": person_id, "course_id": course_id}).all()
    return next(iter(_standings(rows)), None)


def standings_of(session: Session, person_id: int) -> list[Standing]:
    """A person's latest cycle of every course begun, the one begun first standing first. One query."""
    latest: dict[str, Standing] = {}
    for standing in _standings(session.execute(_STANDINGS.where(_enrolment.person_id == person_id)).all()):
        latest.setdefault(standing.course_id, standing)
    return sorted(latest.values(), key=lambda standing: (standing.enrolled_at, standing.enrolment_id))


def studies_of(session: Session, person_id: int) -> list[Studies]:
    """Every course a person has begun, with the way through it. Two queries, and one for a version not held."""
    standings = standings_of(session, person_id)
    attempts = quizzes.attempts_of_many(session, [owner_of(one.enrolment_id) for one in standings])
    return [_studies(session, one, attempts.get(owner_of(one.enrolment_id), ())) for one in standings]


def studies(session: Session, standing: Standing) -> Studies:
    """A course with the way through it. One query, and one for a version not held."""
    return _studies(session, standing, quizzes.attempts_of(session, owner_of(standing.enrolment_id)))


def pre_test(session: Session, enrolment_id: int) -> Sitting | None:
    """The pre-test of an enrolment, if it has been begun. One query."""
    attempts = quizzes.attempts_of(session, owner_of(enrolment_id))
    return next((_sitting(one) for one in attempts if one.form == Purpose.PRE), None)


def learnt(session: Session, studies: Studies) -> tuple[tuple[str, Scores], ...]:
    """What a person has learnt: each objective's text with the shares of the pre-test and of the first post-test.

    Empty until both are handed in. Withdrawn questions count in neither. One query then.
    """
    pre = studies.way.pre
    post = next((one for one in studies.way.posts if one.submitted), None)
    if pre is None or not pre.submitted or post is None:
        return ()
    scores = gain_by_objective(session, pre.attempt_id, post.attempt_id)
    return tuple((one.text, scores[one.id]) for one in studies.volume.course.objectives if one.id in scores)


def asset(session: Session, digest: str) -> tuple[str, bytes] | None:
    """A picture's media type and bytes, or None. One query."""
    found = session.execute(
        select(ContentAsset.media_type, ContentAsset.body).where(ContentAsset.digest == digest)
    ).one_or_none()
    return None if found is None else (found.media_type, found.body)


def results_of(session: Session, person_id: int) -> tuple[CourseResult, ...]:
    """All that a person's courses have given, cycle by cycle in the order they were begun. Two queries."""
    return results_of_many(session, (person_id,)).get(person_id, ())


def earlier_cycles(session: Session, person_id: int, standing: Standing) -> tuple[CourseResult, ...]:
    """What the cycles of a course before this one have given, the latest first. No query in the first cycle."""
    if standing.cycle == 1:
        return ()
    return tuple(
        result
        for result in reversed(results_of(session, person_id))
        if result.course_id == standing.course_id and result.cycle < standing.cycle
    )


def results_of_many(session: Session, person_ids: Iterable[int]) -> dict[int, tuple[CourseResult, ...]]:
    """`results_of` for many people in two queries. Whoever has begun nothing isn't in the answer."""
    rows = session.execute(_RESULTS, {"person_ids": list(person_ids)}).all()
    attempts = quizzes.attempts_of_many(session, [owner_of(row.id) for row in rows])
    found: dict[int, list[CourseResult]] = defaultdict(list)
    for row in rows:
        taken = [one for one in attempts.get(owner_of(row.id), ()) if one.submitted_at is not None]
        pre = [_result(one) for one in taken if one.form == Purpose.PRE]
        found[row.person_id].append(
            CourseResult(
                course_id=row.course_id,
                title=row.title,
                version_number=row.number,
                cycle=row.cycle,
                enrolled_on=local_date(row.enrolled_at),
                pre=pre[0] if pre else None,
                posts=tuple(_result(one) for one in taken if one.form == Purpose.POST),
                lessons_done=row.lessons_done,
                lessons_total=row.lesson_count,
                lessons_done_on=None if row.last_done_at is None else local_date(row.last_done_at),
            )
        )
    return {person_id: tuple(results) for person_id, results in found.items()}


_OFFERS = select(
    Course.id.label("course_id"),
    CourseVersion.id.label("version_id"),
    CourseVersion.number,
    CourseVersion.digest,
    CourseVersion.title,
    CourseVersion.kind,
    CourseVersion.published_at,
).join(CourseVersion, CourseVersion.id == Course.current_version_id)

# over plain tables: a lesson page needs no objects
_enrolment, _version, _lesson_done = Enrolment.__table__.c, CourseVersion.__table__.c, LessonDone.__table__.c
_STANDINGS = (
    select(
        _enrolment.id,
        _enrolment.course_id,
        _enrolment.cycle,
        _enrolment.enrolled_at,
        _version.digest,
        _lesson_done.lesson_id,
        _lesson_done.done_at,
    )
    .select_from(
        Enrolment.__table__.join(CourseVersion.__table__, _version.id == _enrolment.version_id).outerjoin(
            LessonDone.__table__, _lesson_done.enrolment_id == _enrolment.id
        )
    )
    .order_by(_enrolment.cycle.desc(), _enrolment.id, _lesson_done.done_at, _lesson_done.lesson_id)
)

# every lesson page asks this, so the statement is made once
_STANDING = _STANDINGS.where(
    _enrolment.person_id == bindparam("person_id"), _enrolment.course_id == bindparam("course_id")
)

_answer = ReflectionAnswer.__table__.c
_ANSWERS = select(_answer.prompt_id, _answer.text).where(
    _answer.person_id == bindparam("person_id"), _answer.course_id == bindparam("course_id")
)

_RESULTS = (
    select(
        Enrolment.id,
        Enrolment.person_id,
        Enrolment.course_id,
        Enrolment.cycle,
        Enrolment.enrolled_at,
        CourseVersion.number,
        CourseVersion.title,
        CourseVersion.lesson_count,
        func.count(LessonDone.lesson_id).label("lessons_done"),
        func.max(LessonDone.done_at).label("last_done_at"),
    )
    .join(CourseVersion, CourseVersion.id == Enrolment.version_id)
    .outerjoin(LessonDone, LessonDone.enrolment_id == Enrolment.id)
    .where(Enrolment.person_id.in_(bindparam("person_ids", expanding=True)))
    .group_by(Enrolment.id, CourseVersion.id)
    .order_by(Enrolment.person_id, Enrolment.enrolled_at, Enrolment.id)
)


def _offer(row: Any) -> Offer:
    return Offer(**{**row._mapping, "kind": Kind(row.kind)})


def _standings(rows: Sequence[Any]) -> list[Standing]:
    """Rows of one person, the latest cycle of each course before its earlier ones; a row for each lesson done."""
    grouped: dict[int, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.id, []).append(row)
    return [
        Standing(
            enrolment_id=group[0].id,
            course_id=group[0].course_id,
            cycle=group[0].cycle,
            enrolled_at=group[0].enrolled_at,
            digest=group[0].digest,
            done=tuple(row.lesson_id for row in group if row.lesson_id is not None),
            done_at=group[-1].done_at,
        )
        for group in grouped.values()
    ]


def _studies(session: Session, standing: Standing, attempts: Sequence[quizzes.AttemptSummary]) -> Studies:
    bound = volume(session, standing.digest)
    sittings = [(one.form, _sitting(one)) for one in attempts]
    way = Way(
        progress=Progress(course=bound.course, done=frozenset(standing.done)),
        pre=next((sitting for form, sitting in sittings if form == Purpose.PRE), None),
        posts=tuple(sitting for form, sitting in sittings if form == Purpose.POST),
    )
    return Studies(standing=standing, volume=bound, way=way)


def _sitting(attempt: quizzes.AttemptSummary) -> Sitting:
    return Sitting(
        attempt_id=attempt.id,
        submitted=attempt.submitted_at is not None,
        score=attempt.score or Fraction(0),
        passed=bool(attempt.passed),
        submitted_at=attempt.submitted_at,
        deadline_at=attempt.deadline_at,
    )


def _result(attempt: quizzes.AttemptSummary) -> TestResult:
    assert attempt.submitted_at is not None  # the callers ask for submitted ones only
    return TestResult(
        attempt_id=attempt.id,
        score=attempt.score or Fraction(0),
        passed=bool(attempt.passed),
        on=local_date(attempt.submitted_at),
        scores=tuple(
            KnownScore(share=grade.share, recomputed_on=local_date(grade.at) if grade.recomputed else None)
            for grade in attempt.grades
        ),
    )
