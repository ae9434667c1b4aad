"""What is written to people about certificates: which mail, with which words and links. The outbox sends it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask import current_app, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.editions import EditionKind
from certificates.models.assessments import Assessment
from certificates.models.checks import KnowledgeCheck
from certificates.models.course_certificates import CourseCertificate, CourseCertificateEdition
from certificates.models.issued import Certificate, CertificateEdition
from certificates.models.reminders import Reminder
from certificates.programme import Stage
from certificates.queries.digests import Digest
from certificates.status import EventKind
from certificates.wording.stages import kind_name, mail_name
from lms import outbox
from lms.outbox import OutboxMail
from lms.people import Person
from lms.units import Unit
from lms.verdict import Reason, because


def address(endpoint: str, **values: Any) -> str:
    """The full address of a page, by the installation's own name: never by what a request says the host is."""
    path = url_for(endpoint, _external=False, **values)
    return str(current_app.config["BASE_URL"]).rstrip("/") + path


def certificate_issued(session: Session, certificate: Certificate, person: Person, *, now: datetime) -> OutboxMail:
    """To the holder: here it is."""
    context = {"certificate": certificate, "link": address("holder.certificate", certificate_id=certificate.id)}
    return outbox.enqueue(session, name="certificate_issued", person=person, context=context, now=now)


def course_certificate_issued(
    session: Session,
    certificate: CourseCertificate,
    edition: CourseCertificateEdition,
    person: Person,
    *,
    now: datetime,
) -> OutboxMail:
    """To who completed a course: here is the course certificate."""
    words = certificate.content["course"]
    course = words.get(person.locale) or words[certificate.content["language"]]
    context = {
        "certificate": certificate,
        "edition": edition,
        "course": course["title"],
        "approved": bool(certificate.content["approvals"]),
        "link": address("course_certificates.show", course_certificate_id=certificate.id),
        "list_link": address("course_certificates.index"),
    }
    return outbox.enqueue(session, name="course_certificate_issued", person=person, context=context, now=now)


def certificate_decision(
    session: Session,
    certificate: Certificate,
    person: Person,
    *,
    kind: EventKind,
    effective_on: date,
    reason: str,
    through: date | None = None,
    now: datetime,
) -> OutboxMail:
    """To the holder: suspended, lifted or revoked, from when, why, and how to appeal: `through` is the last
    day for it, None where there is nothing to appeal against."""
    context = {
        "certificate": certificate,
        "kind": str(kind),
        "effective_on": effective_on,
        "reason": reason,
        "through": through,
        "link": address("holder.certificate", certificate_id=certificate.id),
    }
    return outbox.enqueue(session, name="certificate_decision", person=person, context=context, now=now)


def certificate_reissued(
    session: Session,
    certificate: Certificate,
    person: Person,
    edition: CertificateEdition,
    *,
    kind: EditionKind,
    now: datetime,
) -> OutboxMail:
    """To the holder: a next edition, in which name, why, and where to find it."""
    context = {
        "certificate": certificate,
        "edition": edition,
        "kind": str(kind),
        "link": address("holder.certificate", certificate_id=certificate.id),
    }
    return outbox.enqueue(session, name="certificate_reissued", person=person, context=context, now=now)


def reminder_context(
    certificate: Certificate, *, stage: Stage, missing: Sequence[Reason], suspended: bool, today: date
) -> dict[str, Any]:
    """What a reminder says: how long the certificate lasts, what is still missing, and where to do it."""
    return {
        "certificate": certificate,
        "stage": str(stage),
        "missing": tuple(_while_suspended(reason) if suspended else reason for reason in missing),
        "suspended": suspended,
        "is_open": today >= certificate.window_opens,
        "is_over": today > certificate.valid_through,
        "link": address("holder.path"),
    }


def _while_suspended(reason: Reason) -> Reason:
    """What is still missing, as said to somebody who must not hold workplace programmes meanwhile."""
    return because("deliveries-missing-suspended", **reason.values) if reason.code == "deliveries-missing" else reason


