"""A person at a paper in a real browser: a server, a window, and what the server has got."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Locator, Page
from sqlalchemy import select
from werkzeug.serving import make_server

from lms import migrate, people
from lms.app import build_app
from lms.clock import FrozenClock
from lms.config import Settings
from lms.db import Database
from quizzes.models import AttemptItem, QuestionVersion
from quizzes.questions import Question, from_document
from tests import cast
from tests.quizzes.factories import begin, publish
from tests.transports import KeptMail
from wsgi import FEATURES


class Desk:
    """A person at the paper: the page, the browser's context, and what the server has."""

    def __init__(self, context: BrowserContext, database: Database, address: str, cookie: dict[str, str]) -> None:
        self.context, self.database, self.address, self.cookie = context, database, address, cookie
        self.requests: list[str] = []
        self.failures: list[str] = []

    def open(self) -> Page:
        """Open the paper in a new tab."""
        page = self.context.new_page()
        page.on("request", lambda one: self.requests.append(f"{one.method} {one.url.removeprefix(self.address)}"))
        page.on("pageerror", lambda error: self.failures.append(str(error)))
        page.on("console", lambda said: self.failures.append(said.text) if "Content Security" in said.text else None)
        page.goto(self.address)
        return page

    def sign_in(self) -> None:
        self.context.add_cookies([self.cookie])  # type: ignore[list-item]

    def tokens(self) -> dict[str, list[str]]:
        """The answers the server has, by question."""
        return {one.id: tokens for one, tokens in self._items().values() if tokens}

    def stored(self) -> dict[int, str]:
        """The answers the server has, by position, as keys in one word."""
        return {position: "".join(tokens) for position, (_one, tokens) in self._items().items() if tokens}

    def group(self, page: Page, question_id: str) -> Locator:
        """A question on the page."""
        position = next(at for at, (one, _tokens) in self._items().items() if one.id == question_id)
        return page.locator(f"#sporsmal-{position}")

    def _items(self) -> dict[int, tuple[Question, list[str]]]:
        rows = (
            select(AttemptItem.position, QuestionVersion.document, AttemptItem.response)
            .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
            .where(AttemptItem.attempt_id == int(self.address.rpartition("/")[2]))
        )
        with self.database.reading() as session:
            return {at: (from_document(document), tokens or []) for at, document, tokens in session.execute(rows)}


@contextmanager
def at_desk(
    chromium: Chromium, folder: Path, settings: Settings, clock: FrozenClock, bank: Sequence[Question], **options: Any
) -> Iterator[Desk]:
    """Kari with an attempt over all questions of a bank; options are those of the browser's context."""
    database = Database(f"sqlite:///{folder / 'browser.sqlite3'}")
    migrate.upgrade(database)
    app = build_app(settings, FEATURES, clock=clock, transport=KeptMail(), database=database)
    with database.transaction() as session:
        kari = cast.assemble(session).kari
        publish(session, bank)
        attempt = begin(session, kari, bank, blueprint={"rygg": len(bank)})
        token = people.start_session(session, kari, now=clock.now(), valid_for=timedelta(hours=12))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    site = f"http://127.0.0.1:{server.server_port}"
    cookie = {"name": "lms", "value": _signed(app, token), "url": site}
    context = chromium.new_context(locale="nb-NO", **options)
    context.set_default_timeout(10_000)
    desk = Desk(context, database, f"{site}/prove/{attempt.id}", cookie)
    desk.sign_in()
    yield desk
    context.close()
    server.shutdown()
    serving.join()
    server.server_close()
    database.dispose()
    assert desk.failures == []


def _signed(app: Flask, token: str) -> str:
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(serializer.dumps({"_user_id": token, "_fresh": True}))
