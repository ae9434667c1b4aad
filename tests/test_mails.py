"""Every mail as people get it: text and HTML, in each language. Set LMS_UPDATE_SNAPSHOTS=1 to accept a changed one."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from certificates import mails
from certificates.eligibility import NotYet, decide
from certificates.evidence import Delivery, Fact, Gathering
from certificates.models import Certificate, KnowledgeCheck
from certificates.programme import Stage
from certificates.queries.register import Entry
from certificates.status import EventKind, State
from certificates.validity import grace_ends
from courses.models.seminars import Seminar, SeminarDay, TrainerSubstitution
from courses.models.standards import AngoffRound
from courses.planning import Change, When
from courses.seminars import days_of
from courses.services import plan_mails, seat_mails, standards
from lms import outbox
from lms.clock import at_local
from lms.outbox import OutboxMail
from lms.people import Locale, Person
from lms.units import Unit
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
    return lambda session, person: mails.reminder(
        session,
        CERTIFICATE,
        person,
        stage=stage,
        missing=missing,
        suspended=suspended,
        today=on,
        now=at_local(on, 12),
    )


def digest(session: Session, person: Person) -> OutboxMail:
    return mails.digest(
        session,
        Unit(name="Regional enhet Nord"),
        person,
        expiring=[entry("Geir Ødegård", "Alta", "helse", date(2027, 2, 28), State.EXPIRING), STOPPED],
        expired=[entry("Liv <Li> Dahl", "Tromsø", "nav", date(2026, 10, 31), State.IN_GRACE)],
        now=NOW,
    )


def checked(session: Session, person: Person) -> OutboxMail:
    return mails.knowledge_check(session, CERTIFICATE, person, KnowledgeCheck(id=7, months=12), now=NOW)


def entry(name: str, unit_name: str, sector: str, valid_through: date, state: State) -> Entry:
    return Entry(
        person_id=2,
        name=name,
        unit_path="/norge/nord/",
        unit_name=unit_name,
        sector=sector,
        certificate_id=2,
        number="HIA-2024-00002",
        valid_from=date(2024, 3, 1),
        valid_through=valid_through,
        state=state,
        renewed_through=None,
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


def judges_asked(again: bool) -> Write:
    row = AngoffRound(id=7, items=["q-1", "q-2"])
    title = "Grunnopplæring <start> & slutt"
    return lambda session, person: standards.judges_asked(session, row, person, title=title, again=again, now=NOW)


STOPPED = entry("Kari Åsen", "Tromsø", "nav", date(2027, 4, 30), State.SUSPENDED)
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
    "angoff": judges_asked(False),
    "angoff-again": judges_asked(True),
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
    "reminder-day_0": reminded(Stage.DAY_0, date(2029, 11, 22), *FOUR_DELIVERIES),
    "reminder_digest": digest,
    "knowledge_check": checked,
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
