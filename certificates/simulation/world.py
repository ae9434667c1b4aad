"""The simulation's Norway: a throw-away database with five regions, those who work there, and courses of a few rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from certificates.demo.norway import REGIONS
from certificates.simulation.post import Post
from courses.models.learning import Course, CourseVersion
from lms import migrate
from lms.app import build_app
from lms.clock import FrozenClock, at_local
from lms.config import read_settings
from lms.db import Database
from lms.features import Feature
from lms.people import Locale, Person, add_person
from lms.roles import Role
from lms.units import Sector, Unit, UnitKind, add_unit, appoint, join_unit

COURSES = ("startopplaering", "resertifisering")
LESSONS = 3
SECRET = "the simulation signs nothing that anybody keeps"  # noqa: S105


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region by its ids: the unit, its local units, and those who work there."""

    unit_id: int
    local: tuple[int, ...]
    coordinator: int
    trainer: int
    mentor: int
    digest_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything the simulation plays with."""

    app: Flask
    database: Database
    clock: FrozenClock
    post: Post
    regions: tuple[Region, ...]
    began: datetime


class NotEmpty(Exception):
    """The database that was to be played in has people."""


@contextmanager
def made(features: tuple[Feature, ...], *, start: date, url: str | None) -> Iterator[World]:
    """A world on the day it begins. Without an address the database is thrown away; a named one must have nobody in it,
    and keeps what is played."""
    with TemporaryDirectory(prefix="simulate-") as folder:
        database = Database(url or f"sqlite:///{Path(folder) / 'simulation.sqlite3'}")
        if url is None:
            event.listen(database.engine, "connect", _hasty)
        try:
            migrate.upgrade(database)
            clock = FrozenClock(at_local(start, 1))
            post = Post(clock)
            settings = read_settings({"LMS_DATA_DIR": folder, "LMS_SECRET_KEY": SECRET})
            app = build_app(settings, features, clock=clock, transport=post, database=database)
            with database.transaction() as session:
                if session.scalar(select(func.count()).select_from(Person)):
                    raise NotEmpty
                regions = _filled(session, start, clock.now())
            yield World(app=app, database=database, clock=clock, post=post, regions=regions, began=clock.now())
        finally:
            database.dispose()


def _hasty(connection: Any, _record: Any) -> None:
    """Nothing of this must survive a power cut."""
    for pragma in ("synchronous = OFF", "journal_mode = MEMORY", "cache_size = -65536", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _filled(session: Session, start: date, now: datetime) -> tuple[Region, ...]:
    for number, course in enumerate(COURSES, start=1):
        session.add(
            CourseVersion(
                id=number,
                course_id=course,
                number=1,
                digest=course,
                title=course.capitalize(),
                kind="foundation",
                lesson_count=LESSONS,
                document={},
                source=None,
                forms=None,
                published_at=now,
                published_by=None,
            )
        )
        session.flush()
        session.add(Course(id=course, current_version_id=number))
    norway = add_unit(session, code="norge", name="Norge", kind=UnitKind.NATIONAL, parent=None)
    found = []
    for region in REGIONS:
        unit = add_unit(session, code=region.code, name=region.name, kind=UnitKind.REGIONAL, parent=norway)
        local = [
            add_unit(session, code=code, name=name, kind=UnitKind.LOCAL, parent=unit).id for code, name in region.local
        ]
        at_work = {
            role: _employee(session, f"{role} {region.name}", f"{role}@{region.code}.example", unit, start, now)
            for role in (Role.COORDINATOR, Role.TRAINER, Role.MENTOR)
        }
        for role, person in at_work.items():
            appoint(session, person, role, unit, on=start)
        found.append(
            Region(
                unit_id=unit.id,
                local=tuple(local),
                coordinator=at_work[Role.COORDINATOR].id,
                trainer=at_work[Role.TRAINER].id,
                mentor=at_work[Role.MENTOR].id,
                digest_to=at_work[Role.COORDINATOR].email,
            )
        )
    return tuple(found)


def _employee(session: Session, name: str, email: str, unit: Unit, on: date, now: datetime) -> Person:
    person = add_person(session, name=name.capitalize(), email=email, locale=Locale.NB, now=now)
    join_unit(session, person, unit, Sector.HELSE, on=on)
    return person
