"""kill -9 in a storm of answers and submits: nothing that was acknowledged is lost, and nothing is scored twice."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lms import people
from lms.app import build_app
from lms.clock import SystemClock
from lms.config import read_settings
from lms.db import Database
from quizzes.models import Attempt, AttemptItem, QuestionVersion
from quizzes.questions import from_document
from quizzes.scoring import score, total
from tests import cast
from tests.quizzes.factories import begin, publish, questions
from tests.transports import KeptMail
from wsgi import FEATURES

ROOT = Path(__file__).parents[2]
BANK = questions(20)
POSITIONS = 10
STORM_SECONDS = 1.0
START_SECONDS_MAX = 30
SUBMITTERS = 50


@dataclass
class Person:
    """Somebody answering: the attempt, how they sign in, and what they know to be kept."""

    attempt_id: int
    cookie: str
    token: str = ""
    acknowledged: dict[int, str] = field(default_factory=dict)
    sent: dict[int, str] = field(default_factory=dict)  # the one on its way when the server died
    handed_in: bool = False


class Server:
    """gunicorn with real processes, which can be killed and started again at the same address."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "--workers", "2", "--threads", "4", "--worker-class", "gthread"]
        command += ["--no-control-socket", "--log-level", "error", "--bind", f"127.0.0.1:{self.port}", "wsgi:app"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True)
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            try:
                if self.request("GET", "/healthz", "")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not come up")

    def kill(self) -> None:
        """SIGKILL to the master and its workers, in the midst of whatever they do."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def request(self, method: str, path: str, cookie: str, body: str = "", **headers: str) -> tuple[int, str, str]:
        """Status, body and location. Raises `OSError` when the server is gone."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body or None, {"Cookie": f"lms={cookie}", **headers})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers.get("Location", "")
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()


@pytest.fixture
def server(shared_database: Database, tmp_path: Path) -> Iterator[Server]:
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("LMS_")},
        "LMS_DATABASE_URL": shared_database.engine.url.render_as_string(hide_password=False),
        "LMS_DATA_DIR": str(tmp_path / "data"),
        "LMS_SECRET_KEY": "bare til denne stormen, ikke noe annet sted",
        "PYTHONPATH": str(ROOT),
    }
    server = Server(environment)
    server.start()
    yield server
    server.kill()


def somebody(shared_database: Database, server: Server) -> list[Person]:
    """Three people at their papers."""
    clock = SystemClock()
    app = build_app(
        read_settings(server.environment), FEATURES, clock=clock, transport=KeptMail(), database=shared_database
    )
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    with shared_database.transaction() as session:
        who = cast.assemble(session)
        publish(session, BANK)
        found = []
        for number, person in enumerate((who.kari, who.geir, who.stian)):
            attempt = begin(session, person, BANK, owner=f"enrolment:{number}", now=clock.now())
            token = people.start_session(session, person, now=clock.now(), valid_for=timedelta(hours=1))
            cookie = serializer.dumps({"_user_id": token, "_fresh": True})
            found.append(Person(attempt_id=attempt.id, cookie=str(cookie)))
    return found


