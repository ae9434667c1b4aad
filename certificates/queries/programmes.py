"""The programmes in force: of each the newest version that was accepted, or the file that ships with the platform as
long as none is stored.

A session asks for the list of versions once, without their texts; a text is fetched and parsed once in a process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from certificates import programmes_on_file
from certificates.models.programmes import ProgrammeProposal, ProgrammeVersion
from certificates.programme import Policy, Programme
from certificates.programmes_on_file import ProgrammeOnFile
from lms.clock import local_date
from lms.people import Person

MAIN = "instruktor"
PROGRAMMES_IN_MEMORY = 64
_KNOWN = "programme versions"  # where a session keeps what it has read
_parsed: dict[str, Programme] = {}  # by digest
_LIST = select(
    ProgrammeVersion.id,
    ProgrammeVersion.programme,
    ProgrammeVersion.number,
    ProgrammeVersion.digest,
    ProgrammeVersion.accepted_at,
).order_by(ProgrammeVersion.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One accepted version of a programme, without its text."""

    id: int
    programme: str
    number: int
    digest: str
    accepted_at: datetime


class Policies(dict[int, Policy]):
    """By the version's id, what certificates issued under it live by: months of validity, window and grace as issued,
    for ever; the reminder stages are those in force. Versions accepted while one reads are found too."""

    def __init__(self, session: Session) -> None:
        super().__init__((each.id, _lived_by(session, each)) for each in _versions(session))
        self.session = session

    def __missing__(self, version_id: int) -> Policy:
        stored(self.session, version_id)  # reads the versions anew
        self.update((each.id, _lived_by(self.session, each)) for each in _versions(self.session))
        return self[version_id]


def main_programme(session: Session) -> Programme:
    """The programme the pages are about: the one that trains instructors."""
    return programme_now(session, MAIN)


def programmes(session: Session) -> tuple[Programme, ...]:
    """Every programme as it is in force, by id."""
    ids = {each.programme for each in _versions(session)} | {each.id for each in programmes_on_file.programmes()}
    return tuple(programme_now(session, programme_id) for programme_id in sorted(ids))


def programme_now(session: Session, programme_id: str) -> Programme:
    """One programme as it is in force. Raises KeyError for an unknown one."""
    version = version_now(session, programme_id)
    return _programme(session, version) if version else programmes_on_file.on_file(programme_id).programme


def programme_on(session: Session, programme_id: str, day: date) -> Programme:
    """One programme as it was in force at the end of a day; the first version for a day before any was accepted."""
    versions = [each for each in _versions(session) if each.programme == programme_id]
    accepted = [each for each in versions if local_date(each.accepted_at) <= day] or versions[:1]
    return _programme(session, accepted[-1]) if accepted else programmes_on_file.on_file(programme_id).programme


def version_now(session: Session, programme_id: str) -> Version | None:
    """The version in force, or None while the shipped file is."""
    return next((each for each in reversed(_versions(session)) if each.programme == programme_id), None)


def stored(session: Session, version_id: int) -> Programme:
    """The programme of a stored version: what a certificate was issued under."""
    known = next((each for each in _versions(session) if each.id == version_id), None)
    if known is None:
        forget(session)
        known = next(each for each in _versions(session) if each.id == version_id)
    return _programme(session, known)


def policies_of(session: Session) -> Policies:
    """What certificates live by, by the id of the version they were issued under."""
    return Policies(session)


def with_grace_of(programme: Programme, issued_under: Policy) -> Programme:
    """The programme for somebody whose certificate was issued under another policy: its months of grace still count."""
    return replace(programme, policy=replace(programme.policy, grace_months=issued_under.grace_months))


def forget(session: Session) -> None:
    """Have the session ask again: a version has been accepted."""
    session.info.pop(_KNOWN, None)


def _versions(session: Session) -> tuple[Version, ...]:
    """Every version of every programme, the first number first."""
    if _KNOWN not in session.info:
        rows = session.execute(_LIST)
        session.info[_KNOWN] = tuple(
            Version(id=id_, programme=programme, number=number, digest=digest, accepted_at=accepted_at)
            for id_, programme, number, digest, accepted_at in rows
        )
    found: tuple[Version, ...] = session.info[_KNOWN]
    return found


def _lived_by(session: Session, version: Version) -> Policy:
    stages = programme_now(session, version.programme).policy.reminders
    return replace(_programme(session, version).policy, reminders=stages)


def _programme(session: Session, version: Version) -> Programme:
    known = _parsed.get(version.digest)
    if known is None:
        source = session.scalars(select(ProgrammeVersion.source).where(ProgrammeVersion.id == version.id)).one()
        known = programmes_on_file.read(source, f"{version.programme} versjon {version.number}").programme
        if len(_parsed) >= PROGRAMMES_IN_MEMORY:
            _parsed.clear()
        _parsed[version.digest] = known
    return known if version.number == 1 else replace(known, in_force_from=local_date(version.accepted_at))


def versions_of(session: Session, programme_id: str) -> Sequence[Row[ProgrammeVersion, str | None]]:
    """Every version with the name of who accepted it, the newest first."""
    return session.execute(
        select(ProgrammeVersion, Person.name)
        .outerjoin(Person, Person.id == ProgrammeVersion.accepted_by)
        .where(ProgrammeVersion.programme == programme_id)
        .order_by(ProgrammeVersion.number.desc())
    ).all()


def newer_on_file(session: Session, programme_id: str) -> ProgrammeOnFile | None:
    """The file that ships with the platform, where its text has never been a version: it takes no effect by itself."""
    shipped = next((each for each in programmes_on_file.all_on_file() if each.programme.id == programme_id), None)
    known = {each.digest for each in _versions(session) if each.programme == programme_id}
    return shipped if shipped is not None and known and shipped.digest not in known else None


def open_proposals(session: Session) -> Sequence[Row[ProgrammeProposal, str]]:
    """Every proposal that waits, with the name of who made it, the newest first."""
    return session.execute(
        select(ProgrammeProposal, Person.name)
        .join(Person, Person.id == ProgrammeProposal.proposed_by)
        .where(ProgrammeProposal.closed_at.is_(None))
        .order_by(ProgrammeProposal.id.desc())
    ).all()


def source_now(session: Session, programme_id: str) -> str:
    """The text in force, word for word."""
    version = version_now(session, programme_id)
    if version is None:
        return programmes_on_file.on_file(programme_id).source
    return session.scalars(select(ProgrammeVersion.source).where(ProgrammeVersion.id == version.id)).one()
