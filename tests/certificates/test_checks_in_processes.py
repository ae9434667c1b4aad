"""Checks offered by several processes at once, and by one that is killed in the middle: each exactly once."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from certificates.models.checks import KnowledgeCheck
from courses.services import learning
from lms.clock import at_local
from lms.db import Database
from quizzes.attempts import Purpose
from tests import cast
from tests.certificates import checking, factories
from tests.certificates.checking import BEGAN, STAGES
from tests.courses import factories as courses

ROOT = Path(__file__).parents[2]
HOLDERS = 30
DAY = STAGES[0][1]


@pytest.fixture
def crowd(shared_database: Database) -> Database:
    """Thirty holders who are all due a check, in a database that processes share: a file, or PostgreSQL."""
    studied = at_local(factories.STARTED, 10)
    with shared_database.transaction() as session:
        people = cast.assemble(session)
        factories.publish_course(session, "startopplaering", title="Startopplæring", kind="foundation", now=studied)
        for number in range(HOLDERS):
            person = factories.holder(session, people.alta, f"Nr {number}", valid_from=BEGAN)
            enrolment = courses.reading(session, person.id, studied, course="startopplaering")
            for lesson in courses.LESSONS:
                learning.mark_done(session, enrolment, lesson, studied)
            courses.take(session, enrolment, Purpose.POST, studied)
    return shared_database


def process(database: Database, folder: Path) -> subprocess.Popen[bytes]:
    """A nightly run in a process of its own."""
    command = [sys.executable, "-m", "tests.certificates.night", database.url, str(folder), DAY.isoformat()]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)


def assert_exactly_once(database: Database) -> None:
    """Every holder has one mail, and every claim its own."""
    written = Counter(mail.person_id for mail in checking.mails(database))
    assert len(written) == HOLDERS
    assert set(written.values()) == {1}
    with database.reading() as session:
        claims = session.execute(select(KnowledgeCheck.certificate_id, KnowledgeCheck.mail_id)).all()
    assert len(claims) == len({mail_id for _id, mail_id in claims}) == HOLDERS
    assert all(mail_id is not None for _id, mail_id in claims)


@pytest.mark.slow
def test_two_processes_at_once_offer_each_check_once(crowd: Database, tmp_path: Path) -> None:
    runs = [process(crowd, tmp_path), process(crowd, tmp_path)]
    for run in runs:
        _out, error = run.communicate(timeout=180)
        assert run.returncode == 0, error.decode()[-3000:]
    assert_exactly_once(crowd)


@pytest.mark.slow
def test_killed_in_the_middle_and_run_again_each_check_is_offered_once(crowd: Database, tmp_path: Path) -> None:
    for enough in (3, 12):
        run = process(crowd, tmp_path)
        until = time.monotonic() + 120
        while len(checking.mails(crowd)) < enough and run.poll() is None and time.monotonic() < until:
            time.sleep(0.005)
        run.kill()  # SIGKILL: no handler runs, nothing is tidied up
        run.communicate()
        assert run.returncode == -signal.SIGKILL, "it was over before it could be killed"
        assert len(checking.offers(crowd)) == len(checking.mails(crowd)), "a claim without its mail, or the reverse"
    last = process(crowd, tmp_path)
    _out, error = last.communicate(timeout=180)
    assert last.returncode == 0, error.decode()[-3000:]
    assert_exactly_once(crowd)
