"""Reads for the pages about deliveries. Write nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models.deliveries import Delivery

LIST_LENGTH_MAX = 200


def own_deliveries(session: Session, person_id: int) -> Sequence[Delivery]:
    """A person's deliveries, newest first."""
    return session.scalars(
        select(Delivery)
        .where(Delivery.person_id == person_id)
        .order_by(Delivery.on.desc(), Delivery.id.desc())
        .limit(LIST_LENGTH_MAX)
    ).all()
