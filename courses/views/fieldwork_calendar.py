"""What the fieldwork puts into one's own calendar: seminar days and visits to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from courses.models.seminars import Seminar
from courses.queries import calendar as queries
from courses.services import calendar as services
from lms.clock import local_date
from lms.features import Due
from lms.web import full_address

LOOKS_BACK = timedelta(days=60)


def seminar_days(session: Session, person_id: int, now: datetime) -> Sequence[Due]:
    """The days of the seminars one has a seat in, with the words of the invitation."""
    today, mine = local_date(now), defaultdict[Seminar, set[tuple[int, int]]](set)
    for seminar, day in queries.seminar_days(session, person_id, since=today - LOOKS_BACK):
        mine[seminar].add((day.part, day.day_number))
    events = [
        event
        for seminar, keys in mine.items()
        for event in services.happenings(session, seminar, person_id, days=keys, today=today)
    ]
    return [
        Due(
            key=event.uid.partition("@")[0],
            title=event.title,
            on=event.on,
            starts=event.starts,
            ends=event.ends,
            place=event.place,
            text=event.text,
            link=event.link,
        )
        for event in events
    ]


def visits(session: Session, person_id: int, now: datetime) -> Sequence[Due]:
    """The observation visits that are planned."""
    return [
        Due(
            key=f"hospitering-{visit.id}",
            title=_("Hospitering hos %(company)s", company=visit.company),
            on=visit.on,
            place=visit.company,
            text=_("Mentor: %(mentor)s", mentor=visit.mentor_name),
            link=full_address("visits.index"),
        )
        for visit in queries.visits_to_come(session, person_id, since=local_date(now))
    ]


HOOKS = (seminar_days, visits)
