"""Tests whose time ran out are closed within the hour: one at a time, whoever else is at it, whatever fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.clock import OSLO
from lms.db import Database
from lms.features import Work
from lms.jobs import make_scheduler
from quizzes import jobs, services
from quizzes.limits import GRACE, Limits
from quizzes.models import Attempt
from tests import cast
from tests.cast import Cast
from tests.quizzes.factories import NOW, begin, publish, questions
from tests.quizzes.test_races import at_once
from wsgi import FEATURES

BANK = questions(20)
END = NOW + timedelta(minutes=30)
LATE = END + GRACE + timedelta(seconds=1)


def begun(database: Database, people: Cast, count: int) -> list[int]:
    """So many tests of half an hour, begun and left."""
    with database.transaction() as session:
        publish(session, BANK)
        return [
            begin(session, people.kari, BANK, owner=f"enrolment:{number}", limits=Limits(time_limit=30)).id
            for number in range(count)
        ]


def closed(database: Database) -> dict[int, datetime | None]:
    with database.reading() as session:
        return {row.id: row.submitted_at for row in session.execute(select(Attempt.id, Attempt.submitted_at))}


def test_the_worker_closes_them_every_hour_and_does_the_rest_at_night(app: Flask, database: Database) -> None:
    scheduler = make_scheduler(app, blocking=False, name="test")
    due = {job.id: job.trigger for job in scheduler.get_jobs() if hasattr(job.trigger, "fields")}
    every_hour = {job.name: due.pop(job.name) for feature in FEATURES for job in feature.jobs if job.each_hour}
    hourly = every_hour[jobs.CLOSE_OVERDUE.name]
    at = NOW.astimezone(OSLO)
    for day in (at, at.replace(month=3, day=29, hour=0), at.replace(month=10, day=25, hour=0)):  # summer time too
        for _ in range(6):
            following = hourly.get_next_fire_time(day, day + timedelta(microseconds=1))
            assert following.astimezone(UTC) - day.astimezone(UTC) <= timedelta(hours=1)
            day = following
    assert due
    for name, trigger in due.items():
        assert trigger.get_next_fire_time(None, at).hour in (4, 5), name


def test_one_that_fails_does_not_keep_the_others_open(
    database: Database, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = begun(database, people, 3)
    submit = services.submit

    def fails_for_one(session: object, attempt: Attempt, **given: object) -> Attempt:
        if attempt.id == second:
            raise RuntimeError("something is wrong with this one")
        return submit(session, attempt, **given)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(services, "submit", fails_for_one)
        assert jobs.close_overdue(Work(database=database, now=LATE)) == {"closed": 2, "failed": 1}
    assert closed(database) == {first: END, second: None, third: END}
    assert jobs.close_overdue(Work(database=database, now=LATE)) == {"closed": 1}
    assert closed(database)[second] == END


def test_workers_at_once_close_each_of_them_once(shared_database: Database) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
    begun(shared_database, people, 4)
    counts = at_once(lambda _number: jobs.close_overdue(Work(database=shared_database, now=LATE)), 3)
    assert sum(one["closed"] for one in counts) == 4
    assert not any("failed" in one for one in counts)
    assert set(closed(shared_database).values()) == {END}
