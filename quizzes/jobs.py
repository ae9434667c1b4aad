"""The nightly step of this feature: tests whose time ran out, and that nobody has looked at since, are closed."""

from __future__ import annotations

from collections.abc import Mapping

from lms.features import Job, Work
from quizzes import services, timekeeping
from quizzes.models import Attempt


def close_overdue(work: Work) -> Mapping[str, int]:
    """Close each attempt at its deadline, with what was saved. One attempt, one transaction."""
    with work.database.reading() as session:
        overdue = timekeeping.overdue(session, work.now)
    for attempt_id in overdue:
        with work.transaction() as session:
            services.submit(session, session.get_one(Attempt, attempt_id), now=work.now)
    return {"closed": len(overdue)}


CLOSE_OVERDUE = Job(name="close-overdue-tests", run=close_overdue, hour=4, minute=15)
