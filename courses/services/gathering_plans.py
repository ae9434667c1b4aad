"""Verbs of gatherings planned ahead: plan, cancel, sign up, sign off. Who took part is recorded in `gatherings`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses.gatherings import GatheringPlan, gathering_problems, signing_up_problem
from courses.models.gatherings import Gathering, GatheringSignUp, GatheringUnit
from courses.services import gathering_mails
from lms import audit
from lms.clock import local_date
from lms.errors import hold


def plan_gathering(
    session: Session, plan: GatheringPlan, *, unit_ids: Collection[int], entry: str, by: int, now: datetime
) -> Gathering:
    """A gathering open to these units. The same form sent twice gives the first one back."""
    hold(gathering_problems(plan, today=local_date(now), units=len(unit_ids)))
    row = Gathering(
        entry=entry,
        title=plan.title.strip(),
        kind=plan.kind,
        on=plan.on,
        starts=plan.starts,
        ends=plan.ends,
        place=plan.place.strip(),
        webinar_link=plan.webinar_link.strip(),
        about=plan.about.strip(),
        planned_by=by,
        planned_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        known = session.scalar(select(Gathering).where(Gathering.planned_by == by, Gathering.entry == entry))
        if known is None:
            raise
        return known
    session.add_all(GatheringUnit(gathering_id=row.id, unit_id=unit_id) for unit_id in sorted(set(unit_ids)))
    session.flush()
    details = {"title": row.title, "on": row.on, "kind": row.kind, "units": sorted(set(unit_ids))}
    audit.record(
        session, actor_id=by, action="gathering-planned", subject=("gathering", row.id), details=details, now=now
    )
    return row


def cancel_gathering(session: Session, *, gathering_id: int, by: int, now: datetime) -> bool:
    """Call it off, and tell those who have signed up. False when it was before."""
    row = _lock(session, gathering_id)
    if row.cancelled_at is not None:
        return False
    row.cancelled_at = now
    gathering_mails.called_off(session, row, now=now)
    audit.record(session, actor_id=by, action="gathering-cancelled", subject=("gathering", row.id), details={}, now=now)
    return True


def sign_up(session: Session, *, gathering_id: int, person_id: int, now: datetime) -> bool:
    """Sign up for a gathering. False when one has before; refused when it is over or called off."""
    row = _lock(session, gathering_id)
    hold(signing_up_problem(on=row.on, cancelled=row.cancelled_at is not None, today=local_date(now)))
    known = select(GatheringSignUp.id).where(
        GatheringSignUp.gathering_id == row.id, GatheringSignUp.person_id == person_id
    )
    if session.scalar(known) is not None:
        return False
    session.add(GatheringSignUp(gathering_id=row.id, person_id=person_id, signed_up_at=now))
    session.flush()
    return True


def sign_off(session: Session, *, gathering_id: int, person_id: int, now: datetime) -> None:
    """Take back one's sign-up; refused once it is over."""
    row = _lock(session, gathering_id)
    hold(signing_up_problem(on=row.on, cancelled=False, today=local_date(now)))
    session.execute(
        delete(GatheringSignUp).where(GatheringSignUp.gathering_id == row.id, GatheringSignUp.person_id == person_id)
    )


def _lock(session: Session, gathering_id: int) -> Gathering:
    return session.scalars(
        select(Gathering)
        .where(Gathering.id == gathering_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
