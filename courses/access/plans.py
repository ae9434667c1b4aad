"""The only way a view of plans gets somebody's: the own, the partner's, or one of those who are assessed in reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models.plans import PlanDraft, PlanVersion
from courses.queries.pairs import partner_of
from lms import access
from lms.errors import Forbidden, NotFound
from lms.people import Person
from lms.roles import Act
from lms.uploads import Upload
from lms.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReader:
    """Whose plan is read, and whether the reader may comment on it."""

    person: Person
    may_comment: bool


def plan_reader_for(session: Session, viewer: Viewer, person_id: int, *, on: date) -> PlanReader:
    """What somebody has handed in, for the partner and for those who assess in the region; 404 for all others.

    The draft is nobody's but the writer's.
    """
    person_id = access.row_id(person_id)
    partner = partner_of(session, viewer.person_id, on)
    own = person_id == viewer.person_id
    if not own and (partner is None or partner.person_id != person_id):
        near = viewer.may(Act.ASSESS).people(Person.id, on)
        if session.scalar(select(Person.id).where(Person.id == person_id, near)) is None:
            raise NotFound
    return PlanReader(person=session.get_one(Person, person_id), may_comment=not own)


def version_to_comment_for(session: Session, viewer: Viewer, version_id: int, *, on: date) -> PlanVersion:
    """A version the viewer may say something of; 403 for one's own."""
    version = session.get(PlanVersion, access.row_id(version_id))
    if version is None:
        raise NotFound
    if not plan_reader_for(session, viewer, version.person_id, on=on).may_comment:
        raise Forbidden
    return version


def presentation_for(session: Session, viewer: Viewer, upload_id: int, *, on: date) -> Upload:
    """The file of a plan: the own, of a draft too; else of a version one may read. 404 for every other file."""
    upload_id = access.row_id(upload_id)
    upload = session.get(Upload, upload_id)
    if upload is None:
        raise NotFound
    if session.scalar(
        select(PlanDraft.person_id).where(PlanDraft.upload_id == upload_id, PlanDraft.person_id == viewer.person_id)
    ):
        return upload
    owner = session.scalars(select(PlanVersion.person_id).where(PlanVersion.upload_id == upload_id)).first()
    if owner is None:
        raise NotFound
    plan_reader_for(session, viewer, owner, on=on)
    return upload
