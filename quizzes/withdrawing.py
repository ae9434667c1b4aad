"""What changes withdrawn questions: propose, withdraw, decide on a pass that waits, give one back. Nothing
here commits.

A withdrawal takes hold of every attempt that has the question before it looks at any, and submitting takes hold of its
own before it looks at the withdrawals: so whoever comes second sees what the first has done, and nobody is missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms import audit
from lms.errors import Refused
from lms.verdict import No, because
from quizzes import effective
from quizzes.effective import Change
from quizzes.models import Attempt, ItemProposal, ItemWithdrawal, ScoreAdjustment
from quizzes.withdrawal import Adjustment, Status, Way, adjust, decided, recompute, restored


def propose(
    session: Session, *, bank: str, question_id: str, way: Way, reason: str, actor_id: int, now: datetime
) -> ItemProposal:
    """Somebody's proposal to withdraw a question; a second one by the same person is the first.

    Raises `Refused` (`item-withdrawn`) when it is withdrawn already.
    """
    if question_id in effective.withdrawn_from(session, bank):
        raise Refused(because("item-withdrawn"))
    same = select(ItemProposal).where(
        ItemProposal.bank == effective.family(bank),
        ItemProposal.question_id == question_id,
        ItemProposal.proposed_by == actor_id,
    )
    known = session.scalar(same)
    if known is not None:
        return known
    row = ItemProposal(
        bank=effective.family(bank),
        question_id=question_id,
        way=way,
        reason=reason,
        proposed_by=actor_id,
        proposed_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # the other click was first
        return session.scalars(same).one()
    return row


def withdraw(
    session: Session, *, bank: str, question_id: str, way: Way, reason: str, actor_id: int, now: datetime
) -> tuple[Change, ...]:
    """Withdraw a question in all its versions and languages, and recompute every submitted test that holds it.

    The answer tells what became of each. Raises `Refused` (`item-withdrawn`) when somebody was first: then it is done.
    """
    row = ItemWithdrawal(
        bank=effective.family(bank),
        question_id=question_id,
        way=way,
        reason=reason,
        decided_by=actor_id,
        decided_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Refused(because("item-withdrawn")) from error
    attempts = _held(session, bank, question_id)
    withdrawn = effective.ways(effective.withdrawn_from(session, bank))
    found = effective.changes(session, attempts, withdrawn, at=now)
    ordinals = _ordinals(session, [one.attempt_id for one in found])
    session.add_all(
        _row(one.after, one.attempt_id, ordinals.get(one.attempt_id, 0) + 1, row, reason=reason, actor_id=actor_id)
        for one in found
    )
    details = {
        "bank": row.bank,
        "question": question_id,
        "way": way,
        "reason": reason,
        "recomputed": len(found),
        "passes_now": [one.attempt_id for one in found if one.gains],
        "pass_waits": [one.attempt_id for one in found if one.waits],
    }
    _record(session, "item-withdrawn", ("item_withdrawal", row.id), details, actor_id=actor_id, now=now)
    return tuple(found)


def decide_pass(
    session: Session, attempt: Attempt, *, keep: bool, reason: str, actor_id: int, now: datetime
) -> ScoreAdjustment:
    """A person's word on a pass whose recomputed score lies below the mark. A certificate is not touched by it.

    Raises `Refused`: `pass-not-own`, or `pass-not-pending` when nothing waits, or somebody else was first.
    """
    if attempt.person_id == actor_id:
        raise Refused(because("pass-not-own"))
    session.refresh(attempt, with_for_update=True)
    known = effective.adjustments_of(session, [attempt.id]).get(attempt.id, [])
    before = effective.standing(attempt, known)
    said = decided(before, keep=keep, at=now) if before else No((because("pass-not-pending"),))
    if isinstance(said, No):
        raise Refused.by(said)
    withdrawal = session.get_one(ItemWithdrawal, known[-1].withdrawal_id)
    row = _row(said, attempt.id, known[-1].ordinal + 1, withdrawal, reason=reason, actor_id=actor_id)
    session.add(row)
    details = {"withdrawal": withdrawal.id, "points": str(row.points), "out_of": row.out_of, "reason": reason}
    action = "pass-kept" if said.status is Status.KEPT else "pass-withdrawn"
    _record(session, action, ("attempt", attempt.id), details, actor_id=actor_id, now=now)
    return row


def restore_pass(session: Session, attempt: Attempt, *, reason: str, actor_id: int, now: datetime) -> ScoreAdjustment:
    """Give back a pass that was taken away, as an appeal has it. Raises `Refused` (`pass-not-withdrawn`) where none
    is."""
    session.refresh(attempt, with_for_update=True)
    known = effective.adjustments_of(session, [attempt.id]).get(attempt.id, [])
    before = effective.standing(attempt, known)
    said = restored(before, at=now) if before else No((because("pass-not-withdrawn"),))
    if isinstance(said, No):
        raise Refused.by(said)
    withdrawal = session.get_one(ItemWithdrawal, known[-1].withdrawal_id)
    row = _row(said, attempt.id, known[-1].ordinal + 1, withdrawal, reason=reason, actor_id=actor_id)
    session.add(row)
    details = {"withdrawal": withdrawal.id, "points": str(row.points), "out_of": row.out_of, "reason": reason}
    _record(session, "pass-restored", ("attempt", attempt.id), details, actor_id=actor_id, now=now)
    return row


def apply_at_submission(session: Session, attempt: Attempt, *, now: datetime) -> None:
    """Score an attempt that is being handed in without the questions withdrawn by then. The caller holds its lock."""
    withdrawn = effective.withdrawn_from(session, attempt.bank)
    if not withdrawn:
        return
    marks = effective.marks_of(session, [attempt.id])[attempt.id]
    held = [withdrawn[mark.question_id] for mark in marks if mark.question_id in withdrawn]
    if not held:
        return
    last = max(held, key=lambda one: one.id)
    total = recompute(marks, effective.ways(withdrawn))
    after = adjust(None, total, pass_mark=effective.mark_to_pass(attempt), at=now)
    row = session.get_one(ItemWithdrawal, last.id)
    session.add(_row(after, attempt.id, 1, row, reason=last.reason, actor_id=last.decided_by))
    session.flush()


def _held(session: Session, bank: str, question_id: str) -> Sequence[Attempt]:
    """Every attempt that has the question, submitted or not, held until the transaction ends."""
    return session.scalars(
        select(Attempt)
        .where(effective.holding(bank, question_id))
        .order_by(Attempt.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _ordinals(session: Session, attempt_ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(ScoreAdjustment.attempt_id, func.max(ScoreAdjustment.ordinal))
        .where(ScoreAdjustment.attempt_id.in_(attempt_ids))
        .group_by(ScoreAdjustment.attempt_id)
    )
    return {attempt_id: int(ordinal) for attempt_id, ordinal in rows}


def _row(
    after: Adjustment, attempt_id: int, ordinal: int, withdrawal: ItemWithdrawal, *, reason: str, actor_id: int
) -> ScoreAdjustment:
    return ScoreAdjustment(
        attempt_id=attempt_id,
        ordinal=ordinal,
        withdrawal_id=withdrawal.id,
        points_numerator=after.points.numerator,
        points_denominator=after.points.denominator,
        out_of=after.out_of,
        passed_before=after.passed_before,
        passed_after=after.passed_after,
        status=after.status,
        reason=reason,
        decided_by=actor_id,
        decided_at=after.at,
    )


def _record(
    session: Session, action: str, subject: tuple[str, int], details: dict[str, object], *, actor_id: int, now: datetime
) -> None:
    session.flush()
    audit.record(session, actor_id=actor_id, action=action, subject=subject, details=details, now=now)
