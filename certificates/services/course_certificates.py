"""Issuing course certificates, once an enrolment; entering and withdrawing approvals of courses (DOMAIN.md 9).

Issued in the transaction that hands the post-test in (`hear`); what that missed, the hourly step finds. Locks are taken
in the order of `issuing`: the person, the head of the audit chain, the counter of numbers.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from certificates import course_certificates as rules
from certificates import mails
from certificates.course_certificates import QUARTER, Approval, Capacity, Complete, CreditKind, Incomplete
from certificates.models.course_certificates import (
    CourseApproval,
    CourseApprovalWithdrawn,
    CourseCertificate,
    CourseCertificateEdition,
    CourseCertificateNumber,
    CourseDocument,
)
from certificates.models.seals import sealing
from certificates.numbering import PRINT_CODES, print_code
from certificates.queries import course_certificates as queries
from certificates.queries.course_certificates import Course
from certificates.queries.documents import content_of
from lms import audit, ids
from lms.audit import AuditHead
from lms.clock import local_date
from lms.errors import Refused
from lms.features import HandedIn
from lms.people import Person
from lms.practitioners import Practitioner, lock_person
from lms.verdict import because
from quizzes.attempts import Purpose

OWNER_PREFIX = "enrolment:"
ORGANISER = "HelseIArbeid"

log = logging.getLogger(__name__)


def hear(session: Session, test: HandedIn, now: datetime) -> None:
    """A test was handed in: issue what is due, in the same transaction. Should that fail, the test is handed in all the
    same, and the hourly step issues."""
    if test.form != Purpose.POST or not test.owner.startswith(OWNER_PREFIX):
        return
    try:
        with session.begin_nested():
            issue_if_complete(session, int(test.owner.removeprefix(OWNER_PREFIX)), now=now)
    except Exception:
        log.exception("issuing the course certificate of %s failed", test.owner)


def issue_if_complete(session: Session, enrolment_id: int, *, now: datetime) -> CourseCertificate | Incomplete | None:
    """The certificate of an enrolment: the one there is, or a new one when all is done, else what is missing. None for
    what is no topic course."""
    course = queries.topic_course(session, enrolment_id)
    if course is None:
        return None
    answer = rules.decide(course.taken)
    if isinstance(answer, Incomplete):
        return answer
    person = lock_person(session, course.person_id)
    there = queries.certificate_of(session, enrolment_id)
    return there or _issue(session, course, answer, person, now=now)


def _issue(session: Session, course: Course, answer: Complete, person: Person, *, now: datetime) -> CourseCertificate:
    session.execute(select(AuditHead.id).where(AuditHead.id == 1).with_for_update())
    taken_as = _capacity(session, person, answer.last_on)
    approvals = rules.named_approvals(
        queries.approvals_of(session, course.result.course_id), taken_as, completed_on=answer.last_on, issued_at=now
    )
    today = local_date(now)
    certificate = CourseCertificate(
        number=_next_number(session, today.year),
        person_id=person.id,
        enrolment_id=course.enrolment_id,
        course_id=course.result.course_id,
        version_number=course.result.version_number,
        capacity=taken_as,
        first_on=answer.first_on,
        last_on=answer.last_on,
        content=_content(course, approvals, queries.national_unit(session)),
        issued_at=now,
        issued_on=today,
        verify_code=ids.new_token(),
        print_code=print_code(secrets.randbelow(PRINT_CODES)),
    )
    session.add(certificate)
    session.flush()
    edition = _add_edition(session, certificate, person, 1, actor_id=None, now=now)
    details = {
        "number": certificate.number,
        "person": person.id,
        "course": certificate.course_id,
        "version": certificate.version_number,
        "last_on": certificate.last_on,
        "capacity": taken_as,
        "approvals": [each.reference for each in approvals],
        **sealing(certificate, edition),
    }
    _record(session, "course-certificate-issued", ("course_certificate", certificate.id), details, None, now)
    mails.course_certificate_issued(session, certificate, edition, person, now=now)
    return certificate


def _capacity(session: Session, person: Person, on: date) -> Capacity:
    practitioner = session.get(Practitioner, person.id)
    sector = queries.sector_of(session, person.id, on)
    # who belongs to a unit is there as one of it, also when they once signed up by themselves
    occupation = practitioner.occupation if practitioner is not None and sector is None else None
    return rules.capacity(occupation=occupation, sector=sector, hpr_number=person.hpr_number)


def _content(course: Course, approvals: tuple[Approval, ...], national: str) -> dict[str, Any]:
    """What the certificate says beside the holder, as JSON: in every language the course has."""
    own = course.volume
    split = rules.split_hours(
        own.hours, reading_minutes=own.minutes, module_minutes=sum(module.minutes for module in own.modules)
    )
    return {
        "hours": str(own.hours),
        "hours_by_kind": [[kind, str(hours)] for kind, hours in split],
        "organiser": f"{ORGANISER}, {national}" if national else ORGANISER,
        "language": str(own.language),
        "course": {
            str(one.language): {"title": one.title, "objectives": [each.text for each in one.objectives]}
            for one in (own, *own.translations)
        },
        "approvals": [
            {
                "body": each.body,
                "reference": each.reference,
                "valid_from": each.valid_from.isoformat(),
                "valid_through": each.valid_through.isoformat(),
                "hours": [[kind, str(hours)] for kind, hours in each.hours],
            }
            for each in approvals
        ],
    }


def _add_edition(
    session: Session,
    certificate: CourseCertificate,
    person: Person,
    edition: int,
    *,
    actor_id: int | None,
    now: datetime,
) -> CourseCertificateEdition:
    row = CourseCertificateEdition(
        certificate_id=certificate.id,
        edition=edition,
        holder_name=person.name,
        hpr_number=person.hpr_number if certificate.capacity == Capacity.DOCTOR else None,
        issued_at=now,
        issued_on=local_date(now),
        issued_by=actor_id,
    )
    session.add(row)
    session.flush()
    return row


def reissue(
    session: Session, certificate: CourseCertificate, *, actor_id: int, now: datetime
) -> CourseCertificateEdition:
    """The next edition, with the holder's name and number of today: same number, same codes, same content.

    Raises `Refused` (`course-edition-same`) when nothing is different; so a second click makes none.
    """
    person = lock_person(session, certificate.person_id)
    present = queries.newest_edition(session, certificate.id)
    hpr_number = person.hpr_number if certificate.capacity == Capacity.DOCTOR else None
    if (present.holder_name, present.hpr_number) == (person.name, hpr_number):
        raise Refused(because("course-edition-same"))
    row = _add_edition(session, certificate, person, present.edition + 1, actor_id=actor_id, now=now)
    details = {"number": certificate.number, "edition": row.edition, **sealing(row)}
    _record(session, "course-certificate-reissued", ("course_certificate", certificate.id), details, actor_id, now)
    return row


def stored_document(session: Session, edition_id: int, locale: str) -> CourseDocument | None:
    """The document as it was first given out in a language, or None."""
    return session.scalar(
        select(CourseDocument).where(CourseDocument.edition_id == edition_id, CourseDocument.locale == locale)
    )


def keep_document(session: Session, edition_id: int, locale: str, content: bytes, *, now: datetime) -> bytes:
    """Keep a document that is being given out for the first time; the one there is, when somebody was first."""
    row = CourseDocument(
        edition_id=edition_id,
        locale=locale,
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        made_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # the other click was first
        there = stored_document(session, edition_id, locale)
        assert there is not None, "the constraint found it"
        return content_of(there)
    return content


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An approval as it is entered. `hours` by kind, in quarters."""

    course_id: str
    body: str
    reference: str
    valid_from: date
    valid_through: date
    hours: Mapping[CreditKind, Decimal]


