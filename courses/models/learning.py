"""Tables of the learning half: published versions, their pictures, enrolments and the lessons done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class CourseVersion(Base):
    """One published version of a course: immutable, addressed by the digest of its document.

    `title`, `kind` and `lesson_count` repeat what the document says, so that lists and results need not read it.
    """

    __tablename__ = "course_version"
    __table_args__ = (
        # versions of a course are numbered 1, 2, 3 … in the order they were published
        UniqueConstraint("course_id", "number", name="uq_course_version_number"),
        # the same content is the same version, however often it is published
        UniqueConstraint("digest", name="uq_course_version_digest"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # no foreign key: the course's row points here, and rows that point at each other cannot be inserted
    course_id: Mapped[str]
    number: Mapped[int]
    digest: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    lesson_count: Mapped[int]
    document: Mapped[dict[str, Any]]  # `courses.compiling`: finished HTML, questions, references
    source: Mapped[bytes | None]  # `courses.archive`: the files it was made of; none for the very first versions
    forms: Mapped[dict[str, Any] | None]
    """The two parallel forms: `{"seed": …, "A": [question ids], "B": [question ids]}`; none where drawn on demand."""
    published_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: from the command line


class Course(Base):
    """A course by its slug, and the one pointer: the version that new enrolments get."""

    __tablename__ = "course"

    id: Mapped[str] = mapped_column(primary_key=True)
    current_version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))


class ContentAsset(Base):
    """A picture by the SHA-256 of its bytes; shared by every version that shows it, never changed."""

    __tablename__ = "content_asset"

    digest: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    body: Mapped[bytes]


class Enrolment(Base):
    """A person's way through one version of a course. A new cycle (recertification) is a new row; the old one stays."""

    __tablename__ = "enrolment"
    __table_args__ = (
        # a second click is the same enrolment
        UniqueConstraint("person_id", "course_id", "cycle", name="uq_enrolment_cycle"),
        CheckConstraint("cycle >= 1", name="cycle_from_one"),
        Index("ix_enrolment_version", "version_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    cycle: Mapped[int]
    seed: Mapped[str]  # decides what is left to chance in this person's tests
    first_form: Mapped[str | None]
    """A or B: which of the version's forms the pre-test is, so that half meet A first; none where drawn on demand."""
    enrolled_at: Mapped[datetime]


class ReflectionAnswer(Base):
    """What a reader wrote at a place to think. Theirs alone: no page shows it to anybody else."""

    __tablename__ = "reflection_answer"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"), primary_key=True)
    prompt_id: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    saved_at: Mapped[datetime]


class LessonDone(Base):
    """That a lesson was marked as done, and when first; one row however often it is marked."""

    __tablename__ = "lesson_done"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    lesson_id: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[datetime]
