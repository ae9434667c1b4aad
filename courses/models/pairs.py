"""Pairs: a NAV and a health person who will teach together."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base

_RUNNING = text("agreed_at IS NOT NULL AND through_on IS NULL")
_PROPOSED = text("agreed_at IS NULL AND ended_at IS NULL")


class Pair(Base):
    """Two who teach together, from a day through a day (inclusive; None: until further notice).

    Proposed by one of them it waits for the other (`agreed_at`); linked by a trainer it is agreed at once. A proposal
    that is declined or taken back has ended without having begun.
    """

    __tablename__ = "pair"
    __table_args__ = (
        # one running pair a person: of two links made at once, one is refused. Who has changed sector could stand once
        # in each column; that is decided under a lock on both people
        Index("uq_pair_running_nav", "nav_id", unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING),
        Index("uq_pair_running_helse", "helse_id", unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING),
        # proposed twice, by one or by both, is one proposal
        Index(
            "uq_pair_proposed", "nav_id", "helse_id", unique=True, sqlite_where=_PROPOSED, postgresql_where=_PROPOSED
        ),
        CheckConstraint("nav_id <> helse_id", name="of_two"),
        CheckConstraint("through_on IS NULL OR through_on >= from_on", name="days_in_order"),
        CheckConstraint("(agreed_at IS NULL) = (agreed_by IS NULL)", name="agreed_by_and_at"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_and_at"),
        # what has been agreed ends on a day
        CheckConstraint("agreed_at IS NULL OR (ended_at IS NULL) = (through_on IS NULL)", name="ended_on_a_day"),
        Index("ix_pair_nav_id", "nav_id"),
        Index("ix_pair_helse_id", "helse_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nav_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    helse_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    from_on: Mapped[date]
    through_on: Mapped[date | None]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    agreed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    agreed_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
