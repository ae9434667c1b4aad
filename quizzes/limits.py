"""What a course may ask of a test: how many tries, how long between them, and within what time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

GRACE = timedelta(seconds=10)
"""For the network: what arrives so long after the deadline was sent before it."""

EXTRA_PERCENT_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """None where there is no limit. `max_attempts` and `wait_hours` are for the post-test; `time_limit` is in minutes,
    the same for both tests, or they would not measure the same."""

    max_attempts: int | None = None
    wait_hours: int | None = None
    time_limit: int | None = None

    def document(self) -> dict[str, int]:
        """Those that are set, as JSON keeps them; {} without any."""
        return {key: value for key, value in asdict(self).items() if value is not None}

    @classmethod
    def read(cls, document: Mapping[str, Any] | None) -> Limits:
        """What `document` wrote; None is no limits."""
        return cls(**(document or {}))


NO_LIMITS = Limits()


def deadline(started_at: datetime, limits: Limits, extra_percent: int = 0) -> datetime | None:
    """Until when answers count, for somebody with so much extra time; None without a limit."""
    if limits.time_limit is None:
        return None
    return started_at + timedelta(minutes=limits.time_limit) * (100 + extra_percent) / 100


def is_over(deadline_at: datetime | None, now: datetime) -> bool:
    """Whether the time is out, the grace for the network included."""
    return deadline_at is not None and now > deadline_at + GRACE
