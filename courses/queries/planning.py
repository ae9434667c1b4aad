"""Reads of a seminar's plan: its days with their tracks, who runs it, who could. Write nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from courses import planning
from courses.models.seminars import (
    Seminar,
    SeminarTrack,
    SeminarTrainer,
    TrainerSubstitution,
)
from courses.planning import Plan, Substitution
from courses.queries.booking import days_of
from courses.seminars import Day, Track
from lms.people import Person
from lms.roles import Role
from lms.units import Appointment, Unit, below, holds_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainer:
    """Somebody who runs a seminar on a day; `for_name` is whose place they have taken, if anybody's."""

    id: int
    name: str
    leads: bool
    for_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A substitution as people read it."""

    absent: str
    substitute: str
    from_on: date
    reason: str
    by: str


def plan_of(session: Session, seminar: Seminar) -> Plan:
    """The seminar's plan as it stands. Two queries."""
    rows = days_of(session, seminar.id)
    tracks: defaultdict[int, list[Track]] = defaultdict(list)
    for track in session.scalars(
        select(SeminarTrack)
        .where(SeminarTrack.seminar_day_id.in_([row.id for row in rows]))
        .order_by(SeminarTrack.sector.desc())
    ):
        tracks[track.seminar_day_id].append(
            Track(sector=track.sector, place=track.place, trainer_id=track.trainer_id, programme=track.programme)
        )
    days = tuple(
        Day(
            part=row.part,
            number=row.day_number,
            on=row.on,
            starts=row.starts,
            ends=row.ends,
            place=row.place,
            programme=row.programme,
            tracks=tuple(tracks[row.id]),
        )
        for row in rows
    )
    return Plan(name=seminar.name, place=seminar.place, seats=seminar.seats, days=days)


def substitutions(session: Session, seminar_id: int) -> list[Substitution]:
    """Who takes over from whom and from when, in the order it was decided."""
    return [
        Substitution(absent_id=row.absent_id, substitute_id=row.substitute_id, from_on=row.from_date)
        for row in session.scalars(
            select(TrainerSubstitution)
            .where(TrainerSubstitution.seminar_id == seminar_id)
            .order_by(TrainerSubstitution.id)
        )
    ]


def assigned_to(session: Session, seminar_id: int) -> dict[int, bool]:
    """Who was given a seminar to run, and whether they lead it; substitutes are not among them."""
    return dict(
        session.execute(
            select(SeminarTrainer.person_id, SeminarTrainer.is_lead).where(SeminarTrainer.seminar_id == seminar_id)
        ).all()
    )


def units_around(session: Session, seminar: Seminar) -> Sequence[Unit]:
    """The units of the seminar's region, in the order of the tree."""
    home = session.get_one(Unit, seminar.unit_id)
    return session.scalars(select(Unit).where(below(Unit.path, [home.path])).order_by(Unit.path)).all()


def trainers_of(session: Session, seminar_id: int, *, on: date) -> list[Trainer]:
    """Who runs a seminar as of a day: the lead first, then by name."""
    assigned = assigned_to(session, seminar_id)
    there = planning.trainers_on(on, assigned, substitutions(session, seminar_id))
    names = names_of(session, {*there, *there.values()})
    found = [
        Trainer(
            id=person_id,
            name=names[person_id],
            leads=assigned[instead_of],
            for_name=names[instead_of] if instead_of != person_id else "",
        )
        for person_id, instead_of in there.items()
    ]
    return sorted(found, key=lambda each: (not each.leads, each.name))


def handovers(session: Session, seminar_id: int) -> list[Handover]:
    """The substitutions with names, oldest first."""
    absent, taking_over, decider = aliased(Person), aliased(Person), aliased(Person)
    rows = session.execute(
        select(TrainerSubstitution, absent.name, taking_over.name, decider.name)
        .join(absent, absent.id == TrainerSubstitution.absent_id)
        .join(taking_over, taking_over.id == TrainerSubstitution.substitute_id)
        .join(decider, decider.id == TrainerSubstitution.decided_by)
        .where(TrainerSubstitution.seminar_id == seminar_id)
        .order_by(TrainerSubstitution.id)
    )
    return [
        Handover(absent=gone, substitute=here, from_on=row.from_date, reason=row.reason, by=by)
        for row, gone, here, by in rows
    ]


def trainers_around(session: Session, seminar: Seminar, *, on: date) -> Sequence[Person]:
    """Everybody who holds the trainer's role in the seminar's region, and those already given the seminar, by name."""
    home = session.get_one(Unit, seminar.unit_id)
    appointed = (
        select(Appointment.person_id)
        .join(Unit, Unit.id == Appointment.unit_id)
        .where(Appointment.role == Role.TRAINER, holds_on(Appointment, on), below(Unit.path, [home.path]))
    )
    given = select(SeminarTrainer.person_id).where(SeminarTrainer.seminar_id == seminar.id)
    return session.scalars(
        select(Person)
        .where(Person.id.in_(appointed) | Person.id.in_(given), Person.deactivated_at.is_(None))
        .order_by(Person.sort_name, Person.id)
    ).all()


def track_trainers(session: Session, seminar: Seminar, plan: Plan) -> Mapping[tuple[tuple[int, int], str], str]:
    """The name of each track's trainer, by the day's key and the sector, with substitutes where there are some."""
    changes = substitutions(session, seminar.id)
    wanted = {
        (day.key, track.sector): planning.stands_in_for(track.trainer_id, day.on, changes)
        for day in plan.days
        for track in day.tracks
    }
    names = names_of(session, {person_id for person_id in wanted.values() if person_id is not None})
    return {key: names[person_id] for key, person_id in wanted.items() if person_id is not None}


def names_of(session: Session, person_ids: set[int]) -> dict[int, str]:
    """People's names."""
    if not person_ids:
        return {}
    return dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids))).all())
