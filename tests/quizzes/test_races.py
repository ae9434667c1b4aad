"""Two at once, in threads, on a SQLite file and on PostgreSQL: one result, and no error for the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import func, select

from lms.db import Database
from lms.errors import Refused
from quizzes import queries, services
from quizzes.models import Attempt, AttemptItem
from tests import cast
from tests.cast import Cast
from tests.quizzes.factories import NOW, answer_all, begin, publish, questions

THREADS = 6
BANK = questions(20)


@pytest.fixture
def cast_here(shared_database: Database) -> Cast:
    with shared_database.transaction() as session:
        publish(session, BANK)
        return cast.assemble(session)


def at_once(act: Callable[[int], Any], times: int = THREADS) -> list[Any]:
    """What each thread's call gave; a `Refused` is an answer too."""
    gate = threading.Barrier(times)

    def one(number: int) -> Any:
        gate.wait()
        try:
            return act(number)
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_many_starts_at_once_make_one_attempt(shared_database: Database, cast_here: Cast) -> None:
    def start(_number: int) -> int:
        with shared_database.transaction() as session:
            return begin(session, cast_here.kari, BANK).id

    assert len(set(at_once(start))) == 1
    with shared_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Attempt)) == 1
        assert session.scalar(select(func.count()).select_from(AttemptItem)) == 10


def test_a_start_between_the_two_reads_of_another_is_given_that_ones_attempt(
    shared_database: Database, cast_here: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shared_database.transaction() as session:
        first = begin(session, cast_here.kari, BANK).id
    real, asked = services.queries.attempt_in_progress, []

    def a_moment_too_early(*question: Any) -> Attempt | None:
        asked.append(question)
        return None if len(asked) == 1 else real(*question)

    monkeypatch.setattr(services.queries, "attempt_in_progress", a_moment_too_early)
    with shared_database.transaction() as session:
        assert begin(session, cast_here.kari, BANK).id == first
    assert len(asked) == 2


def test_parallel_submits_score_once_and_all_see_the_same_result(shared_database: Database, cast_here: Cast) -> None:
    with shared_database.transaction() as session:
        attempt_id = begin(session, cast_here.kari, BANK).id

    def submit(number: int) -> tuple[Any, Any]:
        with shared_database.transaction() as session:
            attempt = session.get_one(Attempt, attempt_id)
            answers = {position: ["a"] for position in range(1, number + 2)}
            done = services.submit(session, attempt, answers=answers, now=NOW + timedelta(seconds=number))
            return done.submitted_at, done.points

    results = at_once(submit)
    assert len(set(results)) == 1
    submitted_at, points = results[0]
    winner = int((submitted_at - NOW).total_seconds())
    with shared_database.reading() as session:
        items = session.scalars(select(AttemptItem).where(AttemptItem.attempt_id == attempt_id)).all()
    assert sum(item.response is not None for item in items) == winner + 1
    assert sum((item.score or Fraction(0) for item in items), Fraction(0)) == points == winner + 1


@pytest.mark.parametrize("round_", range(5))
def test_an_answer_saved_while_submitting_is_either_scored_or_refused(
    shared_database: Database, cast_here: Cast, round_: int
) -> None:
    with shared_database.transaction() as session:
        attempt = begin(session, cast_here.kari, BANK)
        answer_all(session, attempt, leave_out=1)
        attempt_id = attempt.id

    def act(number: int) -> str:
        with shared_database.transaction() as session:
            attempt = session.get_one(Attempt, attempt_id)
            if number == 0:
                services.submit(session, attempt, answers=None, now=NOW)
                return "submitted"
            services.save_answer(session, attempt, position=10, keys=["a"], now=NOW)
            return "saved"

    submitted, saved = at_once(act, 2)
    with shared_database.reading() as session:
        points = session.get_one(Attempt, attempt_id).points
        stored = session.get_one(AttemptItem, (attempt_id, 10))
    assert submitted == "submitted"
    assert points == (10 if saved == "saved" else 9)
    assert (stored.response == ["a"]) == (saved == "saved")


def test_answers_to_different_questions_at_once_are_all_kept(shared_database: Database, cast_here: Cast) -> None:
    with shared_database.transaction() as session:
        attempt_id = begin(session, cast_here.kari, BANK).id

    def save(number: int) -> None:
        with shared_database.transaction() as session:
            attempt = session.get_one(Attempt, attempt_id)
            services.save_answer(session, attempt, position=number + 1, keys=["b"], now=NOW)

    assert at_once(save, 10) == [None] * 10
    with shared_database.reading() as session:
        assert queries.paper(session, attempt_id).answered == 10


def test_the_same_bank_published_twice_at_once_is_stored_once(shared_database: Database, cast_here: Cast) -> None:
    bank = questions(60)

    def register(_number: int) -> None:
        with shared_database.transaction() as session:
            publish(session, bank, name="ny")

    assert at_once(register) == [None] * THREADS
