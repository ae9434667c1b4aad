"""What the learning half puts on the home page: go on where you were, or begin."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from courses import steps
from courses.catalogue import Kind
from courses.queries import learning as queries
from courses.queries import standards
from lms.features import Panel
from lms.roles import Act
from lms.viewer import Viewer
from quizzes import effective

PANEL_ORDER = 10


def go_on(session: Session, viewer: Viewer, now: datetime) -> Panel | None:
    """Every course the viewer is in the middle of, with the next step.

    For someone who has begun nothing and holds no role: the foundation courses to begin, or the topic courses for who
    signed up for one. Otherwise nothing.
    """
    studies = [one.in_language(viewer.locale) for one in queries.studies_of(session, viewer.person_id)]
    under_way = [one for one in studies if one.way.next is not steps.Next.NOTHING]
    if under_way:
        context = {
            "under_way": [
                (one, steps.may_sit_again(one.way, one.volume.course.limits, now), steps.run_out(one.way, now))
                for one in under_way
            ]
        }
        return Panel(template="courses/_go_on.html", context=context, order=PANEL_ORDER)
    if studies or viewer.grants:
        return None
    begins_with = Kind.TOPIC if viewer.only_open_courses else Kind.FOUNDATION
    offers = [one for one in queries.offers(session) if one.kind is begins_with]
    if not offers:
        return None
    return Panel(template="courses/_begin.html", context={"offers": offers}, order=PANEL_ORDER)


def judging(session: Session, viewer: Viewer, _now: datetime) -> Panel | None:
    """For the judges of a pass mark: the rounds that wait for them."""
    waiting = standards.rounds_waiting_for(session, viewer.person_id)
    if not waiting:
        return None
    return Panel(template="courses/standards/_panel.html", context={"rounds": waiting}, order=PANEL_ORDER + 5)


def faults(session: Session, viewer: Viewer, _now: datetime) -> Panel | None:
    """For those who decide on faulty questions: what is proposed, and whose pass waits, by course. Not the own test."""
    if not viewer.may(Act.WITHDRAW_ITEMS):
        return None
    waiting = []
    for offer in queries.offers(session):
        if offer.kind is Kind.OPEN:
            continue
        proposed = len(effective.proposals(session, bank=offer.course_id))
        passes = sum(
            attempt.person_id != viewer.person_id
            for attempt, _standing, _withdrawal in effective.pending(session, bank=offer.course_id)
        )
        if proposed or passes:
            waiting.append((offer, proposed, passes))
    if not waiting:
        return None
    return Panel(template="courses/items/_panel.html", context={"waiting": waiting}, order=PANEL_ORDER + 5)
