"""Throttling in the database, so that every process counts together: sign-in, reset, verification."""

from __future__ import annotations

import hashlib
import ipaddress
import math
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.db import Base, Database
from lms.errors import Throttled
from lms.verdict import because

IPV6_HOUSEHOLD = 64  # bits of an IPv6 address that a provider hands out; the rest is the customer's to vary


class ThrottleCount(Base):
    """How often something was tried in one window of time. `bucket` is a hash: no address is kept in the clear."""

    __tablename__ = "throttle_count"

    bucket: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    tries: Mapped[int]


def count(database: Database, what: str, who: str, *, limit: int, window: timedelta, now: datetime) -> None:
    """Count one try, in a transaction of its own so that a refused try counts too.

    Raises `Throttled` past `limit` tries in the window.
    """
    with database.transaction() as session:
        tries, start = _add(session, what, who, window=window, now=now)
    if tries > limit:
        raise Throttled(math.ceil((start + window - now).total_seconds()), because("throttled"))


def household(address: str | None) -> str:
    """Whom tries from an address are counted against: an IPv6 address by its /64, since one household has them all."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return address or "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return str(ipaddress.ip_network((found, IPV6_HOUSEHOLD), strict=False))
        found = found.ipv4_mapped
    return str(found)


def _add(session: Session, what: str, who: str, *, window: timedelta, now: datetime) -> tuple[int, datetime]:
    seconds = int(window.total_seconds())
    start = now - timedelta(seconds=int(now.timestamp()) % seconds, microseconds=now.microsecond)
    bucket = hashlib.sha256(f"{what}\0{who}".encode()).hexdigest()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(ThrottleCount).values(bucket=bucket, window_start=start, tries=1)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["bucket", "window_start"], set_={"tries": ThrottleCount.tries + 1}
        )
    )
    tries = session.scalar(
        select(ThrottleCount.tries).where(ThrottleCount.bucket == bucket, ThrottleCount.window_start == start)
    )
    return int(tries or 0), start


def forget_old(session: Session, *, now: datetime) -> int:
    """Remove counts of more than a day ago; returns how many."""
    gone = session.execute(delete(ThrottleCount).where(ThrottleCount.window_start < now - timedelta(days=1)))
    return int(gone.rowcount)  # type: ignore[attr-defined]
