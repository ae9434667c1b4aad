"""Deliveries: workplace presentations as instructors log them, what is said of them, and how they are followed up."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class Delivery(Base):
    """A workplace presentation an instructor held, as the instructor logged it.

    Never changed: a correction is a new row that replaces the old one (`replaces_id`), striking out is a word about it.
    `unit_id` and `partner_unit_id` are where the two belonged when they held it: the company stays with these units.
    `known_at` is when this day was first logged, where the row corrects an earlier one.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        # `entry` is made with the form: the same form sent twice is one delivery, while two equal
        # presentations on one day (two shifts, say) are two
        UniqueConstraint("person_id", "entry", name="uq_delivery_entry"),
        CheckConstraint("model IN (1, 2)", name="model_known"),
        CheckConstraint("employees >= 0 AND leaders >= 0 AND employees + leaders >= 1", name="somebody_there"),
        CheckConstraint("duration_minutes >= 1", name="duration_positive"),
        # nobody is their own partner, and nobody confirms the own presentation
        CheckConstraint("partner_id IS NULL OR partner_id <> person_id", name="partner_is_another"),
        CheckConstraint("org_number IS NULL OR length(org_number) = 9", name="org_number_length"),
        Index("ix_delivery_person_id_on_date", "person_id", "on_date"),
        Index("ix_delivery_partner_id", "partner_id"),
        Index("ix_delivery_unit_id_on_date", "unit_id", "on_date"),
        # of two corrections of one row at once, one comes too late
        Index("uq_delivery_replaces", "replaces_id", unique=True),
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
    org_number: Mapped[str | None]
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    partner_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))
    known_at: Mapped[datetime | None]


class DeliveryWord(Base):
    """What was said of a logged delivery: confirmed, denied, struck out, not the one the partner logged."""

    __tablename__ = "delivery_word"
    __table_args__ = (
        # each word is said once: a second click changes nothing
        UniqueConstraint("delivery_id", "kind", name="uq_delivery_word_kind"),
        CheckConstraint("kind IN ('confirmed', 'denied', 'struck', 'separate')", name="kind_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    kind: Mapped[str]
    comment: Mapped[str]
    said_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[datetime]


class DeliverySeal(Base):
    """That a certificate rests on a delivery; from then on it stays as it is."""

    __tablename__ = "delivery_seal"

    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), primary_key=True, autoincrement=False)
    sealed_at: Mapped[datetime]


class DeliveryImport(Base):
    """A spreadsheet as it was rehearsed: its digest, its rows as read, what was to become of each, when it was done.

    Of those not carried out, a person has only the last.
    """

    __tablename__ = "delivery_import"
    __table_args__ = (Index("ix_delivery_import_person_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    file_name: Mapped[str]
    digest: Mapped[str]
    rows: Mapped[list[Any]]
    fates: Mapped[list[Any]]
    rehearsed_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]


class DeliveryFollowUp(Base):
    """The company's way back to us: the token of the page behind the QR code on the wall. Anybody there has it.

    `delivery_id` moves along when the delivery is corrected.
    """

    __tablename__ = "delivery_follow_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    # one page a delivery, whoever of the two opens it
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), unique=True)
    token: Mapped[str] = mapped_column(unique=True)
    opened_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    closes_on: Mapped[date]


class DeliveryFeedback(Base):
    """One anonymous answer: nothing of who gave it, nor the time of day. `entry` is made with the form."""

    __tablename__ = "delivery_feedback"
    __table_args__ = (
        # the same form sent twice is one answer
        UniqueConstraint("follow_up_id", "entry", name="uq_delivery_feedback_entry"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("delivery_follow_up.id"))
    entry: Mapped[str]
    marks: Mapped[list[Any]]  # 1 to 5, one a question, in the order of `feedback.QUESTIONS`
    comment: Mapped[str]
