"""The programmes in force: of each the newest version that was accepted, or the file that ships with the platform as
long as none is stored.

A session asks for the list of versions once, without their texts; a text is fetched and parsed once in a process.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import programmes_on_file
from certificates.models.programmes import ProgrammeVersion
from certificates.programme import Policy, Programme

MAIN = "instruktor"
PROGRAMMES_IN_MEMORY = 64
_KNOWN = "programme versions"  # where a session keeps what it has read
_parsed: dict[str, Programme] = {}  # by digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One accepted version of a programme, without its text."""

    id: int
    programme: str
    number: int
    digest: str


class Policies(dict[int, Policy]):
    """The policy of every version by its id, with those that are accepted while one reads."""

    def __init__(self, session: Session) -> None:
        super().__init__((each.id, _programme(session, each).policy) for each in _versions(session))
        self.session = session

    def __missing__(self, version_id: int) -> Policy:
        self[version_id] = stored(self.session, version_id).policy
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
    """The policy of every stored version, by the version's id: what certificates issued under it live by."""
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
        rows = session.execute(
            select(
                ProgrammeVersion.id, ProgrammeVersion.programme, ProgrammeVersion.number, ProgrammeVersion.digest
            ).order_by(ProgrammeVersion.number)
        )
        session.info[_KNOWN] = tuple(
            Version(id=id_, programme=programme, number=number, digest=digest)
            for id_, programme, number, digest in rows
        )
    found: tuple[Version, ...] = session.info[_KNOWN]
    return found


def _programme(session: Session, version: Version) -> Programme:
    known = _parsed.get(version.digest)
    if known is None:
        source = session.scalars(select(ProgrammeVersion.source).where(ProgrammeVersion.id == version.id)).one()
        known = programmes_on_file.read(source, f"{version.programme} versjon {version.number}").programme
        if len(_parsed) >= PROGRAMMES_IN_MEMORY:
            _parsed.clear()
        _parsed[version.digest] = known
    return known
