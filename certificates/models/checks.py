"""Voluntary knowledge checks after a certificate."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class KnowledgeCheck(Base):
    """The claim on one voluntary check after a certificate, so many months after its first day. Written with its mail
    in one transaction; the constraint is why none is offered twice. What is answered is an attempt of `quizzes`.
    """

    __tablename__ = "knowledge_check"
    __table_args__ = (
        UniqueConstraint("certificate_id", "months", name="uq_knowledge_check_certificate_months"),
        CheckConstraint("months >= 1", name="months_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    months: Mapped[int]
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_mail.id"))  # known a moment after the claim
    offered_at: Mapped[datetime]
    offered_on: Mapped[date]


class KnowledgeCheckChoice(Base):
    """That somebody does not want knowledge checks, or wants them again; what was said last counts."""

    __tablename__ = "knowledge_check_choice"
    __table_args__ = (Index("ix_knowledge_check_choice_person", "person_id", "programme"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    programme: Mapped[str]
    wanted: Mapped[bool]
    said_at: Mapped[datetime]
