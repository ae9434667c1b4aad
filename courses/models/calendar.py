"""What stands in people's own calendars: what each was last told of an event, and the address of a private feed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class CalendarEntry(Base):
    """An event as a person was last told of it. `uid` names the event for good; `words` are the content that was sent,
    so that only what has changed is sent again, and what is gone can be called off."""

    __tablename__ = "calendar_entry"
    __table_args__ = (
        # one word on an event to a person counts: the one with the highest sequence
        UniqueConstraint("person_id", "uid", name="uq_calendar_entry_person_uid"),
        CheckConstraint("sequence >= 0", name="sequence_from_zero"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    seminar_id: Mapped[int] = mapped_column(ForeignKey("seminar.id"), index=True)
    uid: Mapped[str]
    sequence: Mapped[int]
    words: Mapped[str]  # canonical JSON of the event without its sequence
    cancelled: Mapped[bool]
    sent_at: Mapped[datetime]


class CalendarFeed(Base):
    """The private calendar address of a person: only the hash of its secret is kept, and a new one ends the old."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
