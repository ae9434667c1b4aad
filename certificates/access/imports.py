"""Lists of certificates one has tried."""

from __future__ import annotations

from sqlalchemy.orm import Session

from certificates.models.imports import CertificateImport
from lms.access import require, row_id
from lms.errors import NotFound
from lms.roles import Act
from lms.viewer import Viewer


def own_import_for(session: Session, viewer: Viewer, import_id: int) -> CertificateImport:
    """A list the viewer has tried; 404 for every other."""
    require(viewer, Act.IMPORT_CERTIFICATES)
    found = session.get(CertificateImport, row_id(import_id))
    if found is None or found.tried_by != viewer.person_id:
        raise NotFound
    return found
