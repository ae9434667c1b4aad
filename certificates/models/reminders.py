"""The claims on reminders and digests: the constraints are why none goes twice. And what is held back of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class Reminder(Base):
    """The claim on one reminder. Written with its mail in one transaction; the constraint is why none goes twice."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("certificate_id", "stage", name="uq_reminder_certificate_stage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    stage: Mapped[str]
    # None: already past when imported
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_mail.id"), index=True)
    claimed_at: Mapped[datetime]


class DigestSent(Base):
    """The claim on one unit's digest of one month, whether or not there was anything to tell."""

    __tablename__ = "digest_sent"
    __table_args__ = (UniqueConstraint("unit_id", "month", name="uq_digest_sent_unit_month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    month: Mapped[date]  # its first day
    mails: Mapped[int]
    claimed_at: Mapped[datetime]


class ReminderHold(Base):
    """That a planned mail is held back, by whom and why: no night writes it until the hold is released.

    `key` names the mail (`planned.Target.key`); `number` counts the holds of one mail. It is about a certificate, a
    participant before part 2, or a unit's digest.
    """

    __tablename__ = "reminder_hold"
    __table_args__ = (
        # two who hold the same mail at once are one too many
        UniqueConstraint("key", "number", name="uq_reminder_hold_key_number"),
        CheckConstraint("kind IN ('reminder', 'check', 'visits', 'digest')", name="kind_known"),
        CheckConstraint("(kind = 'digest') = (unit_id IS NOT NULL)", name="digest_of_unit"),
        CheckConstraint("(kind = 'digest') = (person_id IS NULL)", name="mail_to_person"),
        CheckConstraint("(kind IN ('reminder', 'check')) = (certificate_id IS NOT NULL)", name="about_certificate"),
        # a hold is never silent: it says why
        CheckConstraint("length(reason) > 0", name="reason_given"),
        CheckConstraint("number >= 1", name="number_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    number: Mapped[int]
    kind: Mapped[str]
    stage: Mapped[str]
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    reason: Mapped[str]
    held_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    held_at: Mapped[datetime]


class ReminderRelease(Base):
    """That a hold is over. The row is added; the hold stays."""

    __tablename__ = "reminder_release"
    __table_args__ = (UniqueConstraint("hold_id", name="uq_reminder_release_hold_id"),)  # released once

    id: Mapped[int] = mapped_column(primary_key=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey("reminder_hold.id"))
    released_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    released_at: Mapped[datetime]
