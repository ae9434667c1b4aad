"""Who gets which course, lesson, enrolment and picture: fetched and checked in one step; 404 and 403 here only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from courses import steps
from courses.catalogue import Kind
from courses.media import MEDIA_TYPES
from courses.models.learning import Enrolment
from courses.pictures import NAME
from courses.queries import learning as queries
from courses.queries.learning import Offer, Standing
from courses.shelf import Page, Volume
from lms.access import require
from lms.errors import NotFound, SignInRequired
from lms.roles import Act
from lms.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A course as this viewer reads it: the own version when enrolled (`standing`), else the current one.

    `is_preview`: reads the lessons without being enrolled, as authors do.
    """

    volume: Volume
    standing: Standing | None
    is_preview: bool

    @property
    def may_open_lessons(self) -> bool:
        """Whether there is anything to read here at all; that the pre-test comes first is for `courses.steps`."""
        return self.standing is not None or self.is_preview or self.volume.course.kind is Kind.OPEN


def reading_for(session: Session | Connection, viewer: Viewer | None, course_id: str) -> Reading:
    """A course that everyone signed in may look at, and an open or a topic course everyone; 404 for one that isn't
    published, and for what is none of theirs who only take open courses.

    One query when enrolled.
    """
    standing = queries.standing_of(session, viewer.person_id, course_id) if viewer else None
    if standing is not None:
        return Reading(volume=queries.volume(session, standing.digest), standing=standing, is_preview=False)
    offer = offer_for(session, viewer, course_id)
    may_preview = viewer is not None and bool(viewer.may(Act.PREVIEW_CONTENT))
    return Reading(volume=queries.volume(session, offer.digest), standing=None, is_preview=may_preview)


def lessons_for(session: Session | Connection, viewer: Viewer | None, course_id: str) -> Volume:
    """A course for something done inside a lesson of it. Who isn't signed in may know what a topic course is, and is
    asked to sign in to be in its lessons."""
    reading = reading_for(session, viewer, course_id)
    if viewer is None and not reading.may_open_lessons:
        raise SignInRequired
    return reading.volume


def offer_for(session: Session | Connection, viewer: Viewer | None, course_id: str) -> Offer:
    """A course as it is published now; 404 for one that isn't. Who isn't signed in is asked to, unless everybody may
    know what it is: an open course, and a topic course, which people sign up for."""
    offer = queries.offer(session, course_id)
    if viewer is not None:
        require(viewer, Act.LEARN)
    elif offer is None or not steps.is_public(offer.kind):
        raise SignInRequired
    if offer is None or (viewer is not None and not steps.is_for(offer.kind, viewer.only_open_courses)):
        raise NotFound
    return offer


def open_course_for(session: Session | Connection, viewer: Viewer | None, course_id: str) -> Volume:
    """A course whose questions anybody may try as often as they like; 404 for one that keeps its questions."""
    volume = reading_for(session, viewer, course_id).volume
    if volume.course.kind is not Kind.OPEN:
        raise NotFound
    return volume


def page_for(volume: Volume, lesson_id: str) -> Page:
    """A lesson of a version; 404 for one it doesn't have."""
    page = volume.pages.get(lesson_id)
    if page is None:
        raise NotFound
    return page


def enrolment_for(session: Session, viewer: Viewer, course_id: str) -> Enrolment:
    """The viewer's own enrolment, the latest cycle; 404 where there is none: nobody acts in another's."""
    enrolment = session.scalar(
        select(Enrolment)
        .where(Enrolment.person_id == viewer.person_id, Enrolment.course_id == course_id)
        .order_by(Enrolment.cycle.desc())
        .limit(1)
    )
    if enrolment is None:
        raise NotFound
    return enrolment


def coverage_for(session: Session, viewer: Viewer, course_id: str) -> Volume:
    """A course with its questions, for those who may see content before others; 403 for everyone else."""
    require(viewer, Act.PREVIEW_CONTENT)
    return queries.volume(session, offer_for(session, viewer, course_id).digest)


def forms_for(session: Session, viewer: Viewer, course_id: str) -> tuple[Volume, Mapping[str, Any]]:
    """A course with the two forms of its tests, for authors (403 for others); 404 where none are stored."""
    volume = coverage_for(session, viewer, course_id)
    stored = queries.forms_of(session, volume.course.digest)
    if stored is None:
        raise NotFound
    return volume, stored


def asset_for(session: Session, viewer: Viewer | None, digest: str, name: str) -> tuple[str, bytes]:
    """A file's media type and bytes; 404 for what isn't there, and for a name that isn't of its kind.

    Who isn't signed in gets what belongs to an open course, and is asked to sign in for the rest.
    """
    if viewer is None and not _is_open(session, digest):
        raise SignInRequired
    plain = NAME.fullmatch(name)
    found = queries.asset(session, digest) if plain else None
    if plain is None or found is None or MEDIA_TYPES.get(plain[1]) != found[0]:
        raise NotFound
    return found


def _is_open(session: Session, digest: str) -> bool:
    offers = [offer for offer in queries.offers(session) if offer.kind is Kind.OPEN]
    return any(digest == asset.digest for one in offers for asset in queries.volume(session, one.digest).course.assets)
