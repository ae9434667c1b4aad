"""Appeals: one table of cases, whatever decision they are against. Rows are added; only a handler's draft changes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class Appeal(Base):
    """An appeal against one decision: one for each, however often the button is pressed."""

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint("length(words) > 0", name="reason_given"),
        CheckConstraint("late = (length(late_why) > 0)", name="late_with_reason"),
        # against exactly one decision
        CheckConstraint(
            "(CASE WHEN assessment_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN event_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN adjustment_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_decision",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    programme: Mapped[str]
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"), unique=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_event.id"), unique=True)
    adjustment_id: Mapped[int | None] = mapped_column(ForeignKey("score_adjustment.id"), unique=True)
    words: Mapped[str]
    late: Mapped[bool]
    late_why: Mapped[str]
    appealed_at: Mapped[datetime]
    appealed_on: Mapped[date]
    answer_by: Mapped[date]  # as the programme said when it was received


class AppealStep(Base):
    """What happened to an appeal before it ended (`appeals.StepKind`), in the order of their ids."""

    __tablename__ = "appeal_step"
    __table_args__ = (
        CheckConstraint("kind IN ('admitted', 'assigned', 'recused', 'question', 'answer')", name="kind_known"),
        CheckConstraint("(person_id IS NOT NULL) = (kind IN ('assigned', 'recused'))", name="about_somebody"),
        # whoever is left out is told why, and a question has words
        CheckConstraint("kind = 'assigned' OR length(words) > 0", name="words_given"),
        # admitted once, however many press
        Index(
            "uq_appeal_step_once",
            "appeal_id",
            "kind",
            unique=True,
            sqlite_where=text("kind = 'admitted'"),
            postgresql_where=text("kind = 'admitted'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    kind: Mapped[str]
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    words: Mapped[str]
    at: Mapped[datetime]


class AppealEnding(Base):
    """How an appeal ended, and why; one for each, so that deciding and taking back exclude each other.

    `effective_on` is the day from which a suspension or revocation is undone; the events that do it are written in the
    same transaction, `effect_id` is that of the certificate appealed about.
    """

    __tablename__ = "appeal_ending"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('upheld', 'granted', 'partly', 'withdrawn', 'inadmissible')", name="outcome_known"
        ),
        CheckConstraint("outcome = 'withdrawn' OR length(words) > 0", name="reason_given"),
        CheckConstraint("effect_id IS NULL OR outcome IN ('granted', 'partly')", name="effect_when_granted"),
    )

    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), primary_key=True, autoincrement=False)
    outcome: Mapped[str]
    words: Mapped[str]
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    effective_on: Mapped[date | None]
    # an effect belongs to one appeal
    effect_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_event.id"), unique=True)
    decided_at: Mapped[datetime]
    decided_on: Mapped[date]


class AppealDraft(Base):
    """What a handler is about to decide: seen by nobody else, and replaced each time it is saved."""

    __tablename__ = "appeal_draft"

    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), primary_key=True, autoincrement=False)
    handler_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    outcome: Mapped[str]
    words: Mapped[str]
    effective_on: Mapped[date | None]
    saved_at: Mapped[datetime]


class AppealFile(Base):
    """A file the appellant has handed in with an appeal, or with an answer."""

    __tablename__ = "appeal_file"
    __table_args__ = (UniqueConstraint("upload_id", name="uq_appeal_file_upload"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"))


class AppealNudge(Base):
    """What was told about the last day to answer an appeal: the claim on telling it, once."""

    __tablename__ = "appeal_nudge"
    __table_args__ = (
        # two workers tell once
        UniqueConstraint("appeal_id", "stage", name="uq_appeal_nudge_stage"),
        CheckConstraint("stage IN ('soon', 'over')", name="stage_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"))
    stage: Mapped[str]
    mails: Mapped[int]
    claimed_at: Mapped[datetime]
