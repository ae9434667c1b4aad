"""Mails about seminars, visits, deliveries, tests and gatherings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from fractions import Fraction

from sqlalchemy.orm import Session

from courses.calendar import Happening
from courses.models.deliveries import Delivery as Delivered
from courses.models.gatherings import Gathering as PlannedGathering
from courses.models.seminars import Seminar, SeminarDay, TrainerSubstitution
from courses.models.standards import AngoffRound
from courses.models.visits import ObservationVisit
from courses.planning import Change, When
from courses.queries.evaluation import AttendedPart
from courses.seminars import days_of
from courses.services import delivery_mails, evaluation, gathering_mails, plan_mails, seat_mails, standards, visit_mails
from lms.clock import at_local
from lms.outbox import OutboxMail, Recipient
from lms.people import Person
from quizzes import mails as quiz_mails
from quizzes.attempts import Purpose
from quizzes.effective import Change as ScoreChange
from quizzes.mails import ChangedResult
from quizzes.models import Attempt
from quizzes.scoring import Total
from quizzes.withdrawal import Status, adjust, effective
from tests.mail_samples.ground import KARI, KNUT, NOW, TONE, Write

WINTER = Seminar(id=7, name="Grunnopplæring <høst> & vinter", place="Tromsø", seats=15)


def winter_days() -> list[SeminarDay]:
    """The days of the seminar; one of them somewhere else, later in the day."""
    dates = {1: [date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 26)], 2: [date(2027, 1, 12), date(2027, 1, 13)]}
    days = [
        SeminarDay(
            part=day.part, day_number=day.number, on=day.on, starts=day.starts, ends=day.ends, place="", programme=""
        )
        for day in days_of(dates)
    ]
    days[2].place, days[2].starts = "UNN <øst>", time(12, 30)
    return days


def about_seat(tell: Callable[..., OutboxMail], *before: object, **more: object) -> Write:
    """A mail about a seat in the seminar."""
    return lambda session, person: tell(session, *before, WINTER, winter_days(), person, now=NOW, **more)


def plan_changed(session: Session, person: Person) -> OutboxMail:
    was = When(on=date(2026, 11, 24), starts=time(9), ends=time(16), place="Tromsø")
    now = When(on=date(2026, 12, 1), starts=time(10), ends=time(16), place="UNN <øst>")
    changes = [
        Change(part=1, number=1, sector="", was=was, now=now),
        Change(part=1, number=3, sector="nav", was=was, now=now),
        Change(part=2, number=1, sector="", was=None, now=now),
    ]
    return plan_mails.changed(session, WINTER, person, was_named="Vinter & vår", changes=changes, now=NOW)


def called_off(tell: Callable[..., OutboxMail]) -> Write:
    seminar = Seminar(id=7, name=WINTER.name, place="Tromsø", seats=15, cancelled_why="For få <påmeldte>.")
    return lambda session, person: tell(session, seminar, winter_days(), person, now=NOW)


def substitute(absent: Person, taking_over: Person) -> Write:
    """Kari is one of the two."""
    row = TrainerSubstitution(from_date=date(2027, 1, 12), reason="Permisjon & flytting")
    return lambda session, person: plan_mails.substituted(
        session,
        WINTER,
        winter_days()[3:],
        person,
        absent=absent if absent is not KARI else person,
        substitute=taking_over if taking_over is not KARI else person,
        row=row,
        now=NOW,
    )


ENDED = at_local(date(2026, 11, 25), 12)


def days_off(session: Session, person: Person) -> OutboxMail:
    seminar = Seminar(id=7, name="Grunnopplæring <høst> & vinter", place="Tromsø", seats=15)
    gone = [Happening(uid="x@y", title="Grunnopplæring <høst> & vinter: del 2, dag 2", on=date(2027, 1, 13))]
    return seat_mails.days_off(session, seminar, person, off=gone, file="BEGIN:VCALENDAR", now=NOW)


def evaluated(session: Session, person: Person) -> OutboxMail:
    part = AttendedPart(
        seminar_id=7,
        seminar_name="Grunnopplæring <høst> & vinter",
        part=1,
        person_id=1,
        last_day=date(2026, 11, 26),
        ends=time(16),
        answered=False,
        asked=False,
    )
    return evaluation.asked(session, part, person, now=NOW)


def judges_asked(again: bool) -> Write:
    row = AngoffRound(id=7, items=["q-1", "q-2"])
    title = "Grunnopplæring <start> & slutt"
    return lambda session, person: standards.judges_asked(session, row, person, title=title, again=again, now=NOW)


def recomputed(*tests: tuple[Purpose, int, int, Status]) -> Write:
    """The results of these tests: right answers before and after, of ten, and what that does to a pass at 80 %."""

    def one(number: int, form: Purpose, had: int, has: int, status: Status) -> ChangedResult:
        mark = Fraction(4, 5) if form is Purpose.POST else None
        attempt = Attempt(
            id=number, form=form, title="Grunnopplæring <start> & slutt", submitted_at=at_local(date(2026, 3, 2), 14),
            pass_numerator=4, pass_denominator=5,
        )  # fmt: skip
        before = effective(Total(Fraction(had), 10), pass_mark=mark, submitted_at=at_local(date(2026, 3, 2), 14))
        after = adjust(before, Total(Fraction(has), 10), pass_mark=mark, at=NOW)
        assert after.status is status
        change = ScoreChange(attempt_id=number, person_id=1, form=form, ordinal=1, before=before, after=after)
        return ChangedResult(attempt, change)

    results = [one(number, *test) for number, test in enumerate(tests, 7)]
    return lambda session, person: quiz_mails.result_changed(session, results, person, now=NOW)


VISIT = ObservationVisit(
    id=7, company="Fisk & Sønner <Nord>", on=date(2026, 11, 20), modules=[], mentor_name="Åse Vest"
)


def asked(again: bool) -> Write:
    """To a mentor who is not on the platform, in the participant's language."""
    to = Recipient("Åse <Vest>", "ase@vest.example")
    return lambda session, person: visit_mails.to_mentor(
        session, VISIT, person, to, token="en-lenke-som-virker-en-gang", again=again, now=NOW
    )


