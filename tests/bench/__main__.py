"""`make bench`: server CPU and response times on SQLite and PostgreSQL, beside a bare Flask application, interleaved.

One JSON document on standard output. CPU is user plus system time of gunicorn and the database; `cpu_to_bare` is what
to compare between machines: the scenario's CPU per request divided by the bare application's in the same run.
"""

from __future__ import annotations

import itertools
import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from lms import migrate
from lms.app import build_app
from lms.clock import SystemClock
from lms.config import read_settings
from lms.db import Database
from tests.bench import country, nights, servers
from tests.bench.country import COURSE, Country
from tests.bench.load import Connection, Slot, as_json, run_slot, summary
from tests.postgres import PROGRAMS, throw_away_server
from tests.transports import KeptMail
from wsgi import FEATURES

SECRET = "for the benchmarks only, on this machine only"
ROUNDS = 5
CONNECTIONS = (1, 10)
PAGES_PER_SLOT = 400
ATTEMPTS_PER_SLOT = 10
BARE = "bare Flask: session cookie, three SELECTs, 20 KB"
ATTEMPT = "a whole attempt of ten questions"


@dataclass(frozen=True)
class Scenario:
    """What one connection repeats, as whom, on which server."""

    server: servers.Server
    steps: Callable[[Connection], None]
    cookies: Callable[[int], list[Mapping[str, str]]]
    times: int


def main() -> None:
    """Measure on each database there is, and print the document."""
    document = {
        "machine": {"python": platform.python_version(), "cores": os.cpu_count(), "system": platform.machine()},
        "settings": {"gunicorn": "3 workers, 4 threads", "rounds": ROUNDS},
        "databases": {},
    }
    with tempfile.TemporaryDirectory() as folder:
        document["databases"]["sqlite"] = measure(f"sqlite:///{folder}/bench.sqlite3", Path(folder), ())
    if PROGRAMS:
        with tempfile.TemporaryDirectory() as folder, throw_away_server(Path(folder), durable=True) as (cluster, pid):
            cluster.create("bench")
            document["databases"]["postgresql"] = measure(cluster.url("bench"), Path(folder), (pid,))
    print(as_json(document))  # noqa: T201


def measure(url: str, folder: Path, database_pids: tuple[int, ...]) -> dict[str, object]:
    """All scenarios on one database."""
    environment = {"LMS_DATABASE_URL": url, "LMS_SECRET_KEY": SECRET, "LMS_DATA_DIR": str(folder)}
    database, clock = Database(url), SystemClock()
    migrate.upgrade(database)
    found = country.build(database, clock.now())
    app = build_app(read_settings(environment), FEATURES, clock=clock, transport=KeptMail(), database=database)
    print(f"{database.engine.dialect.name}: filled", file=sys.stderr)  # noqa: T201
    with ExitStack() as stack:
        site = stack.enter_context(servers.gunicorn("wsgi:app", environment, database_pids, "/healthz"))
        bare = stack.enter_context(servers.gunicorn("tests.bench.bare:app", environment, database_pids, "/"))
        night = nights.rehearsed(app, clock.now())
        result = run_all(scenarios(app, database, found, site, bare))
        result["a night with 2,000 instructors"] = nights.beside(night, bare_cpu_ms(result))
    database.dispose()
    return result


def bare_cpu_ms(result: Mapping[str, Any]) -> float:
    """The CPU of one request of the bare application, with one connection."""
    return float(result[f"{CONNECTIONS[0]} connections"][BARE]["cpu_ms_per_request"])


