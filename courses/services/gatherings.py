"""Verbs of gatherings: record who took part."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses.models.gatherings import GatheringAttendance
from courses.seminars import GatheringKind
from lms import audit
from lms.clock import local_date
from lms.errors import Refused
from lms.verdict import because


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
