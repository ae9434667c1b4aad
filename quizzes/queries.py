"""Reads: attempts in short, the paper to answer, the result. Right answers leave this room in `Result.review` only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from lms.verdict import No
from quizzes import attempts as rules
from quizzes import effective
from quizzes.attempts import Purpose, Standing, State
from quizzes.effective import Withdrawn
from quizzes.limits import Limits
from quizzes.models import Attempt, AttemptItem, QuestionVersion, ScoreAdjustment
from quizzes.paper import PaperQuestion, told_once
from quizzes.paper import asked as asked
from quizzes.questions import Question, from_document
from quizzes.review import ReviewedQuestion
from quizzes.review import reviewed as reviewed
from quizzes.scoring import Total, by_objective, to_show
from quizzes.selection import FACILITY_ANSWERS_MIN
from quizzes.withdrawal import Grade, Mark, Status, counting


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSummary:
    """An attempt in short. `score` and `pass_mark` are shares of all points, 0…1, exact.

    `score` is None while in progress; `passed` is None then, and always for a pre-test and a check. Both are what
    holds today (`quizzes.withdrawal`); `original` is the score it was handed in with, `recomputed` what became of it
    since.
    """

    id: int
    form: Purpose
    ordinal: int
    started_at: datetime
    submitted_at: datetime | None
    score: Fraction | None
    pass_mark: Fraction
    passed: bool | None
    original: Fraction | None = None
    recomputed: Status | None = None
    grades: tuple[Grade, ...] = ()
    deadline_at: datetime | None = None

    def as_rule(self) -> rules.Attempt:
        """The attempt as `quizzes.attempts` sees it."""
        state = State.IN_PROGRESS if self.submitted_at is None else State.SUBMITTED
        return rules.Attempt(purpose=self.form, state=state, passed=bool(self.passed), submitted_at=self.submitted_at)


def attempts_of(session: Session, owner: str) -> tuple[AttemptSummary, ...]:
    """All attempts of an owner, pre-test first, then in the order they were taken."""
    return attempts_of_many(session, [owner])[owner]


def attempts_of_many(session: Session, owners: Sequence[str]) -> dict[str, tuple[AttemptSummary, ...]]:
    """The attempts of each owner, as `attempts_of`; an owner without any has an empty tuple. One query."""
    found: dict[str, list[AttemptSummary]] = {owner: [] for owner in owners}
    for row, adjustments in effective.with_adjustments(session.execute(_ATTEMPTS, {"owners": list(found)})):
        found[row.owner].append(summary(row, adjustments))
    return {owner: tuple(summaries) for owner, summaries in found.items()}


_ATTEMPTS = (
    select(Attempt, ScoreAdjustment)
    .outerjoin(ScoreAdjustment, ScoreAdjustment.attempt_id == Attempt.id)
    .where(Attempt.owner.in_(bindparam("owners", expanding=True)))
    .order_by(Attempt.form.desc(), Attempt.ordinal, ScoreAdjustment.ordinal)
)


def summary(attempt: Attempt, adjustments: Sequence[ScoreAdjustment]) -> AttemptSummary:
    """A row with all its adjustments in short."""
    today = effective.standing(attempt, adjustments)
    return AttemptSummary(
        id=attempt.id,
        form=Purpose(attempt.form),
        ordinal=attempt.ordinal,
        started_at=attempt.started_at,
        submitted_at=attempt.submitted_at,
        score=today.share if today else None,
        pass_mark=attempt.pass_mark,
        passed=today.passed if today else None,
        original=None if attempt.points is None else attempt.points / attempt.out_of,
        recomputed=today.status if today else None,
        grades=today.grades if today else (),
        deadline_at=attempt.deadline_at,
    )


def attempt_in_progress(session: Session, owner: str, form: Purpose) -> Attempt | None:
    """The one attempt of a form that is not submitted, if any."""
    return session.scalar(
        select(Attempt).where(Attempt.owner == owner, Attempt.form == form, Attempt.submitted_at.is_(None))
    )


def seen_questions(session: Session, owner: str) -> dict[Purpose, frozenset[str]]:
    """The ids of the questions an owner has been shown, by form."""
    rows = session.execute(
        select(Attempt.form, QuestionVersion.question_id)
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(Attempt.owner == owner)
    ).all()
    return {form: frozenset(question for of, question in rows if of == form) for form in Purpose}


def questions_seen_by(session: Session, person_id: int, banks: Collection[str]) -> dict[Purpose, frozenset[str]]:
    """The ids of the questions of some banks a person has been shown, by form, whoever owns the attempts."""
    rows = session.execute(
        select(Attempt.form, QuestionVersion.question_id)
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(Attempt.person_id == person_id, Attempt.bank.in_(banks))
    ).all()
    return {form: frozenset(question for of, question in rows if of == form) for form in Purpose}


def shown_questions(session: Session, bank: str) -> dict[str, tuple[Question, ...]]:
    """The versions of each question in a bank that stand in somebody's attempt, by question id."""
    found: dict[str, tuple[Question, ...]] = {}
    in_use = exists(select(AttemptItem.position).where(AttemptItem.question_version_id == QuestionVersion.id))
    for document in session.scalars(select(QuestionVersion.document).where(QuestionVersion.bank == bank, in_use)):
        question = from_document(document)
        found[question.id] = (*found.get(question.id, ()), question)
    return found


