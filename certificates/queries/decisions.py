"""What has been decided about people and can be appealed against, whatever table it stands in, and who had a part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from certificates import appeals
from certificates.appeals import OF_CERTIFICATES, About, Ground
from certificates.deciding import is_open
from certificates.models.assessments import Assessment, AssessmentRound
from certificates.models.issued import Certificate, CertificateEvent
from certificates.programme import Programme
from certificates.queries import assessments
from certificates.queries.issued import issued_to
from certificates.queries.programmes import stored
from certificates.status import Event, EventKind
from courses.queries import fieldwork
from lms.clock import local_date
from lms.people import Person
from lms.verdict import Reason, because
from quizzes import effective
from quizzes.models import Attempt, ItemProposal, ItemWithdrawal, ScoreAdjustment
from quizzes.withdrawal import Status

APPEALABLE = (EventKind.SUSPENDED, EventKind.REVOKED, "corrected")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision about a person. `title` is the number of the certificate or the name of the test, `effective_on` the
    day it works from, `appeal_through` the last day to appeal, `answer_weeks` how long an answer may take; `is_newest`
    while nothing has taken its place and it has not been undone from its first day."""

    ground: Ground
    ground_id: int
    about: About
    person_id: int
    programme: str
    actor_id: int | None
    actor: str
    reason: str
    decided_at: datetime
    decided_on: date
    effective_on: date
    title: str
    certificate_id: int | None
    attempt_id: int | None
    approved: bool
    is_newest: bool
    appeal_through: date
    answer_weeks: int

    @property
    def named(self) -> Reason:
        """What it is, in a few words."""
        return because(f"appeal-about-{self.about}", title=self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Ids of assessments, of events of certificates, and of adjustments of scores."""

    assessments: Sequence[int] = field(default=())
    events: Sequence[int] = field(default=())
    adjustments: Sequence[int] = field(default=())


def of(session: Session, programme: Programme, wanted: Grounds) -> dict[tuple[Ground, int], Decision]:
    """Decisions by where they stand; what can't be appealed against at all is not in the answer."""
    found = [
        *(_assessments(session, programme, wanted.assessments) if wanted.assessments else ()),
        *(_events(session, wanted.events) if wanted.events else ()),
        *(_adjustments(session, programme, wanted.adjustments) if wanted.adjustments else ()),
    ]
    return {(each.ground, each.ground_id): each for each in found}


def one(session: Session, programme: Programme, ground: Ground, ground_id: int) -> Decision | None:
    """A decision, or None where there is none that can be appealed against. Of a suspension that stands on more than
    one certificate, the first: it is one decision."""
    if ground is Ground.EVENT:
        ground_id = first_of(session, ground_id)
    wanted = {
        Ground.ASSESSMENT: Grounds(assessments=[ground_id]),
        Ground.EVENT: Grounds(events=[ground_id]),
        Ground.ADJUSTMENT: Grounds(adjustments=[ground_id]),
    }[ground]
    return of(session, programme, wanted).get((ground, ground_id))


def about_person(session: Session, programme: Programme, person_id: int) -> list[Decision]:
    """The decisions about a person that stand and can be appealed against, the newest first."""
    events = session.scalars(
        select(CertificateEvent.id)
        .join(Certificate, Certificate.id == CertificateEvent.certificate_id)
        .where(Certificate.person_id == person_id, CertificateEvent.kind.in_(APPEALABLE))
    ).all()
    wanted = Grounds(
        assessments=session.scalars(
            select(Assessment.id).where(Assessment.person_id == person_id, Assessment.programme == programme.id)
        ).all(),
        events=[id_ for id_ in events if first_of(session, id_) == id_],
        adjustments=session.scalars(
            select(ScoreAdjustment.id)
            .join(Attempt, Attempt.id == ScoreAdjustment.attempt_id)
            .where(Attempt.person_id == person_id, ScoreAdjustment.status == Status.WITHDRAWN)
        ).all(),
    )
    standing = [each for each in of(session, programme, wanted).values() if each.is_newest and not each.approved]
    return sorted(standing, key=lambda each: each.decided_at, reverse=True)


def same_decision(session: Session, event: CertificateEvent) -> Sequence[CertificateEvent]:
    """Every event that is the same decision on the person's certificates, the oldest first: one decision stands on all
    of them, and goes on to those issued after it."""
    itself = session.get_one(Certificate, event.certificate_id)
    return session.scalars(
        select(CertificateEvent)
        .join(Certificate, Certificate.id == CertificateEvent.certificate_id)
        .where(
            Certificate.person_id == itself.person_id,
            Certificate.programme == itself.programme,
            CertificateEvent.kind == event.kind,
            CertificateEvent.effective_on == event.effective_on,
            CertificateEvent.reason == event.reason,
            CertificateEvent.actor_id.is_not_distinct_from(event.actor_id),
            (CertificateEvent.id == event.id) | (CertificateEvent.certificate_id != event.certificate_id),
        )
        .order_by(CertificateEvent.id)
    ).all()


def first_of(session: Session, event_id: int) -> int:
    """The first event of the decision an event belongs to; itself for an unknown one."""
    event = session.get(CertificateEvent, event_id)
    if event is None or event.kind not in APPEALABLE:
        return event_id
    return same_decision(session, event)[0].id


def deciders(session: Session, decision: Decision) -> frozenset[int]:
    """Everybody who had a part in what was decided: assessed the person, decided about their certificates, proposed or
    withdrew the question a pass was lost by."""
    found = set(assessments.involved(session, decision.programme, decision.person_id))
    if decision.actor_id is not None:
        found.add(decision.actor_id)
    if decision.about in OF_CERTIFICATES:
        found.update(
            actor
            for actor in session.scalars(
                select(CertificateEvent.actor_id)
                .join(Certificate, Certificate.id == CertificateEvent.certificate_id)
                .where(Certificate.person_id == decision.person_id, Certificate.programme == decision.programme)
            )
            if actor is not None
        )
    if decision.ground is Ground.ADJUSTMENT:
        withdrawal = session.scalars(
            select(ItemWithdrawal)
            .join(ScoreAdjustment, ScoreAdjustment.withdrawal_id == ItemWithdrawal.id)
            .where(ScoreAdjustment.id == decision.ground_id)
        ).one()
        found.add(withdrawal.decided_by)
        found.update(
            session.scalars(
                select(ItemProposal.proposed_by).where(
                    ItemProposal.bank == withdrawal.bank, ItemProposal.question_id == withdrawal.question_id
                )
            )
        )
    return frozenset(found)


def mentors(session: Session, person_id: int) -> frozenset[int]:
    """Everybody who was a person's mentor on a confirmed visit."""
    return fieldwork.mentors_of(session, [person_id]).get(person_id, frozenset())


def _assessments(session: Session, programme: Programme, ids: Sequence[int]) -> Iterator[Decision]:
    later = aliased(Assessment)
    newest = (
        select(func.max(later.id))
        .where(later.person_id == Assessment.person_id, later.programme == Assessment.programme)
        .scalar_subquery()
    )
    for row, actor, version_id, last in session.execute(
        select(Assessment, Person.name, AssessmentRound.programme_version_id, newest)
        .join(Person, Person.id == Assessment.assessor_id)
        .outerjoin(AssessmentRound, AssessmentRound.assessment_id == Assessment.id)
        .where(Assessment.id.in_(ids))
    ).all():
        under = stored(session, version_id) if version_id else programme
        yield Decision(
            ground=Ground.ASSESSMENT,
            ground_id=row.id,
            about=About.ASSESSMENT,
            person_id=row.person_id,
            programme=row.programme,
            actor_id=row.assessor_id,
            actor=actor,
            reason=row.feedback,
            decided_at=row.decided_at,
            decided_on=row.decided_on,
            effective_on=row.decided_on,
            title="",
            certificate_id=None,
            attempt_id=None,
            approved=row.outcome == "approved",
            is_newest=row.id == last,
            appeal_through=appeals.last_day(row.decided_on, under.appeal_weeks),
            answer_weeks=under.appeal_answer_weeks,
        )


def _events(session: Session, ids: Sequence[int]) -> Iterator[Decision]:
    for row, certificate, actor in session.execute(
        select(CertificateEvent, Certificate, Person.name)
        .join(Certificate, Certificate.id == CertificateEvent.certificate_id)
        .outerjoin(Person, Person.id == CertificateEvent.actor_id)
        .where(CertificateEvent.id.in_(ids), CertificateEvent.kind.in_(APPEALABLE))
    ).all():
        under = stored(session, certificate.programme_version_id)
        told_on = local_date(row.at)
        yield Decision(
            ground=Ground.EVENT,
            ground_id=row.id,
            about=About(row.kind),
            person_id=certificate.person_id,
            programme=certificate.programme,
            actor_id=row.actor_id,
            actor=actor or "",
            reason=row.reason,
            decided_at=row.at,
            decided_on=told_on,
            effective_on=row.effective_on,
            title=certificate.number,
            certificate_id=certificate.id,
            attempt_id=None,
            approved=False,
            is_newest=_stands(session, row, certificate),
            appeal_through=appeals.last_day(told_on, under.appeal_weeks),
            answer_weeks=under.appeal_answer_weeks,
        )


def _stands(session: Session, row: CertificateEvent, certificate: Certificate) -> bool:
    if row.kind not in set(EventKind):
        newest = select(func.max(CertificateEvent.id)).where(
            CertificateEvent.certificate_id == row.certificate_id, CertificateEvent.kind == row.kind
        )
        return session.scalar(newest) == row.id
    held = issued_to(session, certificate.programme, [certificate.person_id])[certificate.person_id]
    issued = next(each for each in held if each.id == certificate.id)
    decided = Event(kind=EventKind(row.kind), effective_on=row.effective_on)
    return is_open(issued, decided, row.effective_on)


def _adjustments(session: Session, programme: Programme, ids: Sequence[int]) -> Iterator[Decision]:
    for row, attempt, actor in session.execute(
        select(ScoreAdjustment, Attempt, Person.name)
        .join(Attempt, Attempt.id == ScoreAdjustment.attempt_id)
        .join(Person, Person.id == ScoreAdjustment.decided_by)
        .where(ScoreAdjustment.id.in_(ids), ScoreAdjustment.status == Status.WITHDRAWN)
    ).all():
        known = effective.adjustments_of(session, [attempt.id])[attempt.id]
        standing = effective.standing(attempt, known)
        told_on = local_date(row.decided_at)
        yield Decision(
            ground=Ground.ADJUSTMENT,
            ground_id=row.id,
            about=About.POST_TEST,
            person_id=attempt.person_id,
            programme=programme.id,
            actor_id=row.decided_by,
            actor=actor,
            reason=row.reason,
            decided_at=row.decided_at,
            decided_on=told_on,
            effective_on=told_on,
            title=attempt.title,
            certificate_id=None,
            attempt_id=attempt.id,
            approved=False,
            is_newest=standing is not None and standing.passed is False,
            appeal_through=appeals.last_day(told_on, programme.appeal_weeks),
            answer_weeks=programme.appeal_answer_weeks,
        )
