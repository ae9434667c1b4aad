"""Calendar files (RFC 5545, RFC 5546): events of a day with its local hours, written so that any calendar reads them.

An event keeps its name (`uid`) for good; whoever has it replaces it by one of the same name with a higher sequence.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vUri

from lms.clock import OSLO

PRODUCT = "-//HelseIArbeid//Læringsplattform//NO"
TIME_ZONE = "Europe/Oslo"
FEED_REFRESHED = timedelta(hours=6)  # how often a calendar is asked to fetch a feed again


class Method(StrEnum):
    """What the reader is to do with the events: put them in or change them, take them out, or show them as they are."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event on a local day, between local hours, or the whole day where they are None."""

    uid: str
    title: str
    on: date
    starts: time | None = None
    ends: time | None = None
    place: str = ""
    text: str = ""
    link: str = ""
    sequence: int = 0

    def words(self) -> str:
        """The content as canonical JSON, without the sequence: equal exactly when nothing has changed."""
        hours = [self.starts and self.starts.isoformat(), self.ends and self.ends.isoformat()]
        said = [self.title, self.on.isoformat(), *hours, self.place, self.text, self.link]
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def read_words(uid: str, words: str, *, sequence: int) -> Happening:
    """The event that `words` were written from."""
    title, on, starts, ends, place, text, link = json.loads(words)
    return Happening(
        uid=uid,
        title=title,
        on=date.fromisoformat(on),
        starts=time.fromisoformat(starts) if starts else None,
        ends=time.fromisoformat(ends) if ends else None,
        place=place,
        text=text,
        link=link,
        sequence=sequence,
    )


def uid_of(key: str, host: str) -> str:
    """The name of an event in all the world: what it is here, at the name of this house. Holds no person."""
    return f"{key}@{host}"


def day_key(seminar_id: int, part: int, day_number: int) -> str:
    """What a seminar day is, whenever and wherever it is held: moving it changes the event, and makes no second one."""
    return f"samling-{seminar_id}-del-{part}-dag-{day_number}"


def calendar_text(
    events: Iterable[Happening],
    *,
    method: Method,
    stamp: datetime,
    organiser: str = "",
    attendee: str = "",
    name: str = "",
) -> str:
    """The calendar file. `organiser` and `attendee` are mail addresses, which invitations need; `name` is a feed's."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method is Method.PUBLISH:
        calendar.add("x-wr-calname", _clean(name))
        calendar.add("name", _clean(name))
        calendar.add("refresh-interval", FEED_REFRESHED, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", FEED_REFRESHED)
    calendar.add("method", str(method))
    calendar.add_component(_oslo())
    for event in events:
        calendar.add_component(_component(event, method, stamp, organiser, attendee))
    return str(calendar.to_ical(), "utf-8")


def calendar_objects(
    events: Iterable[Happening], *, method: Method, stamp: datetime, organiser: str, attendee: str
) -> str:
    """Invitations or cancellations one after the other, an object an event: each may speak of one only, or some
    calendars read the first and leave the rest (RFC 5546 3.2.2 and 3.2.5; a stream of objects: RFC 5545 3.4)."""
    return "".join(
        calendar_text([event], method=method, stamp=stamp, organiser=organiser, attendee=attendee) for event in events
    )


def _component(event: Happening, method: Method, stamp: datetime, organiser: str, attendee: str) -> Event:
    made = Event()
    made.add("uid", event.uid)
    made.add("sequence", event.sequence)
    made.add("dtstamp", stamp)
    made.add("summary", _clean(event.title))
    if event.starts is None or event.ends is None:
        made.add("dtstart", event.on)
        made.add("dtend", event.on + timedelta(days=1))
        made.add("transp", "TRANSPARENT")  # a deadline takes nobody's time
    else:
        made.add("dtstart", datetime.combine(event.on, event.starts, OSLO))
        made.add("dtend", datetime.combine(event.on, event.ends, OSLO))
    if event.place:
        made.add("location", _clean(event.place))
    if event.text:
        made.add("description", _clean(event.text))
    if event.link:
        made.add("url", vUri(_line(event.link)))
    made.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    if organiser:
        made.add("organizer", _address(organiser))
    if attendee:
        made.add("attendee", _invited(attendee))
    return made


def _invited(attendee: str) -> vCalAddress:
    """Who has the seat has said yes: no answer is asked for."""
    address = _address(attendee)
    address.params["PARTSTAT"] = "ACCEPTED"
    address.params["RSVP"] = "FALSE"
    return address


def _address(mail: str) -> vCalAddress:
    return vCalAddress(f"mailto:{_line(mail)}")


def _clean(text: str) -> str:
    """Text with its line breaks, which the library escapes, and without signs no calendar can show."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(sign for sign in line if sign.isprintable()) for line in lines)


def _line(text: str) -> str:
    """What may never hold a line break: addresses."""
    return "".join(sign for sign in text if sign.isprintable() and not sign.isspace())


def _oslo() -> Timezone:
    """The time zone as the law has had it since 1996: summer time from the last Sunday of March to that of October."""
    zone = Timezone()
    zone.add("tzid", TIME_ZONE)
    for half, first, month, name, before, after in (
        (TimezoneDaylight(), datetime(1996, 3, 31, 2), 3, "CEST", 1, 2),  # noqa: DTZ001 (a zone's own hours)
        (TimezoneStandard(), datetime(1996, 10, 27, 3), 10, "CET", 2, 1),  # noqa: DTZ001
    ):
        half.add("dtstart", first)
        half.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        half.add("tzname", name)
        half.add("tzoffsetfrom", timedelta(hours=before))
        half.add("tzoffsetto", timedelta(hours=after))
        zone.add_component(half)
    return zone