def facilities(session: Session, banks: Sequence[str]) -> dict[str, Fraction]:
    """The share of full marks, 0…1, by question id, of all that have enough first answers in these banks together.

    First answers are those of handed-in first post-tests: after a person has learnt, and before one has seen a key.
    One query.
    """
    rows = session.execute(
        select(
            QuestionVersion.question_id,
            AttemptItem.score_numerator,
            AttemptItem.score_denominator,
            func.count().label("times"),
        )
        .join(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(
            QuestionVersion.bank.in_(banks),
            Attempt.form == Purpose.POST,
            Attempt.ordinal == 1,
            AttemptItem.score_numerator.is_not(None),
        )
        .group_by(QuestionVersion.question_id, AttemptItem.score_numerator, AttemptItem.score_denominator)
    )
    points: dict[str, Fraction] = defaultdict(Fraction)
    answers: Counter[str] = Counter()
    for question_id, numerator, denominator, times in rows:
        points[question_id] += Fraction(numerator or 0, denominator or 1) * times
        answers[question_id] += times
    return {one: points[one] / count for one, count in answers.items() if count >= FACILITY_ANSWERS_MIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a person sees while answering: no key, no feedback, no explanation."""

    attempt_id: int
    form: Purpose
    title: str
    go_back_to: str
    pass_mark: Fraction
    submitted_at: datetime | None
    deadline_at: datetime | None
    questions: tuple[PaperQuestion, ...]

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(question.is_answered for question in self.questions)

    @property
    def unanswered(self) -> tuple[PaperQuestion, ...]:
        """The questions without any answer."""
        return self._standing(Standing.EMPTY)

    @property
    def half_answered(self) -> tuple[PaperQuestion, ...]:
        """The questions with a part of an answer."""
        return self._standing(Standing.HALF)

    @property
    def unreadable(self) -> tuple[PaperQuestion, ...]:
        """The questions that ask for a number and have something else."""
        return self._standing(Standing.UNREADABLE)

    @property
    def flagged(self) -> tuple[PaperQuestion, ...]:
        """The questions marked to come back to."""
        return tuple(question for question in self.questions if question.flagged)

    @property
    def unfinished(self) -> tuple[PaperQuestion, ...]:
        """All of these: what one is asked about before handing in."""
        return tuple(question for question in self.questions if question.standing is not Standing.WHOLE)

    def _standing(self, how: Standing) -> tuple[PaperQuestion, ...]:
        return tuple(question for question in self.questions if question.standing is how)


def paper(session: Session, attempt_id: int) -> Paper:
    """The questions of an attempt with what has been answered so far. Raises `NoResultFound` for no such attempt."""
    attempt = session.get_one(Attempt, attempt_id)
    return Paper(
        attempt_id=attempt.id,
        form=Purpose(attempt.form),
        title=attempt.title,
        go_back_to=attempt.go_back_to,
        pass_mark=attempt.pass_mark,
        submitted_at=attempt.submitted_at,
        deadline_at=attempt.deadline_at,
        questions=told_once(
            replace(asked(document, item.position, item.option_order, item.chosen), flagged=item.flagged)
            for item, document in _rows(session, attempt_id)
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveResult:
    """Points on one objective: `points` of `out_of`."""

    objective: str
    title: str
    points: Fraction
    out_of: int

    @property
    def share(self) -> Fraction:
        """Points as a share of all, 0…1."""
        return self.points / self.out_of


def result_by_objective(session: Session, attempt_id: int) -> tuple[ObjectiveResult, ...]:
    """The result on each objective, in the order of their titles' mapping. Raises `ValueError` until submitted."""
    attempt = session.get_one(Attempt, attempt_id)
    return _by_objective(attempt, _rows(session, attempt_id), effective.withdrawn_from(session, attempt.bank))


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawnItem:
    """A question of a test that no longer counts."""

    position: int
    withdrawn: Withdrawn


def results_by_objective(session: Session, attempt_ids: Collection[int]) -> dict[int, tuple[ObjectiveResult, ...]]:
    """`result_by_objective` of every submitted one of some attempts, by its id. Two queries, and one for each bank."""
    submitted = session.scalars(select(Attempt).where(Attempt.id.in_(attempt_ids), Attempt.submitted_at.is_not(None)))
    by_id = {attempt.id: attempt for attempt in submitted}
    rows: dict[int, list[tuple[AttemptItem, dict[str, Any]]]] = {id_: [] for id_ in by_id}
    for item, document in session.execute(
        select(AttemptItem, QuestionVersion.document)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(AttemptItem.attempt_id.in_(by_id))
        .order_by(AttemptItem.attempt_id, AttemptItem.position)
    ):
        rows[item.attempt_id].append((item, document))
    withdrawn = {bank: effective.withdrawn_from(session, bank) for bank in {one.bank for one in by_id.values()}}
    return {id_: _by_objective(attempt, rows[id_], withdrawn[attempt.bank]) for id_, attempt in by_id.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A submitted attempt. `review` is empty for a pre-test: its answers are never shown (DOMAIN.md 7).

    `points` of `out_of` are what it is worth today, `original` what it was handed in with; `withdrawn` are those of its
    questions that no longer count.

    `again` of a post-test that is not passed: the number of the next try, or why there is none now. `attempts_left` is
    None without a limit. `read_again` says where one reads about what gave less than full marks.
    """

    attempt: AttemptSummary
    title: str
    go_back_to: str
    points: Fraction
    out_of: int
    objectives: tuple[ObjectiveResult, ...]
    review: tuple[ReviewedQuestion, ...]
    original: Total
    withdrawn: tuple[WithdrawnItem, ...] = ()
    closed_by_time: bool = False
    again: int | No | None = None
    attempts_left: int | None = None
    read_again: tuple[tuple[str, tuple[Mapping[str, str], ...]], ...] = ()

    @property
    def share(self) -> Fraction:
        """The share of all points, 0…1, to show: never rounded up to the pass mark it did not reach."""
        exact = self.points / self.out_of
        below = self.attempt.passed is not None and exact < self.attempt.pass_mark
        return to_show(exact, passed=not below)


def result(session: Session, attempt_id: int, now: datetime | None = None) -> Result:
    """The result of an attempt, as it is to be shown now. Raises `ValueError` until it is submitted."""
    attempt = session.get_one(Attempt, attempt_id)
    rows = _rows(session, attempt_id)
    withdrawn = effective.withdrawn_from(session, attempt.bank)
    objectives = _by_objective(attempt, rows, withdrawn)
    adjustments = effective.adjustments_of(session, [attempt_id]).get(attempt_id, ())
    today = effective.standing(attempt, adjustments)
    assert today is not None  # or there would be no result by objective
    return Result(
        attempt=summary(attempt, adjustments),
        title=attempt.title,
        go_back_to=attempt.go_back_to,
        points=today.points,
        out_of=today.out_of,
        objectives=objectives,
        review=() if attempt.form == Purpose.PRE else _review(rows),
        original=Total(attempt.points or Fraction(0), attempt.out_of),
        withdrawn=tuple(
            WithdrawnItem(position=item.position, withdrawn=withdrawn[document["id"]])
            for item, document in rows
            if document["id"] in withdrawn
        ),
        closed_by_time=attempt.deadline_at is not None and attempt.submitted_at == attempt.deadline_at,
        read_again=_read_again(attempt, objectives) if attempt.form == Purpose.POST else (),
        **_again(session, attempt, now),
    )


def _again(session: Session, attempt: Attempt, now: datetime | None) -> dict[str, Any]:
    if attempt.form != Purpose.POST:
        return {}
    limits = Limits.read(attempt.limits)
    taken = [one for one in attempts_of(session, attempt.owner) if one.form is Purpose.POST]
    if any(one.passed for one in taken):
        return {}
    left = None if limits.max_attempts is None else max(0, limits.max_attempts - len(taken))
    again = rules.may_start(Purpose.POST, [one.as_rule() for one in taken], limits, now)
    return {"again": again, "attempts_left": left}


def _read_again(
    attempt: Attempt, objectives: Sequence[ObjectiveResult]
) -> tuple[tuple[str, tuple[Mapping[str, str], ...]], ...]:
    """What one has missed most of first; an objective nothing is known about is left out."""
    places: Mapping[str, Sequence[Mapping[str, str]]] = attempt.read_again or {}
    missed = sorted((one for one in objectives if one.share < 1), key=lambda one: one.share)
    return tuple((one.title, tuple(places[one.objective])) for one in missed if places.get(one.objective))


Rows = Sequence[tuple[AttemptItem, dict[str, Any]]]
"""The items of an attempt by position, each with its question's document."""


def _rows(session: Session, attempt_id: int) -> Rows:
    rows = session.execute(
        select(AttemptItem, QuestionVersion.document)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(AttemptItem.attempt_id == attempt_id)
        .order_by(AttemptItem.position)
    )
    return [(item, document) for item, document in rows]


def _by_objective(attempt: Attempt, rows: Rows, withdrawn: Mapping[str, Withdrawn]) -> tuple[ObjectiveResult, ...]:
    if attempt.submitted_at is None:
        raise ValueError(f"attempt {attempt.id} has no result before it is submitted")
    marks = (
        Mark(question_id=document["id"], objective=document["objective"], score=item.score or Fraction(0))
        for item, document in rows
    )
    totals = by_objective((mark.objective, mark.score) for mark in counting(marks, effective.ways(withdrawn)))
    titles: Mapping[str, str] = attempt.objective_titles
    named = [objective for objective in titles if objective in totals]
    return tuple(_objective(one, titles, totals[one]) for one in dict.fromkeys([*named, *totals]))


def _objective(objective: str, titles: Mapping[str, str], reached: Total) -> ObjectiveResult:
    return ObjectiveResult(
        objective=objective, title=titles.get(objective, objective), points=reached.points, out_of=reached.out_of
    )


def _review(rows: Rows) -> tuple[ReviewedQuestion, ...]:
    return tuple(
        reviewed(document, item.position, item.option_order, item.chosen, item.score or Fraction(0))
        for item, document in rows
    )
