"""Reads for the rounds on the pass mark: who may judge, what is judged, what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import Float, cast, func, select
from sqlalchemy.orm import Session

from courses.compiling import CompiledCourse
from courses.models.learning import CourseVersion
from courses.models.standards import AngoffDecision, AngoffJudge, AngoffRating, AngoffRound
from lms.people import Person
from lms.roles import Role
from lms.units import Appointment, holds_on
from lms.verdict import No
from quizzes import effective
from quizzes.angoff import ANSWERS_MIN, Ratings, Recommendation, Spread, Stage, complete, recommend, spread
from quizzes.attempts import Purpose
from quizzes.models import Attempt, AttemptItem, QuestionVersion
from quizzes.paper import PaperQuestion, asked
from quizzes.review import ReviewedQuestion, reviewed
from quizzes.scoring import NOTHING

JUDGES = (Role.AUTHOR, Role.TRAINER, Role.SECRETARIAT)
"""Who may sit on a panel: those who know the subject and the people it is taught to."""


class Scope(StrEnum):
    """Which questions are judged: the whole bank, or one of the version's two forms."""

    BANK = "bank"
    FORM_A = "A"
    FORM_B = "B"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Somebody who may judge."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeLine:
    """A judge, and how many questions are rated in the first and the second stage."""

    id: int
    name: str
    first: int
    second: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """Which pass mark was decided, by whom and why."""

    pass_mark: Fraction
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundLine:
    """A round as it stands beside the pass mark. The results are those of the stages that are closed, else None."""

    id: int
    scope: Scope
    version_number: int
    items: int
    stage: Stage
    by: str
    opened_at: datetime
    first_closed_at: datetime | None
    closed_at: datetime | None
    judges: tuple[JudgeLine, ...]
    first: Recommendation | No | None
    result: Recommendation | No | None
    decisions: tuple[DecisionLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetItem:
    """A question to judge. What others have said is None as long as the stage it was said in is open."""

    question_id: str
    title: str
    question: PaperQuestion
    key: ReviewedQuestion
    own_first: int | None
    own_second: int | None
    first: Spread | None
    second: Spread | None
    facility: float | None

    def own(self, stage: Stage) -> int | None:
        """What this judge has said in a stage."""
        return self.own_first if stage is Stage.FIRST else self.own_second


def able_to_judge(session: Session, *, on: date) -> list[Named]:
    """Everybody who holds one of the panel's roles on a day, by name. One query."""
    holds = select(Appointment.person_id).where(Appointment.role.in_(JUDGES), holds_on(Appointment, on))
    rows = session.execute(
        select(Person.id, Person.name)
        .where(Person.id.in_(holds), Person.deactivated_at.is_(None))
        .order_by(Person.sort_name, Person.id)
    )
    return [Named(id=row.id, name=row.name) for row in rows]


def scopes(session: Session, course: CompiledCourse) -> dict[Scope, list[str]]:
    """What can be judged of a version, and the questions of each; withdrawn ones are left out."""
    forms = session.scalar(select(CourseVersion.forms).where(CourseVersion.digest == course.digest)) or {}
    bank = [question.id for question in course.bank()]
    withdrawn = effective.withdrawn_from(session, course.id)
    wanted: dict[Scope, set[str]] = {Scope.BANK: set(bank)}
    wanted |= {scope: set(forms[scope]) for scope in (Scope.FORM_A, Scope.FORM_B) if forms.get(scope)}
    return {scope: [one for one in bank if one in ids and one not in withdrawn] for scope, ids in wanted.items()}


def ratings_of(session: Session, round_ids: Sequence[int]) -> dict[tuple[int, str], dict[int, Ratings]]:
    """All ratings by round and stage, then by judge. One query. For rules only: a page shows them as a spread."""
    found: defaultdict[tuple[int, str], dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for one in session.scalars(
        select(AngoffRating).where(AngoffRating.round_id.in_(round_ids)).execution_options(populate_existing=True)
    ):
        found[one.round_id, one.stage][one.person_id][one.question_id] = one.percent
    return {key: dict(judges) for key, judges in found.items()}


def recommendation(session: Session, row: AngoffRound) -> Recommendation | No:
    """What the second stage of a round gives."""
    return recommend(ratings_of(session, [row.id]).get((row.id, Stage.SECOND), {}), row.items)


def rounds_of(session: Session, course_id: str) -> list[RoundLine]:
    """The rounds of a course, the latest first. Five queries, however many."""
    return _lines(session, AngoffRound.course_id == course_id)


def round_line(session: Session, round_id: int) -> RoundLine:
    """One round."""
    (line,) = _lines(session, AngoffRound.id == round_id)
    return line


def rounds_waiting_for(session: Session, person_id: int) -> list[tuple[int, str, Stage]]:
    """The open rounds whose present stage a judge has not finished: id, title of the course, stage. Two queries."""
    rows = session.execute(
        select(AngoffRound, CourseVersion.title)
        .join(AngoffJudge, AngoffJudge.round_id == AngoffRound.id)
        .join(CourseVersion, CourseVersion.id == AngoffRound.version_id)
        .where(AngoffJudge.person_id == person_id, AngoffRound.closed_at.is_(None))
        .order_by(AngoffRound.id)
    ).all()
    if not rows:
        return []
    ratings = ratings_of(session, [row.id for row, _title in rows])
    return [
        (row.id, title, row.stage)
        for row, title in rows
        if person_id not in complete(ratings.get((row.id, row.stage), {}), row.items)
    ]


def sheet(session: Session, row: AngoffRound, course: CompiledCourse, *, judge_id: int | None) -> list[SheetItem]:
    """The questions of a round with what may be seen of them now; `judge_id` is None for one who only looks on."""
    documents = {document["id"]: document for module in course.modules for document in module.questions}
    ratings = ratings_of(session, [row.id])
    first, second = ratings.get((row.id, Stage.FIRST), {}), ratings.get((row.id, Stage.SECOND), {})
    facility = facilities(session, course.id) if row.stage is not Stage.FIRST else {}
    own_first, own_second = first.get(judge_id or 0, {}), second.get(judge_id or 0, {})
    return [
        SheetItem(
            question_id=item,
            title=documents[item]["title"],
            question=asked(documents[item], number, _keys(documents[item]), frozenset()),
            key=reviewed(documents[item], number, _keys(documents[item]), frozenset(), NOTHING),
            own_first=own_first.get(item),
            own_second=own_second.get(item),
            first=_spread(first, item) if row.stage is not Stage.FIRST else None,
            second=_spread(second, item) if row.stage is Stage.CLOSED else None,
            facility=facility.get(item),
        )
        for number, item in enumerate(row.items, 1)
    ]


def facilities(session: Session, bank: str) -> dict[str, float]:
    """How hard questions have been in post-tests: the mean score, 0…1, of those that thirty or more have answered."""
    score = cast(AttemptItem.score_numerator, Float) / AttemptItem.score_denominator
    rows = session.execute(
        select(QuestionVersion.question_id, func.avg(score), func.count())
        .join(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(
            effective.in_family(QuestionVersion.bank, bank),
            Attempt.submitted_at.is_not(None),
            Attempt.form == Purpose.POST,
        )
        .group_by(QuestionVersion.question_id)
        .having(func.count() >= ANSWERS_MIN)
    )
    return {row[0]: float(row[1]) for row in rows}


def _lines(session: Session, condition: Any) -> list[RoundLine]:
    rows = session.execute(
        select(AngoffRound, CourseVersion.number, Person.name)
        .join(CourseVersion, CourseVersion.id == AngoffRound.version_id)
        .join(Person, Person.id == AngoffRound.opened_by)
        .where(condition)
        .order_by(AngoffRound.id.desc())
    ).all()
    ids = [row.id for row, _number, _by in rows]
    ratings = ratings_of(session, ids)
    judges, decisions = _judges(session, ids, ratings), _decisions(session, ids)
    return [
        RoundLine(
            id=row.id,
            scope=Scope(row.scope),
            version_number=number,
            items=len(row.items),
            stage=row.stage,
            by=by,
            opened_at=row.opened_at,
            first_closed_at=row.first_closed_at,
            closed_at=row.closed_at,
            judges=tuple(judges[row.id]),
            first=None if row.stage is Stage.FIRST else recommend(ratings.get((row.id, Stage.FIRST), {}), row.items),
            result=recommend(ratings.get((row.id, Stage.SECOND), {}), row.items) if row.stage is Stage.CLOSED else None,
            decisions=tuple(decisions[row.id]),
        )
        for row, number, by in rows
    ]


def _judges(
    session: Session, round_ids: Sequence[int], ratings: Mapping[tuple[int, str], Mapping[int, Ratings]]
) -> defaultdict[int, list[JudgeLine]]:
    found: defaultdict[int, list[JudgeLine]] = defaultdict(list)
    rows = session.execute(
        select(AngoffJudge.round_id, Person.id, Person.name)
        .join(Person, Person.id == AngoffJudge.person_id)
        .where(AngoffJudge.round_id.in_(round_ids))
        .order_by(Person.sort_name, Person.id)
    )
    for round_id, person_id, name in rows:
        first, second = (
            len(ratings.get((round_id, stage), {}).get(person_id, {})) for stage in (Stage.FIRST, Stage.SECOND)
        )
        found[round_id].append(JudgeLine(id=person_id, name=name, first=first, second=second))
    return found


def _decisions(session: Session, round_ids: Sequence[int]) -> defaultdict[int, list[DecisionLine]]:
    found: defaultdict[int, list[DecisionLine]] = defaultdict(list)
    rows = session.execute(
        select(AngoffDecision, Person.name)
        .join(Person, Person.id == AngoffDecision.decided_by)
        .where(AngoffDecision.round_id.in_(round_ids))
        .order_by(AngoffDecision.id.desc())
    )
    for one, by in rows:
        found[one.round_id].append(DecisionLine(pass_mark=one.pass_mark, reason=one.reason, by=by, at=one.decided_at))
    return found


def _spread(ratings: Mapping[int, Ratings], item: str) -> Spread | None:
    return spread(given[item] for given in ratings.values() if item in given)


def _keys(document: Mapping[str, Any]) -> list[str]:
    return [option["key"] for option in document["options"]]
