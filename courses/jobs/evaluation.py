"""The nightly step of the evaluations: ask everybody who was at a part that ends today or has ended lately."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from courses.queries import evaluation as queries
from courses.services import evaluation
from lms.features import Job, Work

log = logging.getLogger(__name__)


def ask_for_evaluations(work: Work) -> Mapping[str, int]:
    """One mail a person and part, written in the morning of its last day and leaving when the day is over. Who comes
    onto the list of attendance later, is asked the night after."""
    counts = {"asked": 0, "failed": 0}
    with work.database.reading() as session:
        due = queries.to_ask(session, today=work.today)
    for part in due:
        try:
            with work.transaction() as session:
                counts["asked"] += evaluation.ask(session, part, now=work.now) is not None
        except Exception:
            counts["failed"] += 1
            log.exception("evaluation of seminar %s for person %s failed", part.seminar_id, part.person_id)
    return counts


ASK = Job(name="evaluations", run=ask_for_evaluations, hour=5, minute=20)
