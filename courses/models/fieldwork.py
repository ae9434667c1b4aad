"""What happens outside the browser: seminars and attendance, observation visits, deliveries, gatherings.

Facts are appended; what counts is computed from them (`courses.queries.fieldwork`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class Seminar(Base):
    """A seminar of a regional unit, with part 1, part 2 or both."""

    __tablename__ = "seminar"
    __table_args__ = (
        # a second click on "plan" makes no second seminar, and a name in a list means one thing
        UniqueConstraint("unit_id", "name", name="uq_seminar_unit_id_name"),
        CheckConstraint("seats >= 1", name="seats_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str]
    place: Mapped[str]
    seats: Mapped[int]
    created_at: Mapped[datetime]


class SeminarDay(Base):
    """One day of a seminar; `day_number` counts from 1 within the part."""

    __tablename__ = "seminar_day"
    __table_args__ = (
        UniqueConstraint("seminar_id", "part", "day_number", name="uq_seminar_day_place_in_part"),
        # nobody can attend two days of a seminar on one date
        UniqueConstraint("seminar_id", "on_date", name="uq_seminar_day_date"),
        CheckConstraint("part IN (1, 2)", name="part_known"),
        CheckConstraint("day_number >= 1", name="day_number_from_one"),
        Index("ix_seminar_day_on_date", "on_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seminar_id: Mapped[int] = mapped_column(ForeignKey("seminar.id"))
    part: Mapped[int]
    day_number: Mapped[int]
    on: Mapped[date] = mapped_column("on_date")


class SeminarSeat(Base):
    """A person's seat in a seminar. How many there may be is decided under a lock on the seminar."""

    __tablename__ = "seminar_seat"
    __table_args__ = (
        # one seat a person, also when the same name is added in two windows
        UniqueConstraint("seminar_id", "person_id", name="uq_seminar_seat_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seminar_id: Mapped[int] = mapped_column(ForeignKey("seminar.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    seated_at: Mapped[datetime]


class Attendance(Base):
    """Whether a person was there on a day, as somebody recorded it. Append-only: the row with the highest id counts."""

    __tablename__ = "attendance"
    __table_args__ = (
        # nobody vouches for their own attendance
        CheckConstraint("recorded_by <> person_id", name="not_by_oneself"),
        Index("ix_attendance_person_id_seminar_day_id", "person_id", "seminar_day_id"),
        Index("ix_attendance_seminar_day_id", "seminar_day_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seminar_day_id: Mapped[int] = mapped_column(ForeignKey("seminar_day.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    present: Mapped[bool]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


class ObservationVisit(Base):
    """A visit to a presentation held by a mentor. Counts when confirmed; `modules` is a list of module kinds."""

    __tablename__ = "observation_visit"
    __table_args__ = (
        # a visit is one day at one company, whatever it covered; a second click adds nothing
        UniqueConstraint("person_id", "on_date", "company", name="uq_observation_visit_day_at_company"),
        # nobody is their own mentor, and nobody confirms the own visit
        CheckConstraint("mentor_id IS NULL OR mentor_id <> person_id", name="mentor_is_another"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> person_id", name="confirmed_by_another"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed_by_and_at"),
        Index("ix_observation_visit_mentor_id", "mentor_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    on: Mapped[date] = mapped_column("on_date")
    company: Mapped[str]
    modules: Mapped[list[Any]]
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    mentor_name: Mapped[str]
    note: Mapped[str]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]


class Delivery(Base):
    """A workplace presentation an instructor held, as the instructor logged it."""

    __tablename__ = "delivery"
    __table_args__ = (
        # `entry` is made with the form: the same form sent twice is one delivery, while two equal
        # presentations on one day (two shifts, say) are two
        UniqueConstraint("person_id", "entry", name="uq_delivery_entry"),
        CheckConstraint("model IN (1, 2)", name="model_known"),
        CheckConstraint("employees >= 0 AND leaders >= 0 AND employees + leaders >= 1", name="somebody_there"),
        CheckConstraint("duration_minutes >= 1", name="duration_positive"),
        Index("ix_delivery_person_id_on_date", "person_id", "on_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entry: Mapped[str]
    on: Mapped[date] = mapped_column("on_date")
    company: Mapped[str]
    module: Mapped[str]
    model: Mapped[int]
    employees: Mapped[int]
    leaders: Mapped[int]
    duration_minutes: Mapped[int]
    recorded_at: Mapped[datetime]


class GatheringAttendance(Base):
    """That a person took part in further training or a network gathering, as a trainer recorded it."""

    __tablename__ = "gathering_attendance"
    __table_args__ = (
        # the same list sent twice, or by two trainers, counts once
        UniqueConstraint("person_id", "on_date", "title", name="uq_gathering_attendance_once"),
        CheckConstraint("kind IN ('further_training', 'network')", name="kind_known"),
        # nobody vouches for their own attendance
        CheckConstraint("recorded_by <> person_id", name="not_by_oneself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str]
    on: Mapped[date] = mapped_column("on_date")
    kind: Mapped[str]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
