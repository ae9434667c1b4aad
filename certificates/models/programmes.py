"""The versions of programmes, and what is proposed. Versions are added and never changed or deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class ProgrammeVersion(Base):
    """One version of a programme file, word for word; what a certificate was issued under, for ever.

    The newest is in force, from the moment it was accepted. `accepted_by` is None for the one that came with the
    platform and for those accepted from the command line. A text may come back: its digest is not unique.
    """

    __tablename__ = "programme_version"
    # two who accept at once, each the next version, accept one
    __table_args__ = (UniqueConstraint("programme", "number", name="uq_programme_version_programme_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme: Mapped[str]
    number: Mapped[int]
    digest: Mapped[str]  # SHA-256 of the source
    source: Mapped[str]
    accepted_at: Mapped[datetime]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str]  # why; empty for the one that came with the platform


class ProgrammeProposal(Base):
    """A text somebody proposes as the next version: kept until it is accepted, withdrawn or proposed anew.

    `based_on` is the number of the version that was in force when it was proposed.
    """

    __tablename__ = "programme_proposal"
    __table_args__ = (
        # a second click proposes nothing new
        Index(
            "uq_programme_proposal_open",
            "programme",
            "digest",
            "based_on",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        CheckConstraint("version_id IS NULL OR closed_at IS NOT NULL", name="accepted_is_closed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme: Mapped[str]
    digest: Mapped[str]
    source: Mapped[str]
    based_on: Mapped[int]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version_id: Mapped[int | None] = mapped_column(ForeignKey("programme_version.id"), unique=True)  # what it became
