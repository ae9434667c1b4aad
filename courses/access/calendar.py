"""The only way a view of calendars gets a row: fetched and checked in one step; 404 is decided here."""

from __future__ import annotations

from sqlalchemy.orm import Session

from courses.queries import calendar as queries
from lms.errors import NotFound
from lms.people import Person


def feed_owner(session: Session, token: str) -> Person:
    """Whose private feed an address is; 404 for every other address, whether it was one or not."""
    person = queries.person_behind(session, token)
    if person is None:
        raise NotFound
    return person