def scenarios(
    app: Flask, database: Database, found: Country, site: servers.Server, bare: servers.Server
) -> dict[str, Scenario]:
    """What is measured."""
    now = SystemClock().now()
    reader = country.headers_for(app, database, found.reader, now)
    coordinator = country.headers_for(app, database, found.coordinator, now)
    learners = iter([country.headers_for(app, database, person_id, now) for person_id in found.learners])
    simple = Flask("bare")
    simple.secret_key = SECRET
    serializer = SecureCookieSessionInterface().get_signing_serializer(simple)
    assert serializer is not None
    bare_cookie = {"Cookie": f"session={serializer.dumps({'person': found.reader})}"}
    return {
        BARE: Scenario(bare, get("/"), same(bare_cookie), PAGES_PER_SLOT),
        "the course page": Scenario(site, get(f"/kurs/{COURSE}"), same(reader), PAGES_PER_SLOT),
        "a lesson": Scenario(site, get(f"/kurs/{COURSE}/{found.lesson}"), same(reader), PAGES_PER_SLOT),
        "the register with 2,000 instructors": Scenario(
            site, get("/register"), same(coordinator), PAGES_PER_SLOT // 16
        ),
        ATTEMPT: Scenario(site, take_test, lambda count: list(itertools.islice(learners, count)), 1),
    }


def get(path: str) -> Callable[[Connection], None]:
    """One page, over and over."""
    return lambda connection: connection.request("GET", path) and None


def same(headers: Mapping[str, str]) -> Callable[[int], list[Mapping[str, str]]]:
    """The same person in every browser."""
    return lambda count: [headers] * count


def take_test(connection: Connection) -> None:
    """From the course page's button to the result: start, the paper, ten answers, look over, hand in, the result."""
    _, paper_at = connection.request("POST", f"/kurs/{COURSE}/prove/pre", form="", expect=303)
    paper, _ = connection.request("GET", paper_at)
    for position, (name, key) in enumerate(answers_on(paper), 1):
        connection.request("POST", f"{paper_at}/svar/{position}", form=urlencode({name: key}), expect=204)
    _, look_at = connection.request("POST", f"{paper_at}/lever", form=urlencode(dict(answers_on(paper))), expect=303)
    connection.request("GET", look_at)
    _, result_at = connection.request("POST", look_at, form="bekreftet=ja", expect=303)
    connection.request("GET", result_at)


def answers_on(paper: str) -> Iterator[tuple[str, str]]:
    """The first option of every question on a paper: the field's name and the option's key."""
    seen = set()
    for tag in re.findall(r"<input[^>]*type=\"(?:radio|checkbox)\"[^>]*>", paper):
        name, value = re.search(r'name="(svar-[^"]+)"', tag), re.search(r'value="([^"]+)"', tag)
        if name and value and name[1] not in seen:
            seen.add(name[1])
            yield name[1], value[1]


def run_all(scenes: dict[str, Scenario]) -> dict[str, object]:
    """Every scenario in turn, in every round, so that a slow moment of the machine meets them all."""
    result: dict[str, object] = {}
    for scene in scenes.values():  # every worker has seen every page once
        if scene.times > 1:
            run_slot(scene.server.port, scene.steps, scene.cookies(6), 3, lambda: 0.0)
    for connections in CONNECTIONS:
        slots: dict[str, list[Slot]] = {name: [] for name in scenes}
        units = dict.fromkeys(scenes, 0)
        for _ in range(ROUNDS):
            for name, scene in scenes.items():
                repeats = max(scene.times // connections, 1)
                if scene.times == 1 and connections == 1:
                    slot = in_turn(scene, ATTEMPTS_PER_SLOT)
                    units[name] = ATTEMPTS_PER_SLOT
                else:
                    slot = run_slot(
                        scene.server.port, scene.steps, scene.cookies(connections), repeats, scene.server.cpu_seconds
                    )
                    units[name] = connections * repeats
                slots[name].append(slot)
        figures = {name: summary(slots[name], units[name]) for name in scenes}
        base = figures[BARE]["cpu_ms_per_request"]
        for figure in figures.values():
            figure["cpu_to_bare"] = round(figure["cpu_ms_per_request"] / base, 2)
        result[f"{connections} connections"] = figures
    return result


def in_turn(scene: Scenario, count: int) -> Slot:
    """So many people one after another, each on the one connection there is at a time."""
    merged = Slot()
    for headers in scene.cookies(count):
        slot = run_slot(scene.server.port, scene.steps, [headers], 1, scene.server.cpu_seconds)
        merged.seconds += slot.seconds
        merged.cpu_seconds += slot.cpu_seconds
    return merged


if __name__ == "__main__":
    main()
