"""A browser without JavaScript, over Flask's test client: follows forms with their CSRF tokens, as a person would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from lms import people
from lms.db import Database
from lms.web import CLOCK
from tests.pages import Page

PASSWORD = "rolig som en fjellvidde"


class Browser:
    """Signs in, reads pages, posts forms. Requests run outside the test's own application context."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.csrf = ""
        self.last: TestResponse

    def get(self, path: str, **options: Any) -> TestResponse:
        """Read a page."""
        response = self.client.get(path, **options)
        self._remember(response)
        return response

    def post(self, path: str, data: Mapping[str, Any] | None = None, **options: Any) -> TestResponse:
        """Post a form with the CSRF token of the last page read; does not follow redirects."""
        if not self.csrf:
            self.get("/logg-inn")
        response = self.client.post(path, data={"csrf_token": self.csrf, **(data or {})}, **options)
        self._remember(response)
        return response

    def follow(self, response: TestResponse) -> TestResponse:
        """Go where a redirect points."""
        assert response.status_code == 303, (
            f"{response.status_code} is no redirect after a change: {response.text[:2000]}"
        )
        return self.get(response.location)

    @property
    def page(self) -> Page:
        """The page last read, taken apart."""
        return Page(self.last.text)

    def click(self, words: str) -> TestResponse:
        """Follow the link with these words."""
        links = self.page.links
        assert words in links, f"no link «{words}»; there are {list(links)}"
        return self.get(urljoin(self.last.request.path, links[words]))

    def submit(self, button: str, **values: str | Sequence[str]) -> TestResponse:
        """Fill in the form that has this button, press it, and follow the redirect; a refused form stays."""
        form = self.page.form_with(button)
        target = urljoin(self.last.request.full_path.rstrip("?"), form.actions.get(button, form.action))
        pairs = form.filled(values, button)
        if form.method == "get":
            answer = self.get(f"{urlsplit(target).path}?{urlencode(pairs)}")
        else:
            answer = self.client.post(target, data=MultiDict(pairs))
            self._remember(answer)
        return self.follow(answer) if answer.status_code == 303 else answer

    def sign_in(self, email: str, password: str = PASSWORD) -> Browser:
        """Sign in through the form."""
        self.get("/logg-inn")
        response = self.post("/logg-inn", {"email": email, "password": password})
        assert response.status_code == 303, response.text
        self.get("/min-side")
        return self

    def sign_in_as(self, database: Database, person_id: int) -> Browser:
        """Sign in without the form: a session row and its cookie."""
        now = self.app.extensions[CLOCK].now()
        with database.transaction() as session:
            token = people.start_session(session, person_id, now=now, valid_for=timedelta(hours=12))
        with self.client.session_transaction() as cookie:
            cookie.clear()
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        self.get("/min-side")
        return self

    def _remember(self, response: TestResponse) -> None:
        if response.mimetype == "text/html" and response.status_code != 303:
            self.last = response
            self.csrf = hidden_token(response.text) or self.csrf


class _Finder(HTMLParser):
    token = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "input" and values.get("name") == "csrf_token":
            self.token = values.get("value") or ""


def hidden_token(html: str) -> str:
    """The CSRF token of a page, or an empty string."""
    finder = _Finder()
    finder.feed(html)
    return finder.token
