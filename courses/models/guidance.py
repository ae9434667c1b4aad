"""Guidance agreements: who guides a new instructor, from when to when, with which visits; and stays at other units."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class GuidanceAgreement(Base):
    """An agreement as it was proposed: never changed, only agreed to, declined or ended.

    `guide_id` is the trainer who guides; in a stay at another unit, who receives the guest there. `unit_id` is the
    guide's unit. `made_by` is the trainer who wrote it.
    """

    __tablename__ = "guidance_agreement"
    __table_args__ = (
        # the same form sent twice is one agreement
        UniqueConstraint("made_by", "entry", name="uq_guidance_agreement_entry"),
        CheckConstraint("kind IN ('method', 'operation', 'stay')", name="kind_known"),
        CheckConstraint("through_date >= from_date", name="dates_in_order"),
        # nobody guides themselves
        CheckConstraint("guide_id <> person_id", name="guide_is_another"),
        Index("ix_guidance_agreement_person_id", "person_id"),
        Index("ix_guidance_agreement_guide_id", "guide_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry: Mapped[str]
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    guide_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    from_date: Mapped[date]
    through_date: Mapped[date]
    goals: Mapped[str]
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class GuidanceWord(Base):
    """What one of the two said to an agreement, or that it was ended."""

    __tablename__ = "guidance_word"
    __table_args__ = (
        # each word is said once: a second click changes nothing
        UniqueConstraint("agreement_id", "kind", name="uq_guidance_word_kind"),
        CheckConstraint("kind IN ('agreed', 'received', 'declined', 'ended')", name="kind_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("guidance_agreement.id"))
    kind: Mapped[str]
    comment: Mapped[str]
    said_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[datetime]


class GuidanceVisit(Base):
    """A visit agreed for a day, and once it is over the note of who guided: then it stays as it is."""

    __tablename__ = "guidance_visit"
    __table_args__ = (
        # one visit a day
        UniqueConstraint("agreement_id", "planned_on", name="uq_guidance_visit_day"),
        CheckConstraint(
            "(held_on IS NULL) = (noted_by IS NULL) AND (held_on IS NULL) = (noted_at IS NULL)", name="noted_whole"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("guidance_agreement.id"))
    planned_on: Mapped[date]
    held_on: Mapped[date | None]
    note: Mapped[str]
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    noted_at: Mapped[datetime | None]
