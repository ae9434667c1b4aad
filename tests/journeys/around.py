"""What stands around the seminars on the tour of every page: a day today with its check-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.evaluation import STATEMENTS
from courses.models.seminars import SeminarDay
from courses.queries import evaluation as queries
from courses.seminars import days_of
from courses.services import attendance, checking_in, evaluation, making_up, materials, seminars
from lms.clock import at_local
from lms.units import Unit
from tests.cast import Cast


@dataclass(frozen=True)
class Around:
    """Ids of what stands there."""

    seminar: int  # in Nord; Kari and Mons have seats
    today: int  # its day of today, with an open check-in
    yesterday: int  # its day of yesterday, missed by both; Kari makes it up

    evaluated: tuple[int, int]  # seminars whose part 2 is over: one with too few answers, one with six

    @property
    def days(self) -> tuple[int, int]:
        """Yesterday and today."""
        return self.yesterday, self.today

    @property
    def missed(self) -> dict[str, object]:
        """The address of the missed day."""
        return {"seminar_id": self.seminar, "day_id": self.yesterday}


def furnish(session: Session, people: Cast, today: date, *, evaluated: int) -> Around:
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
    attendance.record_attendance(
        session, day=first, given={people.kari: False, people.mons: False}, seen_row=0, by=people.tone, now=now
    )
    what = "Syk. Ser opptaket, skriver et notat og drøfter det med Tone."
    making_up.agree(session, day=first, person_id=people.kari, other=None, what=what, by=people.tone, now=now)
    checking_in.open_check_in(session, day=second, by=people.tone, now=now)
    facts = {"day": second, "by": people.tone, "now": now}
    materials.add_file(session, title="", name="Lysbilder om kroppen.pdf", content=b"%PDF-1.7" * 9999, **facts)  # type: ignore[arg-type]
    materials.add_link(session, title="Rapporten", link="https://www.example.org/rapport", **facts)  # type: ignore[arg-type]
    return Around(
        seminar=planned.id,
        today=second.id,
        yesterday=first.id,
        evaluated=(evaluated, _evaluated(session, people, today)),
    )


def _evaluated(session: Session, people: Cast, today: date) -> int:
    """A part 2 that was over last week, with an answer from each who was there."""
    now = at_local(today, 12)
    planned = seminars.plan_seminar(
        session,
        unit=session.get_one(Unit, people.nord),
        name="Samling forrige uke",
        place="Alta",
        seats=15,
        days=days_of({2: [today - timedelta(days=7)]}),
        now=now,
    )
    there = [people.kari, people.mons, people.knut, people.geir, people.stian, people.ari]
    seminars.seat_people(session, seminar_id=planned.id, person_ids=there, now=now)
    day = session.scalars(select(SeminarDay).where(SeminarDay.seminar_id == planned.id)).one()
    attendance.record_attendance(
        session, day=day, given=dict.fromkeys(there, True), seen_row=0, by=people.tone, now=now
    )
    for number, person_id in enumerate(there):
        part = queries.attended_part(session, planned.id, 2, person_id)
        assert part is not None
        ratings = {statement: 2 + (number + place) % 4 for place, statement in enumerate(STATEMENTS)}
        useful = "Å høre de andres presentasjoner.\nOg øve." if number % 2 else ""
        evaluation.answer(session, part, ratings=ratings, useful=useful, better="", now=now)
    return planned.id
