"""The participants a viewer may do something with."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import access
from lms.people import Person
from lms.roles import Act
from lms.viewer import Viewer


def participant_for(session: Session, viewer: Viewer, act: Act, person_id: int, *, on: date) -> Person:
    """A person of a unit in which the viewer may do this; 404 out of reach, 403 where the viewer may nowhere."""
    return access.person_for(session, viewer, act, person_id, on=on)


def may_with_person(session: Session, viewer: Viewer, act: Act, person_id: int, *, on: date) -> bool:
    """Whether the viewer may do this with a person, for showing a form or not; the service checks again."""
    reach = viewer.may(act)
    within = select(Person.id).where(Person.id == person_id, reach.people(Person.id, on))
    return bool(reach) and session.scalar(within) is not None
