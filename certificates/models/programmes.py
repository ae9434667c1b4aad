"""The versions of programmes. Rows are added and never changed or deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class ProgrammeVersion(Base):
    """One version of a programme file, word for word; what a certificate was issued under, for ever."""

    __tablename__ = "programme_version"
    __table_args__ = (UniqueConstraint("programme", "number", name="uq_programme_version_programme_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme: Mapped[str]
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(unique=True)  # SHA-256 of the source
    source: Mapped[str]
    stored_at: Mapped[datetime]
