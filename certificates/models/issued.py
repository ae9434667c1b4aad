"""Certificates, their editions and what happened to them. Rows are added and never changed or deleted: what was decided
stays (DOMAIN.md 5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms import ids
from lms.db import Base


class Certificate(Base):
    """An issued certificate: its number, dates, what they rest on, the codes to check it by. Its holder's name and unit
    stand in its editions."""

    __tablename__ = "certificate"
    __table_args__ = (
        # two approvals at once issue one certificate, whatever the code above does
        UniqueConstraint("person_id", "programme", "cycle", name="uq_certificate_person_programme_cycle"),
        CheckConstraint("cycle >= 1", name="cycle_positive"),
        CheckConstraint("valid_through >= valid_from", name="dates_in_order"),
        CheckConstraint("window_opens <= valid_through AND grace_through >= valid_through", name="window_and_grace"),
        Index("ix_certificate_ending", "valid_through"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    programme: Mapped[str]
    cycle: Mapped[int]  # 1 for the first, one more for each renewal and re-entry
    valid_from: Mapped[date]
    valid_through: Mapped[date]  # inclusive, as printed
    window_opens: Mapped[date]
    grace_through: Mapped[date]  # inclusive
    programme_version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"))
    derivation: Mapped[dict[str, Any]]  # records.Derivation
    evidence: Mapped[list[Any]]  # records.Step, one a requirement
    issued_at: Mapped[datetime]
    issued_on: Mapped[date]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the nightly step
    verify_code: Mapped[str] = mapped_column(unique=True)  # 192 random bits, in the QR code
    print_code: Mapped[str] = mapped_column(unique=True)  # short, to be typed; see numbering.py
    # random, mixed into the digest of what names people; emptied with the names when the record is anonymised
    salt: Mapped[str] = mapped_column(default=ids.new_token)


class CertificateEdition(Base):
    """What a certificate says of its holder, as it was. The first is issued with the certificate; a new name or a
    corrected error is the next one, with a reason, and the earlier ones stay."""

    __tablename__ = "certificate_edition"
    __table_args__ = (
        # two who re-issue at once make one edition
        UniqueConstraint("certificate_id", "edition", name="uq_certificate_edition_certificate_edition"),
        CheckConstraint("edition >= 1", name="edition_positive"),
        CheckConstraint("edition = 1 OR length(reason) > 0", name="reason_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    edition: Mapped[int]
    holder_name: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    unit_name: Mapped[str]
    region_name: Mapped[str]
    sector: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")  # empty for the first
    issued_at: Mapped[datetime]
    issued_on: Mapped[date]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the nightly step
    salt: Mapped[str] = mapped_column(default=ids.new_token)


class CertificateNumber(Base):
    """How many certificates were numbered in a year; its row lock hands the numbers out one by one, without gaps."""

    __tablename__ = "certificate_number"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class CertificateEvent(Base):
    """What happened to a certificate, in the order it was decided; works from `effective_on`, that day included."""

    __tablename__ = "certificate_event"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('issued', 'imported', 'suspended', 'lifted', 'revoked', 'reissued', 'corrected', 'reinstated')",
            name="kind_known",
        ),
        CheckConstraint("kind IN ('issued', 'imported') OR length(reason) > 0", name="reason_given"),
        # issued or imported, once; a revocation that is still to come may be followed by an earlier one
        Index(
            "uq_certificate_event_once",
            "certificate_id",
            unique=True,
            sqlite_where=text("kind IN ('issued', 'imported')"),
            postgresql_where=text("kind IN ('issued', 'imported')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    kind: Mapped[str]
    effective_on: Mapped[date]
    reason: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    salt: Mapped[str] = mapped_column(default=ids.new_token)
