"""The planned mails a viewer may see, and hold back: those to people and units within reach."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.models.issued import Certificate
from certificates.planned import MailKind, Target, read_key
from lms import access
from lms.errors import NotFound
from lms.roles import Act
from lms.units import UnitKind
from lms.viewer import Viewer


def target_for(session: Session, viewer: Viewer, key: str, *, on: date) -> Target:
    """The mail a key names, whether still planned or not; 404 for one to nobody within reach."""
    access.require(viewer, Act.PLAN_MAILS)
    target = read_key(key)
    if target is None:
        raise NotFound
    if target.kind is MailKind.DIGEST:
        unit = access.unit_for(session, viewer, Act.PLAN_MAILS, target.subject_id)
        if unit.kind != UnitKind.REGIONAL:
            raise NotFound
        _month_of(target)
        return target
    access.person_for(session, viewer, Act.PLAN_MAILS, person_of(session, target), on=on)
    return target


def person_of(session: Session, target: Target) -> int:
    """Whom a mail goes to; 404 where its certificate isn't there. Not for a digest."""
    if target.kind is MailKind.VISITS:
        return target.subject_id
    person_id = session.scalar(select(Certificate.person_id).where(Certificate.id == target.subject_id))
    if person_id is None:
        raise NotFound
    return person_id


def _month_of(target: Target) -> None:
    try:
        date.fromisoformat(target.stage)
    except ValueError:
        raise NotFound from None
