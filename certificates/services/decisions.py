"""What trainers and coordinators decide: assessments, exemptions, suspending, lifting and revoking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import mails
from certificates.appeals import last_day
from certificates.deciding import refusal
from certificates.eligibility import CLOSED, Finding, NotYet, Standing
from certificates.evidence import Outcome
from certificates.gathering import Dossier, dossier_of
from certificates.imported import ROUTE
from certificates.models.assessments import Assessment, Exemption
from certificates.models.issued import Certificate
from certificates.programme import Criterion, Programme, TrainerAssessment
from certificates.queries.issued import OVER, issued_to
from certificates.queries.programmes import stored
from certificates.services.issuing import issue_if_due, lock_person
from certificates.services.recording import add_event, record_event
from certificates.status import EventKind
from lms import audit
from lms.clock import local_date
from lms.errors import Refused
from lms.verdict import because


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a trainer found: the outcome, a score from 1 to 5 for each criterion the programme names, feedback."""

    outcome: Outcome
    content_score: int | None
    non_directive_score: int | None
    feedback: str


def asked_assessment(dossier: Dossier) -> Finding | None:
    """The assessment the person's route asks for, and how it stands; None where it asks for none."""
    return next((each for each in dossier.answer.findings if isinstance(each.requirement, TrainerAssessment)), None)


def record_assessment(
    session: Session, programme: Programme, person_id: int, verdict: Verdict, *, assessor_id: int, now: datetime
) -> Certificate | NotYet:
    """Record an assessment; when that was the last requirement, the certificate is issued at once.

    Sent twice, it is recorded once. Raises `Refused` for oneself, for one's own mentee, and when it would not count.
    """
    person = lock_person(session, person_id)
    dossier = dossier_of(session, programme, person_id, on=local_date(now))
    repeated = _repeated(session, programme.id, person_id, verdict, assessor_id=assessor_id, on=local_date(now))
    if repeated is not None:
        there = _issued_since(session, repeated)
        return there or issue_if_due(session, programme, person, actor_id=assessor_id, now=now)
    add_assessment(session, dossier, person_id, verdict, assessor_id=assessor_id, now=now)
    return issue_if_due(session, programme, person, actor_id=assessor_id, now=now)


def add_assessment(
    session: Session,
    dossier: Dossier,
    person_id: int,
    verdict: Verdict,
    *,
    assessor_id: int,
    now: datetime,
    basis: Mapping[str, Any] | None = None,
) -> Assessment:
    """Append an assessment, recorded with what it rests on. The person's row must be locked. Raises `Refused` for
    oneself, for one's own mentee, and when it would not count."""
    refuse_partial(dossier, person_id, assessor_id)
    _refuse_early(dossier, verdict)
    row = Assessment(
        person_id=person_id,
        programme=dossier.programme.id,
        assessor_id=assessor_id,
        outcome=verdict.outcome,
        content_score=verdict.content_score,
        non_directive_score=verdict.non_directive_score,
        feedback=verdict.feedback,
        decided_at=now,
        decided_on=local_date(now),
    )
    session.add(row)
    session.flush()
    details = {
        "assessment": row.id,
        "programme": dossier.programme.id,
        "outcome": verdict.outcome,
        "scores": [verdict.content_score, verdict.non_directive_score],
        "decided_on": row.decided_on,
        **(basis or {}),
    }
    _record(session, "assessed", ("person", person_id), details, actor_id=assessor_id, now=now)
    return row


def exempt(
    session: Session,
    programme: Programme,
    person_id: int,
    *,
    requirement: str,
    reason: str,
    actor_id: int,
    now: datetime,
) -> Certificate | NotYet:
    """Waive a requirement of the person's present route, with a reason; issues when that was the last one.

    Raises `Refused` for oneself and for what is not asked for, met or waived already.
    """
    if person_id == actor_id:
        raise Refused(because("exempt-not-oneself"))
    person = lock_person(session, person_id)
    dossier = dossier_of(session, programme, person_id, on=local_date(now))
    finding = next((each for each in dossier.answer.findings if each.requirement.id == requirement), None)
    if finding is None:
        raise Refused(because("exempt-not-asked"))
    if finding.state in {Standing.MET, Standing.EXEMPTED}:
        raise Refused(because("exempt-not-needed", on=finding.met_on))
    row = Exemption(
        person_id=person_id,
        programme=programme.id,
        requirement=requirement,
        reason=reason,
        decided_by=actor_id,
        decided_at=now,
        decided_on=local_date(now),
    )
    session.add(row)
    session.flush()
    details = {"exemption": row.id, "programme": programme.id, "requirement": requirement, "reason": reason}
    _record(session, "exempted", ("person", person_id), details, actor_id=actor_id, now=now)
    return issue_if_due(session, programme, person, actor_id=actor_id, now=now)


