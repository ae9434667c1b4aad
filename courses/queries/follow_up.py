"""Reads about the follow-up of companies. Write nothing."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.feedback import Answer
from courses.models.deliveries import Delivery, DeliveryFeedback, DeliveryFollowUp
from courses.queries.ledger import Standing, ledger


def standing_of(session: Session, delivery_id: int) -> Standing | None:
    """A delivery as it stands, or None: there is none, or none any longer."""
    row = session.get(Delivery, delivery_id)
    if row is None:
        return None
    return next(
        (each for each in ledger(session, [row.person_id]).logged[row.person_id] if each.row.id == row.id), None
    )


def follow_up_of(session: Session, standing: Standing) -> DeliveryFollowUp | None:
    """The page of a delivery, opened from either row of it; None before it is opened."""
    rows = {standing.row.id, *([standing.twin.id] if standing.twin else [])}
    return session.scalars(
        select(DeliveryFollowUp).where(DeliveryFollowUp.delivery_id.in_(rows)).order_by(DeliveryFollowUp.id)
    ).first()


def behind_token(session: Session, token: str) -> DeliveryFollowUp | None:
    """The page with this token, or None."""
    return session.scalar(select(DeliveryFollowUp).where(DeliveryFollowUp.token == token))


def answers_of(session: Session, follow_up: DeliveryFollowUp) -> list[Answer]:
    """The answers given, in the order they came."""
    rows = session.scalars(
        select(DeliveryFeedback).where(DeliveryFeedback.follow_up_id == follow_up.id).order_by(DeliveryFeedback.id)
    )
    return [Answer(marks=tuple(row.marks), comment=row.comment) for row in rows]
