"""Gatherings for certified instructors, and who took part."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
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
