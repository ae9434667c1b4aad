"""The anonymous evaluation of a part of a seminar: who has been asked and has answered, and apart from it the answers.

Nothing leads from one table to the other. An answer has no person and no time, its id is random, and whenever one is
handed in, all answers of the part are written anew in the order of new ids, so that neither the place of a row nor the
transaction that wrote it tells which answer came when.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class EvaluationTurn(Base):
    """That a person has been asked about a part of a seminar, and whether they have answered; never what or when."""

    __tablename__ = "evaluation_turn"
    __table_args__ = (
        # the claim: a person is asked once and answers once, whatever runs or is clicked twice
        UniqueConstraint("seminar_id", "part", "person_id", name="uq_evaluation_turn_person"),
        CheckConstraint("part IN (1, 2)", name="part_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seminar_id: Mapped[int] = mapped_column(ForeignKey("seminar.id"))
    part: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime | None]  # when the mail was written; None for one who answered before it
    answered: Mapped[bool]


class EvaluationAnswer(Base):
    """One answer. `shown` once it belongs to a group of at least five that is shown together."""

    __tablename__ = "evaluation_answer"
    __table_args__ = (
        CheckConstraint("part IN (1, 2)", name="part_known"),
        Index("ix_evaluation_answer_part", "seminar_id", "part"),
        {"sqlite_with_rowid": False},  # SQLite would number the rows as they come
    )

    id: Mapped[str] = mapped_column(primary_key=True)  # random
    seminar_id: Mapped[int] = mapped_column(ForeignKey("seminar.id"))
    part: Mapped[int]
    ratings: Mapped[dict[str, Any]]  # statement → 1 to 5
    useful: Mapped[str]
    better: Mapped[str]
    shown: Mapped[bool]
