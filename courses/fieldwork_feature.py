"""What the fieldwork half of courses hands to the feature: pages, links, home panels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Blueprint
from sqlalchemy.orm import Session

from lms.features import Link, Panel
from lms.viewer import Viewer

BLUEPRINTS: tuple[Blueprint, ...] = ()
PANELS: tuple[Callable[[Session, Viewer, datetime], Panel | None], ...] = ()


def navigation(_viewer: Viewer) -> Sequence[Link]:
    """The links of this half for one viewer."""
    return ()
