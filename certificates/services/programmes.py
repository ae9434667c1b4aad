"""The versions of programmes: the shipped file becomes the first. Later ones are accepted, never by an update."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from certificates import programmes_on_file
from certificates.models.programmes import ProgrammeVersion
from certificates.queries.programmes import forget, version_now


def in_force(session: Session, programme_id: str, *, now: datetime) -> ProgrammeVersion:
    """The version in force, for what is recorded under it; the shipped file is stored as the first if none is.

    Two who store it at once store one.
    """
    version = version_now(session, programme_id)
    if version is not None:
        return session.get_one(ProgrammeVersion, version.id)
    shipped = programmes_on_file.on_file(programme_id)
    try:
        with session.begin_nested():
            row = ProgrammeVersion(
                programme=programme_id, number=1, digest=shipped.digest, source=shipped.source, stored_at=now
            )
            session.add(row)
    except IntegrityError:
        found = session.scalar(
            select(ProgrammeVersion)
            .where(ProgrammeVersion.programme == programme_id)
            .order_by(ProgrammeVersion.number.desc())
            .limit(1)
        )
        if found is None:
            raise
        row = found
    forget(session)
    return row
