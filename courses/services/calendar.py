"""What people's calendars are told: invitations, changes and cancellations of seminar days, and private feeds.

Needs an application for the words. Whoever calls holds the seminar's row, so that the sequence of an event only rises.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.calendar import Happening, Method, calendar_objects, day_key, read_words, uid_of
from courses.models.calendar import CalendarEntry, CalendarFeed
from courses.models.seminars import Seminar
from courses.planning import When
from courses.queries.planning import plan_of
from courses.seminars import Day
from lms import ids
from lms.clock import local_date
from lms.people import Person
from lms.units import membership_on
from lms.web import full_address


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a person's calendar does not know yet: a file with what is new or changed, one with what is called off.
    None where there is nothing; `off` are the events of the latter."""

    request: str | None
    cancel: str | None
    off: tuple[Happening, ...]


NO_NEWS = News(request=None, cancel=None, off=())


def happenings(
    session: Session,
    seminar: Seminar,
    person_id: int,
    *,
    days: Collection[tuple[int, int]] | None = None,
    today: date,
) -> list[Happening]:
    """The days of a seminar (`days` by part and number, or all) as one person has them: at the place of their sector,
    in the language of the moment."""
    plan, belongs = plan_of(session, seminar), membership_on(session, person_id, today)
    sector = belongs[0].sector if belongs else ""
    return [_happening(seminar, day, plan.when(day, sector)) for day in plan.days if days is None or day.key in days]


def _happening(seminar: Seminar, day: Day, when: When) -> Happening:
    return Happening(
        uid=uid_of(day_key(seminar.id, day.part, day.number), host()),
        title=_("%(seminar)s: del %(part)s, dag %(number)s", seminar=seminar.name, part=day.part, number=day.number),
        on=when.on,
        starts=when.starts,
        ends=when.ends,
        place=when.place,
        text=_(
            "Samlingen teller når du har vært med alle dagene. Kan du ikke komme, så si fra til opplæringsansvarlig."
        ),
        link=full_address("materials.own"),
    )


def news(session: Session, seminar: Seminar, person: Person, *, now: datetime) -> News:
    """What has changed for a person with a seat since their calendar was last told; noted as told. Days that are over
    are left as they are."""
    today, told = local_date(now), _told(session, seminar, person)
    changed: list[Happening] = []
    with force_locale(person.locale):
        wanted = {each.uid: each for each in happenings(session, seminar, person.id, today=today)}
    for uid, each in wanted.items():
        if each.on < today:
            continue
        entry = told.get(uid)
        if entry is None or entry.cancelled or entry.words != each.words():
            changed.append(_note(session, seminar, person, entry, each, cancelled=False, now=now))
    gone = [entry for uid, entry in told.items() if uid not in wanted]
    off = _call_off(session, seminar, person, gone, now=now)
    return News(
        request=_file(changed, Method.REQUEST, person, now) if changed else None,
        cancel=_file(off, Method.CANCEL, person, now) if off else None,
        off=off,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """What leaves a person's calendar, and the file that takes it out: None when nothing stands there."""

    events: tuple[Happening, ...]
    file: str | None


def cancellation(session: Session, seminar: Seminar, person: Person, *, now: datetime) -> Cancellation:
    """Take out of a person's calendar all of a seminar that is still to come."""
    off = _call_off(session, seminar, person, list(_told(session, seminar, person).values()), now=now)
    return Cancellation(events=off, file=_file(off, Method.CANCEL, person, now) if off else None)


def make_feed(session: Session, person_id: int, *, now: datetime) -> str:
    """A fresh secret for a person's private feed; the one before it is dead."""
    token = ids.new_token()
    session.merge(CalendarFeed(person_id=person_id, token_hash=ids.token_hash(token), made_at=now))
    session.flush()
    return token


def end_feed(session: Session, person_id: int) -> None:
    """End a person's private feed."""
    feed = session.get(CalendarFeed, person_id)
    if feed is not None:
        session.delete(feed)


def host() -> str:
    """The name of this house, for the names of events."""
    return urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"


def _told(session: Session, seminar: Seminar, person: Person) -> dict[str, CalendarEntry]:
    rows = session.scalars(
        select(CalendarEntry)
        .where(CalendarEntry.seminar_id == seminar.id, CalendarEntry.person_id == person.id)
        .order_by(CalendarEntry.id)
    )
    return {row.uid: row for row in rows}


def _call_off(
    session: Session, seminar: Seminar, person: Person, entries: Sequence[CalendarEntry], *, now: datetime
) -> tuple[Happening, ...]:
    standing = [entry for entry in entries if not entry.cancelled]
    events = [(entry, read_words(entry.uid, entry.words, sequence=entry.sequence)) for entry in standing]
    return tuple(
        _note(session, seminar, person, entry, event, cancelled=True, now=now)
        for entry, event in events
        if event.on >= local_date(now)
    )


def _note(
    session: Session,
    seminar: Seminar,
    person: Person,
    entry: CalendarEntry | None,
    event: Happening,
    *,
    cancelled: bool,
    now: datetime,
) -> Happening:
    """Keep what is told, with the next sequence; returns the event with it."""
    if entry is None:
        entry = CalendarEntry(person_id=person.id, seminar_id=seminar.id, uid=event.uid, sequence=0)
        session.add(entry)
    else:
        entry.sequence += 1
    entry.words, entry.cancelled, entry.sent_at = event.words(), cancelled, now
    session.flush()
    return replace(event, sequence=entry.sequence)


def _file(events: Sequence[Happening], method: Method, person: Person, now: datetime) -> str:
    sender = parseaddr(current_app.extensions["lms.settings"].mail_from)[1]
    return calendar_objects(events, method=method, stamp=now, organiser=sender, attendee=person.email)
