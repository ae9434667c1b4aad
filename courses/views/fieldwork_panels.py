"""What of the fieldwork stands on the home page: what waits for one, and one's next seminar days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from courses.access import visits as access
from courses.queries import between as between_queries
from courses.queries import fieldwork, making_up, seminars, visits
from courses.views import delivery_panels
from courses.visits import Standing
from lms.clock import local_date
from lms.features import Panel
from lms.roles import Act
from lms.viewer import Viewer

PLANNED_SHOWN = 3
NEXT_DAYS_SHOWN = 5
OPEN_DAYS_SHOWN = 5
COHORTS_SHOWN = 3


def waiting(session: Session, viewer: Viewer, now: datetime) -> Panel | None:
    """What of the fieldwork waits for one: for trainers and mentors visits to confirm and seminar days without
    attendance, for everybody what waits of deliveries, agreements and gatherings."""
    today = local_date(now)
    context = {**_of_participants(session, viewer, today), **delivery_panels.waiting(session, viewer, today)}
    if not any(context.values()):
        return None
    return Panel(template="courses/fieldwork/panel_waiting.html", context=context, order=15)


def _of_participants(session: Session, viewer: Viewer, today: date) -> dict[str, Any]:
    mentor_id, reach = access.as_mentor(viewer), access.visits_reach(viewer)
    runs = viewer.may(Act.RUN_SEMINARS)
    if mentor_id is None and not reach and not runs:
        return {}
    to_confirm = visits.waiting_visits(session, mentor_id=mentor_id, reach=reach, viewer_id=viewer.person_id, on=today)
    open_days = seminars.days_without_attendance(session, runs, today=today)
    made_up = [each for each in making_up.waiting_for_confirmation(session, runs) if each.person_id != viewer.person_id]
    return {
        "visits": len(to_confirm),
        "days": open_days[:OPEN_DAYS_SHOWN],
        "made_up": made_up[:OPEN_DAYS_SHOWN],
        "more_days": max(len(open_days) - OPEN_DAYS_SHOWN, 0),
    }


def cohorts(session: Session, viewer: Viewer, now: datetime) -> Panel | None:
    """For trainers: the next seminars, how full they are, who waits, and a sector nobody comes from yet."""
    runs = viewer.may(Act.RUN_SEMINARS)
    if not runs:
        return None
    coming, _over = seminars.seminars_in(session, runs, today=local_date(now))
    lines = [line for line in coming if not line.cancelled]
    if not lines:
        return None
    context = {"lines": lines[:COHORTS_SHOWN], "more": max(len(lines) - COHORTS_SHOWN, 0)}
    return Panel(template="courses/fieldwork/panel_cohorts.html", context=context, order=35)


def next_days(session: Session, viewer: Viewer, now: datetime) -> Panel | None:
    """For participants: the next days of the seminars they have a seat in, today among them."""
    yesterday = local_date(now) - timedelta(days=1)
    planned = fieldwork.planned_days(session, [viewer.person_id], after=yesterday)[viewer.person_id]
    to_make_up = [
        each
        for each in making_up.made_up_days(session, [viewer.person_id])
        if each.waits or (each.other_on is not None and each.other_on > yesterday)
    ]
    if not planned and not to_make_up:
        return None
    is_today = any(day.on == local_date(now) for day in planned)  # then they stand in the room, phone in hand
    return Panel(
        template="courses/fieldwork/panel_next_days.html",
        context={"days": planned[:NEXT_DAYS_SHOWN], "made_up": to_make_up, "today": local_date(now)},
        order=1 if is_today else 30,
    )


def between(session: Session, viewer: Viewer, now: datetime) -> Panel | None:
    """For participants: what of the visits, the pair and the plan waits for them, and what they have planned."""
    there = between_queries.between_of(session, viewer.person_id, on=local_date(now))
    planned = [visit for visit in there.standing(Standing.PLANNED) if visit.id not in there.to_report]
    context = {
        "to_report": len(there.to_report),
        "sent_back": len(there.standing(Standing.SENT_BACK)),
        "proposed": len(there.standing(Standing.PROPOSED)),
        "asked_by": [proposal for proposal in there.proposals if not proposal.mine],
        "planned": sorted(planned, key=lambda visit: visit.on)[:PLANNED_SHOWN],
        "partner": there.partner,
        "plan_missing": there.plan is None and _has_part_2_to_come(session, viewer.person_id, local_date(now)),
    }
    if not any(context.values()):
        return None
    return Panel(template="courses/fieldwork/panel_between.html", context=context, order=20)


def _has_part_2_to_come(session: Session, person_id: int, today: date) -> bool:
    return any(day.part == 2 for day in fieldwork.planned_days(session, [person_id], after=today)[person_id])
