"""What a feature hands to the house: one frozen record of its pages, commands, jobs, links, panels and sentences."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import click
from flask import Blueprint
from sqlalchemy.orm import Session

from lms import outbox
from lms.clock import local_date
from lms.db import Database
from lms.outbox import RehearsedMail
from lms.sealing import Sealed
from lms.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Link:
    """A link in the navigation: its words (lazy) and the endpoint it leads to. Lower `order` stands first."""

    text: Any
    endpoint: str
    order: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A part of the home page: a template and its explicit context. Lower `order` stands higher."""

    template: str
    context: Mapping[str, Any]
    order: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something a person must do or be at, for their own calendar: on a local day, between local hours or, where they
    are None, some time that day. `key` names it for good; `link` is a full address. Never about anybody else."""

    key: str
    title: str
    on: date
    starts: time | None = None
    ends: time | None = None
    place: str = ""
    text: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a job is given: the database, the instant to act for, and whether it is only a rehearsal."""

    database: Database
    now: datetime
    rehearse: bool = False
    rehearsed: list[RehearsedMail] = field(default_factory=list)  # what a rehearsal would have written, in order

    @property
    def today(self) -> date:
        """The civil date in Oslo of the instant to act for."""
        return local_date(self.now)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One item's transaction: committed, or rolled back in a rehearsal, which notes the mails it wrote."""
        with self.database.transaction(rehearse=self.rehearse) as session:
            written: list[RehearsedMail] = []
            if self.rehearse:
                outbox.note_written(session, written)
            yield session
            session.flush()
            self.rehearsed.extend(written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A nightly step: one item one transaction, ending in numbers. `hour` is Oslo time, from 4 to 5.

    One with `each_hour` is run every hour at its minute, that hour of the night among them.
    """

    name: str
    run: Callable[[Work], Mapping[str, int]]
    hour: int = 4
    minute: int = 30
    each_hour: bool = False

    def __post_init__(self) -> None:
        if self.hour not in (4, 5):
            raise ValueError("between 00 and 03 a night in spring or autumn may lack the hour, or have it twice")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """A test that has just been handed in, in the transaction that does it. `owner` is what it was opened for."""

    person_id: int
    owner: str
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One feature, as values."""

    name: str
    blueprints: tuple[Blueprint, ...] = ()
    commands: tuple[click.Command, ...] = ()
    jobs: tuple[Job, ...] = ()
    navigation: Callable[[Viewer], Sequence[Link]] = lambda _viewer: ()
    panels: tuple[Callable[[Session, Viewer, datetime], Panel | None], ...] = ()
    person_panels: tuple[Callable[[Session, Viewer, int, datetime], Panel | None], ...] = ()
    """Parts of a person's page in administration; the viewer has the person in reach there."""
    people_notes: tuple[Callable[[Session, Collection[int], date], Mapping[int, str]], ...] = ()
    """What whoever must reach these people should know of each: a sentence, in the language of the moment."""
    own_pages: tuple[Link, ...] = ()
    """Links on the page about oneself."""
    calendar: tuple[Callable[[Session, int, datetime], Sequence[Due]], ...] = ()
    """What a person (by id) must do or be at, worded in the language of the moment."""
    public_links: tuple[Link, ...] = ()
    """Links in the header for whoever is not signed in."""
    open_blueprints: frozenset[str] = frozenset()
    """The blueprints whose pages are also for people who only take open courses (`Viewer.only_open_courses`); every
    other page that asks for sign-in is closed to them."""
    open_panels: tuple[Callable[[Session, Viewer, datetime], Panel | None], ...] = ()
    """Their home page, instead of `panels`."""
    course_panels: tuple[Callable[[Session, Viewer, str, datetime], Panel | None], ...] = ()
    """What stands on the page of a course (by id) besides what the course itself says."""
    after_handing_in: tuple[Callable[[Session, HandedIn, datetime], None], ...] = ()
    """Told of every test that is handed in, in the same transaction."""
    keeps_hpr: Callable[[Session, int], bool] | None = None
    """Whether something that was issued carries this person's HPR number: then only the secretariat corrects it."""
    wording: Mapping[str, Any] = field(default_factory=dict)
    renamed: tuple[Callable[[Session, Viewer, int, datetime], Sequence[str]], ...] = ()
    """What follows when a person's (by id) registered name has been changed in administration, in the same
    transaction; told in words."""
    sealed: tuple[Sealed, ...] = ()
    """Tables whose rows are added and never changed; each row is sealed in the audit entry that tells of it."""
    checks: tuple[Callable[[Session, datetime], Iterable[Any]], ...] = ()
    """What `lms doctor` asks: each yields what is wrong as `lms.doctor.Fault`."""
    instructors: Callable[[Session, Collection[int], date], frozenset[int]] | None = None
    """Of these people, those who hold an instructor certificate on a day: one floor issues them, others ask."""
    installed: Callable[[Session, datetime], None] | None = None
    """Stores what the feature brings with it, once: part of every `lms db upgrade`."""