def enter_approval(session: Session, entry: Entry, *, actor_id: int, now: datetime) -> CourseApproval:
    """Enter that a course is approved. `Refused` (`approval-known`) when it has been entered already."""
    quarters = {kind: int(entry.hours.get(kind, Decimal(0)) / QUARTER) for kind in CreditKind}
    row = CourseApproval(
        course_id=entry.course_id,
        body=entry.body,
        reference=entry.reference,
        valid_from=entry.valid_from,
        valid_through=entry.valid_through,
        online_quarters=quarters[CreditKind.ONLINE],
        topic_quarters=quarters[CreditKind.TOPIC],
        elective_quarters=quarters[CreditKind.ELECTIVE],
        entered_by=actor_id,
        entered_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Refused(because("approval-known", reference=entry.reference)) from error
    details = {
        "course": row.course_id,
        "body": row.body,
        "reference": row.reference,
        "valid_from": row.valid_from,
        "valid_through": row.valid_through,
        "quarters": {str(kind): count for kind, count in quarters.items()},
        **sealing(row),
    }
    _record(session, "course-approval-entered", ("course_approval", row.id), details, actor_id, now)
    return row


def withdraw_approval(session: Session, approval: CourseApproval, *, reason: str, actor_id: int, now: datetime) -> None:
    """Say that an approval counts no longer, from now on. `Refused` (`approval-withdrawn`) when somebody was first."""
    row = CourseApprovalWithdrawn(approval_id=approval.id, reason=reason, withdrawn_by=actor_id, withdrawn_at=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Refused(because("approval-withdrawn")) from error
    details = {"reference": approval.reference, "reason": reason, **sealing(row)}
    _record(session, "course-approval-withdrawn", ("course_approval", approval.id), details, actor_id, now)


def _next_number(session: Session, year: int) -> str:
    """The next number of the year; the counter's row lock keeps two at once apart."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    place = session.scalar(
        insert(CourseCertificateNumber)
        .values(year=year, last=1)
        .on_conflict_do_update(index_elements=["year"], set_={"last": CourseCertificateNumber.last + 1})
        .returning(CourseCertificateNumber.last)
    )
    assert place is not None, "an upsert returns its row"
    return rules.number_of(year, place)


def _record(
    session: Session,
    action: str,
    subject: tuple[str, int],
    details: Mapping[str, Any],
    actor_id: int | None,
    now: datetime,
) -> None:
    audit.record(session, actor_id=actor_id, action=action, subject=subject, details=details, now=now)
