"""Verbs of materials: add a file or a link to a seminar day, remove it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from courses.models.materials import DayMaterial
from courses.models.seminars import SeminarDay
from courses.seminars import link_problem
from lms import audit, uploads
from lms.errors import hold


def add_file(
    session: Session, *, day: SeminarDay, title: str, name: str, content: bytes, by: int, now: datetime
) -> DayMaterial:
    """Add a file; without a title it goes by its name. Refused when it is none of the kinds that are kept."""
    kept = uploads.keep(session, name=name, content=content, by=by, now=now)
    return _added(session, DayMaterial(title=title or kept.name, upload_id=kept.id, link=""), day, by=by, now=now)


def add_link(session: Session, *, day: SeminarDay, title: str, link: str, by: int, now: datetime) -> DayMaterial:
    """Add a link; without a title it goes by its address. Refused when it does not lead to the web over https."""
    hold(link_problem(link))
    return _added(session, DayMaterial(title=title or link, upload_id=None, link=link), day, by=by, now=now)


def remove(session: Session, material: DayMaterial, *, by: int, now: datetime) -> bool:
    """Show it no longer; it stays recorded. False at a second click."""
    session.refresh(material, with_for_update=True)
    if material.removed_at is not None:
        return False
    material.removed_by, material.removed_at = by, now
    _record(session, material, "material-removed", by=by, now=now)
    return True


def _added(session: Session, material: DayMaterial, day: SeminarDay, *, by: int, now: datetime) -> DayMaterial:
    material.seminar_day_id, material.added_by, material.added_at = day.id, by, now
    session.add(material)
    session.flush()
    _record(session, material, "material-added", by=by, now=now)
    return material


def _record(session: Session, material: DayMaterial, action: str, *, by: int, now: datetime) -> None:
    details = {"material": material.id, "title": material.title}
    subject = ("seminar-day", material.seminar_day_id)
    audit.record(session, actor_id=by, action=action, subject=subject, details=details, now=now)