def answered(tell: Callable[..., OutboxMail]) -> Write:
    return lambda session, person: tell(session, VISIT, person, by="Mons & Co", comment="Feil <dag>\nog sted", now=NOW)


def partner_asked(session: Session, person: Person) -> OutboxMail:
    delivery = Delivered(id=12, company="Fjord & Fisk <AS>", on=date(2026, 11, 19))
    return delivery_mails.to_partner(session, delivery, person, by=TONE, now=NOW)


def gathering_called_off(session: Session, person: Person) -> OutboxMail:
    gathering = PlannedGathering(id=7, title="Fagdag <rygg> & nakke", on=date(2027, 2, 3))
    return gathering_mails.to_signed_up(session, gathering, person, now=NOW)


MAILS: dict[str, Write] = {
    "seminar_seat": about_seat(seat_mails.seat_given),
    "seminar_seat_lost": about_seat(seat_mails.seat_lost),
    "seminar_seat_lost-with-reason": about_seat(seat_mails.seat_lost, reason="Ny <jobb>"),
    "seminar_seat_lost-by-oneself": about_seat(seat_mails.seat_lost, by_oneself=True),
    "seminar_moved": about_seat(seat_mails.seat_moved, Seminar(name="Høst & vår", place="Alta", seats=15)),
    "seminar_invitation": about_seat(seat_mails.invited, through=date(2026, 11, 20)),
    "seat_offer": about_seat(seat_mails.offered, until=ENDED),
    "seat_offer_over": lambda session, person: seat_mails.offer_over(
        session, WINTER, person, ended_at=ENDED, now=ENDED
    ),
    "seminar_changed": plan_changed,
    "seminar_cancelled": called_off(plan_mails.cancelled),
    "seminar_cancelled-waiting": called_off(seat_mails.waited_in_vain),
    "trainer_substitute": substitute(TONE, KARI),
    "trainer_substitute-relieved": substitute(KARI, KNUT),
    "seminar_days_off": days_off,
    "evaluation": evaluated,
    "angoff": judges_asked(False),
    "angoff-again": judges_asked(True),
    "result_changed": recomputed((Purpose.POST, 9, 10, Status.APPLIED)),
    "result_changed-waits": recomputed((Purpose.POST, 8, 7, Status.PENDING)),
    "result_changed-passes": recomputed((Purpose.POST, 7, 8, Status.APPLIED)),
    "result_changed-several": recomputed(
        (Purpose.PRE, 3, 2, Status.APPLIED),
        (Purpose.POST, 6, 5, Status.APPLIED),
        (Purpose.CHECK, 9, 10, Status.APPLIED),
    ),
    "visit_confirmation": asked(False),
    "visit_confirmation-again": asked(True),
    "visit_sent_back": answered(visit_mails.sent_back),
    "visit_rejected": answered(visit_mails.rejected),
    "delivery_partner": partner_asked,
    "gathering_cancelled": gathering_called_off,
}
