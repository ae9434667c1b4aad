"""The only way a view gets an attempt: it must be the viewer's own; every other is not found."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.errors import NotFound
from lms.viewer import Viewer
from quizzes.models import Attempt, AttemptItem

ID_MAX = 2**31 - 1
"""The largest number the database can hold as an id; an address with a larger one leads nowhere."""


def attempt_for(session: Session, viewer: Viewer, attempt_id: int) -> Attempt:
    """The viewer's own attempt; 404 for every other."""
    attempt = session.get(Attempt, attempt_id) if attempt_id <= ID_MAX else None
    if attempt is None or attempt.person_id != viewer.person_id:
        raise NotFound
    return attempt


def attempt_with_question_for(session: Session, viewer: Viewer, attempt_id: int, position: int) -> Attempt:
    """The viewer's own attempt, which has a question at this position; 404 otherwise."""
    attempt = attempt_for(session, viewer, attempt_id)
    here = exists().where(AttemptItem.attempt_id == attempt_id, AttemptItem.position == position)
    if position > ID_MAX or not session.scalar(select(here)):
        raise NotFound
    return attempt
