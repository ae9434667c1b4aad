"""Tables of the certificates. Rows are added and never changed or deleted: what was decided stays (DOMAIN.md 5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from certificates.rubric import SCORE_MAX, SCORE_MIN
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


class AssessmentAppeal(Base):
    """A participant's appeal against a decision: one for each, however often the button is pressed."""

    __tablename__ = "assessment_appeal"
    __table_args__ = (CheckConstraint("length(words) > 0", name="reason_given"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), unique=True)
    words: Mapped[str]
    appealed_at: Mapped[datetime]
    appealed_on: Mapped[date]


class AppealAssignment(Base):
    """Who is to look at an appeal; the newest counts."""

    __tablename__ = "appeal_assignment"

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("assessment_appeal.id"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    assigned_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    assigned_at: Mapped[datetime]


class AppealDecision(Base):
    """What became of an appeal, and why; one for each."""

    __tablename__ = "appeal_decision"
    __table_args__ = (
        CheckConstraint("outcome IN ('upheld', 'new_assessment')", name="outcome_known"),
        CheckConstraint("length(words) > 0", name="reason_given"),
    )

    appeal_id: Mapped[int] = mapped_column(ForeignKey("assessment_appeal.id"), primary_key=True, autoincrement=False)
    outcome: Mapped[str]
    words: Mapped[str]
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]
    decided_on: Mapped[date]


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


class Certificate(Base):
    """An issued certificate: the holder as they were, the dates, what they rest on, and the codes to check it by."""

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
    holder_name: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    unit_name: Mapped[str]
    region_name: Mapped[str]
    sector: Mapped[str]
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
    print_code: Mapped[str] = mapped_column(unique=True)  # short, to be typed; see codes.py


class CertificateNumber(Base):
    """How many certificates were numbered in a year; its row lock hands the numbers out one by one, without gaps."""

    __tablename__ = "certificate_number"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class CertificateEvent(Base):
    """What happened to a certificate, in the order it was decided; works from `effective_on`, that day included."""

    __tablename__ = "certificate_event"
    __table_args__ = (
        CheckConstraint("kind IN ('issued', 'suspended', 'lifted', 'revoked')", name="kind_known"),
        CheckConstraint("kind = 'issued' OR length(reason) > 0", name="reason_given"),
        # issued once; a revocation that is still to come may be followed by an earlier one
        Index(
            "uq_certificate_event_once",
            "certificate_id",
            "kind",
            unique=True,
            sqlite_where=text("kind = 'issued'"),
            postgresql_where=text("kind = 'issued'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    kind: Mapped[str]
    effective_on: Mapped[date]
    reason: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


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
