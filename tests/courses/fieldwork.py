"""Factories of the fieldwork's tests: plain functions that do what a trainer would."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select

from courses.models.seminars import Seminar, SeminarDay
from courses.seminars import SEATS_DEFAULT, Day, days_of
from courses.services import attendance, seminars
from courses.visits import DeliveryModel, DeliveryReport, ModuleKind, VisitReport
from lms.clock import at_local
from lms.db import Database
from lms.units import Unit

TODAY = date(2026, 11, 23)  # the frozen clock's day
TOMORROW = date(2026, 11, 24)
YESTERDAY = date(2026, 11, 22)
PART_1 = (date(2026, 11, 22), TODAY, TOMORROW)
PART_2 = (date(2027, 1, 12), date(2027, 1, 13))
HOSTILE = "<script>alert('å')</script> & \"Sønner\" %(name)s {{ 7*7 }}"


def plan(
    database: Database,
    unit_id: int,
    *,
    now: datetime,
    name: str = "Grunnopplæring høst",
    seats: int = SEATS_DEFAULT,
    days: Sequence[Day] | None = None,
    seated: Collection[int] = (),
) -> Seminar:
    """A seminar whose part 1 began yesterday, with these people seated."""
    with database.transaction() as session:
        seminar = seminars.plan_seminar(
            session,
            unit=session.get_one(Unit, unit_id),
            name=name,
            place="Tromsø",
            seats=seats,
            days=days_of({1: PART_1, 2: PART_2}) if days is None else days,
            now=now,
        )
        seminars.seat_people(session, seminar_id=seminar.id, person_ids=seated, now=now)
    return seminar


def day_ids(database: Database, seminar_id: int) -> list[int]:
    """The seminar's days, in order of date."""
    with database.reading() as session:
        query = select(SeminarDay.id).where(SeminarDay.seminar_id == seminar_id).order_by(SeminarDay.on)
        return list(session.scalars(query))


def attend(database: Database, day_id: int, given: dict[int, bool], *, by: int, now: datetime) -> int:
    """Record a day's list as somebody who has just read it."""
    with database.transaction() as session:
        return attendance.record_attendance(
            session,
            day=session.get_one(SeminarDay, day_id),
            given=given,
            seen_row=attendance.roll_of(session, day_id).last_row,
            by=by,
            now=now,
        )


def a_visit(
    *,
    on: date = YESTERDAY,
    company: str = "Fiskeforedling AS",
    mentor_id: int | None = None,
    mentor_name: str = "Mons Sørby",
    modules: Collection[ModuleKind] = (ModuleKind.MUSKEL_SKJELETT,),
) -> VisitReport:
    """A visit as it should be reported."""
    return VisitReport(on=on, company=company, modules=frozenset(modules), mentor_id=mentor_id, mentor_name=mentor_name)


def a_delivery(*, on: date = YESTERDAY, company: str = "Fiskeforedling AS", employees: int = 12) -> DeliveryReport:
    """A delivery as it should be logged."""
    return DeliveryReport(
        on=on,
        company=company,
        module=ModuleKind.PSYKISK_HELSE,
        model=DeliveryModel.TWO,
        employees=employees,
        leaders=0,
    )


NOW = at_local(TODAY, 12)
