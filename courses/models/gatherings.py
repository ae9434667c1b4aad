"""Gatherings for certified instructors: those planned, who signed up, and who took part."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


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


class Gathering(Base):
    """Further training or a network gathering planned ahead by a trainer: at a place, or as a webinar by link."""

    __tablename__ = "gathering"
    __table_args__ = (
        # the same form sent twice is one gathering
        UniqueConstraint("planned_by", "entry", name="uq_gathering_entry"),
        CheckConstraint("kind IN ('further_training', 'network')", name="kind_known"),
        # one must know where to go
        CheckConstraint("place <> '' OR webinar_link <> ''", name="somewhere"),
        CheckConstraint("ends > starts", name="times_in_order"),
        Index("ix_gathering_on_date", "on_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    on: Mapped[date] = mapped_column("on_date")
    starts: Mapped[str]  # 09:00, on the clock in Oslo
    ends: Mapped[str]
    place: Mapped[str]
    webinar_link: Mapped[str]
    about: Mapped[str]
    planned_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    planned_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]


class GatheringUnit(Base):
    """A unit whose people, and those of the units below it, may sign up for a gathering."""

    __tablename__ = "gathering_unit"

    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id"), primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, autoincrement=False)


class GatheringSignUp(Base):
    """That a person has signed up for a gathering."""

    __tablename__ = "gathering_sign_up"
    __table_args__ = (
        # a second click signs up once
        UniqueConstraint("gathering_id", "person_id", name="uq_gathering_sign_up_once"),
        Index("ix_gathering_sign_up_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    signed_up_at: Mapped[datetime]
