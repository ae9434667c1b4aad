"""Verbs of the follow-up of a company: open its page, answer there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import feedback
from courses.models.deliveries import Delivery, DeliveryFeedback, DeliveryFollowUp
from lms import ids
from lms.clock import local_date
from lms.errors import Refused
from lms.verdict import because


def open_follow_up(session: Session, *, delivery_id: int, by: int, now: datetime) -> DeliveryFollowUp:
    """The page of a delivery, made with the first click and the same ever after."""
    row = DeliveryFollowUp(
        delivery_id=delivery_id,
        token=ids.new_token(),
        opened_by=by,
        opened_at=now,
        closes_on=feedback.closes_on(local_date(now)),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return session.scalars(select(DeliveryFollowUp).where(DeliveryFollowUp.delivery_id == delivery_id)).one()
    return row


def give_feedback(
    session: Session, *, follow_up: DeliveryFollowUp, entry: str, marks: Sequence[int], comment: str, now: datetime
) -> bool:
    """One anonymous answer. False when the same form has been sent before; refused when the page is closed or full."""
    session.execute(select(DeliveryFollowUp.id).where(DeliveryFollowUp.id == follow_up.id).with_for_update())
    if local_date(now) > follow_up.closes_on:
        raise Refused(because("feedback-closed", day=follow_up.closes_on))
    about = select(func.count()).select_from(DeliveryFeedback).where(DeliveryFeedback.follow_up_id == follow_up.id)
    if session.scalar(about.where(DeliveryFeedback.entry == entry)):
        return False
    held = session.get_one(Delivery, follow_up.delivery_id)
    if feedback.is_full(session.scalar(about) or 0, listeners=held.employees + held.leaders):
        raise Refused(because("feedback-full"))
    session.add(DeliveryFeedback(follow_up_id=follow_up.id, entry=entry, marks=list(marks), comment=comment.strip()))
    session.flush()
    return True
