"""Seminars, their days and seats, and who was there.

Facts are appended; what counts is computed from them (`courses.queries.fieldwork`).
"""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from courses.seminars import DAY_ENDS, DAY_STARTS
from lms.db import Base


class Seminar(Base):
    """A seminar of a regional unit, with part 1, part 2 or both."""

    __tablename__ = "seminar"
    __table_args__ = (
        # a second click on "plan" makes no second seminar, and a name in a list means one thing
        UniqueConstraint("unit_id", "name", name="uq_seminar_unit_id_name"),
        CheckConstraint("seats >= 1", name="seats_positive"),
        CheckConstraint("revision >= 0", name="revision_from_zero"),
        # a seminar is open for booking from a day through a day, or not at all
        CheckConstraint("(bookable_from IS NULL) = (bookable_through IS NULL)", name="booking_window_whole"),
        CheckConstraint("bookable_from <= bookable_through", name="booking_window_in_order"),
        # a cancellation says who decided it and why
        CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_by IS NULL) AND (cancelled_at IS NULL) = (cancelled_why IS NULL)",
            name="cancellation_whole",
        ),
        # those that can be booked are few, those there have been are many
        Index("ix_seminar_bookable_through", "bookable_through"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str]
    place: Mapped[str]
    seats: Mapped[int]
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0)
    """Rises by one with each change people must know of: dates, hours, places, the name, a cancellation. Calendar files
    carry it as SEQUENCE."""
    bookable_from: Mapped[date | None]
    bookable_through: Mapped[date | None]
    cancel_through: Mapped[date | None]
    """The last day on which one may give up the own seat; none where only the trainer can."""
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    cancelled_why: Mapped[str | None]


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
    programme: Mapped[str] = mapped_column(default="")  # Markdown


class SeminarTrack(Base):
    """What one sector does on a day on which the sectors part: its place, trainer and programme (DOMAIN.md 4, step 2).
    Empty where the day's own hold."""

    __tablename__ = "seminar_track"
    __table_args__ = (
        # a sector is in one place at a time
        UniqueConstraint("seminar_day_id", "sector", name="uq_seminar_track_sector"),
        CheckConstraint("sector IN ('nav', 'helse')", name="sector_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seminar_day_id: Mapped[int] = mapped_column(ForeignKey("seminar_day.id"))
    sector: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    trainer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    programme: Mapped[str] = mapped_column(default="")  # Markdown


class SeminarTrainer(Base):
    """Who was given the seminar to run. Who does on a day is computed with the substitutions."""

    __tablename__ = "seminar_trainer"
    __table_args__ = (
        # one leads, the others know whom to ask
        Index(
            "uq_seminar_trainer_lead",
            "seminar_id",
            unique=True,
            sqlite_where=text("is_lead"),
            postgresql_where=text("is_lead"),
        ),
    )

    seminar_id: Mapped[int] = mapped_column(ForeignKey("seminar.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    is_lead: Mapped[bool]


class TrainerSubstitution(Base):
    """From a day, one trainer takes over for another. Append-only; later ones build on earlier ones."""

    __tablename__ = "trainer_substitution"
    __table_args__ = (
        # nobody takes over from oneself
        CheckConstraint("absent_id <> substitute_id", name="two_people"),
        Index("ix_trainer_substitution_seminar_id", "seminar_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seminar_id: Mapped[int] = mapped_column(ForeignKey("seminar.id"))
    absent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    substitute_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    from_date: Mapped[date]
    reason: Mapped[str]
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]


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
