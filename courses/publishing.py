"""Publishing: an immutable version is stored, then the one pointer moves. The same content again changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses import parallel
from courses.catalogue import lessons
from courses.compiling import CompiledCourse
from courses.models.learning import ContentAsset, Course, CourseVersion
from courses.queries.learning import bank_of, facilities_of
from lms import audit
from lms.ids import new_token
from quizzes import services as quizzes


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What publishing came to. `changed` is false when this version was the current one already."""

    course_id: str
    title: str
    number: int
    digest: str
    changed: bool


def publish(
    session: Session,
    compiled: CompiledCourse,
    assets: Mapping[str, bytes],
    *,
    published_by: int | None,
    now: datetime,
    source: bytes | None = None,
) -> Publication:
    """Make this the version that new enrolments get; running ones keep theirs.

    `assets` are the files' bytes by digest, all that the course names; `source` is what it was made of
    (`courses.archive`), kept with the version so that it can be exported. Content that was published before gets its
    old version back. Raises `Refused` with a reason for each question that asks for another answer than the one people
    have answered under its id; `ValueError` for a picture that is missing or isn't what its digest says.
    """
    _check_pictures(compiled, assets)
    course = session.scalar(select(Course).where(Course.id == compiled.id).with_for_update())
    version = session.scalar(select(CourseVersion).where(CourseVersion.digest == compiled.digest))
    if course is not None and version is not None and course.current_version_id == version.id:
        return _publication(version, changed=False)
    for one in (compiled, *compiled.translations):
        documents = [question for module in one.modules for question in module.questions]
        quizzes.register_questions(session, bank=bank_of(compiled, one.language), documents=documents, now=now)
    _store_pictures(session, compiled, assets)
    if version is None:
        version = _store(session, compiled, source, published_by=published_by, now=now)
    if course is None:
        session.add(Course(id=compiled.id, current_version_id=version.id))
    else:
        course.current_version_id = version.id
    audit.record(
        session,
        actor_id=published_by,
        action="content-published",
        subject=("course-version", version.id),
        details={"course": compiled.id, "number": version.number, "digest": version.digest},
        now=now,
    )
    session.flush()
    return _publication(version, changed=True)


def _check_pictures(compiled: CompiledCourse, assets: Mapping[str, bytes]) -> None:
    for asset in compiled.assets:
        if hashlib.sha256(assets.get(asset.digest, b"")).hexdigest() != asset.digest:
            raise ValueError(
                f"{asset.name}: the bytes of the picture are missing, or others than the course was made with"
            )


def _store_pictures(session: Session, compiled: CompiledCourse, assets: Mapping[str, bytes]) -> None:
    wanted = {asset.digest: asset.media_type for asset in compiled.assets}
    stored = session.scalars(select(ContentAsset.digest).where(ContentAsset.digest.in_(wanted)))
    for digest in sorted(wanted.keys() - set(stored)):
        session.add(ContentAsset(digest=digest, media_type=wanted[digest], body=assets[digest]))


def _store(
    session: Session, compiled: CompiledCourse, source: bytes | None, *, published_by: int | None, now: datetime
) -> CourseVersion:
    latest = session.scalar(select(func.max(CourseVersion.number)).where(CourseVersion.course_id == compiled.id))
    version = CourseVersion(
        course_id=compiled.id,
        number=(latest or 0) + 1,
        digest=compiled.digest,
        title=compiled.title,
        kind=compiled.kind,
        lesson_count=len(lessons(compiled)),
        document=compiled.document(),
        source=source,
        forms=parallel.drawn(compiled, new_token(), facilities_of(session, compiled)),
        published_at=now,
        published_by=published_by,
    )
    session.add(version)
    session.flush()
    return version


def _publication(version: CourseVersion, *, changed: bool) -> Publication:
    return Publication(
        course_id=version.course_id, title=version.title, number=version.number, digest=version.digest, changed=changed
    )
