"""What the fieldwork half of courses hands to the feature: pages, links, home panels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from courses.jobs import booking as booking_jobs
from courses.jobs import evaluation as evaluation_jobs
from courses.jobs import visits as visit_jobs
from courses.views import (
    attendance,
    calendar,
    deliveries,
    delivery_import,
    delivery_panels,
    evaluation,
    fieldwork_calendar,
    fieldwork_panels,
    follow_up,
    gathering_plans,
    gatherings,
    guidance,
    making_up,
    materials,
    mentor_links,
    pairs,
    planning,
    plans,
    seminars,
    unit_deliveries,
    visit_answers,
    visits,
)
from courses.wording import attendance as attendance_wording
from courses.wording import booking as booking_wording
from courses.wording import deliveries as deliveries_wording
from courses.wording import evaluation as evaluation_wording
from courses.wording import gatherings as gatherings_wording
from courses.wording import guidance as guidance_wording
from courses.wording import pairs as pairs_wording
from courses.wording import plans as plans_wording
from courses.wording import seminars as seminars_wording
from courses.wording import visits as visits_wording
from lms.features import Job, Link, Panel
from lms.roles import Act
from lms.viewer import Viewer

BLUEPRINTS: tuple[Blueprint, ...] = (
    seminars.blueprint,
    planning.blueprint,
    visits.blueprint,
    visit_answers.blueprint,
    mentor_links.blueprint,
    pairs.blueprint,
    plans.blueprint,
    deliveries.blueprint,
    delivery_import.blueprint,
    unit_deliveries.blueprint,
    follow_up.blueprint,
    gathering_plans.blueprint,
    gatherings.blueprint,
    calendar.blueprint,
    attendance.blueprint,
    guidance.blueprint,
    making_up.blueprint,
    materials.blueprint,
    evaluation.blueprint,
)
PANELS: tuple[Callable[[Session, Viewer, datetime], Panel | None], ...] = (
    fieldwork_panels.waiting,
    fieldwork_panels.cohorts,
    fieldwork_panels.next_days,
    delivery_panels.agreed,
    evaluation.panel,
    fieldwork_panels.between,
)
JOBS: tuple[Job, ...] = (booking_jobs.PASS_ON_OFFERS, visit_jobs.REMIND_MENTORS, evaluation_jobs.ASK)
CALENDAR = fieldwork_calendar.HOOKS
OWN_PAGES = (Link(_l("Kalenderen min, og hvordan jeg får den på telefonen"), "calendar.index"),)
WORDING: Mapping[str, Any] = {
    **seminars_wording.WORDING,
    **attendance_wording.WORDING,
    **booking_wording.WORDING,
    **evaluation_wording.WORDING,
    **visits_wording.WORDING,
    **pairs_wording.WORDING,
    **plans_wording.WORDING,
    **deliveries_wording.WORDING,
    **gatherings_wording.WORDING,
    **guidance_wording.WORDING,
}


def navigation(viewer: Viewer) -> Sequence[Link]:
    """The links of this half for one viewer."""
    links = [
        Link(_l("Hospitering"), "visits.index"),
        Link(_l("Leveranser"), "deliveries.index"),
    ]
    if viewer.may(Act.RUN_SEMINARS):
        links.insert(0, Link(_l("Samlinger"), "seminars.index"))
        links.append(Link(_l("Veiledning"), "guidance.index"))
    return links
