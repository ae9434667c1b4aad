"""Tables of questions as they were published, and of attempts with what was shown and answered."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base
from quizzes.responses import Response


class QuestionVersion(Base):
    """A question as it was published: never changed, never deleted, since attempts rest on it."""

    __tablename__ = "question_version"
    # the same text published twice is one version
    __table_args__ = (UniqueConstraint("bank", "question_id", "digest", name="uq_question_version_content"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bank: Mapped[str]
    question_id: Mapped[str]
    digest: Mapped[str]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Source and sanitised HTML, from `quizzes.questions.to_document`."""
    published_at: Mapped[datetime]


class Attempt(Base):
    """One person's try at a test. Without `submitted_at` it is in progress; with it, it is final and scored."""

    __tablename__ = "attempt"
    __table_args__ = (
        # a second click or a second machine cannot make the same try twice
        UniqueConstraint("owner", "form", "ordinal", name="uq_attempt_ordinal"),
        # at most one try of a form is open at a time
        Index(
            "uq_attempt_in_progress",
            "owner",
            "form",
            unique=True,
            postgresql_where=text("submitted_at IS NULL"),
            sqlite_where=text("submitted_at IS NULL"),
        ),
        Index("ix_attempt_person", "person_id"),
        CheckConstraint("form IN ('pre', 'post', 'check')", name="form"),
        # a check has no pass mark: it cannot be failed
        CheckConstraint("form <> 'check' OR pass_numerator = 0", name="check_without_pass_mark"),
        CheckConstraint("ordinal >= 1", name="ordinal"),
        CheckConstraint("pass_numerator BETWEEN 0 AND pass_denominator", name="pass_mark"),
        # whoever submits, scores, in the same statement
        CheckConstraint(
            "(submitted_at IS NULL) = (points_numerator IS NULL) "
            "AND (points_numerator IS NULL) = (points_denominator IS NULL)",
            name="submitted_is_scored",
        ),
        CheckConstraint("points_numerator BETWEEN 0 AND points_denominator * out_of", name="points"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    owner: Mapped[str]
    form: Mapped[str]
    ordinal: Mapped[int]
    title: Mapped[str]
    bank: Mapped[str]
    seed: Mapped[str]
    go_back_to: Mapped[str]
    objective_titles: Mapped[dict[str, Any]] = mapped_column(JSON)
    pass_numerator: Mapped[int]
    pass_denominator: Mapped[int]
    out_of: Mapped[int]
    version: Mapped[str | None]
    """A or B where the test is one of the course version's two stored forms; none for one drawn for this person."""
    started_at: Mapped[datetime]
    limits: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """`quizzes.limits.Limits.document` as it was when the attempt began."""
    read_again: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """By objective, where one reads about it: `[{"title": …, "path": …}]`, paths on this site."""
    deadline_at: Mapped[datetime | None]
    """Until when answers count, by the server's clock, extra time included; none without a limit."""
    submitted_at: Mapped[datetime | None]
    points_numerator: Mapped[int | None] = mapped_column(BigInteger)
    points_denominator: Mapped[int | None] = mapped_column(BigInteger)

    @property
    def pass_mark(self) -> Fraction:
        """The share of all points, 0…1, that is enough."""
        return Fraction(self.pass_numerator, self.pass_denominator)

    @property
    def points(self) -> Fraction | None:
        """Points of at most `out_of`; None while in progress."""
        if self.points_numerator is None or self.points_denominator is None:
            return None
        return Fraction(self.points_numerator, self.points_denominator)


class AttemptItem(Base):
    """One question of an attempt: the version shown, the order of its options, what was answered, what it gave.

    `option_order` holds option keys, which are single letters: "cab". `response` holds the tokens of the answer
    (`quizzes.responses`), sorted; it is NULL as long as nothing was answered, and [] when all was taken back.
    """

    __tablename__ = "attempt_item"
    __table_args__ = (
        # no question twice in one test
        UniqueConstraint("attempt_id", "question_version_id", name="uq_attempt_item_question"),
        Index("ix_attempt_item_question_version", "question_version_id"),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint("(score_numerator IS NULL) = (score_denominator IS NULL)", name="score"),
    )

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"))
    option_order: Mapped[str]
    response: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    answered_at: Mapped[datetime | None]
    flagged: Mapped[bool] = mapped_column(default=False)
    """Whether the person has marked the question to come back to it."""
    seconds_spent: Mapped[int | None]
    """How long the question was in front of the person, as the page has told; none where it has not."""
    score_numerator: Mapped[int | None]
    score_denominator: Mapped[int | None]

    @property
    def chosen(self) -> Response:
        """What was answered; empty when nothing is."""
        return frozenset(self.response or ())

    @property
    def score(self) -> Fraction | None:
        """0…1, exact; None until the attempt is submitted."""
        if self.score_numerator is None or self.score_denominator is None:
            return None
        return Fraction(self.score_numerator, self.score_denominator)


class ItemProposal(Base):
    """Somebody's proposal to withdraw a question, for those who decide. `bank` is that of the course itself."""

    __tablename__ = "item_proposal"
    __table_args__ = (
        # a second click is the same proposal
        UniqueConstraint("bank", "question_id", "proposed_by", name="uq_item_proposal_person"),
        CheckConstraint("way IN ('left_out', 'full')", name="way"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bank: Mapped[str]
    question_id: Mapped[str]
    way: Mapped[str]
    reason: Mapped[str]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]


class ItemWithdrawal(Base):
    """A question that no longer counts, in all its versions and translations. Never changed, never deleted."""

    __tablename__ = "item_withdrawal"
    __table_args__ = (
        # two who press at once withdraw once
        UniqueConstraint("bank", "question_id", name="uq_item_withdrawal_question"),
        CheckConstraint("way IN ('left_out', 'full')", name="way"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bank: Mapped[str]
    question_id: Mapped[str]
    way: Mapped[str]
    reason: Mapped[str]
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]


class ScoreAdjustment(Base):
    """What a test is worth after a withdrawal, or what was decided of its pass (`quizzes.withdrawal.Adjustment`).

    Appended, in the order of `ordinal`; the attempt itself keeps the score it was handed in with.
    """

    __tablename__ = "score_adjustment"
    __table_args__ = (
        # whoever comes second sees that somebody was first
        UniqueConstraint("attempt_id", "ordinal", name="uq_score_adjustment_ordinal"),
        # a withdrawal is applied to a test once, and its pass decided on once
        UniqueConstraint("attempt_id", "withdrawal_id", "status", name="uq_score_adjustment_once"),
        CheckConstraint("ordinal >= 1", name="ordinal"),
        CheckConstraint("out_of >= 1", name="out_of"),
        CheckConstraint("points_numerator BETWEEN 0 AND points_denominator * out_of", name="points"),
        CheckConstraint("status IN ('applied', 'pass_pending', 'pass_kept', 'pass_withdrawn')", name="status"),
        Index("ix_score_adjustment_status", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    ordinal: Mapped[int]
    withdrawal_id: Mapped[int] = mapped_column(ForeignKey("item_withdrawal.id"), index=True)
    points_numerator: Mapped[int] = mapped_column(BigInteger)
    points_denominator: Mapped[int] = mapped_column(BigInteger)
    out_of: Mapped[int]
    passed_before: Mapped[bool | None]
    passed_after: Mapped[bool | None]
    status: Mapped[str]
    reason: Mapped[str]
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]

    @property
    def points(self) -> Fraction:
        """Points of at most `out_of`."""
        return Fraction(self.points_numerator, self.points_denominator)


class ExtraTime(Base):
    """That somebody has more time than others for tests, from a moment on; the newest row of a person counts.

    Says how much, who gave it and when. Never why: that could be health data (DOMAIN.md 10).
    """

    __tablename__ = "extra_time"
    __table_args__ = (
        Index("ix_extra_time_person", "person_id"),
        CheckConstraint("percent BETWEEN 0 AND 200", name="percent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    percent: Mapped[int]
    """Of the time limit; 0 takes back what was given before."""
    given_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]
