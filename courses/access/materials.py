"""The only way a view of seminar days and their materials gets a row: fetched and checked in one step.

404 for everybody but those on the day's list and those who run the seminar.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.access import seminars
from courses.models.materials import DayMaterial
from courses.models.seminars import Seminar, SeminarDay
from courses.queries.attendance import is_on_list
from lms import access
from lms.errors import NotFound
from lms.roles import Act
from lms.units import Unit
from lms.uploads import Upload
from lms.viewer import Viewer


def day_for(session: Session, viewer: Viewer, day_id: int) -> tuple[Seminar, SeminarDay]:
    """A seminar day on whose list the viewer stands, or of a seminar the viewer runs; 404 for every other."""
    listed = is_on_list(SeminarDay.id.expression, SeminarDay.seminar_id.expression, viewer.person_id)
    found = session.execute(
        select(Seminar, SeminarDay)
        .join(SeminarDay, SeminarDay.seminar_id == Seminar.id)
        .join(Unit, Unit.id == Seminar.unit_id)
        .where(SeminarDay.id == access.row_id(day_id), listed | viewer.may(Act.RUN_SEMINARS).units(Unit.path))
    ).first()
    if found is None:
        raise NotFound
    return found[0], found[1]


def file_for(session: Session, viewer: Viewer, day_id: int, material_id: int) -> Upload:
    """A file of such a day; 404 for every other, and for one that has been removed."""
    day_for(session, viewer, day_id)
    found = session.scalar(
        select(Upload)
        .join(DayMaterial, DayMaterial.upload_id == Upload.id)
        .where(
            DayMaterial.id == access.row_id(material_id),
            DayMaterial.seminar_day_id == day_id,
            DayMaterial.removed_at.is_(None),
        )
    )
    if found is None:
        raise NotFound
    return found


def material_for(session: Session, viewer: Viewer, seminar_id: int, day_id: int, material_id: int) -> DayMaterial:
    """A material of a day of a seminar the viewer runs, removed or not; 404 for every other."""
    _seminar, day = seminars.seminar_day_for(session, viewer, seminar_id, day_id)
    material = session.get(DayMaterial, access.row_id(material_id))
    if material is None or material.seminar_day_id != day.id:
        raise NotFound
    return material
