"""Verbs of the plan from part 1 to part 2: keep what is written, keep a file, hand in, comment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import plans
from courses.models.plans import PlanComment, PlanDraft, PlanVersion
from courses.plans import LINK_LENGTH_MAX, TEXT_LENGTH_MAX, Heading
from courses.queries.plans import as_plan
from lms import audit, uploads
from lms.errors import Refused, hold
from lms.people import Person
from lms.uploads import Upload
from lms.verdict import because


def keep(session: Session, *, person_id: int, written: Mapping[Heading, str], now: datetime) -> PlanDraft:
    """Keep what is written under some of the headings; the others stay. Nothing is refused but what is too long."""
    draft = _draft(session, person_id, now)
    for heading, text in written.items():
        most = LINK_LENGTH_MAX if heading is Heading.LINK else TEXT_LENGTH_MAX
        if len(text) > most:
            raise Refused(because("plan-too-long", most=most))
        setattr(draft, heading.value, text)
    draft.saved_at = now
    session.flush()
    return draft


def keep_file(session: Session, *, person_id: int, name: str, content: bytes, now: datetime) -> Upload:
    """Keep the presentation with the draft, in place of an earlier file; handed-in versions keep theirs."""
    hold(plans.file_problem(name))
    upload = uploads.keep(session, name=name, content=content, by=person_id, now=now)
    draft = _draft(session, person_id, now)
    draft.upload_id, draft.saved_at = upload.id, now
    session.flush()
    return upload


def take_file_away(session: Session, *, person_id: int, now: datetime) -> None:
    """The draft has no file any more."""
    draft = _draft(session, person_id, now)
    draft.upload_id, draft.saved_at = None, now
    session.flush()


def hand_in(session: Session, *, person_id: int, now: datetime) -> PlanVersion:
    """Hand the draft in as a version that stays as it is. The same again is the version that is there."""
    draft = _draft(session, person_id, now)
    plan = as_plan(draft)
    hold(plans.handing_in_problems(plan))
    newest = session.scalars(
        select(PlanVersion).where(PlanVersion.person_id == person_id).order_by(PlanVersion.number.desc()).limit(1)
    ).first()
    if newest is not None and as_plan(newest) == plan:
        return newest
    version = PlanVersion(
        person_id=person_id,
        number=newest.number + 1 if newest else 1,
        **{heading.value: plan.text_of(heading) for heading in Heading},
        upload_id=plan.upload_id,
        handed_in_at=now,
    )
    session.add(version)
    session.flush()
    return version


def comment(session: Session, *, version: PlanVersion, text: str, entry: str, by: int, now: datetime) -> bool:
    """Say something of a version; False for the same entry a second time."""
    row = PlanComment(version_id=version.id, by_id=by, text=text.strip(), entry=entry, at=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    subject = ("plan-version", version.id)
    details = {"person": version.person_id, "version": version.number}
    audit.record(session, actor_id=by, action="plan-commented", subject=subject, details=details, now=now)
    return True


def _draft(session: Session, person_id: int, now: datetime) -> PlanDraft:
    """The person's draft, that nobody else writes in meanwhile: the person's row is locked, for there may be none."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    draft = session.get(PlanDraft, person_id, populate_existing=True)
    if draft is None:
        draft = PlanDraft(person_id=person_id, saved_at=now)
        session.add(draft)
        session.flush()
    return draft