def open_paper(server: Server, person: Person) -> None:
    """Read the paper, for the token that its form carries and the cookie that goes with it."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", f"/prove/{person.attempt_id}", headers={"Cookie": f"lms={person.cookie}"})
    answer = connection.getresponse()
    text = answer.read().decode()
    assert answer.status == 200, text[:500]
    given = re.search(r"lms=([^;]+)", answer.headers.get("Set-Cookie", ""))
    person.cookie = given[1] if given else person.cookie
    token = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert token is not None
    person.token = token[1]
    connection.close()


def answer_on_and_on(server: Server, person: Person, stop: threading.Event, odd: list[int]) -> None:
    """One answer after the other, each another than before, until the server is gone."""
    turn = 0
    while not stop.is_set():
        position, key = turn % POSITIONS + 1, "abc"[turn % 3]
        turn += 1
        person.sent[position] = key
        try:
            status, _, _ = server.request(
                "POST",
                f"/prove/{person.attempt_id}/svar/{position}",
                person.cookie,
                json.dumps({"keys": [key], "seconds": {str(position): 1}}),
                **{"Content-Type": "application/json", "X-CSRFToken": person.token},
            )
        except OSError:
            return
        if status != 204:
            odd.append(status)
            return
        person.acknowledged[position] = key
        del person.sent[position]


def hand_in(server: Server, person: Person, odd: list[int]) -> None:
    body = f"csrf_token={person.token}&bekreftet=ja"
    try:
        status, _, location = server.request(
            "POST",
            f"/prove/{person.attempt_id}/lever",
            person.cookie,
            body,
            **{"Content-Type": "application/x-www-form-urlencoded"},
        )
    except OSError:
        return
    if (status, location) != (303, f"/prove/{person.attempt_id}/resultat"):
        odd.append(status)
    else:
        person.handed_in = True


def at_once(*calls: tuple[object, ...]) -> list[threading.Thread]:
    threads = [threading.Thread(target=call[0], args=call[1:]) for call in calls]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    return threads


def check_answers(shared_database: Database, person: Person) -> None:
    """What is stored is what was acknowledged last, or what was on its way after that."""
    with shared_database.reading() as session:
        rows = session.execute(
            select(AttemptItem.position, AttemptItem.response).where(AttemptItem.attempt_id == person.attempt_id)
        ).all()
    stored = {position: "".join(response or ()) for position, response in rows}
    for position, key in person.acknowledged.items():
        assert stored[position] in (key, person.sent.get(position, key)), f"question {position} has lost {key}"


def result_of(shared_database: Database, person: Person) -> tuple[object, object]:
    """When and with how much the attempt is handed in; every score is that of the answer stored beside it."""
    with shared_database.reading() as session:
        attempt = session.get_one(Attempt, person.attempt_id)
        rows = session.execute(
            select(AttemptItem, QuestionVersion.document)
            .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
            .where(AttemptItem.attempt_id == person.attempt_id)
        ).all()
    if attempt.submitted_at is None:
        assert all(item.score is None for item, _ in rows), "scored without being handed in"
        return None, None
    scores = [score(from_document(document), item.chosen) for item, document in rows]
    assert [item.score for item, _ in rows] == scores
    assert attempt.points == total(scores).points
    return attempt.submitted_at, attempt.points


def test_nothing_acknowledged_is_lost_and_nothing_scored_twice(shared_database: Database, server: Server) -> None:
    persons = somebody(shared_database, server)
    odd: list[int] = []
    for person in persons:
        open_paper(server, person)

    # the server dies among answers
    stop = threading.Event()
    threads = at_once(*((answer_on_and_on, server, person, stop, odd) for person in persons))
    time.sleep(STORM_SECONDS)
    server.kill()
    stop.set()
    for thread in threads:
        thread.join()
    assert odd == []
    assert sum(len(person.acknowledged) for person in persons) > 3, "there was no storm"
    for person in persons:
        check_answers(shared_database, person)
        assert result_of(shared_database, person) == (None, None)

    # the server dies among submits and answers
    server.start()
    late: list[int] = []
    threads = at_once(
        *((hand_in, server, person, odd) for _ in range(4) for person in persons),
        *((answer_on_and_on, server, persons[0], threading.Event(), late),),
    )
    time.sleep(0.05)
    server.kill()
    for thread in threads:
        thread.join()
    assert odd == []
    assert set(late) <= {409}, "after handing in an answer is refused, not lost in an error"
    before = [result_of(shared_database, person) for person in persons]
    for person, (submitted_at, _) in zip(persons, before, strict=True):
        check_answers(shared_database, person)
        assert submitted_at is not None or not person.handed_in, "a submit was acknowledged and is gone"

    # fifty submits at once of what is left, and of what is handed in already: the first counts
    server.start()
    for thread in at_once(*((hand_in, server, persons[n % 3], odd) for n in range(SUBMITTERS))):
        thread.join()
    assert odd == []
    after = [result_of(shared_database, person) for person in persons]
    for old, new in zip(before, after, strict=True):
        assert new[0] is not None
        assert old in ((None, None), new), "a second submit has changed the first"
