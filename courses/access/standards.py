"""Who gets at a round on the pass mark: its judges, who were invited, and those who run rounds; 404 for the rest."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from courses.access import items
from courses.compiling import CompiledCourse
from courses.models.learning import CourseVersion
from courses.models.standards import AngoffJudge, AngoffRound
from courses.queries import learning as queries
from lms.access import require
from lms.errors import Forbidden, NotFound
from lms.roles import Act
from lms.viewer import Viewer
from quizzes.access import ID_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A round, the version it judges, and what the viewer is in it."""

    row: AngoffRound
    course: CompiledCourse
    is_judge: bool
    may_run: bool


def course_to_judge_for(session: Session, viewer: Viewer, course_id: str) -> tuple[CompiledCourse, int]:
    """A course as it is published now and the id of that version, for those who run rounds; 403 or 404 for the rest."""
    require(viewer, Act.SET_STANDARDS)
    course = items.tested_course_for(session, viewer, course_id)
    return course, session.scalars(select(CourseVersion.id).where(CourseVersion.digest == course.digest)).one()


def round_for(session: Session, viewer: Viewer, round_id: int) -> Seat:
    """A round for its judges and those who run rounds; 404 for everyone else."""
    row = session.get(AngoffRound, round_id) if round_id <= ID_MAX else None
    may_run = bool(viewer.may(Act.SET_STANDARDS))
    if row is None:
        raise NotFound
    invited = exists().where(AngoffJudge.round_id == row.id, AngoffJudge.person_id == viewer.person_id)
    is_judge = bool(session.scalar(select(invited)))
    if not (is_judge or may_run):
        raise NotFound
    digest = session.scalars(select(CourseVersion.digest).where(CourseVersion.id == row.version_id)).one()
    return Seat(row=row, course=queries.volume(session, digest).course, is_judge=is_judge, may_run=may_run)


def round_to_rate_for(session: Session, viewer: Viewer, round_id: int) -> Seat:
    """The same for its judges; 403 for those who only run it."""
    seat = round_for(session, viewer, round_id)
    if not seat.is_judge:
        raise Forbidden
    return seat


def round_to_run_for(session: Session, viewer: Viewer, round_id: int) -> Seat:
    """The same for those who run rounds; 403 for its other judges."""
    seat = round_for(session, viewer, round_id)
    if not seat.may_run:
        raise Forbidden
    return seat


def round_to_decide_for(session: Session, viewer: Viewer, round_id: int) -> Seat:
    """The same for those who decide on pass marks; 403 for the rest who know of it."""
    seat = round_for(session, viewer, round_id)
    require(viewer, Act.DECIDE_STANDARDS)
    return seat
