"""What is written about deliveries: to the partner who is asked whether they were there. Needs an application."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.deliveries import PartnerState
from courses.models.deliveries import Delivery
from courses.queries.ledger import ledger
from lms import outbox
from lms.outbox import OutboxMail
from lms.people import Person
from lms.web import full_address


def ask_partner(session: Session, *, person_id: int, entry: str, now: datetime) -> OutboxMail | None:
    """Ask the partner of a delivery just logged, or corrected so that it has to be confirmed anew. None where nobody
    has to be asked: held alone, or the partner has logged the same."""
    logged = ledger(session, [person_id]).logged[person_id]
    asked = next((each for each in logged if each.row.entry == entry and each.state is PartnerState.WAITING), None)
    if asked is None:
        return None
    partner = session.scalars(select(Person).where(Person.id == asked.row.partner_id)).one()
    return to_partner(session, asked.row, partner, by=session.get_one(Person, person_id), now=now)


def to_partner(session: Session, delivery: Delivery, partner: Person, *, by: Person, now: datetime) -> OutboxMail:
    """To the partner: who says that they held it together, where and when."""
    context = {"delivery": delivery, "by": by.name, "link": full_address("deliveries.index")}
    return outbox.enqueue(session, name="delivery_partner", person=partner, context=context, now=now, daytime_only=True)
