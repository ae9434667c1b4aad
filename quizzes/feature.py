"""What this feature hands to the roof."""

from __future__ import annotations

from lms.features import Feature
from quizzes import views
from quizzes.wording import WORDING

FEATURE = Feature(name="quizzes", blueprints=(views.blueprint,), wording=WORDING)
"""Tests are reached from what opens them, so there are no links in the navigation."""
