"""What of deliveries and guidance waits for one on the home page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from courses.queries import deliveries
from lms.features import Panel
from lms.viewer import Viewer


def waiting(session: Session, viewer: Viewer, _now: datetime) -> Panel | None:
    """Deliveries that name one as the partner, and those whose partner said no."""
    to_confirm, denied = deliveries.waiting_for(session, viewer.person_id)
    if not (to_confirm or denied):
        return None
    return Panel(
        template="courses/fieldwork/deliveries/panel.html",
        context={"to_confirm": to_confirm, "denied": denied},
        order=16,
    )
