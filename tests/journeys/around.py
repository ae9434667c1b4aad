"""What stands around the seminars on the tour of every page: a day today with its check-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models.seminars import SeminarDay
from courses.seminars import days_of
from courses.services import checking_in, seminars
from lms.clock import at_local
from lms.units import Unit
from tests.cast import Cast


@dataclass(frozen=True)
class Around:
    """Ids of what stands there."""

    seminar: int  # in Nord; Kari and Mons have seats
    today: int  # its day of today, with an open check-in


def furnish(session: Session, people: Cast, today: date) -> Around:
    """A seminar whose part 1 is in its second day."""
    now, days = at_local(today, 12), [today + timedelta(days=n) for n in (-1, 0, 1)]
    planned = seminars.plan_seminar(
        session,
        unit=session.get_one(Unit, people.nord),
        name="Samling denne uken",
        place="Bodø",
        seats=15,
        days=days_of({1: days}),
        now=now,
    )
    seminars.seat_people(session, seminar_id=planned.id, person_ids=[people.kari, people.mons], now=now)
    first, second, _third = session.scalars(
        select(SeminarDay).where(SeminarDay.seminar_id == planned.id).order_by(SeminarDay.on)
    ).all()
    checking_in.open_check_in(session, day=second, by=people.tone, now=now)
    return Around(seminar=planned.id, today=second.id)
