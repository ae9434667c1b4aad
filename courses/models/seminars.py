"""Seminars, their days and seats, and who was there.

Facts are appended; what counts is computed from them (`courses.queries.fieldwork`).
"""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base

DAY_STARTS, DAY_ENDS = time(9), time(16)


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
    """One day of a seminar; `day_number` counts from 1 within the part. Hours are local; `place` is empty where the
    seminar's own holds."""

    __tablename__ = "seminar_day"
    __table_args__ = (
        UniqueConstraint("seminar_id", "part", "day_number", name="uq_seminar_day_place_in_part"),
        # nobody can attend two days of a seminar on one date
        UniqueConstraint("seminar_id", "on_date", name="uq_seminar_day_date"),
        CheckConstraint("part IN (1, 2)", name="part_known"),
        CheckConstraint("day_number >= 1", name="day_number_from_one"),
        CheckConstraint("ends_at > starts_at", name="hours_in_order"),
        Index("ix_seminar_day_on_date", "on_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seminar_id: Mapped[int] = mapped_column(ForeignKey("seminar.id"))
    part: Mapped[int]
    day_number: Mapped[int]
    on: Mapped[date] = mapped_column("on_date")
    starts: Mapped[time] = mapped_column("starts_at", default=DAY_STARTS)
    ends: Mapped[time] = mapped_column("ends_at", default=DAY_ENDS)
    place: Mapped[str] = mapped_column(default="")


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
    """Whether a person was there on a day, as somebody recorded it. Append-only: the row with the highest id counts.

    Of a check-in with the code shown in the room, `recorded_by` is the one who opened it and so vouches for it.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        # nobody vouches for their own attendance
        CheckConstraint("recorded_by <> person_id", name="not_by_oneself"),
        # a word of one's own needs the code of somebody else's check-in, and says only that one is there
        CheckConstraint("check_in_id IS NULL OR present", name="check_in_present"),
        Index("ix_attendance_person_id_seminar_day_id", "person_id", "seminar_day_id"),
        Index("ix_attendance_seminar_day_id", "seminar_day_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seminar_day_id: Mapped[int] = mapped_column(ForeignKey("seminar_day.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    present: Mapped[bool]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    check_in_id: Mapped[int | None] = mapped_column(ForeignKey("check_in.id"))
