"""The versions of programmes: proposed, accepted, in force from that moment. A changed file in an update of the
platform takes no effect before somebody accepts it.

What has been issued never moves: certificates keep their dates, their version and their derivation (DOMAIN.md 5).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from certificates import programmes_on_file
from certificates.models.programmes import ProgrammeProposal, ProgrammeVersion
from certificates.programmes_on_file import ProgrammeOnFile
from certificates.queries.programmes import forget, version_now
from lms import audit
from lms.errors import Refused
from lms.verdict import because


def in_force(session: Session, programme_id: str, *, now: datetime) -> ProgrammeVersion:
    """The version in force, for what is recorded under it; the shipped file is stored as the first if none is.

    Two who store it at once store one.
    """
    version = version_now(session, programme_id)
    if version is not None:
        return session.get_one(ProgrammeVersion, version.id)
    shipped = programmes_on_file.on_file(programme_id)
    try:
        return _add(session, shipped, number=1, note="", actor_id=None, now=now)
    except IntegrityError:
        forget(session)
        stored = version_now(session, programme_id)
        if stored is None:
            raise
        return session.get_one(ProgrammeVersion, stored.id)


def store_shipped(session: Session, now: datetime) -> None:
    """Every shipped programme of which no version is stored becomes version 1: part of installing the platform."""
    for programme in programmes_on_file.programmes():
        in_force(session, programme.id, now=now)


def refuse_unchanged(session: Session, proposed: ProgrammeOnFile) -> None:
    """Raises `Refused` for a programme there is not, and for a text that is in force already."""
    version = version_now(session, proposed.programme.id)
    shipped = [each for each in programmes_on_file.all_on_file() if each.programme.id == proposed.programme.id]
    if version is None and not shipped:
        raise Refused(because("programme-unknown", programme=proposed.programme.id))
    if proposed.digest == (version.digest if version else shipped[0].digest):
        raise Refused(because("programme-unchanged", number=version.number if version else 1))


def propose(
    session: Session, proposed: ProgrammeOnFile, *, actor_id: int, now: datetime, instead_of: int | None = None
) -> ProgrammeProposal:
    """Keep a text as a proposal for the next version, in place of an earlier one where that is named.

    The same text twice is one proposal. Raises `Refused` as `refuse_unchanged` does.
    """
    version = in_force(session, proposed.programme.id, now=now)
    refuse_unchanged(session, proposed)
    same = select(ProgrammeProposal).where(
        ProgrammeProposal.programme == proposed.programme.id,
        ProgrammeProposal.digest == proposed.digest,
        ProgrammeProposal.based_on == version.number,
        ProgrammeProposal.closed_at.is_(None),
    )
    row = session.scalar(same)
    if row is None:
        row = ProgrammeProposal(
            programme=proposed.programme.id,
            digest=proposed.digest,
            source=proposed.source,
            based_on=version.number,
            proposed_by=actor_id,
            proposed_at=now,
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # the other click was first
            row = session.scalars(same).one()
    earlier = session.get(ProgrammeProposal, instead_of) if instead_of is not None else None
    if earlier is not None and earlier.id != row.id and earlier.closed_at is None:
        earlier.closed_at = now
    session.flush()
    return row


def withdraw(session: Session, proposal_id: int, *, now: datetime) -> None:
    """Put a proposal aside; it can still be read. One that is settled stays as it is."""
    row = _locked(session, proposal_id)
    row.closed_at = row.closed_at or now
    session.flush()


def accept_proposal(session: Session, proposal_id: int, *, note: str, actor_id: int, now: datetime) -> ProgrammeVersion:
    """Accept a proposal; a second click gets the version it became. Raises `Refused` as `accept` does."""
    row = _locked(session, proposal_id)
    if row.version_id is not None:
        return session.get_one(ProgrammeVersion, row.version_id)
    if row.closed_at is not None:
        raise Refused(because("proposal-withdrawn", on=row.closed_at))
    proposed = programmes_on_file.read(row.source, f"{row.programme}.md")
    version = accept(session, proposed, based_on=row.based_on, note=note, actor_id=actor_id, now=now)
    row.closed_at, row.version_id = now, version.id
    session.flush()
    return version


def accept(
    session: Session, proposed: ProgrammeOnFile, *, based_on: int, note: str, actor_id: int | None, now: datetime
) -> ProgrammeVersion:
    """The next version, in force from now on. What was met by the rules of before is to be issued first (`ready`).

    Raises `Refused` when the text is the one in force, or when it was proposed against a version that is no longer in
    force: then somebody else's change would be undone unseen.
    """
    forget(session)
    refuse_unchanged(session, proposed)
    newest = version_now(session, proposed.programme.id)
    if newest is None or newest.number != based_on:
        raise Refused(because("programme-outdated", based_on=based_on, number=newest.number if newest else 0))
    try:
        version = _add(session, proposed, number=based_on + 1, note=note, actor_id=actor_id, now=now)
    except IntegrityError as error:  # the other one's version has the number
        raise Refused(because("programme-outdated", based_on=based_on, number=based_on + 1)) from error
    audit.record(
        session,
        actor_id=actor_id,
        action="programme-accepted",
        subject=("programme_version", version.id),
        details={"programme": version.programme, "number": version.number, "digest": version.digest, "note": note},
        now=now,
    )
    return version


def _add(
    session: Session, text: ProgrammeOnFile, *, number: int, note: str, actor_id: int | None, now: datetime
) -> ProgrammeVersion:
    with session.begin_nested():
        row = ProgrammeVersion(
            programme=text.programme.id,
            number=number,
            digest=text.digest,
            source=text.source,
            accepted_at=now,
            accepted_by=actor_id,
            note=note,
        )
        session.add(row)
    forget(session)
    return row


def _locked(session: Session, proposal_id: int) -> ProgrammeProposal:
    asked = select(ProgrammeProposal).where(ProgrammeProposal.id == proposal_id).with_for_update()
    return session.scalars(asked.execution_options(populate_existing=True)).one()
