"""Nightly steps of the fieldwork: one item one transaction; safe to repeat and to kill."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from courses.queries.visits import to_remind_mentors
from courses.services.mentor_links import remind_mentor
from courses.visits import MENTOR_WAITED_DAYS
from lms.clock import at_local
from lms.features import Job, Work

log = logging.getLogger(__name__)


def remind_mentors(work: Work) -> Mapping[str, int]:
    """Remind the mentors of reports that have waited a week for their answer, each once."""
    counts = {"sent": 0, "failed": 0}
    until = at_local(work.today - timedelta(days=MENTOR_WAITED_DAYS - 1), 0)
    with work.database.reading() as session:
        waiting = to_remind_mentors(session, reported_before=until)
    for visit_id in waiting:
        try:
            with work.transaction() as session:
                counts["sent"] += remind_mentor(session, visit_id=visit_id, now=work.now)
        except Exception:
            counts["failed"] += 1
            log.exception("remind_mentors: visit %s failed", visit_id)
    return counts


REMIND_MENTORS = Job(name="remind_mentors", run=remind_mentors, hour=4, minute=55)
