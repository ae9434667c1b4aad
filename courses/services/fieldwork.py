"""Verbs of the fieldwork: plan and fill seminars, record attendance, visits, deliveries and gatherings.

Rules come from `courses.seminars` and `courses.visits`. Whatever changes a seminar locks its row first, so that two
windows take turns; double clicks meet the tables' unique constraints.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import seminars, visits
from courses.models.fieldwork import (
    Attendance,
    Delivery,
    GatheringAttendance,
    ObservationVisit,
    Seminar,
    SeminarDay,
    SeminarSeat,
)
from courses.queries.fieldwork import newest_attendance
from courses.seminars import Day, GatheringKind
from courses.visits import DeliveryReport, VisitReport
from lms import audit
from lms.clock import local_date
from lms.errors import Refused
from lms.people import Person
from lms.units import Unit
from lms.verdict import No, because


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """A day's attendance as read: who is on the list, the newest word on each, and the last row of the day."""

    listed: frozenset[int]
    present: Mapping[int, bool]
    last_row: int


def plan_seminar(
    session: Session, *, unit: Unit, name: str, place: str, seats: int, days: Sequence[Day], now: datetime
) -> Seminar:
    """A new seminar with its days; refused when the days contradict each other or the unit has one of this name."""
    _hold(seminars.plan_problems(days, seats=seats))
    seminar = Seminar(unit_id=unit.id, name=name.strip(), place=place.strip(), seats=seats, created_at=now)
    try:
        with session.begin_nested():
            session.add(seminar)
    except IntegrityError as error:
        raise Refused(because("seminar-name-taken", name=name.strip())) from error
    session.add_all(SeminarDay(seminar_id=seminar.id, part=day.part, day_number=day.number, on=day.on) for day in days)
    session.flush()
    return seminar


def seat_people(session: Session, *, seminar_id: int, person_ids: Collection[int], now: datetime) -> tuple[int, ...]:
    """Give these people seats; returns those who had none. Refused, all of them, when there is not room for all."""
    seminar = _locked(session, seminar_id)
    seated = _seated(session, seminar_id)
    newcomers = sorted(set(person_ids) - seated)
    _hold(seminars.room_for(seated=len(seated), wanted=len(newcomers), seats=seminar.seats))
    session.add_all(SeminarSeat(seminar_id=seminar_id, person_id=person_id, seated_at=now) for person_id in newcomers)
    session.flush()
    return tuple(newcomers)


def unseat_person(session: Session, *, seminar_id: int, person: Person, by: int, now: datetime) -> bool:
    """Take a person off the list; refused after any attended day. False when there was no seat (a second click)."""
    _locked(session, seminar_id)
    seat = session.scalar(
        select(SeminarSeat).where(SeminarSeat.seminar_id == seminar_id, SeminarSeat.person_id == person.id)
    )
    if seat is None:
        return False
    day_ids = session.scalars(select(SeminarDay.id).where(SeminarDay.seminar_id == seminar_id)).all()
    if any(roll_of(session, day_id).present.get(person.id) for day_id in day_ids):
        raise Refused(because("seat-attended", name=person.name))
    session.delete(seat)
    audit.record(
        session,
        actor_id=by,
        action="seat-removed",
        subject=("person", person.id),
        details={"seminar": seminar_id},
        now=now,
    )
    return True


def roll_of(session: Session, day_id: int) -> Roll:
    """The attendance of a day as it stands: people with a seat, and what counts for each."""
    listed = session.scalars(
        select(SeminarSeat.person_id)
        .join(SeminarDay, SeminarDay.seminar_id == SeminarSeat.seminar_id)
        .where(SeminarDay.id == day_id)
    )
    newest = newest_attendance(Attendance.seminar_day_id == day_id)
    rows = session.scalars(select(Attendance).join(newest, newest.c.id == Attendance.id)).all()
    return Roll(
        listed=frozenset(listed),
        present={row.person_id: row.present for row in rows},
        last_row=max((row.id for row in rows), default=0),
    )


