"""The programmes as they lie in `programmes/*.md`, and their versions kept in the database. Reads files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from certificates.models.programmes import ProgrammeVersion
from certificates.parsing import parse_programme
from certificates.programme import Policy, Programme
from lms.content import Problem

FOLDER = Path(__file__).parent / "programmes"
VERSIONS_IN_MEMORY = 64


class UnreadableProgramme(Exception):
    """A programme file that cannot be used; `problems` says where and what to do."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeOnFile:
    """A programme with the text it was read from."""

    programme: Programme
    source: str
    digest: str


@cache
def all_on_file() -> tuple[ProgrammeOnFile, ...]:
    """Every programme of this installation, by id. Raises `UnreadableProgramme`."""
    found = [_read(path.read_text("utf-8"), path.name) for path in sorted(FOLDER.glob("*.md"))]
    return tuple(sorted(found, key=lambda each: each.programme.id))


def programmes() -> tuple[Programme, ...]:
    """The newest edition of every programme."""
    return tuple(each.programme for each in all_on_file())


def on_file(programme_id: str) -> ProgrammeOnFile:
    """The newest edition of one programme, with its source. Raises KeyError for an unknown one."""
    for each in all_on_file():
        if each.programme.id == programme_id:
            return each
    raise KeyError(programme_id)


def main_programme() -> Programme:
    """The programme the pages are about: the one that trains instructors."""
    return on_file("instruktor").programme


def publish(session: Session, programme_id: str, *, now: datetime) -> ProgrammeVersion:
    """The stored version of the newest edition; stored now if it never was. Two at once store one."""
    newest = on_file(programme_id)
    known = _by_digest(session, newest.digest)
    if known is not None:
        return known
    try:
        with session.begin_nested():
            last = session.scalar(
                select(func.max(ProgrammeVersion.number)).where(ProgrammeVersion.programme == programme_id)
            )
            version = ProgrammeVersion(
                programme=programme_id,
                number=(last or 0) + 1,
                digest=newest.digest,
                source=newest.source,
                stored_at=now,
            )
            session.add(version)
    except IntegrityError:
        stored = _by_digest(session, newest.digest)
        if stored is None:
            raise
        return stored
    return version


def policies(session: Session) -> dict[int, Policy]:
    """The policy of every stored version, by the version's id: what certificates issued under it live by."""
    return {
        id_: version_of(source, digest).policy
        for id_, source, digest in session.execute(
            select(ProgrammeVersion.id, ProgrammeVersion.source, ProgrammeVersion.digest)
        )
    }


def stored(session: Session, version_id: int) -> Programme:
    """The programme of a stored version: what a certificate was issued under."""
    version = session.get_one(ProgrammeVersion, version_id)
    return version_of(version.source, version.digest)


def with_grace_of(programme: Programme, issued_under: Policy) -> Programme:
    """The programme for somebody whose certificate was issued under another policy: its months of grace still count."""
    return replace(programme, policy=replace(programme.policy, grace_months=issued_under.grace_months))


def version_of(source: str, digest: str) -> Programme:
    """The programme a stored source describes."""
    return _parsed(source, digest)


@lru_cache(maxsize=VERSIONS_IN_MEMORY)
def _parsed(source: str, digest: str) -> Programme:
    return _read(source, digest).programme


def _read(text: str, name: str) -> ProgrammeOnFile:
    report = parse_programme(text, name)
    if not report:
        raise UnreadableProgramme(report.problems)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return ProgrammeOnFile(programme=report.items[0], source=text, digest=digest)


def _by_digest(session: Session, digest: str) -> ProgrammeVersion | None:
    return session.scalar(select(ProgrammeVersion).where(ProgrammeVersion.digest == digest))
