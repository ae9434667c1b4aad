"""Deliveries: workplace presentations as instructors log them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


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
