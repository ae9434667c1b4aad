"""What this feature adds to a person's page in administration: extra time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms.features import Panel
from lms.roles import Act
from lms.viewer import Viewer
from quizzes import timekeeping


def extra_time(session: Session, viewer: Viewer, person_id: int, _now: datetime) -> Panel | None:
    """How much more time the person has for tests, for those who may give it."""
    if not viewer.may(Act.GRANT_EXTRA_TIME):
        return None
    context = {"person_id": person_id, "percent": timekeeping.extra_percent(session, person_id)}
    return Panel(template="quizzes/panel_extra_time.html", context=context)
