"""Building the application from settings, features, a clock and a transport: all of them values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from lms import administration, auth, home, jobs, practitioner_pages, registration, sign_up, web, wording
from lms.clock import Clock
from lms.config import Settings
from lms.db import EXTENSION, Database
from lms.features import Feature
from lms.mail import Transport

ROOT = Path(__file__).parent.parent
ROW_NUMBER_MAX = 2**31 - 1


class RowNumber(IntegerConverter):
    """A row's number in an address, as large as a database keeps them; a larger one is no address of ours."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, max=ROW_NUMBER_MAX, **options)


# The ground hands itself over as the features do; its links stand last.
GROUND = Feature(
    name="lms",
    blueprints=(
        auth.blueprint,
        home.blueprint,
        administration.blueprint,
        sign_up.blueprint,
        practitioner_pages.own,
        practitioner_pages.blueprint,
    ),
    open_blueprints=frozenset({"auth", "home", "own_hpr"}),
    own_pages=practitioner_pages.OWN_PAGES,
    commands=(registration.commands,),
    jobs=(jobs.HOUSEKEEPING,),
    navigation=administration.navigation,
    wording=wording.WORDING,
)


def build_app(
    settings: Settings,
    features: tuple[Feature, ...],
    *,
    clock: Clock,
    transport: Transport,
    database: Database | None = None,
) -> Flask:
    """The WSGI application. A given `database` is used as it is; otherwise the settings' one is opened."""
    app = Flask("lms", root_path=str(ROOT / "lms"), template_folder=str(ROOT / "templates"), static_url_path="/static")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        BASE_URL=settings.base_url,
        PREFERRED_URL_SCHEME=settings.base_url.partition(":")[0],
        SESSION_COOKIE_NAME="lms",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=web.REQUEST_BYTES_MAX,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session does
        BABEL_DEFAULT_LOCALE="nb",
        BABEL_DEFAULT_TIMEZONE="Europe/Oslo",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "lms" / "translations"),
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.extensions["lms.settings"] = settings
    app.extensions["lms.transport"] = transport
    app.extensions[web.CLOCK] = clock
    app.extensions[EXTENSION] = database or Database(settings.database_url)
    everything = (*features, GROUND)
    app.url_map.converters["int"] = RowNumber
    web.install(app, everything)
    for feature in everything:
        for blueprint in feature.blueprints:
            app.register_blueprint(blueprint)
    return app
