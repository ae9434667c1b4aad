"""Reads: what submitted tests are worth today, and which questions have been withdrawn."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from quizzes.attempts import Purpose
from quizzes.models import Attempt, AttemptItem, ItemProposal, ItemWithdrawal, QuestionVersion, ScoreAdjustment
from quizzes.scoring import Total
from quizzes.withdrawal import Adjustment, Mark, Standing, Status, Way, adjust, effective, recompute


def family(bank: str) -> str:
    """The bank a question is withdrawn from: a translation's ("course/nn") is one with the original's ("course")."""
    return bank.partition("/")[0]


def in_family(column: InstrumentedAttribute[str], bank: str) -> ColumnElement[bool]:
    """The SQL condition that a bank is this one or a translation of it."""
    return or_(column == family(bank), column.startswith(f"{family(bank)}/", autoescape=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A question that no longer counts, and why."""

    id: int
    question_id: str
    way: Way
    reason: str
    decided_by: int
    decided_at: datetime


def withdrawn_from(session: Session, bank: str) -> dict[str, Withdrawn]:
    """The questions withdrawn from a bank, by id, in the order they were withdrawn. One query."""
    rows = session.scalars(
        select(ItemWithdrawal).where(ItemWithdrawal.bank == family(bank)).order_by(ItemWithdrawal.id)
    )
    return {
        row.question_id: Withdrawn(
            id=row.id,
            question_id=row.question_id,
            way=Way(row.way),
            reason=row.reason,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )
        for row in rows
    }


def is_withdrawn() -> ColumnElement[bool]:
    """The SQL condition that the question of a `QuestionVersion` is withdrawn, whatever the language of its bank."""
    itself = ItemWithdrawal.bank + "/"
    return exists(
        select(ItemWithdrawal.id).where(
            ItemWithdrawal.question_id == QuestionVersion.question_id,
            func.substr(QuestionVersion.bank + "/", 1, func.length(itself)) == itself,
        )
    ).correlate(QuestionVersion)


def ways(withdrawn: Mapping[str, Withdrawn]) -> dict[str, Way]:
    """How each withdrawn question is scored."""
    return {question_id: one.way for question_id, one in withdrawn.items()}


def mark_to_pass(attempt: Attempt) -> Fraction | None:
    """The share that is enough; None for a pre-test or a check, which nobody passes."""
    return attempt.pass_mark if attempt.form == Purpose.POST else None


def standing(attempt: Attempt, adjustments: Sequence[ScoreAdjustment] = ()) -> Standing | None:
    """What an attempt is worth today, by all its adjustments in order; None until it is submitted."""
    if attempt.submitted_at is None or attempt.points is None:
        return None
    return effective(
        Total(attempt.points, attempt.out_of),
        pass_mark=mark_to_pass(attempt),
        submitted_at=attempt.submitted_at,
        adjustments=[_adjustment(row) for row in adjustments],
    )


def adjustments_of(session: Session, attempt_ids: Collection[int]) -> dict[int, list[ScoreAdjustment]]:
    """The adjustments of attempts, in order; those without any are not in the answer. One query."""
    found: dict[int, list[ScoreAdjustment]] = {}
    rows = session.scalars(
        select(ScoreAdjustment)
        .where(ScoreAdjustment.attempt_id.in_(attempt_ids))
        .order_by(ScoreAdjustment.attempt_id, ScoreAdjustment.ordinal)
        .execution_options(populate_existing=True)
    )
    for row in rows:
        found.setdefault(row.attempt_id, []).append(row)
    return found


def with_adjustments(rows: Iterable[Any]) -> list[tuple[Attempt, list[ScoreAdjustment]]]:
    """Attempts with their adjustments, from rows of both, the second perhaps None, in order."""
    found: dict[int, tuple[Attempt, list[ScoreAdjustment]]] = {}
    for attempt, adjustment in rows:
        _attempt, known = found.setdefault(attempt.id, (attempt, []))
        if adjustment is not None:
            known.append(adjustment)
    return list(found.values())


def marks_of(session: Session, attempt_ids: Collection[int]) -> dict[int, list[Mark]]:
    """What each question gave in submitted attempts, by attempt, in order. One query."""
    rows = session.execute(
        select(AttemptItem, QuestionVersion.question_id, QuestionVersion.document["objective"].as_string())
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(AttemptItem.attempt_id.in_(attempt_ids))
        .order_by(AttemptItem.attempt_id, AttemptItem.position)
        .execution_options(populate_existing=True)
    )
    found: dict[int, list[Mark]] = {}
    for item, question_id, objective in rows:
        mark = Mark(question_id=question_id, objective=objective, score=item.score or Fraction(0))
        found.setdefault(item.attempt_id, []).append(mark)
    return found


