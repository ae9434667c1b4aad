"""Units and who belongs where: the tree, dated memberships, dated appointments to roles (DOMAIN.md 3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import BindParameter, CheckConstraint, ForeignKey, Index, and_, or_, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column
from sqlalchemy.sql import ColumnElement

from lms.db import Base
from lms.errors import Refused
from lms.people import Person
from lms.roles import Role
from lms.verdict import because


class UnitKind(StrEnum):
    """The three levels of the tree."""

    NATIONAL = "national"
    REGIONAL = "regional"
    LOCAL = "local"


class Sector(StrEnum):
    """Which of the two services a person comes from."""

    NAV = "nav"
    HELSE = "helse"


class Unit(Base):
    """A unit. `path` names the units above it and itself (`/norge/nord/tromso/`): what lies below starts with it."""

    __tablename__ = "unit"
    __table_args__ = (CheckConstraint("path LIKE '/%/'", name="path_form"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(unique=True)


class Membership(Base):
    """Which unit and sector a person belonged to, from a day through a day (inclusive; None: until further notice)."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("through_date IS NULL OR through_date >= from_date", name="dates_in_order"),
        # one open membership a person: belonging to two units at once has no meaning in the register
        Index(
            "uq_membership_open",
            "person_id",
            unique=True,
            sqlite_where=text("through_date IS NULL"),
            postgresql_where=text("through_date IS NULL"),
        ),
        # where somebody belonged on a day, past ones too
        Index("ix_membership_person_id_from_date", "person_id", "from_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    sector: Mapped[str]
    from_date: Mapped[date]
    through_date: Mapped[date | None]


class Appointment(Base):
    """A role held in a unit, from a day through a day (inclusive; None: until further notice)."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("through_date IS NULL OR through_date >= from_date", name="dates_in_order"),
        # a role in a unit is held once at a time: a double click gives it once
        Index(
            "uq_appointment_open",
            "person_id",
            "role",
            "unit_id",
            unique=True,
            sqlite_where=text("through_date IS NULL"),
            postgresql_where=text("through_date IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    role: Mapped[str]
    from_date: Mapped[date]
    through_date: Mapped[date | None]


Dated = type[Membership] | type[Appointment]


def holds_on(dated: Dated, day: date | BindParameter[date]) -> ColumnElement[bool]:
    """The condition that a membership or an appointment is in force on a day."""
    return and_(dated.from_date <= day, or_(dated.through_date.is_(None), dated.through_date >= day))


def add_unit(session: Session, *, code: str, name: str, kind: UnitKind, parent: Unit | None) -> Unit:
    """A new unit below its parent."""
    path = f"{parent.path if parent else '/'}{code}/"
    unit = Unit(code=code, name=name, kind=kind, parent_id=parent.id if parent else None, path=path)
    session.add(unit)
    session.flush()
    return unit


def region_of(session: Session, unit: Unit) -> Unit:
    """The regional unit a unit belongs to; the unit itself when it is regional or national."""
    codes = unit.path.strip("/").split("/")
    return session.scalars(select(Unit).where(Unit.code == codes[min(1, len(codes) - 1)])).one()


def join_unit(session: Session, person: Person, unit: Unit, sector: Sector, *, on: date) -> Membership:
    """The person belongs to the unit from this day; an earlier membership ends the day before.

    Refused when the day is not after the day the present membership began.
    """
    present = session.scalar(
        select(Membership).where(Membership.person_id == person.id, Membership.through_date.is_(None)).with_for_update()
    )
    if present is not None:
        if present.from_date >= on:
            raise Refused(because("membership-starts-later", since=present.from_date))
        present.through_date = on - timedelta(days=1)
        session.flush()
    membership = Membership(person_id=person.id, unit_id=unit.id, sector=sector, from_date=on)
    session.add(membership)
    session.flush()
    return membership


def move(session: Session, person: Person, unit: Unit, sector: Sector, *, on: date) -> Membership:
    """The person belongs elsewhere from this day; what was entered today already is set right instead."""
    present = session.scalar(
        select(Membership).where(Membership.person_id == person.id, Membership.through_date.is_(None)).with_for_update()
    )
    if present is None or present.from_date < on:
        return join_unit(session, person, unit, sector, on=on)
    present.unit_id, present.sector = unit.id, sector
    session.flush()
    return present


def membership_on(session: Session, person_id: int, day: date) -> tuple[Membership, Unit] | None:
    """Where a person belonged on a day, or None."""
    row = session.execute(
        select(Membership, Unit)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.person_id == person_id, holds_on(Membership, day))
    ).first()
    return (row[0], row[1]) if row else None


def belongs_somewhere(session: Session, person_id: int, *, on: date) -> bool:
    """Whether a person belongs to a unit or holds a role on a day or later."""
    found = [
        session.scalar(
            select(table.id)
            .where(table.person_id == person_id, or_(table.through_date.is_(None), table.through_date >= on))
            .limit(1)
        )
        for table in (Membership, Appointment)
    ]
    return any(found)


def appoint(session: Session, person: Person, role: Role, unit: Unit, *, on: date) -> Appointment:
    """Give a role in a unit from a day. It takes hold with the next request: roles are read anew each time."""
    held = session.scalar(
        select(Appointment).where(
            Appointment.person_id == person.id,
            Appointment.role == role,
            Appointment.unit_id == unit.id,
            Appointment.through_date.is_(None),
        )
    )
    if held is not None:
        raise Refused(because("already-appointed", unit=unit.name))
    appointment = Appointment(person_id=person.id, unit_id=unit.id, role=role, from_date=on)
    try:
        with session.begin_nested():
            session.add(appointment)
    except IntegrityError as error:  # the other click was first
        raise Refused(because("already-appointed", unit=unit.name)) from error
    return appointment


def end_appointment(session: Session, appointment: Appointment, *, on: date) -> None:
    """The role ends now: yesterday was its last day; given today, it never was.

    Refused for the last one of the secretariat, after whom nobody could appoint anybody.
    """
    if appointment.role == Role.SECRETARIAT and not _others_with(session, appointment, on):
        raise Refused(because("last-secretariat"))
    if appointment.from_date >= on:
        session.delete(appointment)
    else:
        appointment.through_date = on - timedelta(days=1)
    session.flush()


def _others_with(session: Session, appointment: Appointment, on: date) -> bool:
    """Whether somebody else holds the same role. Everybody in it is locked, so that two cannot end each other's."""
    holders = session.scalars(
        select(Appointment.person_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.role == appointment.role, holds_on(Appointment, on), Person.deactivated_at.is_(None))
        .with_for_update()
    ).all()
    return any(person_id != appointment.person_id for person_id in holders)


def below(path: InstrumentedAttribute[str], prefixes: Sequence[str]) -> ColumnElement[bool]:
    """The condition that a unit lies in one of these subtrees."""
    return or_(*(path.startswith(prefix, autoescape=True) for prefix in prefixes))


def roles_of(session: Session, person_id: int, *, on: date) -> Sequence[tuple[Appointment, Unit]]:
    """The roles a person holds on a day, each with its unit."""
    rows = session.execute(
        select(Appointment, Unit)
        .join(Unit, Unit.id == Appointment.unit_id)
        .where(Appointment.person_id == person_id, holds_on(Appointment, on))
        .order_by(Appointment.id)
    ).all()
    return [(row[0], row[1]) for row in rows]