def decide_certificate(
    session: Session,
    certificate: Certificate,
    kind: EventKind,
    *,
    effective_on: date,
    reason: str,
    actor_id: int,
    now: datetime,
) -> None:
    """Suspend, lift or revoke a certificate, and with it every other one that speaks or will speak for the person.

    A revoked certificate needs no reminding. Raises `Refused` when it is revoked already, not suspended, and so on
    (`deciding`).
    """
    today = local_date(now)
    if certificate.person_id == actor_id:
        raise Refused(because("decide-not-oneself"))
    person = lock_person(session, certificate.person_id)
    held = issued_to(session, certificate.programme, [person.id])[person.id]
    by_id = {each.id: each for each in held}
    no = refusal(by_id[certificate.id], kind, effective_on, issued_on=_decided_from(certificate, kind), today=today)
    if no is not None:
        raise Refused.by(no)
    also = [
        each.id
        for each in held
        if each.id != certificate.id
        and each.state(effective_on) not in OVER
        and refusal(each, kind, effective_on, issued_on=effective_on, today=today) is None
    ]
    for id_ in (certificate.id, *also):
        event = add_event(session, id_, kind, effective_on=effective_on, reason=reason, actor_id=actor_id, now=now)
        record_event(session, event)
    if kind is EventKind.REVOKED:
        mails.drop_reminders(session, (certificate.id, *also))
    if kind is not EventKind.LIFTED and effective_on <= today:
        mails.drop_checks(session, (certificate.id, *also))
    mails.certificate_decision(
        session,
        certificate,
        person,
        kind=kind,
        effective_on=effective_on,
        reason=reason,
        through=_appeal_through(session, certificate, today) if kind is not EventKind.LIFTED else None,
        now=now,
    )


def _appeal_through(session: Session, certificate: Certificate, today: date) -> date:
    """The last day to appeal against what is decided today about a certificate."""
    return last_day(today, stored(session, certificate.programme_version_id).appeal_weeks)


def _decided_from(certificate: Certificate, kind: EventKind) -> date:
    """The first day a decision may work from: that of the issue. One imported with wrong dates can be revoked from its
    own first day, before it came here, so that it never was (`editions`)."""
    if kind is EventKind.REVOKED and certificate.derivation.get("route") == ROUTE:
        return min(certificate.valid_from, certificate.issued_on)
    return certificate.issued_on


def refuse_partial(dossier: Dossier, person_id: int, assessor_id: int) -> None:
    """Nobody assesses oneself, and no mentor the own mentee unless the programme says so."""
    if assessor_id == person_id:
        raise Refused(because("assess-not-oneself"))
    asked = asked_assessment(dossier)
    allows_mentor = (
        asked is not None and isinstance(asked.requirement, TrainerAssessment) and asked.requirement.mentor_may_assess
    )
    if str(assessor_id) in dossier.evidence.mentor_ids and not allows_mentor:
        raise Refused(because("assess-not-own-mentee"))


def timely_assessment(dossier: Dossier) -> tuple[Finding, TrainerAssessment]:
    """The assessment that can be made now. One that could not count is refused with the reason, not kept for
    nothing."""
    finding = asked_assessment(dossier)
    if finding is None:
        raise Refused(because("assess-not-asked"))
    assert isinstance(finding.requirement, TrainerAssessment)
    reasons = dossier.answer.reasons if isinstance(dossier.answer, NotYet) else ()
    closed = [reason for reason in reasons if reason.code in CLOSED]
    if closed:
        raise Refused(*closed)
    if finding.state is Standing.NOT_YET_DUE:
        lapsed = [reason for reason in reasons if reason.code == "renewal-lapsed"]
        raise Refused(*lapsed, finding.next_step or because("assess-not-asked"))
    if finding.state is Standing.EXEMPTED:
        raise Refused(because("assess-exempted", on=finding.met_on))
    return finding, finding.requirement


def _refuse_early(dossier: Dossier, verdict: Verdict) -> None:
    finding, requirement = timely_assessment(dossier)
    if finding.state is Standing.MET and verdict.outcome is Outcome.APPROVED:
        raise Refused(because("assess-already-approved", on=finding.met_on))
    scores = {
        Criterion.CONTENT_KNOWLEDGE: verdict.content_score,
        Criterion.NON_DIRECTIVE: verdict.non_directive_score,
    }
    missing = tuple(criterion for criterion in requirement.criteria if scores[criterion] is None)
    if missing:
        raise Refused(because("assess-scores-missing", criteria=missing))


def _repeated(
    session: Session, programme_id: str, person_id: int, verdict: Verdict, *, assessor_id: int, on: date
) -> Assessment | None:
    """The newest assessment, if it says the very same, by the same person, on the same day: a second click."""
    newest = session.scalar(
        select(Assessment)
        .where(Assessment.person_id == person_id, Assessment.programme == programme_id)
        .order_by(Assessment.id.desc())
        .limit(1)
    )
    if newest is None or (newest.assessor_id, newest.decided_on) != (assessor_id, on):
        return None
    said = (newest.outcome, newest.content_score, newest.non_directive_score, newest.feedback)
    same = said == (verdict.outcome, verdict.content_score, verdict.non_directive_score, verdict.feedback)
    return newest if same else None


def _issued_since(session: Session, seen: Assessment) -> Certificate | None:
    """The certificate that was issued on an assessment or after it; an older one is not its doing."""
    return session.scalar(
        select(Certificate)
        .where(
            Certificate.person_id == seen.person_id,
            Certificate.programme == seen.programme,
            Certificate.issued_at >= seen.decided_at,
        )
        .order_by(Certificate.cycle.desc())
        .limit(1)
    )


def _record(
    session: Session,
    action: str,
    subject: tuple[str, int],
    details: dict[str, Any],
    *,
    actor_id: int,
    now: datetime,
) -> None:
    audit.record(session, actor_id=actor_id, action=action, subject=subject, details=details, now=now)


def open_requirements(dossier: Dossier) -> Sequence[Finding]:
    """What may be waived: neither met nor waived already."""
    return [each for each in dossier.answer.findings if each.state not in {Standing.MET, Standing.EXEMPTED}]
