"""What every test can ask for: a database (SQLite and PostgreSQL), a frozen clock, the application, the cast."""

from __future__ import annotations

import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

from courses.drafts import BUNDLED, Draft, read_drafts
from courses.publishing import publish
from lms import migrate
from lms.app import build_app
from lms.clock import FrozenClock, at_local
from lms.config import Settings, read_settings
from lms.db import Database
from tests import cast, kept
from tests.cast import Cast
from tests.clients import Browser
from tests.mail_server import MailServer
from tests.postgres import Cluster
from tests.transports import KeptMail
from wsgi import FEATURES

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Two busy cores: how long an example takes says nothing about whether it is right. Every run tries new examples, but
# for CI, which tries the same ones for the same code: what it says of a change is about the change.
hypothesis.settings.register_profile(
    "house", deadline=None, database=None, derandomize=os.environ.get("LMS_REQUIRE_ALL") == "1"
)
hypothesis.settings.load_profile("house")
kept.keep_templates()

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # a Monday, 12.00 in Oslo


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--databases", default="sqlite,postgresql", help="which databases the tests run on")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = any("database_kind" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "database_kind" in metafunc.fixturenames and not chosen:
        kinds = metafunc.config.getoption("--databases").split(",")
        metafunc.parametrize("database_kind", kinds, indirect=True)


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """sqlite or postgresql; every test that uses a database runs on both."""
    return str(request.param)


@pytest.fixture(scope="session")
def sqlite_template() -> Iterator[sqlite3.Connection]:
    """A migrated database in memory, copied for each test."""
    database = Database("sqlite://")
    migrate.upgrade(database)
    yield _connection(database)
    database.dispose()


@pytest.fixture(scope="session")
def sqlite_template_with_cast(sqlite_template: sqlite3.Connection) -> Iterator[tuple[sqlite3.Connection, Cast]]:
    """The same with the cast in it."""
    database = Database("sqlite://")
    sqlite_template.backup(_connection(database))
    yield _connection(database), _assembled(database)
    database.dispose()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The one PostgreSQL cluster of the run, or a skip saying what is missing."""
    with Cluster.for_run(tmp_path_factory) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgresql_template(cluster: Cluster) -> str:
    """The name of a migrated database, copied for each test."""
    name = f"template_{uuid.uuid4().hex[:8]}"
    cluster.create(name)
    database = Database(cluster.url(name))
    migrate.upgrade(database)
    database.dispose()
    return name


@pytest.fixture(scope="session")
def postgresql_template_with_cast(cluster: Cluster, postgresql_template: str) -> tuple[str, Cast]:
    """The same with the cast in it."""
    name = f"{postgresql_template}_cast"
    cluster.create(name, template=postgresql_template)
    database = Database(cluster.url(name))
    people = _assembled(database)
    database.dispose()
    return name, people


@pytest.fixture(scope="session")
def sqlite_engine() -> Database:
    """Where every test gets a database of its own: a connection anew. What SQLAlchemy has compiled is kept."""
    return Database("sqlite://")


@pytest.fixture(scope="session")
def postgresql_engine(cluster: Cluster) -> Database:
    """The same for PostgreSQL, where the databases of a worker's tests follow each other under one name."""
    return Database(cluster.url(f"test_{uuid.uuid4().hex[:12]}"))


@pytest.fixture
def database(database_kind: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated database of the test's own: empty, or with the cast in it where the test asks for `people`."""
    database: Database = request.getfixturevalue(f"{database_kind}_engine")
    with_cast = "people" in request.fixturenames
    template = request.getfixturevalue(f"{database_kind}_template{'_with_cast' if with_cast else ''}")
    source = template[0] if with_cast else template
    if database_kind == "sqlite":
        source.backup(_connection(database))
        yield database
        database.dispose()
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    name = str(database.engine.url.database)
    cluster.create(name, template=source)
    yield database
    database.dispose()
    cluster.drop(name)


@pytest.fixture
def people(database: Database, database_kind: str, request: pytest.FixtureRequest) -> Cast:  # noqa: ARG001
    """The cast, in the test's database."""
    people: Cast = request.getfixturevalue(f"{database_kind}_template_with_cast")[1]
    return people


@pytest.fixture
def shared_database(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database that several threads and processes can use at once: a file for SQLite."""
    if database_kind == "postgresql":
        yield request.getfixturevalue("database")
        return
    database = Database(f"sqlite:///{tmp_path / 'shared.sqlite3'}")
    request.getfixturevalue("sqlite_template").backup(_connection(database))
    yield database
    database.dispose()


def _assembled(database: Database) -> Cast:
    with database.transaction() as session:
        return cast.assemble(session)


def _connection(database: Database) -> sqlite3.Connection:
    """SQLite's own connection, outside the pool."""
    with database.engine.connect() as connection:
        return connection.connection.driver_connection  # type: ignore[return-value]


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands at noon on Monday 23 November 2026 in Oslo."""
    return FrozenClock(NOON)


@pytest.fixture
def outbox_transport() -> KeptMail:
    """A transport that keeps what is sent."""
    return KeptMail()


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A real SMTP server on this machine."""
    with MailServer.running() as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a test installation."""
    return read_settings({"LMS_DATA_DIR": str(tmp_path), "LMS_SECRET_KEY": "s" * 40})


@pytest.fixture
def app(settings: Settings, database: Database, clock: FrozenClock, outbox_transport: KeptMail) -> Flask:
    """The application with all features, on the test's database."""
    app = build_app(settings, FEATURES, clock=clock, transport=outbox_transport, database=database)
    app.testing = True
    return app


@pytest.fixture(scope="session")
def words_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application for what is only rendered: its database is empty, and nothing may be asked of it."""
    folder = tmp_path_factory.mktemp("words")
    settings = read_settings({"LMS_DATA_DIR": str(folder), "LMS_SECRET_KEY": "s" * 40})
    database = Database("sqlite://")
    yield build_app(settings, FEATURES, clock=FrozenClock(NOON), transport=KeptMail(), database=database)
    database.dispose()


@pytest.fixture
def in_app(app: Flask, settings: Settings) -> Iterator[Flask]:
    """Inside the application, for services that write mails. Not together with a browser: `g` would be shared."""
    with app.test_request_context(base_url=settings.base_url):
        yield app


@pytest.fixture(scope="session")
def shipped() -> tuple[Draft, ...]:
    """The shipped courses, compiled once a worker."""
    report = read_drafts(BUNDLED, kept.render)
    assert report.problems == ()
    return report.items


@pytest.fixture
def library(database: Database, people: Cast, shipped: tuple[Draft, ...]) -> None:
    """The shipped courses, published long ago in the test's database."""
    with database.transaction() as session:
        for draft in shipped:
            publish(session, draft.compiled, draft.assets, published_by=people.ari, now=at_local(cast.LONG_AGO, 12))


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser that nobody has signed in with."""
    return Browser(app)


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """A bare HTTP client without a session."""
    return app.test_client()


@pytest.fixture
def requires_all() -> bool:
    """Whether missing programs fail the run rather than skip a test."""
    return os.environ.get("LMS_REQUIRE_ALL") == "1"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """Chromium as Debian installs it, without its windows where that is to be had; or a skip saying what is missing."""
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if program is None:
        message = "Chromium is not on this machine (apt-get install chromium)"
        if os.environ.get("LMS_REQUIRE_ALL") == "1":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()
