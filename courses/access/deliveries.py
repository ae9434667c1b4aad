"""Who may see and log deliveries."""

from __future__ import annotations

from lms import access
from lms.roles import Act
from lms.viewer import Viewer


def deliverer(viewer: Viewer) -> int:
    """The viewer's id as one who logs own deliveries; 403 otherwise."""
    access.require(viewer, Act.LOG_DELIVERIES)
    return viewer.person_id
