"""The only way a page of booking gets a seminar: opened for booking in one's own region, or something of one's own."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from courses.queries import booking as queries
from courses.queries.booking import Bookable
from lms import access
from lms.errors import NotFound
from lms.roles import Act
from lms.viewer import Viewer


def bookable_for(session: Session, viewer: Viewer, seminar_id: int, *, now: datetime, today: date) -> Bookable:
    """A seminar the viewer may know of: open in the own region, invited to, waited for, or with a seat once; 404 for
    every other."""
    access.require(viewer, Act.LEARN)
    found = queries.bookable_by(session, viewer.person_id, now=now, today=today, only=access.row_id(seminar_id))
    if not found:
        raise NotFound
    return found[0]
