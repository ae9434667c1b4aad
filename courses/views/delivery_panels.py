"""What of deliveries, guidance and gatherings stands on the home page: what waits for one, what one has agreed to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from courses.guidance import Stage
from courses.queries import deliveries, gatherings, guidance
from lms.clock import local_date
from lms.features import Panel
from lms.viewer import Viewer
from lms.web import instructors_among

GATHERINGS_SHOWN = 3


def waiting(session: Session, viewer: Viewer, today: date) -> dict[str, Any]:
    """Deliveries that name one as the partner or whose partner said no, agreements without one's yes, visits and
    gatherings that are over and not noted: each empty where nothing waits."""
    to_confirm, denied = deliveries.waiting_for(session, viewer.person_id)
    agreements = guidance.of_person(session, viewer.person_id, today=today)
    owed = [each for each in agreements if each.owed_by(viewer.person_id)]
    guided = [each for each in agreements if each.row.guide_id == viewer.person_id and each.missing_notes]
    unrecorded = gatherings.without_attendance(session, viewer.person_id, today=today)
    return {
        "to_confirm": to_confirm,
        "denied": denied,
        "owed": owed,
        "guided": guided,
        "unrecorded": unrecorded,
    }


def agreed(session: Session, viewer: Viewer, now: datetime) -> Panel | None:
    """The next agreed visits, and gatherings one has signed up for or may sign up for."""
    today = local_date(now)
    held = [
        each
        for each in guidance.of_person(session, viewer.person_id, today=today)
        if each.stage is Stage.AGREED and each.row.person_id == viewer.person_id
    ]
    coming = gatherings.coming_for(session, viewer.person_id, today=today)
    if not all(line.signed_up for line in coming) and not instructors_among(session, [viewer.person_id], on=today):
        coming = [line for line in coming if line.signed_up]
    if not (held or coming):
        return None
    return Panel(
        template="courses/fieldwork/guidance/panel.html",
        context={"agreements": held, "gatherings": coming[:GATHERINGS_SHOWN], "today": today},
        order=32,
    )
