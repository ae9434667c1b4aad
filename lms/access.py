"""The only way a view of the ground gets a row: fetched and checked in one step; 404 and 403 are decided here.

404 for what the viewer may not know of, 403 for what is known but not allowed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.errors import Forbidden, NotFound
from lms.ids import ROW_ID_MAX
from lms.outbox import FAILED, OutboxMail
from lms.people import Person
from lms.practitioners import Practitioner
from lms.roles import MAY_APPOINT, Act
from lms.units import Appointment, Unit
from lms.viewer import Reach, Viewer


def row_id(number: int) -> int:
    """The number of a row as it stands in an address; 404 for one no row can have."""
    if not 0 < number <= ROW_ID_MAX:
        raise NotFound
    return number


def require(viewer: Viewer, act: Act) -> Reach:
    """How far the viewer may do this; 403 where not at all."""
    reach = viewer.may(act)
    if not reach:
        raise Forbidden
    return reach


def require_open(viewer: Viewer, blueprint: str | None, open_blueprints: Collection[str]) -> None:
    """Whoever only takes open courses has the pages of these blueprints; 403 for every other."""
    if viewer.only_open_courses and blueprint not in open_blueprints:
        raise Forbidden


def practitioner_for(session: Session, viewer: Viewer, person_id: int) -> tuple[Person, Practitioner]:
    """Somebody who signed up for an open course, for those who look after them (403 for others); 404 for no such."""
    require(viewer, Act.LOOK_AFTER_PRACTITIONERS)
    row = session.execute(
        select(Person, Practitioner)
        .join(Practitioner, Practitioner.person_id == Person.id)
        .where(Person.id == person_id)
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def unit_for(session: Session, viewer: Viewer, act: Act, unit_id: int) -> Unit:
    """A unit in which the viewer may do this; 404 for every other."""
    unit = session.get(Unit, unit_id)
    if unit is None or not require(viewer, act).includes(unit.path):
        raise NotFound
    return unit


def person_for(session: Session, viewer: Viewer, act: Act, person_id: int, *, on: date) -> Person:
    """A person who belongs today to a unit in which the viewer may do this; 404 for every other."""
    reach = require(viewer, act)
    person = session.scalar(select(Person).where(Person.id == person_id, reach.people(Person.id, on)))
    if person is None:
        raise NotFound
    return person


def appointment_for(session: Session, viewer: Viewer, person_id: int, appointment_id: int, *, on: date) -> Appointment:
    """An appointment the viewer may end: in reach (else 404), of a role the viewer may hand out (else 403)."""
    person_for(session, viewer, Act.APPOINT, person_id, on=on)
    appointment = session.get(Appointment, appointment_id)
    if appointment is None or appointment.person_id != person_id:
        raise NotFound
    unit_for(session, viewer, Act.APPOINT, appointment.unit_id)
    if not any(appointment.role in MAY_APPOINT.get(role, ()) for role in viewer.roles):
        raise Forbidden
    return appointment


def failed_mail_for(session: Session, viewer: Viewer, mail_id: int, *, on: date) -> OutboxMail:
    """A mail that did not arrive, to a person in reach, or about one; 404 for every other."""
    require(viewer, Act.SEE_MAIL_PROBLEMS)
    mail = session.get(OutboxMail, mail_id)
    if mail is None or mail.state not in FAILED:
        raise NotFound
    whose = mail.person_id or mail.about_id
    assert whose is not None, "the table keeps no mail that is nobody's"
    person_for(session, viewer, Act.SEE_MAIL_PROBLEMS, whose, on=on)
    return mail
