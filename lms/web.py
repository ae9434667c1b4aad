"""The web shell around every page: who is looking, which language, security headers, errors that speak to people."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, has_app_context, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException, NotFound

from lms import access, formatting, wording
from lms.clock import Clock, local_date
from lms.db import one_statement
from lms.errors import LmsError, Refused, SignInRequired, Throttled
from lms.features import Feature, HandedIn, Link
from lms.people import Locale
from lms.uploads import UPLOAD_BYTES_MAX
from lms.verdict import Reason, because
from lms.viewer import Viewer, viewer_for_session

CLOCK = "lms.clock"
FEATURES = "lms.features"
FRAMES = "lms.frames"
FRAMES_KEPT = 2_000
TYPED_WORTH_KEEPING = 20  # characters
NOT_TYPED = ("csrf_token", "videre", "vert")
"""Fields of pages that no person writes in, however long: where to go on to, which host's film to show."""
STATIC = Path(__file__).parent / "static"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
SECURITY_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
)
"""On every answer as they are; a policy for content and for keeping may be a page's own."""
REQUEST_BYTES_MAX = 2 * 1024 * 1024

log = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Mark a view that needs no sign-in. Every other page asks for one."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def takes_files(view: View) -> View:
    """Mark a view whose forms may carry a file; every other request is small."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def viewer() -> Viewer:
    """The signed-in person behind this request; only in pages that are not public."""
    found = signed_in()
    assert found is not None, "a page for everyone asked who is signed in: use signed_in()"
    return found


def signed_in() -> Viewer | None:
    """The viewer, or None on a public page without one. Asked many times a page, found out once."""
    if "viewer" not in g and current_user and current_user.is_authenticated:  # a job has no user at all
        g.viewer = current_user._get_current_object()
    return cast("Viewer | None", g.get("viewer"))


def request_now() -> datetime:
    """The instant of this request: one and the same from its start to its end."""
    if "now" not in g:
        clock: Clock = current_app.extensions[CLOCK]
        g.now = clock.now()
    return cast(datetime, g.now)


def request_today() -> date:
    """The civil date in Oslo of this request."""
    return local_date(request_now())


def see_other(endpoint: str, **values: Any) -> Response:
    """Redirect after a change, so that reloading repeats nothing."""
    return cast(Response, redirect(url_for(endpoint, **values), code=303))


def full_address(endpoint: str, **values: Any) -> str:
    """The address of a page for mails and documents: built on the settings, never on the host a request names."""
    return f"{current_app.config['BASE_URL'].rstrip('/')}{url_for(endpoint, **values)}"


def instructors_among(db: Session, person_ids: Collection[int], *, on: date) -> frozenset[int]:
    """Of these people, those who hold an instructor certificate on a day, also in grace or suspended."""
    features: tuple[Feature, ...] = current_app.extensions[FEATURES]
    asked = [feature.instructors(db, person_ids, on) for feature in features if feature.instructors is not None]
    return frozenset[int]().union(*asked)


def tell_handed_in(db: Session, test: HandedIn, now: datetime) -> None:
    """Tell the features that a test has been handed in. Outside an application nobody listens: what rests on it is
    found by the nightly steps."""
    if not has_app_context():
        return
    features: tuple[Feature, ...] = current_app.extensions[FEATURES]
    for feature in features:
        for hear in feature.after_handing_in:
            hear(db, test, now)


def safe_target(target: str | None) -> str | None:
    """A path on this site to go on to, or None: never another site."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def wants_json() -> bool:
    """Whether the client asked for JSON rather than a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def install(app: Flask, features: tuple[Feature, ...]) -> None:
    """Hang the shell around the application."""
    app.extensions[FEATURES] = features
    app.extensions[FRAMES] = {}
    app.extensions[wording.EXTENSION] = {code: text for feature in features for code, text in feature.wording.items()}
    app.before_request(_allow_files)  # before CSRF, which reads the form
    Babel(app, locale_selector=_locale)
    CSRFProtect(app)
    _install_sign_in(app)
    _install_templates(app)
    app.after_request(_secure)
    app.register_error_handler(LmsError, _lms_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _allow_files() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "takes_files", False):
        request.max_content_length = UPLOAD_BYTES_MAX + REQUEST_BYTES_MAX


def _install_sign_in(app: Flask) -> None:
    manager = LoginManager(app)
    manager.session_protection = None  # sessions live in the database; nothing about the browser is guessed

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(token: str) -> Viewer | None:
        with one_statement() as db:
            return viewer_for_session(db, token, now=request_now(), today=request_today())

    @app.before_request
    def require_sign_in() -> ResponseReturnValue | None:
        if "\0" in request.path:  # no id has one, and PostgreSQL would stumble over it
            raise NotFound
        view = app.view_functions.get(request.endpoint or "")
        if view is None or request.endpoint == "static" or getattr(view, "is_public", False):
            return None
        person = signed_in()
        if person is None:
            return _ask_to_sign_in()
        access.require_open(person, request.blueprint, open_blueprints())
        return None


def open_blueprints() -> frozenset[str]:
    """The blueprints whose pages are also for people who only take open courses."""
    features: tuple[Feature, ...] = current_app.extensions[FEATURES]
    return frozenset[str]().union(*(feature.open_blueprints for feature in features))


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method == "POST" and _typed():
        return _not_saved(401, because("signed-out"))
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("auth.sign_in", videre=target), code=303)


def _install_templates(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        day=formatting.day,
        long_day=formatting.long_day,
        weekday=formatting.weekday,
        instant=formatting.instant,
        fixed=formatting.fixed,
        hours=formatting.hours,
        number=formatting.number,
        share=formatting.share,
        say=wording.say,
        shown=wording.shown,
        lines=wording.lines,
    )
    app.jinja_env.globals.update(
        asset=asset,
        page_frame=page_frame,
        language=wording.language,
        locales=tuple(Locale),
        signed_in=signed_in,
        public_links=public_links,
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page, ready-made: the links of its head, its header and its footer."""

    language: str
    head: Markup
    header: Markup
    footer: Markup


