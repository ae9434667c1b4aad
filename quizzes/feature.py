"""What this feature hands to the roof."""

from __future__ import annotations

from lms.features import Feature
from quizzes import jobs, panels, views
from quizzes.wording import WORDING

FEATURE = Feature(
    name="quizzes",
    blueprints=(views.blueprint, views.people),
    jobs=(jobs.CLOSE_OVERDUE,),
    person_panels=(panels.extra_time,),
    open_blueprints=frozenset({"quizzes"}),
    wording=WORDING,
)
"""Tests are reached from what opens them, so there are no links in the navigation."""
