"""What the fieldwork puts into one's own calendar: seminar days, also those one runs; visits, gatherings, guidance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from courses import planning as rules
from courses.calendar import day_key
from courses.guidance import GuidanceKind, Stage
from courses.models.seminars import Seminar
from courses.queries import calendar as queries
from courses.queries import guidance as agreements
from courses.queries import planning
from courses.services import calendar as services
from lms.clock import local_date
from lms.features import Due
from lms.web import full_address
from lms.wording import shown

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


def days_run(session: Session, person_id: int, now: datetime) -> Sequence[Due]:
    """The seminar days one runs, or has a sector's track of: as it is after who takes over from whom."""
    since = local_date(now) - LOOKS_BACK
    found: list[Due] = []
    for seminar in queries.seminars_run(session, person_id, since=since):
        plan = planning.plan_of(session, seminar)
        changes = planning.substitutions(session, seminar.id)
        assigned = planning.assigned_to(session, seminar.id)
        for day in plan.days:
            own = [
                track.sector
                for track in day.tracks
                if rules.stands_in_for(track.trainer_id, day.on, changes) == person_id
            ]
            if day.on < since or not (own or person_id in rules.trainers_on(day.on, assigned, changes)):
                continue
            when = plan.when(day, own[0] if len(own) == 1 else "")
            found.append(
                Due(
                    key=f"{day_key(seminar.id, day.part, day.number)}-ansvar",
                    title=_(
                        "%(seminar)s: del %(part)s, dag %(number)s", seminar=plan.name, part=day.part, number=day.number
                    ),
                    on=when.on,
                    starts=when.starts,
                    ends=when.ends,
                    place=when.place,
                    text=_("Du er opplæringsansvarlig på samlingen denne dagen."),
                    link=full_address("seminars.seminar", seminar_id=seminar.id),
                )
            )
    return found


def gatherings(session: Session, person_id: int, now: datetime) -> Sequence[Due]:
    """The gatherings one has signed up for."""
    return [
        Due(
            key=f"opplaering-{row.id}",
            title=row.title,
            on=row.on,
            starts=time.fromisoformat(row.starts),
            ends=time.fromisoformat(row.ends),
            place=row.place or row.webinar_link,
            text=row.about,
            link=full_address("gathering_plans.show", gathering_id=row.id),
        )
        for row in queries.gatherings_to_come(session, person_id, since=local_date(now))
    ]


def guidance(session: Session, person_id: int, now: datetime) -> Sequence[Due]:
    """The visits of agreements that both have said yes to, for who is guided and who guides."""
    today = local_date(now)
    return [
        Due(
            key=f"veiledning-{visit.id}",
            title=_("Avtalt besøk: %(kind)s", kind=shown(GuidanceKind(agreement.row.kind))),
            on=visit.planned_on,
            text=agreement.row.goals,
            link=full_address("guidance.show", agreement_id=agreement.row.id),
        )
        for agreement in agreements.of_person(session, person_id, today=today)
        if agreement.stage is Stage.AGREED
        for visit in agreement.visits
        if visit.planned_on >= today and visit.held_on is None
    ]


HOOKS = (seminar_days, days_run, visits, gatherings, guidance)
