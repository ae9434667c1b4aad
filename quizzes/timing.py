"""What changes the time of tests: how much of it somebody has, and how much was spent. Nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import audit
from quizzes.limits import EXTRA_PERCENT_MAX, Limits, deadline, is_over
from quizzes.models import Attempt, AttemptItem, ExtraTime

SECONDS_SPENT_MAX = 4 * 60 * 60
"""More than this on one question is a page left open, not work."""


def give_extra_time(session: Session, *, person_id: int, percent: int, given_by: int, now: datetime) -> None:
    """Give a person so much more time for every test, from now on; 0 ends it.

    A running test gets it too, counted from its start; nobody's running test gets shorter. Raises `ValueError` for a
    percentage outside 0…200.
    """
    if not 0 <= percent <= EXTRA_PERCENT_MAX:
        raise ValueError(f"extra time is 0 to {EXTRA_PERCENT_MAX} per cent, not {percent}")
    session.add(ExtraTime(person_id=person_id, percent=percent, given_by=given_by, given_at=now))
    running = select(Attempt).where(
        Attempt.person_id == person_id, Attempt.submitted_at.is_(None), Attempt.deadline_at.is_not(None)
    )
    for attempt in session.scalars(running.with_for_update().execution_options(populate_existing=True)):
        new = deadline(attempt.started_at, Limits.read(attempt.limits), percent)
        if new is not None and attempt.deadline_at is not None and not is_over(attempt.deadline_at, now):
            attempt.deadline_at = max(attempt.deadline_at, new)
    audit.record(
        session,
        actor_id=given_by,
        action="extra-time-given",
        subject=("person", person_id),
        details={"percent": percent},
        now=now,
    )
    session.flush()


def spend(session: Session, attempt: Attempt, seconds: Mapping[int, int], *, now: datetime) -> None:
    """Count time spent, by position, as a page tells it; the caller holds the attempt.

    It only grows, and never past what has gone since the attempt began, by the server's clock.
    """
    told = {position: count for position, count in seconds.items() if count > 0}
    if not told:
        return
    most = min(int((now - attempt.started_at).total_seconds()), SECONDS_SPENT_MAX)
    items = select(AttemptItem).where(AttemptItem.attempt_id == attempt.id, AttemptItem.position.in_(told))
    for item in session.scalars(items):
        known = item.seconds_spent or 0
        item.seconds_spent = max(known, min(known + told[item.position], most))
