"""What course.md may ask of its tests: `max_attempts`, `wait_hours` and `time_limit`; none has to stand there."""

from __future__ import annotations

from courses.parsing.front_matter import Fields
from quizzes.limits import Limits

RANGES = {"max_attempts": (1, 100), "wait_hours": (1, 720), "time_limit": (5, 600)}
"""The smallest and the largest number taken: tries, hours, minutes."""

LIMIT_KEYS = tuple(RANGES)


def read_limits(fields: Fields) -> Limits:
    """The limits of a course's tests; what is wrong is told."""
    given = {key: fields.number(key, *RANGES[key]) or None for key in LIMIT_KEYS}
    return Limits(**given)
