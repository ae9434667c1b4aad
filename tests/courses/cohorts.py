"""Seminars to be booked, for the tests of booking: plain functions that do what people would."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.booking import Limits
from courses.models.booking import WaitingEntry
from courses.models.seminars import Seminar, SeminarSeat
from courses.seminars import days_of
from courses.services import booking, seminars
from courses.services.booking import Window
from lms.clock import at_local
from lms.db import Database
from lms.people import Locale, add_person
from lms.units import Sector, Unit, join_unit
from tests.cast import LONG_AGO
from tests.courses.fieldwork import NOW

PART_1 = (date(2027, 1, 11), date(2027, 1, 12), date(2027, 1, 13))
PART_2 = (date(2027, 2, 9), date(2027, 2, 10))
LATER_1 = (date(2027, 4, 12), date(2027, 4, 13), date(2027, 4, 14))
LATER_2 = (date(2027, 5, 11), date(2027, 5, 12))
STARTS_AT = at_local(PART_1[0], 9)
BOTH = frozenset({1, 2})
OPEN = Window(bookable_from=date(2026, 11, 1), bookable_through=date(2027, 1, 4), cancel_through=date(2027, 1, 2))


def open_cohort(
    session: Session,
    unit_id: int,
    *,
    by: int,
    name: str = "Vinter",
    seats: int = 15,
    sectors: Mapping[str, int] | None = None,
    units: Mapping[int, int] | None = None,
    later: bool = False,
    seated: Collection[int] = (),
    now: datetime = NOW,
) -> int:
    """A seminar open for booking, with these people seated; returns its id."""
    seminar = seminars.plan_seminar(
        session,
        unit=session.get_one(Unit, unit_id),
        name=name,
        place="Tromsø",
        seats=seats,
        days=days_of({1: LATER_1, 2: LATER_2} if later else {1: PART_1, 2: PART_2}),
        now=now,
    )
    seminars.seat_people(session, seminar_id=seminar.id, person_ids=seated, now=now, by=by)
    limits = Limits(seats=seats, sectors=sectors or {}, units=units or {})
    booking.open_for_booking(session, seminar_id=seminar.id, window=OPEN, limits=limits, by=by, now=now)
    return seminar.id


def crowd(session: Session, unit_id: int, count: int, *, sector: Sector = Sector.NAV, prefix: str = "Nr") -> list[int]:
    """So many new people of a unit."""
    found = []
    for number in range(count):
        person = add_person(
            session,
            name=f"{prefix} {number}",
            email=f"{prefix}.{number}@cast.example".lower(),
            locale=Locale.NB,
            now=at_local(LONG_AGO, 12),
        )
        join_unit(session, person, session.get_one(Unit, unit_id), sector, on=LONG_AGO)
        found.append(person.id)
    return found


def seated(database: Database, seminar_id: int) -> set[int]:
    """Who has a seat."""
    with database.reading() as session:
        return set(session.scalars(select(SeminarSeat.person_id).where(SeminarSeat.seminar_id == seminar_id)))


def entries(database: Database, seminar_id: int) -> list[WaitingEntry]:
    """Every place there was in the line, first come first."""
    with database.reading() as session:
        return list(
            session.scalars(select(WaitingEntry).where(WaitingEntry.seminar_id == seminar_id).order_by(WaitingEntry.id))
        )


def seminar_of(database: Database, seminar_id: int) -> Seminar:
    """The seminar as it stands."""
    with database.reading() as session:
        return session.get_one(Seminar, seminar_id)
