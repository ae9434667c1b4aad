"""Tables of the rounds in which a panel judges where the pass mark should lie (`quizzes.angoff`)."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base
from quizzes.angoff import Stage


class AngoffRound(Base):
    """A round on a published version's questions: all of its bank, or one of its forms (`scope`)."""

    __tablename__ = "angoff_round"
    __table_args__ = (
        CheckConstraint("scope IN ('bank', 'A', 'B')", name="scope"),
        CheckConstraint("closed_at IS NULL OR first_closed_at IS NOT NULL", name="stages_in_order"),
        # a second click, or a colleague at the same moment, opens no second one
        Index(
            "uq_angoff_round_open",
            "version_id",
            "scope",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
            sqlite_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    scope: Mapped[str]
    items: Mapped[list[Any]]
    """The ids of the questions to judge, in the version's order."""
    opened_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    first_closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    first_closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]

    @property
    def stage(self) -> Stage:
        """Where the round stands."""
        if self.closed_at is not None:
            return Stage.CLOSED
        return Stage.FIRST if self.first_closed_at is None else Stage.SECOND


class AngoffJudge(Base):
    """Somebody invited to judge. Having been invited is the permission."""

    __tablename__ = "angoff_judge"

    round_id: Mapped[int] = mapped_column(ForeignKey("angoff_round.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    invited_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[datetime]


class AngoffRating(Base):
    """One judge's per cent for one question in one of the two stages. It may change until the stage is closed."""

    __tablename__ = "angoff_rating"
    __table_args__ = (
        CheckConstraint("stage IN ('first', 'second')", name="stage"),
        CheckConstraint("percent BETWEEN 0 AND 100 AND percent % 5 = 0", name="percent"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("angoff_round.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(primary_key=True)
    percent: Mapped[int]
    rated_at: Mapped[datetime]


class AngoffDecision(Base):
    """Which pass mark was decided on the basis of a round, by whom and why. A later one stands beside it."""

    __tablename__ = "angoff_decision"
    __table_args__ = (CheckConstraint("pass_numerator BETWEEN 0 AND pass_denominator", name="pass_mark"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("angoff_round.id"), index=True)
    pass_numerator: Mapped[int]
    pass_denominator: Mapped[int]
    reason: Mapped[str]
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]

    @property
    def pass_mark(self) -> Fraction:
        """The share of all points, 0…1, that was decided on."""
        return Fraction(self.pass_numerator, self.pass_denominator)
