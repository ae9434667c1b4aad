"""What the fieldwork half of courses hands to the feature: pages, links, home panels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from courses.jobs import booking as booking_jobs
from courses.views import deliveries, fieldwork_panels, gatherings, planning, seminars, visits
from courses.wording import booking as booking_wording
from courses.wording import deliveries as deliveries_wording
from courses.wording import gatherings as gatherings_wording
from courses.wording import seminars as seminars_wording
from courses.wording import visits as visits_wording
from lms.features import Job, Link, Panel
from lms.roles import Act
from lms.viewer import Viewer

BLUEPRINTS: tuple[Blueprint, ...] = (
    seminars.blueprint,
    planning.blueprint,
    visits.blueprint,
    deliveries.blueprint,
    gatherings.blueprint,
)
PANELS: tuple[Callable[[Session, Viewer, datetime], Panel | None], ...] = (
    fieldwork_panels.waiting,
    fieldwork_panels.cohorts,
    fieldwork_panels.next_days,
)
JOBS: tuple[Job, ...] = (booking_jobs.PASS_ON_OFFERS,)
WORDING: Mapping[str, Any] = {
    **seminars_wording.WORDING,
    **booking_wording.WORDING,
    **visits_wording.WORDING,
    **deliveries_wording.WORDING,
    **gatherings_wording.WORDING,
}


def navigation(viewer: Viewer) -> Sequence[Link]:
    """The links of this half for one viewer."""
    links = [Link(_l("Hospitering"), "visits.index"), Link(_l("Leveranser"), "deliveries.index")]
    if viewer.may(Act.RUN_SEMINARS):
        links.insert(0, Link(_l("Samlinger"), "seminars.index"))
    return links
