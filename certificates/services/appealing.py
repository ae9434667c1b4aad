"""What follows a decision: the participant's comment, an appeal, who reviews it, what they decide. All appended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import appeals, mails
from certificates.appeals import OPEN, AppealOutcome
from certificates.evidence import Outcome
from certificates.gathering import dossier_of
from certificates.models.assessments import (
    AppealAssignment,
    AppealDecision,
    Assessment,
    AssessmentAppeal,
    AssessmentComment,
)
from certificates.programme import Programme
from certificates.queries import assessments as queries
from certificates.queries.assessments import Appeal, Decided
from certificates.services.issuing import lock_person
from lms import audit
from lms.clock import local_date
from lms.errors import Refused
from lms.people import Person
from lms.verdict import because

COMMENTS_MAX = 20  # about one decision


def comment(session: Session, assessment: Assessment, words: str, *, now: datetime) -> AssessmentComment:
    """Keep what the participant has to say about a decision; the same words once more are kept once."""
    lock_person(session, assessment.person_id)
    said = session.scalars(
        select(AssessmentComment)
        .where(AssessmentComment.assessment_id == assessment.id)
        .order_by(AssessmentComment.id.desc())
    ).all()
    if said and said[0].words == words:
        return said[0]
    if len(said) >= COMMENTS_MAX:
        raise Refused(because("comments-enough"))
    row = AssessmentComment(assessment_id=assessment.id, words=words, said_at=now)
    session.add(row)
    session.flush()
    return row


def appeal(
    session: Session, programme: Programme, assessment: Assessment, words: str, *, now: datetime
) -> AssessmentAppeal:
    """Appeal against a decision: once, whatever is pressed twice. Those who find a reviewer are written to.

    Raises `Refused` for an approval, after the last day, and when somebody has decided anew since.
    """
    person = lock_person(session, assessment.person_id)
    decided = queries.decided(session, programme, assessment.id)
    if decided.appeal is not None:
        return decided.appeal.row
    no = appeals.refusal(
        Outcome(assessment.outcome),
        through=decided.appeal_through,
        today=local_date(now),
        is_newest=decided.is_newest,
    )
    if no is not None:
        raise Refused.by(no)
    row = AssessmentAppeal(assessment_id=assessment.id, words=words, appealed_at=now, appealed_on=local_date(now))
    session.add(row)
    session.flush()
    _record(session, "appealed", row, {"assessment": assessment.id}, actor_id=person.id, now=now)
    for recipient in queries.those_who_assign(session, person.id, on=local_date(now)):
        mails.appeal_made(session, assessment, person, recipient, now=now)
    return row


def assign(
    session: Session, programme: Programme, assessment: Assessment, *, reviewer_id: int, actor_id: int, now: datetime
) -> None:
    """Ask an assessor who was not involved to look at an appeal, or another one than before.

    Raises `Refused` for an appeal that is over, a reviewer who is involved or no assessor, and by who is involved.
    """
    today = local_date(now)
    person = lock_person(session, assessment.person_id)
    decided = queries.decided(session, programme, assessment.id)
    found = _open(decided)
    assessors = queries.involved(session, programme.id, person.id)
    if actor_id == person.id or actor_id in assessors:
        raise Refused(because("appeal-assign-involved"))
    _refuse_reviewer(session, programme, person, reviewer_id, now)
    if reviewer_id not in {row[0] for row in queries.trainers(session, on=today)}:
        raise Refused(because("review-not-assessor"))
    if found.reviewer_id == reviewer_id:
        return
    row = AppealAssignment(appeal_id=found.row.id, reviewer_id=reviewer_id, assigned_by=actor_id, assigned_at=now)
    session.add(row)
    session.flush()
    _record(session, "appeal-assigned", found.row, {"reviewer": reviewer_id}, actor_id=actor_id, now=now)
    mails.appeal_assigned(session, assessment, person, session.get_one(Person, reviewer_id), now=now)


def decide(
    session: Session,
    programme: Programme,
    assessment: Assessment,
    outcome: AppealOutcome,
    words: str,
    *,
    actor_id: int,
    now: datetime,
) -> AppealDecision:
    """What the reviewer decides, and why: once. The participant and those who assessed are written to.

    Raises `Refused` for an appeal that is over, for who was not asked, and for who is involved.
    """
    person = lock_person(session, assessment.person_id)
    decided = queries.decided(session, programme, assessment.id)
    if decided.appeal is not None and decided.appeal.decision is not None:
        return decided.appeal.decision
    found = _open(decided)
    if found.reviewer_id != actor_id:
        raise Refused(because("review-not-asked"))
    _refuse_reviewer(session, programme, person, actor_id, now)
    row = AppealDecision(
        appeal_id=found.row.id,
        outcome=outcome,
        words=words,
        reviewer_id=actor_id,
        decided_at=now,
        decided_on=local_date(now),
    )
    session.add(row)
    session.flush()
    _record(session, "appeal-decided", found.row, {"outcome": outcome, "reason": words}, actor_id=actor_id, now=now)
    assessors = {assessment.assessor_id, *(each.row.assessor_id for each in decided.sheets)}
    for recipient in (person, *queries.people_by_id(session, assessors)):
        mails.appeal_decided(session, assessment, person, recipient, outcome=outcome, words=words, now=now)
    return row


def _open(decided: Decided) -> Appeal:
    """The appeal against a decision, if anybody is still to look at it."""
    if decided.appeal is None or decided.appeal.state not in OPEN:
        raise Refused(because("appeal-over"))
    return decided.appeal


def _refuse_reviewer(session: Session, programme: Programme, person: Person, reviewer_id: int, now: datetime) -> None:
    mentors = dossier_of(session, programme, person.id, on=local_date(now)).evidence.mentor_ids
    no = appeals.refusal_to_review(
        reviewer_id,
        person_id=person.id,
        assessors=queries.involved(session, programme.id, person.id),
        mentors={int(mentor) for mentor in mentors},
    )
    if no is not None:
        raise Refused.by(no)


def _record(
    session: Session,
    action: str,
    row: AssessmentAppeal,
    details: Mapping[str, object],
    *,
    actor_id: int,
    now: datetime,
) -> None:
    audit.record(session, actor_id=actor_id, action=action, subject=("appeal", row.id), details=details, now=now)
