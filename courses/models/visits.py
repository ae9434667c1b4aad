"""Observation visits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


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
