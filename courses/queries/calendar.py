"""Reads for people's own calendars. Write nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from courses.models.calendar import CalendarEntry, CalendarFeed
from courses.models.gatherings import Gathering, GatheringSignUp
from courses.models.seminars import Seminar, SeminarDay, SeminarTrack, SeminarTrainer, TrainerSubstitution
from courses.models.visits import ObservationVisit
from courses.queries.attendance import is_on_list
from lms import ids
from lms.people import Person


def person_behind(session: Session, token: str) -> Person | None:
    """Whose private feed an address is; None for one that is unknown, ended, or of somebody who has left."""
    return session.scalar(
        select(Person)
        .join(CalendarFeed, CalendarFeed.person_id == Person.id)
        .where(CalendarFeed.token_hash == ids.token_hash(token), Person.deactivated_at.is_(None))
    )


def feed_made_at(session: Session, person_id: int) -> datetime | None:
    """When the private feed of a person was made, None where there is none."""
    return session.scalar(select(CalendarFeed.made_at).where(CalendarFeed.person_id == person_id))


def seminar_days(session: Session, person_id: int, *, since: date) -> Sequence[tuple[Seminar, SeminarDay]]:
    """The days a person has a seat for, or makes up a missed day on, from a day on; none of a seminar called off."""
    rows = session.execute(
        select(Seminar, SeminarDay)
        .join(SeminarDay, SeminarDay.seminar_id == Seminar.id)
        .where(
            is_on_list(SeminarDay.id.expression, SeminarDay.seminar_id.expression, person_id),
            SeminarDay.on >= since,
            Seminar.cancelled_at.is_(None),
        )
        .order_by(SeminarDay.on, SeminarDay.id)
    )
    return [(seminar, day) for seminar, day in rows]


def sequences(session: Session, person_id: int) -> dict[str, int]:
    """The sequence of each event a person has been told of by mail: a feed never says less."""
    rows = session.execute(
        select(CalendarEntry.uid, CalendarEntry.sequence).where(CalendarEntry.person_id == person_id)
    )
    return {row.uid: row.sequence for row in rows}


def visits_to_come(session: Session, person_id: int, *, since: date) -> Sequence[ObservationVisit]:
    """The observation visits of a person that are planned for a day or later, but for those struck out or rejected."""
    return session.scalars(
        select(ObservationVisit)
        .where(
            ObservationVisit.person_id == person_id,
            ObservationVisit.on >= since,
            ObservationVisit.withdrawn_at.is_(None),
        )
        .order_by(ObservationVisit.on, ObservationVisit.id)
    ).all()


def seminars_run(session: Session, person_id: int, *, since: date) -> Sequence[Seminar]:
    """The seminars with days from a day on in which a person has some part in running them: given to them, taken over,
    or with a track of their own; none that is called off."""
    mine = or_(
        exists().where(SeminarTrainer.seminar_id == Seminar.id, SeminarTrainer.person_id == person_id),
        exists().where(TrainerSubstitution.seminar_id == Seminar.id, TrainerSubstitution.substitute_id == person_id),
        exists().where(
            SeminarDay.seminar_id == Seminar.id,
            SeminarTrack.seminar_day_id == SeminarDay.id,
            SeminarTrack.trainer_id == person_id,
        ),
    )
    coming = exists().where(SeminarDay.seminar_id == Seminar.id, SeminarDay.on >= since)
    return session.scalars(
        select(Seminar).where(mine, coming, Seminar.cancelled_at.is_(None)).order_by(Seminar.id)
    ).all()


def gatherings_to_come(session: Session, person_id: int, *, since: date) -> Sequence[Gathering]:
    """The gatherings from a day on that a person has signed up for; none that is called off."""
    return session.scalars(
        select(Gathering)
        .join(GatheringSignUp, GatheringSignUp.gathering_id == Gathering.id)
        .where(GatheringSignUp.person_id == person_id, Gathering.on >= since, Gathering.cancelled_at.is_(None))
        .order_by(Gathering.on, Gathering.id)
    ).all()
