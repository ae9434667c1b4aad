"""What is written about observation visits: to the mentor who is asked, to the participant. Needs an application."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from courses.models.visits import ObservationVisit
from courses.visits import LINK_DAYS
from lms import outbox
from lms.outbox import OutboxMail, Recipient
from lms.people import Person
from lms.web import full_address


def to_mentor(
    session: Session,
    visit: ObservationVisit,
    person: Person,
    to: Person | Recipient,
    *,
    token: str,
    again: bool,
    now: datetime,
) -> OutboxMail:
    """To the mentor, with an account or without: who asks, about what, and the link. A reminder leaves by day."""
    context = {
        "visit": visit,
        "visitor": person,
        "again": again,
        "link": full_address("mentor_links.show", token=token),
        "days": LINK_DAYS,
    }
    name = "visit_confirmation"
    if isinstance(to, Recipient):
        return outbox.enqueue_outside(
            session, name=name, recipient=to, about=person, context=context, now=now, daytime_only=again
        )
    return outbox.enqueue(session, name=name, person=to, context=context, now=now, daytime_only=again)


def sent_back(
    session: Session, visit: ObservationVisit, person: Person, *, by: str, comment: str, now: datetime
) -> OutboxMail:
    """To the participant: what the mentor wants set right."""
    return _to_participant(session, "visit_sent_back", visit, person, by=by, comment=comment, now=now)


def rejected(
    session: Session, visit: ObservationVisit, person: Person, *, by: str, comment: str, now: datetime
) -> OutboxMail:
    """To the participant: the visit does not count, and why."""
    return _to_participant(session, "visit_rejected", visit, person, by=by, comment=comment, now=now)


def _to_participant(
    session: Session, name: str, visit: ObservationVisit, person: Person, *, by: str, comment: str, now: datetime
) -> OutboxMail:
    link = full_address("visits.show", visit_id=visit.id)
    context = {"visit": visit, "by": by, "comment": comment, "link": link}
    return outbox.enqueue(session, name=name, person=person, context=context, now=now)
