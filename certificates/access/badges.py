"""Badges: whose one may have, and what is published about them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.badges import Purpose
from certificates.models.issued import Certificate
from certificates.models.programmes import ProgrammeVersion
from certificates.queries.badges import lists, public_key
from lms.errors import NotFound
from lms.viewer import Viewer


def certificate_of_ones_own(session: Session, viewer: Viewer, certificate_id: int) -> Certificate:
    """The viewer's own certificate; 404 for every other: a badge is its holder's to show."""
    certificate = session.get(Certificate, certificate_id)
    if certificate is None or certificate.person_id != viewer.person_id:
        raise NotFound
    return certificate


def published_key(session: Session, kid: str) -> dict[str, Any]:
    """A key's public part; 404 for a name no key has had."""
    found = public_key(session, kid)
    if found is None:
        raise NotFound
    return found


def badge_list(session: Session, purpose: str, number: int) -> Purpose:
    """The purpose of a status list; 404 where there is no such list."""
    if purpose not in tuple(Purpose) or not 1 <= number <= lists(session):
        raise NotFound
    return Purpose(purpose)


def programme_version(session: Session, programme_id: str, number: int) -> int:
    """A stored version of a programme, by its number; 404 for one there never was."""
    found = session.scalar(
        select(ProgrammeVersion.id).where(ProgrammeVersion.programme == programme_id, ProgrammeVersion.number == number)
    )
    if found is None:
        raise NotFound
    return found
