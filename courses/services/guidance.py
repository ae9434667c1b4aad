"""Verbs of guidance: propose an agreement, say yes or no to it, end it, note a visit."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import guidance as rules
from courses.guidance import GuidanceKind, Proposal, Said, Stage
from courses.models.guidance import GuidanceAgreement, GuidanceVisit, GuidanceWord
from lms import audit
from lms.clock import local_date
from lms.errors import Refused, hold
from lms.verdict import because


def propose(
    session: Session, proposal: Proposal, *, unit_id: int, entry: str, by: int, now: datetime
) -> GuidanceAgreement:
    """A new agreement with its visits. The same form sent twice gives the first one back."""
    hold(rules.proposal_problems(proposal))
    row = GuidanceAgreement(
        entry=entry,
        kind=proposal.kind,
        person_id=proposal.person_id,
        guide_id=proposal.guide_id,
        unit_id=unit_id,
        from_date=proposal.first,
        through_date=proposal.last,
        goals=proposal.goals.strip(),
        made_by=by,
        made_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        known = session.scalar(
            select(GuidanceAgreement).where(GuidanceAgreement.made_by == by, GuidanceAgreement.entry == entry)
        )
        if known is None:
            raise
        return known
    session.add_all(
        GuidanceVisit(agreement_id=row.id, planned_on=day, held_on=None, note="", noted_by=None, noted_at=None)
        for day in sorted(proposal.visits)
    )
    session.flush()
    if proposal.kind is GuidanceKind.STAY and proposal.guide_id == by:
        _add(session, row, Said.RECEIVED, by=by, now=now, comment="")
    _audit(session, row, "guidance-proposed", by=by, now=now)
    return row


def say(session: Session, *, agreement_id: int, word: Said, by: int, now: datetime, comment: str = "") -> bool:
    """Say a word to an agreement. False when it has been said; refused where it is no longer open to that word."""
    row = session.scalars(select(GuidanceAgreement).where(GuidanceAgreement.id == agreement_id).with_for_update()).one()
    said = words_of(session, row.id)
    if word in said:
        return False
    stage = rules.stage(GuidanceKind(row.kind), said, last=row.through_date, today=local_date(now))
    open_to = (Stage.WAITING, Stage.AGREED) if word is Said.ENDED else (Stage.WAITING,)
    if stage not in open_to:
        raise Refused(because("guidance-settled"))
    _add(session, row, word, by=by, now=now, comment=comment)
    _audit(session, row, f"guidance-{word}", by=by, now=now)
    return True


def note_visit(session: Session, *, visit_id: int, held_on: date, note: str, by: int, now: datetime) -> None:
    """Note that a visit was held; refused when somebody was first."""
    visit = session.scalars(
        select(GuidanceVisit)
        .where(GuidanceVisit.id == visit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    row = session.get_one(GuidanceAgreement, visit.agreement_id)
    today = local_date(now)
    stage = rules.stage(GuidanceKind(row.kind), words_of(session, row.id), last=row.through_date, today=today)
    hold(
        rules.noting_problem(
            planned_on=visit.planned_on,
            held_on=held_on,
            stage_now=stage,
            noted=visit.held_on is not None,
            today=today,
        )
    )
    visit.held_on, visit.note, visit.noted_by, visit.noted_at = held_on, note.strip(), by, now
    _audit(session, row, "guidance-visit-noted", by=by, now=now)


def words_of(session: Session, agreement_id: int) -> set[Said]:
    """What has been said to an agreement."""
    kinds = session.scalars(select(GuidanceWord.kind).where(GuidanceWord.agreement_id == agreement_id))
    return {Said(kind) for kind in kinds}


def _add(session: Session, row: GuidanceAgreement, word: Said, *, by: int, now: datetime, comment: str) -> None:
    session.add(GuidanceWord(agreement_id=row.id, kind=word, comment=comment.strip(), said_by=by, said_at=now))
    session.flush()


def _audit(session: Session, row: GuidanceAgreement, action: str, *, by: int, now: datetime) -> None:
    audit.record(
        session,
        actor_id=by,
        action=action,
        subject=("guidance-agreement", row.id),
        details={"person": row.person_id, "guide": row.guide_id, "kind": row.kind},
        now=now,
    )
