"""The only way a view of evaluations gets a row: fetched and checked in one step; 404 is decided here."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from courses.access import seminars
from courses.models.seminars import Seminar
from courses.queries import evaluation as queries
from courses.queries.evaluation import AttendedPart
from lms import access
from lms.errors import NotFound
from lms.viewer import Viewer


def part_for(session: Session, viewer: Viewer, seminar_id: int, part: int) -> AttendedPart:
    """A part of a seminar the viewer was at; 404 for every other."""
    found = queries.attended_part(session, access.row_id(seminar_id), part, viewer.person_id)
    if found is None:
        raise NotFound
    return found


def run_part_for(session: Session, viewer: Viewer, seminar_id: int, part: int) -> tuple[Seminar, date]:
    """A seminar the viewer runs, and the last day of one of its parts; 404 for every other."""
    seminar = seminars.seminar_for(session, viewer, seminar_id)
    last_day = queries.last_day_of(session, seminar.id, part)
    if last_day is None:
        raise NotFound
    return seminar, last_day
