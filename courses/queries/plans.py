"""Reads about the plans from part 1 to part 2. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses.models.plans import PlanComment, PlanDraft, PlanVersion
from courses.plans import Plan
from lms.people import Person
from lms.uploads import Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What somebody said of a version."""

    version_number: int
    name: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStanding:
    """How far a plan has come: the newest version handed in, and how many words have been said of it."""

    number: int
    handed_in_at: datetime
    remarks: int


def draft_of(session: Session, person_id: int) -> tuple[Plan, datetime | None]:
    """What a person is writing, and when it was last kept; an empty plan before anything is written."""
    row = session.get(PlanDraft, person_id)
    return (as_plan(row), row.saved_at) if row else (Plan(), None)


def as_plan(row: PlanDraft | PlanVersion) -> Plan:
    """A row as the rules know it."""
    return Plan(
        practise=row.practise,
        visits=row.visits,
        topic=row.topic,
        link=row.link,
        feedback=row.feedback,
        upload_id=row.upload_id,
    )


def versions_of(session: Session, person_id: int) -> Sequence[PlanVersion]:
    """What a person has handed in, newest first."""
    return session.scalars(
        select(PlanVersion).where(PlanVersion.person_id == person_id).order_by(PlanVersion.number.desc())
    ).all()


def remarks_on(session: Session, person_id: int) -> list[Remark]:
    """Everything said of a person's versions, oldest first."""
    rows = session.execute(
        select(PlanVersion.number, Person.name, PlanComment.text, PlanComment.at)
        .join(PlanVersion, PlanVersion.id == PlanComment.version_id)
        .join(Person, Person.id == PlanComment.by_id)
        .where(PlanVersion.person_id == person_id)
        .order_by(PlanComment.id)
    )
    return [Remark(version_number=number, name=name, text=text, at=at) for number, name, text, at in rows]


def uploads_named(session: Session, upload_ids: Sequence[int | None]) -> dict[int, Upload]:
    """The files of plans, by id; without their bytes."""
    wanted = [id_ for id_ in upload_ids if id_ is not None]
    if not wanted:
        return {}
    return {upload.id: upload for upload in session.scalars(select(Upload).where(Upload.id.in_(wanted)))}


def standing_of(session: Session, person_id: int) -> PlanStanding | None:
    """How far a person's plan has come, or None before anything is handed in."""
    newest = session.scalars(
        select(PlanVersion).where(PlanVersion.person_id == person_id).order_by(PlanVersion.number.desc()).limit(1)
    ).first()
    if newest is None:
        return None
    said = session.scalar(select(func.count()).select_from(PlanComment).where(PlanComment.version_id == newest.id))
    return PlanStanding(number=newest.number, handed_in_at=newest.handed_in_at, remarks=said or 0)
