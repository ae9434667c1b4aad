"""Who sees figures about groups: how far a viewer counts; 403 for everybody else."""

from __future__ import annotations

from lms.access import require
from lms.roles import Act
from lms.viewer import Reach, Viewer


def gain_reach(viewer: Viewer) -> Reach:
    """In which units the viewer may see what groups have learnt; 403 where in none."""
    return require(viewer, Act.SEE_GAIN)
