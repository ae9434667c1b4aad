"""Mails about certificates, reminders, assessments and appeals."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from certificates import mails
from certificates.editions import EditionKind
from certificates.eligibility import NotYet, decide
from certificates.evidence import Delivery, Fact, Gathering
from certificates.models.assessments import Assessment
from certificates.models.checks import KnowledgeCheck
from certificates.models.issued import Certificate, CertificateEdition
from certificates.programme import Stage
from certificates.status import EventKind
from certificates.validity import grace_ends
from lms.clock import at_local
from lms.outbox import OutboxMail
from lms.people import Person
from lms.verdict import because
from tests.certificates.dossiers import PREVIOUS, PROGRAMME, RENEWAL_FACTS, holder
from tests.mail_samples import digests
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
    through = date(2026, 12, 14) if kind is not EventKind.LIFTED else None
    return lambda session, person: mails.certificate_decision(
        session,
        CERTIFICATE,
        person,
        kind=kind,
        effective_on=date(2027, 3, 1),
        reason=REASON,
        through=through,
        now=NOW,
    )


def reissued(kind: EditionKind) -> Write:
    edition = CertificateEdition(certificate_id=417, edition=2, holder_name="Kari <Kaisa> Åsen", reason=REASON)
    return lambda session, person: mails.certificate_reissued(session, CERTIFICATE, person, edition, kind=kind, now=NOW)


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


def lacking(session: Session, person: Person) -> OutboxMail:
    missing = because("visits-missing-modules", left=1, modules=("psykisk_helse",))
    seminar = "Grunnopplæring <høst> & vinter"
    context = mails.visits_context(missing=missing, seminar=seminar, place="Tromsø", first_day=date(2027, 1, 12))
    return mails.visits_missing(session, person, context, now=NOW)


MAILS: dict[str, Write] = {
    "certificate_issued": issued,
    "certificate_decision-suspended": decided(EventKind.SUSPENDED),
    "certificate_decision-lifted": decided(EventKind.LIFTED),
    "certificate_decision-revoked": decided(EventKind.REVOKED),
    "certificate_reissued-new-name": reissued(EditionKind.REISSUED),
    "certificate_reissued-corrected": reissued(EditionKind.CORRECTED),
    "reminder-not-open": reminded(Stage.DAYS_90, date(2029, 5, 21)),
    "reminder-opened": reminded(Stage.OPENED, date(2029, 5, 22)),
    "reminder-days_90": reminded(Stage.DAYS_90, date(2029, 8, 24), *FOUR_DELIVERIES),
    "reminder-days_30-suspended": reminded(Stage.DAYS_30, date(2029, 10, 23), *FOUR_DELIVERIES, suspended=True),
    "reminder-days_7": reminded(Stage.DAYS_7, date(2029, 11, 15), *DELIVERIES_AND_GATHERING),
    "reminder-days_7-all-done": reminded(Stage.DAYS_7, date(2029, 11, 15), *RENEWAL_FACTS),
    "reminder-days_45": reminded(Stage.before(45), date(2029, 10, 8), *FOUR_DELIVERIES),
    "reminder-days_1": reminded(Stage.before(1), date(2029, 11, 21), *FOUR_DELIVERIES),
    "reminder-day_0": reminded(Stage.DAY_0, date(2029, 11, 22), *FOUR_DELIVERIES),
    "reminder-day_0-suspended": reminded(Stage.DAY_0, date(2029, 11, 22), *FOUR_DELIVERIES, suspended=True),
    "reminder_digest": digests.digest,
    "reminder_digest-held-and-refused": digests.digest_of_trouble,
    "knowledge_check": checked,
    "visits_missing": lacking,
    "assessment_decided-not-yet": assessed("not_yet"),
    "assessment_decided-approved": assessed("approved"),
}
