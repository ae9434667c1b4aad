"""Verbs of deliveries: log one of one's own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import visits
from courses.models.deliveries import Delivery
from courses.visits import DeliveryReport
from lms.clock import local_date
from lms.errors import hold


def log_delivery(session: Session, *, person_id: int, report: DeliveryReport, entry: str, now: datetime) -> bool:
    """Log a delivery of one's own. False when the same form (`entry`) has been sent before."""
    hold(visits.delivery_problems(report, today=local_date(now)))
    try:
        with session.begin_nested():
            session.add(
                Delivery(
                    person_id=person_id,
                    entry=entry,
                    on=report.on,
                    company=report.company.strip(),
                    module=report.module,
                    model=report.model,
                    employees=report.employees,
                    leaders=report.leaders,
                    duration_minutes=report.duration_minutes,
                    recorded_at=now,
                )
            )
    except IntegrityError:
        known = select(Delivery.id).where(Delivery.person_id == person_id, Delivery.entry == entry)
        if session.scalar(known) is None:
            raise
        return False
    return True
