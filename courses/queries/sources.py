"""Reads: the files a published version was made of."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models.learning import Course, CourseVersion


def source_of(session: Session, course_id: str, number: int | None) -> bytes | None:
    """The zip of a published version's files: of this number, or of the current one; None where there is none."""
    wanted = select(CourseVersion.source).where(CourseVersion.course_id == course_id)
    if number is None:
        wanted = wanted.join(Course, Course.current_version_id == CourseVersion.id)
    else:
        wanted = wanted.where(CourseVersion.number == number)
    return session.scalar(wanted)
