"""The hourly step of this feature: tests whose time ran out, and that nobody has looked at since, are closed."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from lms.features import Job, Work
from quizzes import services, timekeeping
from quizzes.models import Attempt

log = logging.getLogger(__name__)


def close_overdue(work: Work) -> Mapping[str, int]:
    """Close each attempt at its deadline, with what was saved. One attempt, one transaction; a second run does nothing.

    One that fails is logged and counted, and the others go on. Not counted is what somebody else closed meanwhile.
    """
    closed = failed = 0
    with work.database.reading() as session:
        overdue = timekeeping.overdue(session, work.now)
    for attempt_id in overdue:
        try:
            with work.transaction() as session:
                attempt = session.get_one(Attempt, attempt_id)
                services.lock(session, attempt)
                if attempt.submitted_at is None:
                    services.submit(session, attempt, now=work.now)
                    closed += 1
        except Exception:
            failed += 1
            log.exception("closing the test %s failed", attempt_id)
    return {"closed": closed, **({"failed": failed} if failed else {})}


CLOSE_OVERDUE = Job(name="close-overdue-tests", run=close_overdue, hour=4, minute=15, each_hour=True)
