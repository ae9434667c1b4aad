"""Verbs of a seminar's plan: change it, call it off, say who runs it and who takes over.

Whatever people must know of raises the seminar's revision and is written to them in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import planning
from courses import seminars as rules
from courses.booking import SeatChange
from courses.models.seminars import (
    Attendance,
    Seminar,
    SeminarDay,
    SeminarSeat,
    SeminarTrack,
    SeminarTrainer,
    TrainerSubstitution,
)
from courses.planning import Change, Plan, Substitution
from courses.queries import planning as queries
from courses.queries.booking import days_of
from courses.queries.fieldwork import newest_attendance
from courses.seminars import Day
from courses.services import plan_mails, seats
from courses.services.attendance import locked_seminar
from lms import audit
from lms.errors import Refused, hold
from lms.people import Person
from lms.verdict import because

LONG_AGO = date(1900, 1, 1)


def add_day(session: Session, seminar_id: int, day: Day) -> SeminarDay:
    """A new day with its tracks."""
    row = SeminarDay(seminar_id=seminar_id, part=day.part, day_number=day.number)
    _set(row, day)
    session.add(row)
    session.flush()
    _set_tracks(session, row.id, day)
    return row


def change_plan(
    session: Session, *, seminar_id: int, plan: Plan, seen_revision: int, by: int, now: datetime
) -> tuple[Change, ...]:
    """Change a seminar's name, place, seats and days; returns the days that are not as people were told, who now are.

    Refused as a whole: for a plan that contradicts itself, for days on which attendance is recorded, for fewer seats
    than are taken, and when somebody else has changed the plan since `seen_revision`.
    """
    seminar = locked_seminar(session, seminar_id)
    _not_cancelled(seminar)
    if seminar.revision != seen_revision:
        raise Refused(because("seminar-changed-meanwhile"))
    hold(rules.plan_problems(plan.days, seats=plan.seats))
    before = queries.plan_of(session, seminar)
    hold(
        planning.change_problems(
            before,
            plan,
            attended=_attended(session, seminar_id),
            taken=seats.taken(session, seminar_id, now=now),
        )
    )
    changes = planning.changes(before, plan)
    renamed = plan.name != before.name
    if plan == before:
        return ()
    seminar.place, seminar.seats = plan.place, plan.seats
    seminar.revision += bool(changes or renamed)
    try:
        with session.begin_nested():
            seminar.name = plan.name
            session.flush()
    except IntegrityError as error:
        raise Refused(because("seminar-name-taken", name=plan.name)) from error
    _set_days(session, seminar_id, plan.days)
    audit.record(
        session,
        actor_id=by,
        action="seminar-changed",
        subject=("seminar", seminar_id),
        details={
            "revision": seminar.revision,
            "name": plan.name,
            "seats": plan.seats,
            "days": [
                [each.part, each.number, each.sector, str(each.was.on) if each.was else "", str(each.now.on)]
                for each in changes
            ],
        },
        now=now,
    )
    if changes or renamed:
        plan_mails.tell_changed(session, seminar=seminar, was_named=before.name, changes=changes, without=by, now=now)
    seats.settle(session, seminar, now=now)  # a seat more is somebody's chance
    return changes


def cancel_seminar(session: Session, *, seminar_id: int, reason: str, by: int, now: datetime) -> tuple[int, ...]:
    """Call a seminar off; returns those who had a seat, who are all told. A second click changes nothing.

    Seats are free again, but for those who were there on a day: what they attended counts, and their names stay on the
    attendance lists. Refused once the last day is over.
    """
    seminar = locked_seminar(session, seminar_id)
    if seminar.cancelled_at is not None:
        return ()
    days = days_of(session, seminar_id)
    if seats.is_over(days, now):
        raise Refused(because("seminar-over", day=days[-1].on))
    seminar.cancelled_at, seminar.cancelled_by, seminar.cancelled_why = now, by, reason
    seminar.revision += 1
    seated = tuple(
        session.scalars(select(SeminarSeat.person_id).where(SeminarSeat.seminar_id == seminar_id).order_by("person_id"))
    )
    plan_mails.tell_cancelled(session, seminar=seminar, days=days, person_ids=seated, without=by, now=now)
    there = _present_on_some_day(session, seminar_id)
    gone = [person_id for person_id in seated if person_id not in there]
    session.execute(delete(SeminarSeat).where(SeminarSeat.seminar_id == seminar_id, SeminarSeat.person_id.in_(gone)))
    for person_id in seated:
        seats.note(session, seminar_id, person_id, SeatChange.SEMINAR_CANCELLED, by=by, now=now, reason=reason)
    seats.end_all_waiting(session, seminar, days, now=now)
    audit.record(
        session,
        actor_id=by,
        action="seminar-cancelled",
        subject=("seminar", seminar_id),
        details={"reason": reason, "seated": list(seated)},
        now=now,
    )
    return seated


def set_trainers(
    session: Session, *, seminar_id: int, person_ids: Collection[int], lead_id: int | None, by: int, now: datetime
) -> None:
    """Say who runs the seminar, and who of them leads it. Substitutions that were decided go on counting."""
    seminar = locked_seminar(session, seminar_id)
    _not_cancelled(seminar)
    if lead_id is not None and lead_id not in person_ids:
        raise Refused(because("lead-is-no-trainer"))
    present = {
        row.person_id: row.is_lead
        for row in session.scalars(select(SeminarTrainer).where(SeminarTrainer.seminar_id == seminar_id))
    }
    wanted = {person_id: person_id == lead_id for person_id in person_ids}
    if wanted == present:
        return
    session.execute(delete(SeminarTrainer).where(SeminarTrainer.seminar_id == seminar_id))
    session.add_all(
        SeminarTrainer(seminar_id=seminar_id, person_id=person_id, is_lead=leads)
        for person_id, leads in sorted(wanted.items())
    )
    session.flush()
    audit.record(
        session,
        actor_id=by,
        action="seminar-trainers",
        subject=("seminar", seminar_id),
        details={"trainers": sorted(wanted), "lead": lead_id},
        now=now,
    )


def substitute(
    session: Session, *, seminar_id: int, wanted: Substitution, reason: str, by: int, now: datetime
) -> TrainerSubstitution:
    """Somebody takes over from a trainer from a day; both are told, and the decision is kept."""
    seminar = locked_seminar(session, seminar_id)
    _not_cancelled(seminar)
    days = days_of(session, seminar_id)
    assigned = session.scalars(select(SeminarTrainer.person_id).where(SeminarTrainer.seminar_id == seminar_id)).all()
    before = queries.substitutions(session, seminar_id)
    hold(planning.substitution_problems(wanted, assigned=assigned, before=before, last_on=days[-1].on))
    row = TrainerSubstitution(
        seminar_id=seminar_id,
        absent_id=wanted.absent_id,
        substitute_id=wanted.substitute_id,
        from_date=wanted.from_on,
        reason=reason,
        decided_by=by,
        decided_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        actor_id=by,
        action="trainer-substituted",
        subject=("seminar", seminar_id),
        details={"absent": row.absent_id, "substitute": row.substitute_id, "from": row.from_date, "reason": reason},
        now=now,
    )
    people = {
        person.id: person
        for person in session.scalars(select(Person).where(Person.id.in_((row.absent_id, row.substitute_id))))
    }
    absent, taking_over = people[row.absent_id], people[row.substitute_id]
    coming = [day for day in days if day.on >= row.from_date]
    for person in (absent, taking_over):
        plan_mails.substituted(
            session, seminar, coming, person, absent=absent, substitute=taking_over, row=row, now=now
        )
    return row


def _not_cancelled(seminar: Seminar) -> None:
    if seminar.cancelled_at is not None:
        raise Refused(because("seminar-is-cancelled"))


def _set(row: SeminarDay, day: Day) -> None:
    row.on, row.starts, row.ends, row.place, row.programme = day.on, day.starts, day.ends, day.place, day.programme


def _set_days(session: Session, seminar_id: int, days: Sequence[Day]) -> None:
    """Write the days over those there are. First all dates are taken out of the way: a part that moves by a day would
    for a moment have two days on one date."""
    rows = {(row.part, row.day_number): row for row in days_of(session, seminar_id)}
    for number, row in enumerate(rows.values()):
        row.on = LONG_AGO + timedelta(days=number)
    session.flush()
    for day in days:
        row = rows.get(day.key)  # type: ignore[assignment]
        if row is None:
            add_day(session, seminar_id, day)
        else:
            _set(row, day)
            _set_tracks(session, row.id, day)
    session.flush()


def _set_tracks(session: Session, day_id: int, day: Day) -> None:
    session.execute(delete(SeminarTrack).where(SeminarTrack.seminar_day_id == day_id))
    session.add_all(
        SeminarTrack(
            seminar_day_id=day_id,
            sector=track.sector,
            place=track.place,
            trainer_id=track.trainer_id,
            programme=track.programme,
        )
        for track in day.tracks
        if track
    )


def _attended(session: Session, seminar_id: int) -> set[tuple[int, int]]:
    """The days of a seminar on which attendance is recorded."""
    rows = session.execute(
        select(SeminarDay.part, SeminarDay.day_number)
        .join(Attendance, Attendance.seminar_day_id == SeminarDay.id)
        .where(SeminarDay.seminar_id == seminar_id)
        .distinct()
    )
    return {(part, number) for part, number in rows}


def _present_on_some_day(session: Session, seminar_id: int) -> set[int]:
    """Those who were there on a day, by the newest word on it."""
    newest = newest_attendance(
        Attendance.seminar_day_id.in_(select(SeminarDay.id).where(SeminarDay.seminar_id == seminar_id))
    )
    return set(
        session.scalars(
            select(Attendance.person_id).join(newest, newest.c.id == Attendance.id).where(Attendance.present)
        )
    )
