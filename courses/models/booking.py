"""Booking: quotas, invitations, the waiting list with its offers, and what happened to seats.

Whoever changes a seminar's seats or waiting list holds the lock on the seminar's row; who gets a seat is locked, too.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class SeminarQuota(Base):
    """At most so many of a seminar's seats for one sector, or for one unit. Sectors and units without one have none."""

    __tablename__ = "seminar_quota"
    __table_args__ = (
        # a limit for one thing, said once
        UniqueConstraint("seminar_id", "sector", name="uq_seminar_quota_sector"),
        UniqueConstraint("seminar_id", "unit_id", name="uq_seminar_quota_unit"),
        CheckConstraint("(sector IS NULL) <> (unit_id IS NULL)", name="sector_or_unit"),
        CheckConstraint("sector IN ('nav', 'helse')", name="sector_known"),
        CheckConstraint("seats >= 0", name="seats_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seminar_id: Mapped[int] = mapped_column(ForeignKey("seminar.id"))
    sector: Mapped[str | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    seats: Mapped[int]


class SeminarInvitation(Base):
    """A person was asked to book, and may do so through a day, also outside the booking window. The newest counts."""

    __tablename__ = "seminar_invitation"
    __table_args__ = (Index("ix_seminar_invitation_person_id_seminar_id", "person_id", "seminar_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    seminar_id: Mapped[int] = mapped_column(ForeignKey("seminar.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    through_date: Mapped[date]
    invited_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[datetime]


class WaitingEntry(Base):
    """A person's place on a waiting list, in the order of ids; a seat is offered once, until an instant.

    An offer whose instant has passed is over, whether or not anything has written that down yet.
    """

    __tablename__ = "waiting_entry"
    __table_args__ = (
        # one place a person in the line, also after a double click
        Index(
            "uq_waiting_entry_open",
            "seminar_id",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("(offered_at IS NULL) = (offer_ends_at IS NULL)", name="offer_whole"),
        # an offer that is over before it is made could not be answered
        CheckConstraint("offer_ends_at > offered_at", name="offer_in_order"),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="end_whole"),
        CheckConstraint("outcome IN ('seated', 'left', 'declined', 'ran_out', 'cancelled')", name="outcome_known"),
        Index("ix_waiting_entry_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seminar_id: Mapped[int] = mapped_column(ForeignKey("seminar.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    joined_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    offer_ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


class SeatEvent(Base):
    """What happened to a person's seat, by whom and why. Append-only: seats are what is, this is how it came to be."""

    __tablename__ = "seat_event"
    __table_args__ = (Index("ix_seat_event_seminar_id", "seminar_id"), Index("ix_seat_event_person_id", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    seminar_id: Mapped[int] = mapped_column(ForeignKey("seminar.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]  # `courses.booking.SeatChange`
    other_seminar_id: Mapped[int | None] = mapped_column(ForeignKey("seminar.id"))  # where one moved from or to
    reason: Mapped[str] = mapped_column(default="")
    by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: time did it
    at: Mapped[datetime]
