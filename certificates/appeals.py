"""Appealing against a "not yet": until when, who may look at it, what became of it; pure.

The reviewer is an assessor of any region who has never assessed the person and is nobody's mentor there: they let the
decision stand, or say that a new assessment is to be made, which then follows the ordinary rules.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

from certificates.evidence import Outcome
from lms.verdict import No, because


class AppealOutcome(StrEnum):
    """What a reviewer decides."""

    UPHELD = "upheld"
    NEW_ASSESSMENT = "new_assessment"


class AppealState(StrEnum):
    """Where an appeal stands."""

    UNASSIGNED = "unassigned"
    ASSIGNED = "assigned"
    UPHELD = "upheld"
    NEW_ASSESSMENT = "new_assessment"
    OVERTAKEN = "overtaken"


OPEN = frozenset({AppealState.UNASSIGNED, AppealState.ASSIGNED})


def last_day(decided_on: date, weeks: int) -> date:
    """The last day on which a decision can be appealed against, that day included."""
    return decided_on + timedelta(weeks=weeks)


def refusal(outcome: Outcome, *, through: date, today: date, is_newest: bool) -> No | None:
    """Why a decision can't be appealed against, or None when it can."""
    if outcome is Outcome.APPROVED:
        return No((because("appeal-approved"),))
    if not is_newest:
        return No((because("appeal-overtaken"),))
    if today > through:
        return No((because("appeal-too-late", through=through),))
    return None


def refusal_to_review(
    reviewer: int, *, person_id: int, assessors: Collection[int], mentors: Collection[int]
) -> No | None:
    """Why somebody may not look at an appeal: it is their own, they assessed the person, or were their mentor."""
    if reviewer == person_id:
        return No((because("review-not-oneself"),))
    if reviewer in assessors:
        return No((because("review-not-involved"),))
    if reviewer in mentors:
        return No((because("review-not-mentor"),))
    return None


def state(decided: AppealOutcome | None, *, is_assigned: bool, is_newest: bool) -> AppealState:
    """Where an appeal stands; what a reviewer has decided stays, whatever is assessed later."""
    if decided is not None:
        return AppealState(decided)
    if not is_newest:
        return AppealState.OVERTAKEN
    return AppealState.ASSIGNED if is_assigned else AppealState.UNASSIGNED