def record_attendance(
    session: Session, *, day: SeminarDay, given: Mapping[int, bool], seen_row: int, by: int, now: datetime
) -> int:
    """Record a day's whole list at once; returns how many words were new or corrected.

    `given` has everybody on the list but the recorder; `seen_row` is the last row of the day when the page was
    read. Refused before the day, when the list is no longer the one that was read, or when somebody else has
    recorded meanwhile; the same list sent again changes nothing.
    """
    _hold(seminars.recording_problem(on=day.on, today=local_date(now)))
    if by in given:
        raise Refused(because("attendance-by-oneself"))
    _locked(session, day.seminar_id)
    roll = roll_of(session, day.id)
    _hold(seminars.list_problem(seated=roll.listed - {by}, listed=given.keys()))
    changes = seminars.attendance_changes(roll.present, given)
    if not changes:
        return 0
    if roll.last_row != seen_row:
        raise Refused(because("attendance-changed-meanwhile"))
    session.add_all(
        Attendance(seminar_day_id=day.id, person_id=person_id, present=present, recorded_by=by, recorded_at=now)
        for person_id, present in sorted(changes.items())
    )
    session.flush()
    audit.record(
        session,
        actor_id=by,
        action="attendance-recorded",
        subject=("seminar-day", day.id),
        details={
            "present": sorted(person_id for person_id, present in changes.items() if present),
            "absent": sorted(person_id for person_id, present in changes.items() if not present),
        },
        now=now,
    )
    return len(changes)


def record_visit(session: Session, *, person_id: int, report: VisitReport, by: int, now: datetime) -> ObservationVisit:
    """Record an observation visit: confirmed at once by a trainer for another, waiting for the mentor for oneself."""
    _hold(visits.visit_problems(report, person_id=person_id, today=local_date(now)))
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
    _hold(visits.confirming_problem(person_id=visit.person_id, confirmer_id=by))
    if visit.confirmed_at is not None:
        return False
    visit.confirmed_by, visit.confirmed_at = by, now
    _audit_visit(session, visit, "visit-confirmed", by=by, now=now)
    return True


def log_delivery(session: Session, *, person_id: int, report: DeliveryReport, entry: str, now: datetime) -> bool:
    """Log a delivery of one's own. False when the same form (`entry`) has been sent before."""
    _hold(visits.delivery_problems(report, today=local_date(now)))
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


def record_gathering(
    session: Session,
    *,
    person_ids: Collection[int],
    title: str,
    on: date,
    kind: GatheringKind,
    by: int,
    now: datetime,
) -> int:
    """Record that these people took part; returns how many were not recorded before. Nobody records themselves."""
    if on > local_date(now):
        raise Refused(because("day-in-future", day=on))
    if not person_ids:
        raise Refused(because("nobody-chosen"))
    if by in person_ids:
        raise Refused(because("attendance-by-oneself"))
    title = title.strip()
    added = []
    for person_id in sorted(set(person_ids)):
        row = GatheringAttendance(person_id=person_id, title=title, on=on, kind=kind, recorded_by=by, recorded_at=now)
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            known = select(GatheringAttendance.id).where(
                GatheringAttendance.person_id == person_id,
                GatheringAttendance.on == on,
                GatheringAttendance.title == title,
            )
            if session.scalar(known) is None:
                raise
            continue  # recorded before, here or by a colleague
        added.append(person_id)
    if added:
        audit.record(
            session,
            actor_id=by,
            action="gathering-recorded",
            subject=("gathering", None),
            details={"title": title, "on": on, "kind": kind, "people": added},
            now=now,
        )
    return len(added)


def _hold(problem: No | None) -> None:
    if problem is not None:
        raise Refused.by(problem)


def _locked(session: Session, seminar_id: int) -> Seminar:
    return session.scalars(
        select(Seminar).where(Seminar.id == seminar_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def _seated(session: Session, seminar_id: int) -> set[int]:
    return set(session.scalars(select(SeminarSeat.person_id).where(SeminarSeat.seminar_id == seminar_id)))


def _audit_visit(session: Session, visit: ObservationVisit, action: str, *, by: int, now: datetime) -> None:
    audit.record(
        session,
        actor_id=by,
        action=action,
        subject=("observation-visit", visit.id),
        details={"person": visit.person_id, "on": visit.on, "modules": visit.modules, "mentor": visit.mentor_id},
        now=now,
    )