def holding(bank: str, question_id: str) -> ColumnElement[bool]:
    """The SQL condition that an attempt holds a question, in any version and language."""
    return Attempt.id.in_(
        select(AttemptItem.attempt_id)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(and_(in_family(QuestionVersion.bank, bank), QuestionVersion.question_id == question_id))
    )


def _adjustment(row: ScoreAdjustment) -> Adjustment:
    return Adjustment(
        points=row.points,
        out_of=row.out_of,
        passed_before=row.passed_before,
        passed_after=row.passed_after,
        status=Status(row.status),
        at=row.decided_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What withdrawing a question does to one submitted test."""

    attempt_id: int
    person_id: int
    form: Purpose
    ordinal: int
    before: Standing
    after: Adjustment

    @property
    def share_after(self) -> Fraction:
        """The recomputed share of all points, 0…1."""
        return self.after.points / self.after.out_of

    @property
    def is_felt(self) -> bool:
        """Whether score or pass differ from what they were."""
        return self.share_after != self.before.share or self.after.passed_after != self.before.passed

    @property
    def gains(self) -> bool:
        """Whether somebody who had failed passes."""
        return self.before.passed is False and self.after.passed_after is True

    @property
    def waits(self) -> bool:
        """Whether somebody who had passed no longer has enough points, so that a person must decide."""
        return self.after.status is Status.PENDING


def changes(
    session: Session, attempts: Sequence[Attempt], withdrawn: Mapping[str, Way], *, at: datetime
) -> list[Change]:
    """What the submitted ones among these attempts become when these questions are withdrawn. Two queries."""
    submitted = [attempt for attempt in attempts if attempt.submitted_at is not None]
    ids = [attempt.id for attempt in submitted]
    known, marks = adjustments_of(session, ids), marks_of(session, ids)
    found = []
    for attempt in submitted:
        before = standing(attempt, known.get(attempt.id, ()))
        assert before is not None  # only submitted ones are asked
        after = recompute(marks[attempt.id], withdrawn)
        found.append(
            Change(
                attempt_id=attempt.id,
                person_id=attempt.person_id,
                form=Purpose(attempt.form),
                ordinal=attempt.ordinal,
                before=before,
                after=adjust(before, after, pass_mark=mark_to_pass(attempt), at=at),
            )
        )
    return found


def rehearsal(session: Session, *, bank: str, question_id: str, way: Way, at: datetime) -> list[Change]:
    """What withdrawing a question now would do to every submitted test that holds it; changes nothing."""
    attempts = session.scalars(
        select(Attempt).where(holding(bank, question_id), Attempt.submitted_at.is_not(None)).order_by(Attempt.id)
    ).all()
    return changes(session, attempts, {**ways(withdrawn_from(session, bank)), question_id: way}, at=at)


def fingerprint(found: Sequence[Change]) -> str:
    """A short text that is the same for the same changes: what was rehearsed is what is done, or nothing is."""
    said = [(one.attempt_id, str(one.after.points), one.after.out_of, str(one.after.status)) for one in found]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def running(session: Session, *, bank: str, question_id: str) -> int:
    """How many tests with this question have not been handed in. One query."""
    counted = select(func.count()).select_from(Attempt)
    return session.scalar(counted.where(holding(bank, question_id), Attempt.submitted_at.is_(None))) or 0


def pending(session: Session, *, bank: str) -> list[tuple[Attempt, Standing, ItemWithdrawal]]:
    """The tests of a bank whose pass waits for a decision, with the withdrawal that raised it, oldest first."""
    rows = session.execute(
        select(Attempt, ItemWithdrawal)
        .join(ScoreAdjustment, ScoreAdjustment.attempt_id == Attempt.id)
        .join(ItemWithdrawal, ItemWithdrawal.id == ScoreAdjustment.withdrawal_id)
        .where(ScoreAdjustment.status == Status.PENDING, ItemWithdrawal.bank == family(bank))
        .order_by(Attempt.id, ScoreAdjustment.ordinal)
    ).all()
    latest = {attempt.id: (attempt, withdrawal) for attempt, withdrawal in rows}
    known = adjustments_of(session, list(latest))
    found = []
    for attempt_id, (attempt, withdrawal) in latest.items():
        today = standing(attempt, known.get(attempt_id, ()))
        if today is not None and today.status is Status.PENDING:
            found.append((attempt, today, withdrawal))
    return found


def proposals(session: Session, *, bank: str) -> list[ItemProposal]:
    """The proposals about questions that are not withdrawn, oldest first. One query."""
    done = select(ItemWithdrawal.question_id).where(ItemWithdrawal.bank == family(bank))
    return list(
        session.scalars(
            select(ItemProposal)
            .where(ItemProposal.bank == family(bank), ItemProposal.question_id.not_in(done))
            .order_by(ItemProposal.id)
        )
    )
