"""Who was at a seminar, day by day: the list as read, and recording it whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses import seminars
from courses.attendance import Word
from courses.models.attendance import MakeUp
from courses.models.seminars import Attendance, Seminar, SeminarDay, SeminarSeat
from courses.queries.fieldwork import newest_attendance
from lms import audit
from lms.clock import local_date
from lms.errors import Refused, hold
from lms.verdict import because


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """A day's attendance as read: who is on the list (with a seat, or to make up a missed day), the newest word on
    each, when those who checked in themselves did, and the last row of the day. `rows` has the row of each word."""

    listed: frozenset[int]
    present: Mapping[int, bool]
    checked_in: Mapping[int, datetime]
    last_row: int
    rows: Mapping[int, int]

    def word_on(self, person_id: int) -> Word | None:
        """What is recorded on a person."""
        if person_id not in self.present:
            return None
        return Word(present=self.present[person_id], checked_in=person_id in self.checked_in)


def roll_of(session: Session, day_id: int) -> Roll:
    """The attendance of a day as it stands: the people on its list, and what counts for each."""
    seated = (
        select(SeminarSeat.person_id)
        .join(SeminarDay, SeminarDay.seminar_id == SeminarSeat.seminar_id)
        .where(SeminarDay.id == day_id)
    )
    guests = select(MakeUp.person_id).where(MakeUp.other_day_id == day_id, MakeUp.withdrawn_at.is_(None))
    newest = newest_attendance(Attendance.seminar_day_id == day_id)
    rows = session.scalars(select(Attendance).join(newest, newest.c.id == Attendance.id)).all()
    return Roll(
        listed=frozenset(session.scalars(seated.union(guests))),
        present={row.person_id: row.present for row in rows},
        checked_in={row.person_id: row.recorded_at for row in rows if row.check_in_id is not None},
        last_row=max((row.id for row in rows), default=0),
        rows={row.person_id: row.id for row in rows},
    )


def record_attendance(
    session: Session, *, day: SeminarDay, given: Mapping[int, bool], seen_row: int, by: int, now: datetime
) -> int:
    """Record a day's whole list at once; returns how many words were new or corrected.

    `given` has everybody on the list but the recorder; `seen_row` is the last row of the day when the page was
    read. Refused before the day, when the list is no longer the one that was read, or when somebody else has
    recorded meanwhile; the same list sent again changes nothing. Who has checked in meanwhile is not on the list's
    conscience: a tick that is missing says nothing about them.
    """
    hold(seminars.recording_problem(on=day.on, today=local_date(now)))
    if by in given:
        raise Refused(because("attendance-by-oneself"))
    locked_seminar(session, day.seminar_id)
    roll = roll_of(session, day.id)
    hold(seminars.list_problem(seated=roll.listed - {by}, listed=given.keys()))
    later = {person_id for person_id, row in roll.rows.items() if row > seen_row}
    unseen = {person_id for person_id in later & roll.checked_in.keys() if not given.get(person_id, False)}
    said = {person_id: present for person_id, present in given.items() if person_id not in unseen}
    changes = seminars.attendance_changes(roll.present, said)
    if not changes:
        return 0
    if later - roll.checked_in.keys() or seen_row > roll.last_row:
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


def locked_seminar(session: Session, seminar_id: int) -> Seminar:
    """The seminar, held until the transaction ends: whoever changes it takes turns."""
    return session.scalars(
        select(Seminar).where(Seminar.id == seminar_id).with_for_update().execution_options(populate_existing=True)
    ).one()
