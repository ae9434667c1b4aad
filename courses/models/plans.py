"""The own plan from part 1 to part 2: a draft that is kept as it is written, what has been handed in, and what is said
of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class PlanDraft(Base):
    """What a person is writing. Theirs alone until it is handed in."""

    __tablename__ = "plan_draft"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    practise: Mapped[str] = mapped_column(default="")
    visits: Mapped[str] = mapped_column(default="")
    topic: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("upload.id"))
    feedback: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[datetime]


class PlanVersion(Base):
    """A plan as it was handed in to the partner and the trainers. Never changed."""

    __tablename__ = "plan_version"
    __table_args__ = (
        # handed in twice at once is one version, or two in order
        UniqueConstraint("person_id", "number", name="uq_plan_version_number"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]
    practise: Mapped[str]
    visits: Mapped[str]
    topic: Mapped[str]
    link: Mapped[str]
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("upload.id"))
    feedback: Mapped[str]
    handed_in_at: Mapped[datetime]


class PlanComment(Base):
    """What a trainer, or the partner, says of a version. Append-only."""

    __tablename__ = "plan_comment"
    __table_args__ = (
        # a second click says it once
        UniqueConstraint("entry", name="uq_plan_comment_entry"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str]
    entry: Mapped[str]
    at: Mapped[datetime]
