"""The claims on reminders and digests: the constraints are why none goes twice."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class Reminder(Base):
    """The claim on one reminder. Written with its mail in one transaction; the constraint is why none goes twice."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("certificate_id", "stage", name="uq_reminder_certificate_stage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    stage: Mapped[str]
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_mail.id"))  # None: already past when imported
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
