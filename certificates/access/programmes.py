"""Versions of programmes and proposals: only for those who define programmes."""

from __future__ import annotations

from sqlalchemy.orm import Session

from certificates.models.programmes import ProgrammeProposal, ProgrammeVersion
from lms.access import require, row_id
from lms.errors import NotFound
from lms.roles import Act
from lms.viewer import Viewer


def version_for(session: Session, viewer: Viewer, version_id: int) -> ProgrammeVersion:
    """A version; 404 for an unknown one."""
    require(viewer, Act.DEFINE_PROGRAMMES)
    found = session.get(ProgrammeVersion, row_id(version_id))
    if found is None:
        raise NotFound
    return found


def proposal_for(session: Session, viewer: Viewer, proposal_id: int) -> ProgrammeProposal:
    """A proposal; 404 for an unknown one."""
    require(viewer, Act.DEFINE_PROGRAMMES)
    found = session.get(ProgrammeProposal, row_id(proposal_id))
    if found is None:
        raise NotFound
    return found
