"""What is written about gatherings: to those who have signed up for one that is called off. Needs an application."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models.gatherings import Gathering, GatheringSignUp
from lms import outbox
from lms.outbox import OutboxMail
from lms.people import Person
from lms.web import full_address


def called_off(session: Session, gathering: Gathering, *, now: datetime) -> None:
    """To everybody who has signed up and has not left."""
    signed_up = (
        select(Person)
        .join(GatheringSignUp, GatheringSignUp.person_id == Person.id)
        .where(GatheringSignUp.gathering_id == gathering.id, Person.deactivated_at.is_(None))
        .order_by(Person.id)
    )
    for person in session.scalars(signed_up):
        to_signed_up(session, gathering, person, now=now)


def to_signed_up(session: Session, gathering: Gathering, person: Person, *, now: datetime) -> OutboxMail:
    """To one of them: what is called off, and where to find another."""
    context = {"gathering": gathering, "link": full_address("gathering_plans.index")}
    return outbox.enqueue(session, name="gathering_cancelled", person=person, context=context, now=now)
