"""Reads for the pages about observation visits. Write nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import Session

from courses.models.visits import ObservationVisit
from lms.people import Person
from lms.roles import Role
from lms.units import Appointment, Unit, below, holds_on, membership_on, region_of
from lms.viewer import Reach

LIST_LENGTH_MAX = 200


def own_visits(session: Session, person_id: int) -> Sequence[ObservationVisit]:
    """A person's visits, newest first."""
    return session.scalars(
        select(ObservationVisit)
        .where(ObservationVisit.person_id == person_id)
        .order_by(ObservationVisit.on.desc(), ObservationVisit.id.desc())
        .limit(LIST_LENGTH_MAX)
    ).all()


def waiting_visits(
    session: Session, *, mentor_id: int | None, reach: Reach, viewer_id: int, on: date
) -> Sequence[Row[ObservationVisit, Person]]:
    """The visits that wait for this viewer, oldest first: as the mentor named in them, or in units within reach."""
    mine = ObservationVisit.mentor_id == mentor_id if mentor_id is not None else None
    near = reach.people(Person.id, on)
    return session.execute(
        select(ObservationVisit, Person)
        .join(Person, Person.id == ObservationVisit.person_id)
        .where(
            ObservationVisit.confirmed_at.is_(None),
            ObservationVisit.person_id != viewer_id,
            near if mine is None else or_(mine, near),
        )
        .order_by(ObservationVisit.on, ObservationVisit.id)
        .limit(LIST_LENGTH_MAX)
    ).all()


def mentors_near(session: Session, person_id: int, *, on: date) -> Sequence[Row[int, str]]:
    """Who may have been a person's mentor, by name: the mentors of the region, and those who train there.

    Whoever trains there also assesses there, and must be known by more than a typed name: nobody assesses the own
    mentee. The person is not among them.
    """
    membership = membership_on(session, person_id, on)
    if membership is None:
        return []
    region = region_of(session, membership[1])
    return session.execute(
        select(Person.id, Person.name)
        .join(Appointment, and_(Appointment.person_id == Person.id, holds_on(Appointment, on)))
        .join(Unit, Unit.id == Appointment.unit_id)
        .where(
            or_(
                and_(Appointment.role.in_((Role.MENTOR, Role.TRAINER)), below(Unit.path, [region.path])),
                and_(Appointment.role == Role.TRAINER, Unit.path.in_(_above(region.path))),
            ),
            Person.id != person_id,
            Person.deactivated_at.is_(None),
        )
        .group_by(Person.id)
        .order_by(Person.sort_name, Person.id)
    ).all()


def _above(path: str) -> list[str]:
    """The paths of the units above this one."""
    codes = path.strip("/").split("/")
    return ["/" + "/".join(codes[:length]) + "/" for length in range(1, len(codes))]
