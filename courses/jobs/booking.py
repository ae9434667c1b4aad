"""Passing on what was offered and not answered in time."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from courses.queries.booking import with_line
from courses.services.attendance import locked_seminar
from courses.services.seats import Passed, pass_on_one, settle
from lms.features import Job, Work

log = logging.getLogger(__name__)


def pass_on_offers(work: Work) -> Mapping[str, int]:
    """Close the offers that have run out and offer free seats to the next in the lines; one offer, one transaction.

    Nothing waits for this to be right: an offer is over at its instant, and whoever books or gives up a seat passes on
    first. Only where nobody does anything, the next in line would not hear of it.
    """
    counts = {"ran_out": 0, "offered": 0, "failed": 0}
    with work.database.reading() as session:
        seminar_ids = with_line(session)
    for seminar_id in seminar_ids:
        try:
            while (done := _step(work, seminar_id)) is not None:
                counts["ran_out"] += done.ran_out
                counts["offered"] += done.offered
                if work.rehearse:  # it was all rolled back: there is no next step
                    break
        except Exception:
            counts["failed"] += 1
            log.exception("pass_on_offers: seminar %s failed", seminar_id)
    return counts


def _step(work: Work, seminar_id: int) -> Passed | None:
    """One offer in a transaction of its own; in a rehearsal all of them at once."""
    with work.transaction() as session:
        seminar = locked_seminar(session, seminar_id)
        act = settle if work.rehearse else pass_on_one
        return act(session, seminar, now=work.now)


PASS_ON_OFFERS = Job(name="pass_on_offers", run=pass_on_offers, minute=40, each_hour=True)
