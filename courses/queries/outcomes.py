"""Reads for the pages about learning gain: everybody's two tests of a course, without names. Two statements.

**Decided**: a withdrawn question counts in neither test, whichever way it is scored since: full points for everybody
would be knowledge that nobody has shown. Whoever has nothing left in one of the tests is not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, select, true
from sqlalchemy.orm import Session, aliased

from courses.models.learning import CourseVersion, Enrolment
from courses.models.seminars import Seminar, SeminarDay, SeminarSeat
from courses.outcomes import Outcome, Seat, cohort_of
from courses.queries.learning import owner_of
from lms.clock import local_date
from lms.units import Membership, Unit
from lms.viewer import Reach
from quizzes.attempts import Purpose
from quizzes.effective import is_withdrawn
from quizzes.gain import Scores
from quizzes.models import Attempt, AttemptItem, QuestionVersion
from quizzes.scoring import Total

Pre, Post = aliased(Attempt, name="pre"), aliased(Attempt, name="post")
OWNER_PREFIX = owner_of(0).removesuffix("0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What a viewer may count in a course, and the names of the seminars, units and versions in it."""

    outcomes: tuple[Outcome, ...]
    seminars: Mapping[int, str]


def outcomes_in(session: Session, reach: Reach, course_id: str) -> Outcomes:
    """Everybody who has taken both tests of a course and belonged to a unit within reach on the day of the second."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(_sat(reach, course_id)):
        found[row.enrolment_id].append(row)
    objectives = _objectives(session, course_id)
    seminars: dict[int, str] = {}
    outcomes: list[Outcome] = []
    for enrolment_id, rows in found.items():
        on = local_date(rows[0].submitted_at)
        unit = _unit_on(rows, on)
        if unit is None and not reach.everywhere:
            continue
        seats = {row.seminar_id: row for row in rows if row.seminar_id is not None}
        seminar_id = cohort_of(
            (Seat(seminar_id=one.seminar_id, first_on=one.first_on, last_on=one.last_on) for one in seats.values()), on
        )
        if seminar_id is not None:
            seminars[seminar_id] = seats[seminar_id].seminar
        pre, post = (objectives.get((enrolment_id, form)) for form in (Purpose.PRE, Purpose.POST))
        if not pre or not post:
            continue
        outcomes.append(
            Outcome(
                person_id=rows[0].person_id,
                cycle=rows[0].cycle,
                version=rows[0].number,
                seminar_id=seminar_id,
                unit_path=unit.path if unit else "",
                sector=unit.sector if unit else "",
                on=on,
                scores=Scores(_all(pre), _all(post)),
                objectives={one: Scores(pre[one].share, post[one].share) for one in pre if one in post},
            )
        )
    return Outcomes(outcomes=tuple(outcomes), seminars=seminars)


def courses_with_outcomes(session: Session) -> Sequence[str]:
    """The ids of the courses in which somebody has handed in a post-test. One query."""
    return session.scalars(
        select(Enrolment.course_id)
        .join(Attempt, Attempt.owner == _owner())
        .where(Attempt.form == Purpose.POST, Attempt.submitted_at.is_not(None))
        .distinct()
        .order_by(Enrolment.course_id)
    ).all()


def _owner() -> ColumnElement[str]:
    """`courses.queries.learning.owner_of`, of each enrolment."""
    return literal(OWNER_PREFIX) + cast(Enrolment.id, String)


def _tests(course_id: str, *columns: Any) -> Select[Any]:
    """Enrolments in a course with both tests: `Pre`, and as `Post` the first that was handed in."""
    firsts = (
        select(Attempt.owner, func.min(Attempt.ordinal).label("ordinal"))
        .where(Attempt.form == Purpose.POST, Attempt.submitted_at.is_not(None))
        .group_by(Attempt.owner)
        .subquery("firsts")
    )
    return (
        select(*columns)
        .select_from(Enrolment)
        .join(Pre, and_(Pre.owner == _owner(), Pre.form == Purpose.PRE, Pre.submitted_at.is_not(None)))
        .join(firsts, firsts.c.owner == _owner())
        .join(Post, and_(Post.owner == firsts.c.owner, Post.form == Purpose.POST, Post.ordinal == firsts.c.ordinal))
        .where(Enrolment.course_id == course_id)
    )


def _sat(reach: Reach, course_id: str) -> Select[Any]:
    """A row for each enrolment, membership and seat of a person."""
    days = (
        select(
            SeminarDay.seminar_id, func.min(SeminarDay.on).label("first_on"), func.max(SeminarDay.on).label("last_on")
        )
        .group_by(SeminarDay.seminar_id)
        .subquery("days")
    )
    within = true() if reach.everywhere else reach.units(Unit.path)
    return (
        _tests(
            course_id,
            Enrolment.id.label("enrolment_id"),
            Enrolment.person_id,
            Enrolment.cycle,
            CourseVersion.number,
            Post.submitted_at,
            Membership.from_date,
            Membership.through_date,
            Membership.sector,
            Unit.path,
            Seminar.id.label("seminar_id"),
            Seminar.name.label("seminar"),
            days.c.first_on,
            days.c.last_on,
        )
        .join(CourseVersion, CourseVersion.id == Enrolment.version_id)
        .outerjoin(Membership, Membership.person_id == Enrolment.person_id)
        .outerjoin(Unit, Unit.id == Membership.unit_id)
        .outerjoin(SeminarSeat, SeminarSeat.person_id == Enrolment.person_id)
        .outerjoin(Seminar, Seminar.id == SeminarSeat.seminar_id)
        .outerjoin(days, days.c.seminar_id == Seminar.id)
        .where(within)
        .order_by(Enrolment.id)
    )


def _objectives(session: Session, course_id: str) -> dict[tuple[int, str], dict[str, Total]]:
    """The points on each objective of what is not withdrawn, by enrolment and form."""
    # made once: each document would else be read again for every answer
    asked = (
        select(QuestionVersion.id, QuestionVersion.document["objective"].as_string().label("objective"))
        .where(~is_withdrawn())
        .cte("asked")
        .prefix_with("MATERIALIZED")
    )
    sums: list[Select[Any]] = [
        _tests(
            course_id,
            Enrolment.id,
            test.form,
            asked.c.objective,
            AttemptItem.score_denominator,
            func.sum(AttemptItem.score_numerator),
            func.count(),
        )
        .join(AttemptItem, AttemptItem.attempt_id == test.id)
        .join(asked, asked.c.id == AttemptItem.question_version_id)
        .group_by(Enrolment.id, test.form, asked.c.objective, AttemptItem.score_denominator)
        for test in (Pre, Post)
    ]
    points: defaultdict[tuple[int, str, str], Fraction] = defaultdict(Fraction)
    counts: defaultdict[tuple[int, str, str], int] = defaultdict(int)
    for enrolment_id, form, objective, denominator, numerators, count in session.execute(sums[0].union_all(sums[1])):
        points[enrolment_id, form, objective] += Fraction(int(numerators or 0), denominator or 1)
        counts[enrolment_id, form, objective] += count
    totals: defaultdict[tuple[int, str], dict[str, Total]] = defaultdict(dict)
    for (enrolment_id, form, objective), reached in points.items():
        totals[enrolment_id, form][objective] = Total(reached, counts[enrolment_id, form, objective])
    return totals


def _unit_on(rows: Sequence[Any], on: date) -> Any | None:
    """The row of the membership that held on a day, if any."""
    return next(
        (
            row
            for row in rows
            if row.path is not None and row.from_date <= on and (row.through_date is None or row.through_date >= on)
        ),
        None,
    )


def _all(objectives: Mapping[str, Total]) -> Fraction:
    """The share of points on all objectives together."""
    return sum((one.points for one in objectives.values()), Fraction(0)) / sum(
        one.out_of for one in objectives.values()
    )
