"""Which planned mails are held back, by whom and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.models.reminders import ReminderHold, ReminderRelease
from lms.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold that stands."""

    id: int
    key: str
    kind: str
    stage: str
    certificate_id: int | None
    person_id: int | None
    reason: str
    by: str
    at: datetime


def open_holds(session: Session, *, key: str = "", person_ids: Collection[int] | None = None) -> Mapping[str, Hold]:
    """The holds that are not released, by the key of the mail: all of them, one mail's, or those about some people."""
    query = (
        select(
            ReminderHold.id,
            ReminderHold.key,
            ReminderHold.kind,
            ReminderHold.stage,
            ReminderHold.certificate_id,
            ReminderHold.person_id,
            ReminderHold.reason,
            Person.name,
            ReminderHold.held_at,
        )
        .join(Person, Person.id == ReminderHold.held_by)
        .outerjoin(ReminderRelease, ReminderRelease.hold_id == ReminderHold.id)
        .where(ReminderRelease.id.is_(None))
        .order_by(ReminderHold.id)
    )
    if key:
        query = query.where(ReminderHold.key == key)
    if person_ids is not None:
        query = query.where(ReminderHold.person_id.in_(person_ids))
    return {
        each.key: Hold(
            id=each.id,
            key=each.key,
            kind=each.kind,
            stage=each.stage,
            certificate_id=each.certificate_id,
            person_id=each.person_id,
            reason=each.reason,
            by=each.name,
            at=each.held_at,
        )
        for each in session.execute(query)
    }


def is_held(session: Session, key: str) -> bool:
    """Whether a mail is held back now."""
    return key in open_holds(session, key=key)
