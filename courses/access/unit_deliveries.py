"""Who sees others' deliveries: those who look after the units that held them, nobody for the whole country."""

from __future__ import annotations

from lms import access
from lms.roles import Act
from lms.viewer import Reach, Viewer


def deliveries_reach(viewer: Viewer) -> Reach:
    """In which units the viewer sees deliveries; false, not refused, where in none."""
    return viewer.may(Act.SEE_DELIVERIES)


def unit_list_reach(viewer: Viewer) -> Reach:
    """In which units the viewer sees deliveries; 403 where in none."""
    return access.require(viewer, Act.SEE_DELIVERIES)
