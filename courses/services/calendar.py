"""What people's calendars are told: invitations, changes and cancellations of seminar days, and private feeds.

Needs an application for the words. Whoever calls holds the seminar's row, so that the sequence of an event only rises.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.calendar import Happening, Method, calendar_text, day_key, read_words, uid_of
from courses.models.calendar import CalendarEntry, CalendarFeed
from courses.models.seminars import Seminar, SeminarDay
from lms import ids
from lms.clock import local_date
from lms.people import Person
from lms.web import full_address


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a person's calendar does not know yet: a file with what is new or changed, one with what is called off.
    None where there is nothing; `off` are the events of the latter."""

    request: str | None
    cancel: str | None
    off: tuple[Happening, ...]


def happening(seminar: Seminar, day: SeminarDay) -> Happening:
    """A seminar day as an event, in the language of the moment."""
    names = {"seminar": seminar.name, "part": day.part, "number": day.day_number}
    return Happening(
        uid=uid_of(day_key(seminar.id, day.part, day.day_number), host()),
        title=_("%(seminar)s: del %(part)s, dag %(number)s", **names),
        on=day.on,
        starts=day.starts,
        ends=day.ends,
        place=day.place or seminar.place,
        text=_(
            "Samlingen teller når du har vært med alle dagene. Kan du ikke komme, så si fra til opplæringsansvarlig."
        ),
        link=full_address("materials.own"),
    )


def news(session: Session, seminar: Seminar, days: Sequence[SeminarDay], person: Person, *, now: datetime) -> News:
    """What has changed for a person with a seat since their calendar was last told; noted as told. Days that are over
    are left as they are."""
    today, told = local_date(now), _told(session, seminar, person)
    changed: list[Happening] = []
    with force_locale(person.locale):
        wanted = {each.uid: each for each in (happening(seminar, day) for day in days)}
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


def cancellation(session: Session, seminar: Seminar, person: Person, *, now: datetime) -> str | None:
    """The file that takes out of a person's calendar all of a seminar that is still to come; None if nothing is in."""
    off = _call_off(session, seminar, person, list(_told(session, seminar, person).values()), now=now)
    return _file(off, Method.CANCEL, person, now) if off else None


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
    return calendar_text(events, method=method, stamp=now, organiser=sender, attendee=person.email)
