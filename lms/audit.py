"""The audit chain: what was decided, by whom and when, each entry holding the hash of the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms import sealing
from lms.db import Base
from lms.sealing import RowBreach, Sealed

GENESIS = "0" * 64


class AuditEntry(Base):
    """One decision. Never changed, never deleted; `hash` covers every other column and `previous_hash`."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject_kind", "subject_id"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    # no foreign key: the chain outlives the people in it
    actor_id: Mapped[int | None]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[int | None]
    details: Mapped[str]  # canonical JSON
    previous_hash: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[str] = mapped_column(unique=True)


class AuditHead(Base):
    """The one row that says where the chain ends; locking it orders the writers, and it shows a cut-off tail."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    hash: Mapped[str]


@dataclass(frozen=True, slots=True)
class Breach:
    """A place where the chain does not hold: `number` is the entry's, `what` one of changed, missing, tail."""

    number: int
    what: str


def record(
    session: Session,
    *,
    actor_id: int | None,
    action: str,
    subject: tuple[str, int | None],
    details: Mapping[str, Any],
    now: datetime,
) -> AuditEntry:
    """Append an entry to the chain in the present transaction. `details` holds JSON values and dates."""
    head = session.scalars(select(AuditHead).where(AuditHead.id == 1).with_for_update()).one()
    entry = AuditEntry(
        number=head.number + 1,
        at=now,
        actor_id=actor_id,
        action=action,
        subject_kind=subject[0],
        subject_id=subject[1],
        details=json.dumps(details, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain),
        previous_hash=head.hash,
        hash="",
    )
    entry.hash = _digest(entry)
    session.add(entry)
    head.number, head.hash = entry.number, entry.hash
    session.flush()
    return entry


def verify(session: Session) -> list[Breach]:
    """Every breach of the chain: a changed entry, a missing or reordered one, a tail cut off."""
    breaches = []
    number, previous = 0, GENESIS
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.number)):
        if entry.number != number + 1 or entry.previous_hash != previous:
            breaches.append(Breach(entry.number, "missing"))
        if entry.hash != _digest(entry):
            breaches.append(Breach(entry.number, "changed"))
        number, previous = entry.number, entry.hash
    head = session.scalar(select(AuditHead).where(AuditHead.id == 1))
    if head is None or (head.number, head.hash) != (number, previous):
        breaches.append(Breach(number, "tail"))
    return breaches


def verify_rows(session: Session, tables: Sequence[Sealed]) -> list[RowBreach]:
    """Every row of the sealed tables that was changed, deleted or added without an entry in the chain."""
    entries = session.execute(select(AuditEntry.number, AuditEntry.details).order_by(AuditEntry.number))
    return list(sealing.broken_rows(session, tables, ((number, details) for number, details in entries)))


def head(session: Session) -> tuple[int, str]:
    """The number and hash of the newest entry: kept elsewhere, it shows later that nothing before it was rewritten."""
    row = session.scalars(select(AuditHead).where(AuditHead.id == 1)).one()
    return row.number, row.hash


def hash_of(session: Session, number: int) -> str:
    """The hash of an entry; that of the beginning for 0, an empty text where there is none."""
    if number == 0:
        return GENESIS
    return session.scalar(select(AuditEntry.hash).where(AuditEntry.number == number)) or ""


def _digest(entry: AuditEntry) -> str:
    covered = [
        entry.number,
        entry.at.isoformat(timespec="microseconds"),
        entry.actor_id,
        entry.action,
        entry.subject_kind,
        entry.subject_id,
        entry.details,
        entry.previous_hash,
    ]
    return hashlib.sha256(json.dumps(covered, ensure_ascii=False).encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)
