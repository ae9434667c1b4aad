"""Mails about certificates, reminders, assessments and appeals."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from certificates import mails
from certificates.eligibility import NotYet, decide
from certificates.evidence import Delivery, Fact, Gathering
from certificates.models.assessments import Assessment
from certificates.models.checks import KnowledgeCheck
from certificates.models.issued import Certificate
from certificates.programme import Stage
from certificates.queries.register import Entry
from certificates.status import EventKind, State
from certificates.validity import grace_ends
from lms.clock import at_local
from lms.outbox import OutboxMail
from lms.people import Person
from lms.units import Unit
from lms.verdict import because
from tests.certificates.dossiers import PREVIOUS, PROGRAMME, RENEWAL_FACTS, holder
from tests.mail_samples.ground import NOW, REASON, Write

CERTIFICATE = Certificate(
    id=417,
    number="HIA-2026-00417",
    valid_from=PREVIOUS.valid_from,
    valid_through=PREVIOUS.valid_through,
    window_opens=PREVIOUS.window_opens,
    grace_through=grace_ends(PREVIOUS, PROGRAMME.policy),
)
FOUR_DELIVERIES = RENEWAL_FACTS[:4]
DELIVERIES_AND_GATHERING = tuple(fact for fact in RENEWAL_FACTS if isinstance(fact, Delivery | Gathering))


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


def assessed(outcome: str) -> Write:
    """The decision of an assessment, with words on more than one line."""
    row = Assessment(id=31, outcome=outcome, feedback="Du forklarer mye & godt.\nDu spør <lite>.")
    through = date(2026, 12, 14) if outcome == "not_yet" else None
    to_do = "Øv på åpne spørsmål.\nVis meg åpningen 8. desember." if outcome == "not_yet" else ""
    return lambda session, person: mails.assessment_decided(
        session, row, person, next_steps=to_do, through=through, now=NOW
    )


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


def lacking(session: Session, person: Person) -> OutboxMail:
    missing = because("visits-missing-modules", left=1, modules=("psykisk_helse",))
    seminar = "Grunnopplæring <høst> & vinter"
    return mails.visits_missing(
        session, person, missing=missing, seminar=seminar, place="Tromsø", first_day=date(2027, 1, 12), now=NOW
    )


STOPPED = entry("Kari Åsen", "Tromsø", "nav", date(2027, 4, 30), State.SUSPENDED)


MAILS: dict[str, Write] = {
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
    "visits_missing": lacking,
    "assessment_decided-not-yet": assessed("not_yet"),
    "assessment_decided-approved": assessed("approved"),
}
