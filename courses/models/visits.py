"""Observation visits, what is said of them, and the links mentors are mailed.

A visit's facts are its own; what is said of it is appended, and the newest word says where it stands.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base

_STANDS = text("withdrawn_at IS NULL")


class ObservationVisit(Base):
    """A visit to a presentation held by a mentor. Counts when confirmed; `modules` is a list of module kinds.

    `confirmed_…` and `withdrawn_at` are set once. Who confirmed is a person here, or somebody known by name and
    address (`confirmed_address` is set whenever it was done by a mailed link).
    """

    __tablename__ = "observation_visit"
    __table_args__ = (
        # a visit is one day at one company, whatever it covered; a second click adds nothing, and what is struck out
        # stands in nobody's way
        Index(
            "uq_observation_visit_day_at_company",
            "person_id",
            "on_date",
            "company",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        # entered once for both partners, however often it is clicked
        UniqueConstraint("entered_with", name="uq_observation_visit_entered_with"),
        # nobody is their own mentor, and nobody confirms the own visit
        CheckConstraint("mentor_id IS NULL OR mentor_id <> person_id", name="mentor_is_another"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> person_id", name="confirmed_by_another"),
        # whoever confirms has an account or came by a link, and is then known by name and address
        CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by IS NULL AND confirmed_address IS NULL)", name="confirmed_by_and_at"
        ),
        CheckConstraint("(confirmed_address IS NULL) = (confirmed_name IS NULL)", name="confirmed_by_link"),
        CheckConstraint("model IS NULL OR model IN (1, 2)", name="model_known"),
        Index("ix_observation_visit_mentor_id", "mentor_id"),
        Index("ix_observation_visit_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    on: Mapped[date] = mapped_column("on_date")
    company: Mapped[str]
    modules: Mapped[list[Any]]
    model: Mapped[int | None]  # none on visits from before it was asked for
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    mentor_name: Mapped[str]
    mentor_address: Mapped[str] = mapped_column(default="")
    note: Mapped[str]
    entered_with: Mapped[int | None] = mapped_column(ForeignKey("observation_visit.id"))  # the partner's own
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_name: Mapped[str | None]
    confirmed_address: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class VisitWord(Base):
    """One thing said of a visit: planned, reported, sent back … Append-only; the row with the highest id says where it
    stands. `observed` is by prompt; who said it without an account is known by name and address."""

    __tablename__ = "visit_word"
    __table_args__ = (
        # confirmed once, ended once: two who press at the same moment are one too many
        Index(
            "uq_visit_word_confirmed",
            "visit_id",
            unique=True,
            sqlite_where=text("word = 'confirmed'"),
            postgresql_where=text("word = 'confirmed'"),
        ),
        Index(
            "uq_visit_word_ended",
            "visit_id",
            unique=True,
            sqlite_where=text("word IN ('struck_out', 'rejected')"),
            postgresql_where=text("word IN ('struck_out', 'rejected')"),
        ),
        # every word is somebody's
        CheckConstraint("by_id IS NOT NULL OR by_address <> ''", name="said_by_somebody"),
        Index("ix_visit_word_visit_id_id", "visit_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("observation_visit.id"))
    word: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(default="")
    by_address: Mapped[str] = mapped_column(default="")
    comment: Mapped[str] = mapped_column(default="")
    observed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reflection: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class VisitLink(Base):
    """A single-use link by which a mentor answers to one report. Only the hash of its token is kept."""

    __tablename__ = "visit_link"
    __table_args__ = (CheckConstraint("(used_at IS NULL) = (answer IS NULL)", name="used_with_an_answer"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("observation_visit.id"), index=True)
    word_id: Mapped[int] = mapped_column(ForeignKey("visit_word.id"))  # the report it asks about
    name: Mapped[str]
    address: Mapped[str]
    mail_id: Mapped[int] = mapped_column(ForeignKey("outbox_mail.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    answer: Mapped[str | None]  # the word it was used for


class MentorReminder(Base):
    """That a mentor has been reminded of a report: the row is the claim."""

    __tablename__ = "mentor_reminder"

    # a report is reminded of once, on however many machines the job runs
    word_id: Mapped[int] = mapped_column(ForeignKey("visit_word.id"), primary_key=True, autoincrement=False)
    claimed_at: Mapped[datetime]


class VisitsReminder(Base):
    """That a participant has been told, so many days before part 2, which visits are missing: the row is the claim."""

    __tablename__ = "visits_reminder"
    __table_args__ = (
        # each stage once for a seat, however often the job runs and whatever is killed in between
        UniqueConstraint("person_id", "seminar_id", "days_before", name="uq_visits_reminder_stage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    seminar_id: Mapped[int] = mapped_column(ForeignKey("seminar.id"))
    days_before: Mapped[int]
    mail_id: Mapped[int] = mapped_column(ForeignKey("outbox_mail.id"))
    claimed_at: Mapped[datetime]