def public_links() -> tuple[Link, ...]:
    """The links for whoever is not signed in."""
    features: tuple[Feature, ...] = current_app.extensions[FEATURES]
    return tuple(link for feature in features for link in feature.public_links)


def page_frame() -> Frame:
    """The frame of the page now being made; for the same words it is put together once a process."""
    person = signed_in()
    links = public_links()
    if person is not None:
        features: tuple[Feature, ...] = current_app.extensions[FEATURES]
        found = [link for feature in features for link in feature.navigation(person)]
        links = tuple(sorted(found, key=lambda link: link.order))
    known: dict[tuple[object, ...], Frame] = current_app.extensions[FRAMES]
    language, name, here = wording.language(), person.name if person else "", request.endpoint
    key = (language, name, here, tuple(link.endpoint for link in links))
    if key not in known:
        if len(known) >= FRAMES_KEPT:
            known.clear()
        parts = [
            Markup(render_template(f"frame/{part}.html", name=name, here=here, links=links))  # noqa: S704
            for part in ("head", "header", "footer")
        ]
        known[key] = Frame(language, *parts)
    return known[key]


@cache
def asset(name: str) -> str:
    """The address of a static file with its version, so that browsers may keep it. Found out once a process."""
    version = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return url_for("static", filename=name, v=version)


def _locale() -> str:
    """The signed-in person's language, else the one chosen here, else the browser's; `no` means nb."""
    if person := signed_in():
        return person.locale
    chosen = session.get("locale")
    if chosen in tuple(Locale):
        return str(chosen)
    for language, _quality in request.accept_languages:
        short = language.lower().partition("-")[0]
        if short in ("nb", "nn", "en"):
            return short
        if short == "no":
            return "nb"
    return "nb"


def _secure(response: Response) -> Response:
    headers = response.headers
    headers.extend(SECURITY_HEADERS)
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint == "static":
        headers["Cache-Control"] = "public, max-age=31536000, immutable" if "v" in request.args else "no-cache"
    else:
        headers.setdefault("Cache-Control", "no-store")
    return response


def _page(status: int, title: str, sentences: list[str]) -> ResponseReturnValue:
    if wants_json():
        return {"status": status, "title": title, "reasons": sentences}, status
    return render_template("errors/error.html", status=status, title=title, sentences=sentences), status


def _lms_error(error: LmsError) -> ResponseReturnValue:
    if isinstance(error, SignInRequired) and not wants_json():
        return _ask_to_sign_in()
    if isinstance(error, Refused) and request.method == "POST" and _typed():
        return _not_saved(error.status, *error.reasons)
    title = wording.say(Reason(error.code))
    answer = current_app.make_response(_page(error.status, title, [wording.say(reason) for reason in error.reasons]))
    if isinstance(error, Throttled):
        answer.headers["Retry-After"] = str(error.retry_after_seconds)
    return answer


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    return _not_saved(400, because("form-expired"))


def _typed() -> list[str]:
    """What a person has written in the form that was sent: words, not choices, and no password."""
    return [
        text
        for name, text in request.form.items(multi=True)
        if "password" not in name and name not in NOT_TYPED and len(text) >= TYPED_WORTH_KEEPING
    ]


def _not_saved(status: int, *why: Reason) -> ResponseReturnValue:
    """A form that came too late, or that a rule refuses: nothing is changed, and what was typed is given back."""
    sentences = [wording.say(reason) for reason in why]
    if wants_json():
        return {"status": status, "title": sentences[0], "reasons": sentences[1:]}, status
    page = render_template("errors/not_saved.html", sentences=sentences, typed=_typed())
    return page, status


def _http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code in (301, 302, 303, 307, 308):
        return error.get_response()
    known = {404: "not-found", 403: "forbidden", 410: "gone"}
    title = wording.say(because(known.get(code, f"http-{code}")))
    return _page(code, title, [])


def _unexpected(error: Exception) -> ResponseReturnValue:
    if current_app.testing or current_app.debug:
        raise error
    log.exception("unexpected error in %s", request.endpoint)
    return _page(500, wording.say(because("error")), [])
