"""Every mail as people get it: text and HTML, in each language. Set LMS_UPDATE_SNAPSHOTS=1 to accept a changed one."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from certificates import mails
from certificates.appeals import AppealOutcome
from certificates.eligibility import NotYet, decide
from certificates.evidence import Delivery, Fact, Gathering
from certificates.models.assessments import Assessment
from certificates.models.checks import KnowledgeCheck
from certificates.models.issued import Certificate
from certificates.programme import Stage
from certificates.status import EventKind
from certificates.validity import grace_ends
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
from lms import outbox
from lms.clock import at_local
from lms.outbox import OutboxMail, Recipient
from lms.people import Locale, Person
from lms.verdict import because
from quizzes import mails as quiz_mails
from quizzes.attempts import Purpose
from quizzes.effective import Change as ScoreChange
from quizzes.mails import ChangedResult
from quizzes.models import Attempt
from quizzes.scoring import Total
from quizzes.withdrawal import Status, adjust, effective
from tests.certificates import digest_mails
from tests.certificates.dossiers import PREVIOUS, PROGRAMME, RENEWAL_FACTS, holder

TEMPLATES = Path(__file__).parents[1] / "templates" / "emails"
SNAPSHOTS = Path(__file__).parent / "snapshots" / "mails"
NOW = at_local(date(2026, 11, 23), 12)
LINK = "https://laering.example/{}/en-lenke-som-virker-en-gang"
CERTIFICATE = Certificate(
    id=417,
    number="HIA-2026-00417",
    valid_from=PREVIOUS.valid_from,
    valid_through=PREVIOUS.valid_through,
    window_opens=PREVIOUS.window_opens,
    grace_through=grace_ends(PREVIOUS, PROGRAMME.policy),
)
REASON = "Innehaveren ba om det selv: <permisjon> & flytting.\nGjelder til vi hører noe annet."
FOUR_DELIVERIES = RENEWAL_FACTS[:4]
DELIVERIES_AND_GATHERING = tuple(fact for fact in RENEWAL_FACTS if isinstance(fact, Delivery | Gathering))

Write = Callable[[Session, Person], OutboxMail]


class NoDatabase:
    """Takes the mail where a session would store it."""

    def add(self, _row: object) -> None:
        """Nothing is kept."""

    def flush(self) -> None:
        """Nothing is written."""


def invited(days: int) -> Write:
    context = {"link": LINK.format("aktiver"), "inviter": "Tone & Bjørn <Nord>", "days": days}
    return lambda session, person: outbox.enqueue(session, name="invitation", person=person, context=context, now=NOW)


def reset(session: Session, person: Person) -> OutboxMail:
    context = {"link": LINK.format("passord"), "until": NOW + timedelta(hours=1)}
    return outbox.enqueue(session, name="reset", person=person, context=context, now=NOW)


def issued(session: Session, person: Person) -> OutboxMail:
    return mails.certificate_issued(session, CERTIFICATE, person, now=NOW)


def decided(kind: EventKind) -> Write:
    return lambda session, person: mails.certificate_decision(
        session, CERTIFICATE, person, kind=kind, effective_on=date(2027, 3, 1), reason=REASON, now=NOW
    )


def reminded(stage: Stage, on: date, *facts: Fact, suspended: bool = False) -> Write:
    """A reminder on a day to a holder who has done these things for the renewal; the rules say what is missing."""
    answer = decide(PROGRAMME, holder(*facts), on)
    missing = [each.next_step for each in answer.findings if each.next_step] if isinstance(answer, NotYet) else []

    def write(session: Session, person: Person) -> OutboxMail:
        context = mails.reminder_context(CERTIFICATE, stage=stage, missing=missing, suspended=suspended, today=on)
        return mails.reminder(session, person, context, now=at_local(on, 12))

    return write


def checked(session: Session, person: Person) -> OutboxMail:
    return mails.knowledge_check(session, CERTIFICATE, person, KnowledgeCheck(id=7, months=12), now=NOW)


def assessed(outcome: str) -> Write:
    """The decision of an assessment, with words on more than one line."""
    row = Assessment(id=31, outcome=outcome, feedback="Du forklarer mye & godt.\nDu spør <lite>.")
    through = date(2026, 12, 14) if outcome == "not_yet" else None
    to_do = "Øv på åpne spørsmål.\nVis meg åpningen 8. desember." if outcome == "not_yet" else ""
    return lambda session, person: mails.assessment_decided(
        session, row, person, next_steps=to_do, through=through, now=NOW
    )


ASSESSED = Assessment(id=31)
STIAN = Person(id=9, name="Stian <Aasland> & sønn")


def appeal_made(session: Session, person: Person) -> OutboxMail:
    return mails.appeal_made(session, ASSESSED, STIAN, person, now=NOW)


def appeal_assigned(session: Session, person: Person) -> OutboxMail:
    return mails.appeal_assigned(session, ASSESSED, STIAN, person, now=NOW)


def appeal_decided(outcome: AppealOutcome, *, own: bool) -> Write:
    """To the participant, or to who assessed."""
    return lambda session, person: mails.appeal_decided(
        session, ASSESSED, person if own else STIAN, person, outcome=outcome, words=REASON, now=NOW
    )


WINTER = Seminar(id=7, name="Grunnopplæring <høst> & vinter", place="Tromsø", seats=15)
TONE, KNUT = Person(id=2, name="Tone <T> Bjørnevik"), Person(id=3, name="Knut & Nordli")


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


KARI = Person(id=1, name="Kari Åsen")
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


def lacking(session: Session, person: Person) -> OutboxMail:
    missing = because("visits-missing-modules", left=1, modules=("psykisk_helse",))
    seminar = "Grunnopplæring <høst> & vinter"
    context = mails.visits_context(missing=missing, seminar=seminar, place="Tromsø", first_day=date(2027, 1, 12))
    return mails.visits_missing(session, person, context, now=NOW)


MAILS: dict[str, Write] = {
    "invitation": invited(14),
    "invitation-for-one-day": invited(1),
    "reset": reset,
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
    "certificate_issued": issued,
    "certificate_decision-suspended": decided(EventKind.SUSPENDED),
    "certificate_decision-lifted": decided(EventKind.LIFTED),
    "certificate_decision-revoked": decided(EventKind.REVOKED),
    "reminder-not-open": reminded(Stage.DAYS_90, date(2029, 5, 21)),
    "reminder-opened": reminded(Stage.OPENED, date(2029, 5, 22)),
    "reminder-days_90": reminded(Stage.DAYS_90, date(2029, 8, 24), *FOUR_DELIVERIES),
    "reminder-days_30-suspended": reminded(Stage.DAYS_30, date(2029, 10, 23), *FOUR_DELIVERIES, suspended=True),
    "reminder-days_7": reminded(Stage.DAYS_7, date(2029, 11, 15), *DELIVERIES_AND_GATHERING),
    "reminder-days_7-all-done": reminded(Stage.DAYS_7, date(2029, 11, 15), *RENEWAL_FACTS),
    "reminder-days_45": reminded(Stage.before(45), date(2029, 10, 8), *FOUR_DELIVERIES),
    "reminder-days_1": reminded(Stage.before(1), date(2029, 11, 21), *FOUR_DELIVERIES),
    "reminder-day_0": reminded(Stage.DAY_0, date(2029, 11, 22), *FOUR_DELIVERIES),
    "reminder_digest": digest_mails.digest,
    "reminder_digest-held-and-refused": digest_mails.digest_of_trouble,
    "knowledge_check": checked,
    "visit_confirmation": asked(False),
    "visit_confirmation-again": asked(True),
    "visit_sent_back": answered(visit_mails.sent_back),
    "visit_rejected": answered(visit_mails.rejected),
    "delivery_partner": partner_asked,
    "gathering_cancelled": gathering_called_off,
    "visits_missing": lacking,
    "assessment_decided-not-yet": assessed("not_yet"),
    "assessment_decided-approved": assessed("approved"),
    "appeal_made": appeal_made,
    "appeal_assigned": appeal_assigned,
    "appeal_decided-upheld": appeal_decided(AppealOutcome.UPHELD, own=True),
    "appeal_decided-new": appeal_decided(AppealOutcome.NEW_ASSESSMENT, own=True),
    "appeal_decided-upheld-assessor": appeal_decided(AppealOutcome.UPHELD, own=False),
    "appeal_decided-new-assessor": appeal_decided(AppealOutcome.NEW_ASSESSMENT, own=False),
}


def written(app: Flask, name: str, locale: Locale) -> OutboxMail:
    """One of the mails to Kari, whose language it is."""
    person = Person(id=1, name="Kari Åsen", email="kari@cast.example", locale=locale)
    with app.test_request_context():
        return MAILS[name](cast(Session, NoDatabase()), person)


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("name", MAILS)
def test_a_mail_reads_as_agreed(words_only: Flask, name: str, locale: Locale) -> None:
    mail = written(words_only, name, locale)
    for snapshot, actual in {
        SNAPSHOTS / f"{name}-{locale}.txt": f"{mail.subject}\n\n{mail.text}",
        SNAPSHOTS / f"{name}-{locale}.html": f"{mail.html}\n",
    }.items():
        if os.environ.get("LMS_UPDATE_SNAPSHOTS") == "1":
            snapshot.parent.mkdir(parents=True, exist_ok=True)
            snapshot.write_text(actual, encoding="utf-8")
        assert actual == snapshot.read_text(encoding="utf-8")


def test_every_mail_there_is_has_been_read(words_only: Flask) -> None:
    templates = {path.name for path in TEMPLATES.iterdir() if path.is_dir()}
    assert {written(words_only, name, Locale.NB).name for name in MAILS} == templates
    kept = {path.name for path in SNAPSHOTS.iterdir()}
    assert kept == {f"{name}-{locale}.{kind}" for name in MAILS for locale in Locale for kind in ("txt", "html")}


@pytest.mark.parametrize("locale", Locale)
def test_a_reminder_never_says_a_certificate_ended_on_a_day_it_was_valid(words_only: Flask, locale: Locale) -> None:
    """`valid_through` is the last valid day, so what stands beside it is "to and including"."""
    mail = written(words_only, "reminder-day_0", locale)
    including = {Locale.NB: "til og med", Locale.NN: "til og med", Locale.EN: "up to and including"}[locale]
    assert mail.subject.endswith(f"{including} 21.11.2029")
