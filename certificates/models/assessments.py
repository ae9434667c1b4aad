"""Assessments, what was said about them, and exemptions. Rows are added; what was decided stays."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from certificates.rubric import SCORE_MAX, SCORE_MIN
from lms.db import Base


class Assessment(Base):
    """A trainer's individual assessment of a participant (DOMAIN.md 4, step 5)."""

    __tablename__ = "assessment"
    __table_args__ = (
        CheckConstraint("outcome IN ('approved', 'not_yet')", name="outcome_known"),
        # "not yet" without a word on what to work on helps nobody
        CheckConstraint("outcome = 'approved' OR length(feedback) > 0", name="feedback_with_not_yet"),
        CheckConstraint(f"content_score BETWEEN {SCORE_MIN} AND {SCORE_MAX}", name="content_score_range"),
        CheckConstraint(f"non_directive_score BETWEEN {SCORE_MIN} AND {SCORE_MAX}", name="non_directive_score_range"),
        CheckConstraint("assessor_id <> person_id", name="not_oneself"),
        # every night asks who has been approved
        Index("ix_assessment_programme_outcome", "programme", "outcome", "person_id", "decided_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    programme: Mapped[str]
    assessor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    outcome: Mapped[str]
    content_score: Mapped[int | None]
    non_directive_score: Mapped[int | None]
    feedback: Mapped[str]
    decided_at: Mapped[datetime]
    decided_on: Mapped[date]


class AssessmentRound(Base):
    """The assessing of one person once, by one assessor or two: begun with a sheet, ended by a decision or given up.

    The rubric is that of the programme's version it was begun under. `outcome` stands here beside the decision's own so
    that the database can ask for what to do.
    """

    __tablename__ = "assessment_round"
    __table_args__ = (
        # two who begin at once find themselves in the same round
        Index(
            "uq_assessment_round_open",
            "person_id",
            "programme",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("outcome IN ('approved', 'not_yet')", name="outcome_known"),
        # "not yet" without what to do helps nobody
        CheckConstraint("outcome IS NULL OR outcome = 'approved' OR length(next_steps) > 0", name="next_steps_given"),
        CheckConstraint(
            "(assessment_id IS NULL) = (outcome IS NULL) AND (outcome IS NULL OR ended_at IS NOT NULL)",
            name="decided_whole",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    programme: Mapped[str]
    requirement: Mapped[str]
    programme_version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"))
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # one decision a round, whoever is first
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"), unique=True)
    outcome: Mapped[str | None]
    next_steps: Mapped[str]


class AssessmentSheet(Base):
    """One assessor's sheet in a round: a draft until it is handed in, and the same for ever after."""

    __tablename__ = "assessment_sheet"
    __table_args__ = (
        UniqueConstraint("round_id", "assessor_id", name="uq_assessment_sheet_round_assessor"),
        # at most two assess together
        Index(
            "uq_assessment_sheet_place",
            "round_id",
            "place",
            unique=True,
            sqlite_where=text("set_aside_at IS NULL"),
            postgresql_where=text("set_aside_at IS NULL"),
        ),
        CheckConstraint("place IN (1, 2)", name="place_known"),
        CheckConstraint("assessor_id <> person_id", name="not_oneself"),
        CheckConstraint("(set_aside_at IS NULL) = (set_aside_by IS NULL)", name="set_aside_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    assessor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    place: Mapped[int]
    levels: Mapped[dict[str, Any]]  # by the criterion's id, from 1
    notes: Mapped[dict[str, Any]]  # by the criterion's id
    feedback: Mapped[str]
    next_steps: Mapped[str]
    outcome: Mapped[str | None]
    begun_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    handed_in_at: Mapped[datetime | None]
    set_aside_at: Mapped[datetime | None]
    set_aside_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class AssessmentComment(Base):
    """What a participant has to say about a decision; kept beside it."""

    __tablename__ = "assessment_comment"
    __table_args__ = (CheckConstraint("length(words) > 0", name="something_said"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    words: Mapped[str]
    said_at: Mapped[datetime]


class Exemption(Base):
    """A requirement waived for one person, with the reason and who decided it."""

    __tablename__ = "exemption"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason_given"),
        CheckConstraint("decided_by <> person_id", name="not_oneself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    programme: Mapped[str]
    requirement: Mapped[str]
    reason: Mapped[str]
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]
    decided_on: Mapped[date]
