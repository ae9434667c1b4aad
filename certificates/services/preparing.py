"""Reminding a participant, before part 2, of the observation visits that are missing. How many and which is the
programme's; claim and mail are one transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from certificates import mails
from certificates.gathering import dossier_of
from certificates.planned import lacking_visits, visits_target
from certificates.programme import Programme
from certificates.queries.holds import is_held
from certificates.services.issuing import lock_person
from courses.models.visits import VisitsReminder
from courses.queries import part_two
from courses.queries.part_two import ComingPart
from courses.visits import stage_before_part_2
from lms.clock import local_date


def remind_of_visits(
    session: Session, programme: Programme, seat: ComingPart, *, now: datetime
) -> VisitsReminder | None:
    """Send the one reminder that is due before this part 2, or nothing: when the visits are done, exempted, or were
    never asked for. Decided anew under a lock on the person."""
    today = local_date(now)
    person = lock_person(session, seat.person_id)
    stage = stage_before_part_2(seat.first_day, sent=part_two.stages_sent(session, seat), today=today)
    if stage is None or person.deactivated_at is not None or not part_two.has_seat(session, seat):
        return None
    if is_held(session, visits_target(person.id, seat.seminar_id, stage).key):
        return None
    lacking = lacking_visits(dossier_of(session, programme, person.id, on=today).answer.findings)
    if lacking is None or lacking.next_step is None:
        return None
    context = mails.visits_context(
        missing=lacking.next_step, seminar=seat.seminar_name, place=seat.place, first_day=seat.first_day
    )
    mail = mails.visits_missing(session, person, context, now=now)
    claim = VisitsReminder(
        person_id=person.id, seminar_id=seat.seminar_id, days_before=stage, mail_id=mail.id, claimed_at=now
    )
    session.add(claim)
    session.flush()
    return claim
