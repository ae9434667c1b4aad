"""What the fieldwork half of courses hands to the feature: pages, links, home panels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Blueprint
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from courses.views import deliveries, fieldwork_panels, gatherings, seminars, visits
from lms.features import Link, Panel
from lms.roles import Act
from lms.viewer import Viewer

BLUEPRINTS: tuple[Blueprint, ...] = (
    seminars.blueprint,
    visits.blueprint,
    deliveries.blueprint,
    gatherings.blueprint,
)
PANELS: tuple[Callable[[Session, Viewer, datetime], Panel | None], ...] = (
    fieldwork_panels.waiting,
    fieldwork_panels.next_days,
)


def navigation(viewer: Viewer) -> Sequence[Link]:
    """The links of this half for one viewer."""
    links = [Link(_l("Hospitering"), "visits.index"), Link(_l("Leveranser"), "deliveries.index")]
    if viewer.may(Act.RUN_SEMINARS):
        links.insert(0, Link(_l("Samlinger"), "seminars.index"))
    return links
