"""Appeals: one's own, those one finds a handler for, those one handles. Nobody else's; also not those one was involved
in, which a direct request is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from certificates.appeals import WAITING, AppealState, Ground
from certificates.models.appeals import Appeal
from certificates.programme import Programme
from certificates.queries import appeals, decisions
from certificates.queries.appeals import Case, Involved
from certificates.queries.decisions import Decision
from lms import access
from lms.errors import Forbidden, NotFound
from lms.roles import Act
from lms.uploads import Upload
from lms.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A case as the viewer meets it: as the appellant, as who handles it, as who finds a handler."""

    case: Case
    out: Involved
    own: bool
    handles: bool
    assigns: bool


def case_for(session: Session, viewer: Viewer, programme: Programme, appeal_id: int, *, on: date) -> Seen:
    """A case the viewer has a part in; 403 for who has the person in reach and was involved, 404 for everybody else."""
    if session.get(Appeal, access.row_id(appeal_id)) is None:
        raise NotFound
    found = appeals.case(session, programme, appeal_id)
    out = appeals.involved(session, found.decision, found.steps)
    seen = Seen(
        case=found,
        out=out,
        own=found.row.person_id == viewer.person_id,
        handles=found.handler_id == viewer.person_id,
        assigns=appeals.may_assign(session, viewer, found, out, on=on),
    )
    if not (seen.own or seen.handles or seen.assigns):
        reach, whose = viewer.may(Act.SEE_REGISTER), found.row.person_id
        if reach and access.person_for(session, viewer, Act.SEE_REGISTER, whose, on=on):
            raise Forbidden
        raise NotFound
    return seen


def own_case_for(session: Session, viewer: Viewer, programme: Programme, appeal_id: int, *, on: date) -> Case:
    """The viewer's own case; otherwise as `case_for`, and 403 for who may only look."""
    seen = case_for(session, viewer, programme, appeal_id, on=on)
    if not seen.own:
        raise Forbidden
    return seen.case


def assigned_for(session: Session, viewer: Viewer, programme: Programme, appeal_id: int, *, on: date) -> Case:
    """A case the viewer finds a handler for."""
    seen = case_for(session, viewer, programme, appeal_id, on=on)
    if not seen.assigns:
        raise Forbidden
    return seen.case


def late_for(session: Session, viewer: Viewer, programme: Programme, appeal_id: int, *, on: date) -> Case:
    """A case that may be late, for the secretariat, which admits those."""
    found = assigned_for(session, viewer, programme, appeal_id, on=on)
    if not viewer.may(Act.ASSIGN_APPEALS).everywhere:
        raise Forbidden
    return found


def handled_for(session: Session, viewer: Viewer, programme: Programme, appeal_id: int, *, on: date) -> Case:
    """A case the viewer handles."""
    seen = case_for(session, viewer, programme, appeal_id, on=on)
    if not seen.handles:
        raise Forbidden
    return seen.case


def file_for(
    session: Session, viewer: Viewer, programme: Programme, appeal_id: int, upload_id: int, *, on: date
) -> Upload:
    """A file of a case the viewer has a part in."""
    seen = case_for(session, viewer, programme, appeal_id, on=on)
    for upload in seen.case.files:
        if upload.id == upload_id:
            return upload
    raise NotFound


def decision_for(session: Session, viewer: Viewer, programme: Programme, ground: str, ground_id: int) -> Decision:
    """A decision about the viewer that can be appealed against; 404 for every other."""
    if ground not in set(Ground):
        raise NotFound
    found = decisions.one(session, programme, Ground(ground), access.row_id(ground_id))
    if found is None or found.person_id != viewer.person_id:
        raise NotFound
    return found


def may_admit(viewer: Viewer, seen: Seen) -> bool:
    """Whether the viewer is to say whether a late appeal is taken."""
    late = seen.case.state is AppealState.LATE and seen.case.state in WAITING
    return late and seen.assigns and viewer.may(Act.ASSIGN_APPEALS).everywhere