def reminder(session: Session, person: Person, context: Mapping[str, Any], *, now: datetime) -> OutboxMail:
    """To the holder. Leaves by day."""
    return outbox.enqueue(session, name="reminder", person=person, context=context, now=now, daytime_only=True)


def check_context(certificate: Certificate, *, check_id: int | None) -> dict[str, Any]:
    """What the offer of a voluntary check says; while there is no check yet, its link leads to all of them."""
    page = address("checks.show", check_id=check_id) if check_id else address("checks.index")
    return {"since": certificate.valid_from, "link": page, "decline_link": address("checks.index")}


def knowledge_check(
    session: Session, certificate: Certificate, person: Person, check: KnowledgeCheck, *, now: datetime
) -> OutboxMail:
    """To the holder: a voluntary check to take, or to say no thanks to. Leaves by day."""
    context = check_context(certificate, check_id=check.id)
    return outbox.enqueue(session, name="knowledge_check", person=person, context=context, now=now, daytime_only=True)


def visits_context(*, missing: Reason, seminar: str, place: str, first_day: date) -> dict[str, Any]:
    """What a participant is told before part 2: which observation visits are missing, and where to enter them."""
    return {
        "missing": missing,
        "seminar": seminar,
        "place": place,
        "first_day": first_day,
        "link": address("visits.index"),
    }


def visits_missing(session: Session, person: Person, context: Mapping[str, Any], *, now: datetime) -> OutboxMail:
    """To a participant before part 2. Leaves by day."""
    return outbox.enqueue(session, name="visits_missing", person=person, context=context, now=now, daytime_only=True)


def drop_checks(session: Session, certificate_ids: Collection[int]) -> int:
    """Take back the offers of checks after some certificates that have not left yet; returns how many."""
    mail_ids = session.scalars(select(KnowledgeCheck.mail_id).where(KnowledgeCheck.certificate_id.in_(certificate_ids)))
    queued = [mail_id for mail_id in mail_ids if mail_id is not None]
    return outbox.cancel(session, queued) if queued else 0


def drop_reminders(session: Session, certificate_ids: Collection[int]) -> int:
    """Take back the reminders of some certificates that have not left yet; returns how many."""
    mail_ids = session.scalars(select(Reminder.mail_id).where(Reminder.certificate_id.in_(certificate_ids)))
    queued = [mail_id for mail_id in mail_ids if mail_id is not None]
    return outbox.cancel(session, queued) if queued else 0


def digest_context(unit: Unit, digest: Digest) -> dict[str, Any]:
    """What a coordinator is told each month."""
    return {
        "unit": unit,
        "expiring": tuple(digest.expiring),
        "expired": tuple(digest.expired),
        "held": tuple(digest.held),
        "kind_name": kind_name,
        "mail_name": mail_name,
        "unreached": tuple(digest.unreached),
        "link": address("register.index"),
        "planned_link": address("planned.index"),
        "problems_link": address("administration.mail_problems"),
    }


def digest(session: Session, person: Person, context: Mapping[str, Any], *, now: datetime) -> OutboxMail:
    """To a coordinator. Leaves by day."""
    return outbox.enqueue(session, name="reminder_digest", person=person, context=context, now=now, daytime_only=True)


def assessment_decided(
    session: Session,
    assessment: Assessment,
    person: Person,
    *,
    next_steps: str,
    through: date | None,
    now: datetime,
) -> OutboxMail:
    """To the participant: what was decided, why, what to do, and until when to appeal (None: nothing to appeal)."""
    context = {
        "outcome": assessment.outcome,
        "feedback": assessment.feedback,
        "next_steps": next_steps,
        "through": through,
        "link": _assessment_page(assessment),
    }
    return outbox.enqueue(session, name="assessment_decided", person=person, context=context, now=now)


def _assessment_page(assessment: Assessment) -> str:
    return address("assessments.show", assessment_id=assessment.id)
