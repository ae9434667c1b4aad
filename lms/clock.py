"""The only place that reads the time. Instants are aware UTC; days are civil days in Oslo (DOMAIN.md 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


class Clock(Protocol):
    """What knows the present instant; made in the roof, an argument below it."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FrozenClock:
    """A clock that stands still until moved: for tests, rehearsals and the demo's history."""

    instant: datetime

    def __post_init__(self) -> None:
        if self.instant.tzinfo is None:
            raise ValueError("an instant without a time zone is ambiguous")

    def now(self) -> datetime:
        return self.instant

    def advance(self, **by: float) -> None:
        """Move forward, in real elapsed time: `advance(days=1, minutes=30)`."""
        self.instant += timedelta(**by)


def local_date(instant: datetime) -> date:
    """The civil date in Oslo at an aware instant: 2026-03-28T23:30Z is 29 March (DOMAIN.md 5)."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone has no local date")
    return instant.astimezone(OSLO).date()


def start_of_day(day: date) -> datetime:
    """The UTC instant at which a civil day begins in Oslo."""
    return datetime.combine(day, time(0), OSLO).astimezone(UTC)


def at_local(day: date, hour: int, minute: int = 0) -> datetime:
    """The UTC instant of a wall-clock time in Oslo; used for hours that exist every day (04–23)."""
    return datetime.combine(day, time(hour, minute), OSLO).astimezone(UTC)
