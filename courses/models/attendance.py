"""Checking in with a code shown in the room, and missed days that are made up."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class CheckIn(Base):
    """The check-in of a day, as a trainer opened it. The codes shown in the room follow from `secret` and the time."""

    __tablename__ = "check_in"
    __table_args__ = (
        # one a day: two trainers who open it at once show the same codes
        UniqueConstraint("seminar_day_id", name="uq_check_in_seminar_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seminar_day_id: Mapped[int] = mapped_column(ForeignKey("seminar_day.id"))
    secret: Mapped[str]
    opened_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class MakeUp(Base):
    """How a missed day is made up, as a trainer and the participant have agreed.

    Either on the same day of another seminar (`other_day_id`), whose list then says whether they were there, or by a
    described replacement that a trainer confirms.
    """

    __tablename__ = "make_up"
    __table_args__ = (
        # nobody lets themselves off, and nobody vouches for what they did themselves
        CheckConstraint("agreed_by <> person_id", name="agreed_by_another"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> person_id", name="confirmed_by_another"),
        CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL) AND (confirmed_by IS NULL) = (done_on IS NULL)",
            name="confirmed_whole",
        ),
        # a day at another seminar is vouched for by that day's list, never by a word beside it
        CheckConstraint("other_day_id IS NULL OR confirmed_by IS NULL", name="list_or_word"),
        CheckConstraint("confirmed_by IS NULL OR done_what <> ''", name="confirmed_in_words"),
        CheckConstraint("other_day_id IS NULL OR other_day_id <> seminar_day_id", name="another_day"),
        CheckConstraint("(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn_by_and_at"),
        # one agreement about a missed day holds at a time
        Index(
            "uq_make_up_one_holds",
            "person_id",
            "seminar_day_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_make_up_seminar_day_id", "seminar_day_id"),
        Index("ix_make_up_other_day_id", "other_day_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    seminar_day_id: Mapped[int] = mapped_column(ForeignKey("seminar_day.id"))
    other_day_id: Mapped[int | None] = mapped_column(ForeignKey("seminar_day.id"))
    what: Mapped[str]  # why the day is missed and what is agreed, in words
    agreed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agreed_at: Mapped[datetime]
    done_on: Mapped[date | None]
    done_what: Mapped[str]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
