"""The own calendar: what one must do and be at, as a page and as a private feed for any calendar program."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from flask import Blueprint, Response, current_app, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from courses.access import calendar as access
from courses.calendar import Happening, Method, calendar_text, uid_of
from courses.queries import calendar as queries
from courses.services import calendar as services
from lms import throttle
from lms.clock import local_date
from lms.db import current_database, reading, transaction
from lms.errors import NotFound
from lms.features import Due, Feature
from lms.web import FEATURES, full_address, public, request_now, request_today, see_other, viewer

LOOKS_BACK = timedelta(days=60)  # so that last month does not vanish from the reader's calendar
UNKNOWN_TRIES = 30
FETCHES = 60  # of one feed: calendars of several devices, each every few minutes
WINDOW = timedelta(minutes=10)

blueprint = Blueprint("calendar", __name__)


@blueprint.get("/kalender")
def index() -> ResponseReturnValue:
    """What is to come, and how to have it in one's own calendar."""
    return _page()


@blueprint.post("/kalender/adresse")
def make() -> ResponseReturnValue:
    """A fresh private address, shown on this one page and never again; the one before it is dead."""
    with transaction() as db:
        token = services.make_feed(db, viewer().person_id, now=request_now())
    return _page(full_address("calendar.feed", token=token))


@blueprint.post("/kalender/adresse/slutt")
def end() -> ResponseReturnValue:
    """No private address any more."""
    with transaction() as db:
        services.end_feed(db, viewer().person_id)
    flash(_("Den private kalenderadressen virker ikke lenger."), "success")
    return see_other("calendar.index")


@blueprint.get("/kalender/<token>.ics")
@public
def feed(token: str) -> ResponseReturnValue:
    """The private feed behind an address. A guess is counted by where it comes from, a fetch by its feed: the servers
    of a large calendar fetch for many people."""
    now = request_now()
    try:
        with reading() as db:
            person = access.feed_owner(db, token)
            with force_locale(person.locale):
                name = _("HelseIArbeid: det jeg skal")
                events = _events(db, person.id, now)
    except NotFound:
        who = throttle.household(request.remote_addr)
        throttle.count(current_database(), "calendar-guess", who, limit=UNKNOWN_TRIES, window=WINDOW, now=now)
        raise
    throttle.count(current_database(), "calendar", str(person.id), limit=FETCHES, window=WINDOW, now=now)
    answer = Response(
        calendar_text(events, method=Method.PUBLISH, stamp=now, name=name), mimetype="text/calendar; charset=utf-8"
    )
    # the file says when it was made, so what tells one from another is what it says of the events
    said = "\n".join(f"{event.uid} {event.sequence} {event.words()}" for event in events)
    answer.set_etag(hashlib.sha256(f"{name}\n{said}".encode()).hexdigest()[:32], weak=True)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer.make_conditional(request)


def _page(address: str = "") -> str:
    me = viewer().person_id
    with reading() as db:
        dues = [due for due in _dues(db, me, request_now()) if due.on >= request_today()]
        made_at = queries.feed_made_at(db, me)
    return render_template("courses/calendar.html", dues=dues, made_at=made_at, address=address, today=request_today())


def _dues(db: Session, person_id: int, now: datetime) -> list[Due]:
    features: Sequence[Feature] = current_app.extensions[FEATURES]
    found = [due for feature in features for each in feature.calendar for due in each(db, person_id, now)]
    return sorted(found, key=lambda due: (due.on, due.starts is not None, due.starts, due.key))


def _events(db: Session, person_id: int, now: datetime) -> tuple[Happening, ...]:
    since, told = local_date(now) - LOOKS_BACK, queries.sequences(db, person_id)
    events = (
        Happening(
            uid=uid_of(due.key, services.host()),
            title=due.title,
            on=due.on,
            starts=due.starts,
            ends=due.ends,
            place=due.place,
            text=due.text,
            link=due.link,
        )
        for due in _dues(db, person_id, now)
        if due.on >= since
    )
    return tuple(replace(event, sequence=told.get(event.uid, 0)) for event in events)
