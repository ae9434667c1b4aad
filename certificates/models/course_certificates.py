"""Course certificates (kursbevis) and the approvals of courses they name (DOMAIN.md 9).

Rows are added and never changed or deleted, which the database refuses and seals would show
(`certificates.models.seals`): an approval is withdrawn by a row about it, a name that has changed is a new edition.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms import ids
from lms.db import Base


class CourseCertificate(Base):
    """That somebody completed a course: one an enrolment, for ever. `content` is what it says beside the holder, frozen
    (`course_certificates.Content`)."""

    __tablename__ = "course_certificate"
    __table_args__ = (
        # two who hand in at once, or a night that comes beside a person, issue one
        UniqueConstraint("enrolment_id", name="uq_course_certificate_enrolment"),
        CheckConstraint("last_on >= first_on AND issued_on >= last_on", name="days_in_order"),
        Index("ix_course_certificate_person_id", "person_id"),
        Index("ix_course_certificate_course_id_last_on", "course_id", "last_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    course_id: Mapped[str]
    version_number: Mapped[int]
    capacity: Mapped[str]  # course_certificates.Capacity: what they took it as
    first_on: Mapped[date]
    last_on: Mapped[date]
    content: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
    issued_on: Mapped[date]
    verify_code: Mapped[str] = mapped_column(unique=True)  # 192 random bits, in the QR code
    print_code: Mapped[str] = mapped_column(unique=True)  # short, to be typed; see numbering.py
    salt: Mapped[str] = mapped_column(default=ids.new_token)  # mixed into the row's seal (lms.sealing)


class CourseCertificateEdition(Base):
    """The holder as they stand on a course certificate: edition 1 when it was issued, the next when it was issued anew.

    The HPR number is a doctor's only."""

    __tablename__ = "course_certificate_edition"
    __table_args__ = (
        UniqueConstraint("certificate_id", "edition", name="uq_course_certificate_edition"),
        CheckConstraint("edition >= 1", name="edition_from_one"),
        CheckConstraint("length(hpr_number) BETWEEN 1 AND 9", name="hpr_number_length"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("course_certificate.id"))
    edition: Mapped[int]
    holder_name: Mapped[str]
    hpr_number: Mapped[str | None]
    issued_at: Mapped[datetime]
    issued_on: Mapped[date]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the step that issues
    salt: Mapped[str] = mapped_column(default=ids.new_token)


class CourseCertificateNumber(Base):
    """How many course certificates were numbered in a year; its row lock hands the numbers out, without gaps."""

    __tablename__ = "course_certificate_number"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class CourseDocument(Base):
    """The bytes of a course certificate as they were first given out, in a language."""

    __tablename__ = "course_document"
    __table_args__ = (
        # what was given out first is what is given out always
        UniqueConstraint("edition_id", "locale", name="uq_course_document_edition_locale"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_certificate_edition.id"))
    locale: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[bytes]
    made_at: Mapped[datetime]


class CourseApproval(Base):
    """That a body has approved a course for the further education of doctors, from a day through a day (inclusive).

    Hours are whole quarters of a kurstime, by the kind of course the body counts them as."""

    __tablename__ = "course_approval"
    __table_args__ = (
        # the same approval entered twice is entered once
        UniqueConstraint("course_id", "body", "reference", "valid_from", name="uq_course_approval_reference"),
        CheckConstraint("valid_through >= valid_from", name="dates_in_order"),
        CheckConstraint("body <> '' AND reference <> ''", name="named"),
        CheckConstraint(
            "online_quarters >= 0 AND topic_quarters >= 0 AND elective_quarters >= 0", name="hours_not_negative"
        ),
        CheckConstraint("online_quarters + topic_quarters + elective_quarters > 0", name="hours_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[str]
    body: Mapped[str]
    reference: Mapped[str]
    valid_from: Mapped[date]
    valid_through: Mapped[date]
    online_quarters: Mapped[int]
    topic_quarters: Mapped[int]
    elective_quarters: Mapped[int]
    entered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
    salt: Mapped[str] = mapped_column(default=ids.new_token)


class CourseApprovalWithdrawn(Base):
    """That an approval no longer counts, from the instant this was written. What was issued before keeps it."""

    __tablename__ = "course_approval_withdrawn"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason_given"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # withdrawn once, whoever presses at the same time
    approval_id: Mapped[int] = mapped_column(ForeignKey("course_approval.id"), unique=True)
    reason: Mapped[str]
    withdrawn_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime]
    salt: Mapped[str] = mapped_column(default=ids.new_token)
