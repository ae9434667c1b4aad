"""Verbs of observation visits: record, confirm."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import visits
from courses.models.visits import ObservationVisit
from courses.visits import VisitReport
from lms import audit
from lms.clock import local_date
from lms.errors import Refused, hold
from lms.verdict import because


def record_visit(session: Session, *, person_id: int, report: VisitReport, by: int, now: datetime) -> ObservationVisit:
    """Record an observation visit: confirmed at once by a trainer for another, waiting for the mentor for oneself."""
    hold(visits.visit_problems(report, person_id=person_id, today=local_date(now)))
    confirmed = visits.confirmed_at_once(person_id=person_id, recorded_by=by)
    visit = ObservationVisit(
        person_id=person_id,
        on=report.on,
        company=report.company.strip(),
        modules=[kind.value for kind in visits.in_order(report.modules)],
        mentor_id=report.mentor_id,
        mentor_name=report.mentor_name.strip(),
        note=report.note.strip(),
        recorded_by=by,
        recorded_at=now,
        confirmed_by=by if confirmed else None,
        confirmed_at=now if confirmed else None,
    )
    try:
        with session.begin_nested():
            session.add(visit)
    except IntegrityError as error:
        raise Refused(because("visit-recorded", company=visit.company, day=report.on)) from error
    _audit_visit(session, visit, "visit-confirmed" if confirmed else "visit-reported", by=by, now=now)
    return visit


def confirm_visit(session: Session, *, visit_id: int, by: int, now: datetime) -> bool:
    """Vouch for a visit; refused for one's own. False when somebody already has (a second click)."""
    visit = session.scalars(
        select(ObservationVisit)
        .where(ObservationVisit.id == visit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    hold(visits.confirming_problem(person_id=visit.person_id, confirmer_id=by))
    if visit.confirmed_at is not None:
        return False
    visit.confirmed_by, visit.confirmed_at = by, now
    _audit_visit(session, visit, "visit-confirmed", by=by, now=now)
    return True


def _audit_visit(session: Session, visit: ObservationVisit, action: str, *, by: int, now: datetime) -> None:
    audit.record(
        session,
        actor_id=by,
        action=action,
        subject=("observation-visit", visit.id),
        details={"person": visit.person_id, "on": visit.on, "modules": visit.modules, "mentor": visit.mentor_id},
        now=now,
    )
