"""Reads for the pages about seminars. Write nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import and_, case, exists, func, select
from sqlalchemy.orm import Session

from courses.models.booking import WaitingEntry
from courses.models.seminars import Attendance, Seminar, SeminarDay, SeminarSeat
from courses.queries.fieldwork import newest_attendance
from courses.roster import Known
from courses.seminars import missing_sectors
from lms import directory
from lms.people import Person
from lms.units import Membership, Unit, UnitKind, holds_on
from lms.viewer import Reach

CANDIDATES_MAX = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class SeminarLine:
    """A seminar in the list: when, where, and how many of its seats are taken."""

    id: int
    name: str
    place: str
    unit_name: str
    seats: int
    seated: int
    first_on: date
    next_on: date | None
    """The next day to come, today among them; None once it is over."""
    last_on: date
    cancelled: bool
    waiting: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """A day of a seminar with what is recorded for those who have a seat: `present` of `recorded` of `seated`."""

    id: int
    part: int
    day_number: int
    on: date
    starts: time
    ends: time
    place: str
    recorded: int
    present: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDay:
    """A day that has come, with `missing` people on the list for whom no attendance is recorded."""

    id: int
    seminar_id: int
    seminar_name: str
    part: int
    day_number: int
    on: date
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A person with the unit and sector of the day; both empty for somebody who has left."""

    id: int
    name: str
    unit_name: str = ""
    sector: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """People to choose among: the chosen ones first, and whether there are more than could be shown."""

    chosen: tuple[Named, ...]
    found: tuple[Named, ...]
    more: bool


def regional_units(session: Session, reach: Reach) -> list[Unit]:
    """The regional units within reach, which are the ones that hold seminars."""
    return [unit for unit in directory.units_in(session, reach) if unit.kind == UnitKind.REGIONAL]


def seminars_in(session: Session, reach: Reach, *, today: date) -> tuple[list[SeminarLine], list[SeminarLine]]:
    """The seminars within reach: those to come or going on, soonest first, and those that are over, latest first."""
    seated = (
        select(func.count())
        .select_from(SeminarSeat)
        .where(SeminarSeat.seminar_id == Seminar.id)
        .correlate(Seminar)
        .scalar_subquery()
    )
    waits = (
        select(func.count())
        .select_from(WaitingEntry)
        .where(
            WaitingEntry.seminar_id == Seminar.id, WaitingEntry.ended_at.is_(None), WaitingEntry.offered_at.is_(None)
        )
        .correlate(Seminar)
        .scalar_subquery()
    )
    to_come = case((SeminarDay.on >= today, SeminarDay.on))
    sectors = _sectors(session, reach, today=today)
    rows = session.execute(
        select(Seminar, Unit.name, seated, waits, func.min(SeminarDay.on), func.min(to_come), func.max(SeminarDay.on))
        .join(Unit, Unit.id == Seminar.unit_id)
        .join(SeminarDay, SeminarDay.seminar_id == Seminar.id)
        .where(reach.units(Unit.path))
        .group_by(Seminar.id, Unit.id)
        .order_by(func.min(SeminarDay.on), Seminar.id)
    )
    lines = [
        SeminarLine(
            id=seminar.id,
            name=seminar.name,
            place=seminar.place,
            unit_name=unit_name,
            seats=seminar.seats,
            seated=taken,
            first_on=first_on,
            next_on=next_on,
            last_on=last_on,
            cancelled=seminar.cancelled_at is not None,
            waiting=waiting,
            missing=missing_sectors(sectors[seminar.id]) if taken else (),
        )
        for seminar, unit_name, taken, waiting, first_on, next_on, last_on in rows
    ]
    coming = [line for line in lines if line.last_on >= today]
    over = sorted((line for line in lines if line.last_on < today), key=lambda line: line.last_on, reverse=True)
    return coming, over


