"""A running site, a real mail server and a real browser for the journeys."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page
from werkzeug.serving import make_server

from courses.drafts import Draft
from courses.publishing import publish
from lms.app import build_app
from lms.clock import FrozenClock, at_local, local_date
from lms.config import read_settings
from lms.db import Database
from lms.mail import SmtpTransport
from tests import cast
from tests.cast import Cast
from tests.journeys import script
from tests.journeys.place import Place, furnish
from tests.mail_server import MailServer, free_port
from wsgi import FEATURES


@dataclass(frozen=True)
class Site:
    """A running site with the shipped courses published and the cast assembled."""

    app: Flask
    database: Database
    clock: FrozenClock
    people: Cast
    url: str
    mail: MailServer


@pytest.fixture
def site(
    shared_database: Database, clock: FrozenClock, mail_server: MailServer, shipped: tuple[Draft, ...], tmp_path: Path
) -> Iterator[Site]:
    """The site, served from this process on a free port, with mail going out over SMTP."""
    port = free_port()
    settings = read_settings(
        {
            "LMS_DATA_DIR": str(tmp_path),
            "LMS_SECRET_KEY": "j" * 40,
            "LMS_BASE_URL": f"http://127.0.0.1:{port}",
            "LMS_MAIL_TRANSPORT": "smtp",
            "LMS_SMTP_HOST": "127.0.0.1",
            "LMS_SMTP_PORT": str(mail_server.port),
            "LMS_SMTP_SECURITY": "none",
        }
    )
    app = build_app(settings, FEATURES, clock=clock, transport=SmtpTransport(settings), database=shared_database)
    app.testing = True
    with shared_database.transaction() as session:
        people = cast.assemble(session)
        for draft in shipped:
            publish(session, draft.compiled, draft.assets, published_by=people.ari, now=at_local(cast.LONG_AGO, 12))
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(app, shared_database, clock, people, settings.base_url, mail_server)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def short(site: Site, shipped: tuple[Draft, ...]) -> None:
    """The foundation course with two modules and ten questions to choose answers to, for whoever begins it now."""
    (foundation,) = (draft for draft in shipped if draft.course.id == "startopplaering")
    with site.database.transaction() as session:
        now = site.clock.now()
        publish(session, script.shortened(foundation), foundation.assets, published_by=site.people.ari, now=now)


@pytest.fixture
def furnished(site: Site) -> Place:
    """The site with something to show on every page."""
    with site.app.test_request_context(base_url=site.url), site.database.transaction() as session:
        return furnish(session, site.people, local_date(site.clock.now()))


@pytest.fixture
def window(chromium: Chromium, site: Site) -> Iterator[Callable[[int], Page]]:
    """Opens browser windows so many pixels wide; whatever a console complains of fails the test."""
    with contextlib.ExitStack() as opened:
        yield lambda width: opened.enter_context(open_window(chromium, site, width=width))


@pytest.fixture
def page(window: Callable[[int], Page]) -> Page:
    """A browser window of 1280 pixels."""
    return window(1280)


@pytest.fixture
def phone(window: Callable[[int], Page]) -> Page:
    """A browser window of 360 pixels."""
    return window(360)


@contextlib.contextmanager
def open_window(chromium: Chromium, site: Site, *, width: int, complaints: list[str] | None = None) -> Iterator[Page]:
    """A window of its own, with its own cookies; it asks for bokmål. Pages opened beside it are listened to as well.

    The console's complaints are gathered in the list given; whatever is left there in the end fails the test.
    """
    context = chromium.new_context(
        base_url=site.url, viewport={"width": width, "height": 800}, locale="nb-NO", timezone_id="Europe/Oslo"
    )
    context.set_default_timeout(10_000)
    complaints = [] if complaints is None else complaints
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert complaints == []
