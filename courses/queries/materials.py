"""Reads of materials. Write nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models.materials import DayMaterial
from lms.people import Person
from lms.uploads import Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialLine:
    """A file or a link of a day: `size` in bytes for a file, `link` for a link."""

    id: int
    title: str
    file_name: str
    size: int
    link: str
    added_by_name: str
    added_at: datetime


def materials_of(session: Session, day_id: int) -> Sequence[MaterialLine]:
    """What a day has now, as it was added."""
    rows = session.execute(
        select(DayMaterial, Upload.name, Upload.size, Person.name)
        .outerjoin(Upload, Upload.id == DayMaterial.upload_id)
        .join(Person, Person.id == DayMaterial.added_by)
        .where(DayMaterial.seminar_day_id == day_id, DayMaterial.removed_at.is_(None))
        .order_by(DayMaterial.id)
    )
    return [
        MaterialLine(
            id=row.id,
            title=row.title,
            file_name=file_name or "",
            size=size or 0,
            link=row.link,
            added_by_name=added_by,
            added_at=row.added_at,
        )
        for row, file_name, size, added_by in rows
    ]