def _sectors(session: Session, reach: Reach, *, today: date) -> dict[int, set[str]]:
    """The sectors of those with a seat, by seminar, for the seminars within reach that are not over."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for seminar_id, sector in session.execute(
        select(SeminarSeat.seminar_id, Membership.sector)
        .join(Seminar, Seminar.id == SeminarSeat.seminar_id)
        .join(Unit, Unit.id == Seminar.unit_id)
        .join(Membership, and_(Membership.person_id == SeminarSeat.person_id, holds_on(Membership, today)))
        .where(reach.units(Unit.path))
        .distinct()
    ):
        found[seminar_id].add(sector)
    return found


def days_of(session: Session, seminar_id: int) -> list[DayLine]:
    """The days of a seminar in order, with how far their attendance is recorded."""
    newest = newest_attendance(
        Attendance.seminar_day_id.in_(select(SeminarDay.id).where(SeminarDay.seminar_id == seminar_id))
    )
    counted = (
        select(Attendance.seminar_day_id, Attendance.present, SeminarSeat.id.label("seat_id"))
        .join(newest, newest.c.id == Attendance.id)
        .join(SeminarSeat, and_(SeminarSeat.seminar_id == seminar_id, SeminarSeat.person_id == Attendance.person_id))
        .subquery()
    )
    rows = session.execute(
        select(
            SeminarDay,
            func.count(counted.c.seat_id),
            func.count(counted.c.seat_id).filter(counted.c.present),
        )
        .outerjoin(counted, counted.c.seminar_day_id == SeminarDay.id)
        .where(SeminarDay.seminar_id == seminar_id)
        .group_by(SeminarDay.id)
        .order_by(SeminarDay.on)
    )
    return [
        DayLine(
            id=day.id,
            part=day.part,
            day_number=day.day_number,
            on=day.on,
            starts=day.starts,
            ends=day.ends,
            place=day.place,
            recorded=recorded,
            present=present,
        )
        for day, recorded, present in rows
    ]


def participants(session: Session, seminar_id: int, *, on: date) -> list[Named]:
    """Those with a seat, by name, with the unit and sector they belong to on a day."""
    rows = session.execute(
        select(Person.id, Person.name, Unit.name, Membership.sector)
        .join(SeminarSeat, SeminarSeat.person_id == Person.id)
        .outerjoin(Membership, and_(Membership.person_id == Person.id, holds_on(Membership, on)))
        .outerjoin(Unit, Unit.id == Membership.unit_id)
        .where(SeminarSeat.seminar_id == seminar_id)
        .order_by(Person.sort_name, Person.id)
    )
    return [_named(*row) for row in rows]


def candidates(
    session: Session,
    reach: Reach,
    *,
    on: date,
    wanted: str = "",
    chosen: Collection[int] = (),
    without: Collection[int] = (),
    most: int = CANDIDATES_MAX,
) -> Candidates:
    """People within reach by name: the `chosen` ones, then those in whose name `wanted` (a search key) is found."""
    query = (
        select(Person.id, Person.name, Unit.name, Membership.sector)
        .join(Membership, and_(Membership.person_id == Person.id, holds_on(Membership, on)))
        .join(Unit, Unit.id == Membership.unit_id)
        .where(reach.units(Unit.path), Person.deactivated_at.is_(None), Person.id.not_in(without))
        .order_by(Person.sort_name, Person.id)
    )
    picked = session.execute(query.where(Person.id.in_(chosen))).all() if chosen else ()
    search = query.where(Person.id.not_in(chosen))
    if wanted:
        search = search.where(Person.search_name.contains(wanted, autoescape=True))
    found = session.execute(search.limit(most + 1)).all()
    return Candidates(
        chosen=tuple(_named(*row) for row in picked),
        found=tuple(_named(*row) for row in found[:most]),
        more=len(found) > most,
    )


def members_of(session: Session, unit_id: int, *, on: date) -> Sequence[int]:
    """Those who belong to a unit on a day, by id."""
    return session.scalars(
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.unit_id == unit_id, holds_on(Membership, on), Person.deactivated_at.is_(None))
        .order_by(Membership.person_id)
    ).all()


def known_people(session: Session, reach: Reach, *, on: date) -> list[Known]:
    """Everybody within reach a pasted list could name."""
    rows = session.execute(
        select(Person.id, Person.search_name, Person.email)
        .join(Membership, and_(Membership.person_id == Person.id, holds_on(Membership, on)))
        .join(Unit, Unit.id == Membership.unit_id)
        .where(reach.units(Unit.path), Person.deactivated_at.is_(None))
        .order_by(Person.id)
    )
    return [Known(id=person_id, key=key, email=email) for person_id, key, email in rows]


def days_without_attendance(session: Session, reach: Reach, *, today: date) -> Sequence[OpenDay]:
    """The days within reach that have come and lack a word on somebody on the list, oldest first."""
    word = exists().where(Attendance.seminar_day_id == SeminarDay.id, Attendance.person_id == SeminarSeat.person_id)
    rows = session.execute(
        select(
            SeminarDay.id,
            Seminar.id,
            Seminar.name,
            SeminarDay.part,
            SeminarDay.day_number,
            SeminarDay.on,
            func.count(SeminarSeat.id),
        )
        .join(Seminar, Seminar.id == SeminarDay.seminar_id)
        .join(Unit, Unit.id == Seminar.unit_id)
        .join(SeminarSeat, SeminarSeat.seminar_id == Seminar.id)
        .where(reach.units(Unit.path), SeminarDay.on <= today, ~word, Seminar.cancelled_at.is_(None))
        .group_by(SeminarDay.id, Seminar.id)
        .order_by(SeminarDay.on, SeminarDay.id)
    )
    return [
        OpenDay(
            id=day_id,
            seminar_id=seminar_id,
            seminar_name=name,
            part=part,
            day_number=number,
            on=on,
            missing=missing,
        )
        for day_id, seminar_id, name, part, number, on, missing in rows
    ]


def _named(person_id: int, name: str, unit_name: str | None, sector: str | None) -> Named:
    return Named(id=person_id, name=name, unit_name=unit_name or "", sector=sector or "")
