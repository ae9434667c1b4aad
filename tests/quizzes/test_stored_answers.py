"""Answers as they are stored: those of older databases come along, both ways, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from lms import migrate
from lms.db import Database
from quizzes import queries, services
from quizzes.models import AttemptItem, QuestionVersion
from tests import cast
from tests.cast import Cast
from tests.quizzes.factories import NOW, begin, one_of_each, publish, questions

BEFORE = "20261122_certificates"
NEWER_ANSWERS = {
    "q-matching": ["a=b", "b=c"],
    "q-ordering": ["a=1", "b=4"],
    "q-numeric": ["1 000,5"],
    "q-short": ["ab"],
}


@pytest.fixture
def there_and_back(shared_database: Database) -> Iterator[Database]:
    """A database that is left at the newest migration."""
    yield shared_database
    migrate.upgrade(shared_database)


def raw(database: Database) -> dict[int, Any]:
    """What stands in the column, by position; JSON as text, with its blanks taken out."""
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT position, CAST(response AS VARCHAR) FROM attempt_item")).all()
    return {position: value if value is None else str(value) for position, value in rows}


def test_older_answers_become_lists_and_lists_become_older_answers(there_and_back: Database) -> None:
    database = there_and_back
    bank = questions(20)
    with database.transaction() as session:
        publish(session, bank)
        people = cast.assemble(session)
        attempt_id = begin(session, people.kari, bank).id
    migrate.downgrade(database, BEFORE)
    older = {1: "a", 2: "abc", 3: "", 4: None}
    with database.engine.execution_options(lms_writes=True).begin() as connection:
        for position, value in older.items():
            connection.execute(
                text("UPDATE attempt_item SET response = :v WHERE position = :p"), {"v": value, "p": position}
            )
    migrate.upgrade(database)
    with database.reading() as session:
        items = session.scalars(select(AttemptItem).where(AttemptItem.attempt_id == attempt_id)).all()
        assert {one.position: one.response for one in items if one.position < 5} == {
            1: ["a"],
            2: ["a", "b", "c"],
            3: [],
            4: None,
        }
        assert queries.paper(session, attempt_id).answered == 2
    assert raw(database)[4] is None, "a NULL, not a null of JSON"
    migrate.downgrade(database, BEFORE)
    assert {position: value for position, value in raw(database).items() if position < 5} == older


def test_answers_the_older_code_has_no_way_to_write_survive_going_down_and_up(there_and_back: Database) -> None:
    database = there_and_back
    bank = one_of_each()
    with database.transaction() as session:
        publish(session, bank)
        attempt = begin(session, cast.assemble(session).kari, bank, blueprint={"rygg": len(bank)})
        position_of = {name: at for at, name in _names(session, attempt.id).items()}
        for name, keys in {**NEWER_ANSWERS, "q-single": ["b"], "q-multiple": ["a", "c"]}.items():
            services.save_answer(session, attempt, position=position_of[name], keys=keys, now=NOW)
        before = _answers(session, attempt.id)
    migrate.downgrade(database, BEFORE)
    kept = raw(database)
    assert kept[position_of["q-multiple"]] == "ac"
    assert json.loads(kept[position_of["q-short"]]) == ["ab"], "not the options a and b"
    migrate.upgrade(database)
    with database.reading() as session:
        assert _answers(session, attempt.id) == before
        shown = {one.position: one for one in queries.paper(session, attempt.id).questions}
    assert shown[position_of["q-numeric"]].typed == "1 000,5"


def test_going_up_twice_with_many_answers_leaves_no_column_behind(there_and_back: Database) -> None:
    database = there_and_back
    for _ in range(2):
        migrate.downgrade(database, BEFORE)
        migrate.upgrade(database)
    columns = {column["name"]: column for column in inspect(database.engine).get_columns("attempt_item")}
    assert "response_before" not in columns
    assert columns["response"]["nullable"]


@pytest.mark.parametrize("keys", [["\x00"], ["\ud83d"], ["<b>"], ['"]'], ["«æøå»"], ["null"], ["[]"]])
def test_any_text_is_stored_and_comes_back(database: Database, people: Cast, keys: list[str]) -> None:
    bank = one_of_each()
    with database.transaction() as session:
        publish(session, bank)
        attempt = begin(session, people.kari, bank, blueprint={"rygg": len(bank)})
        position = next(at for at, name in _names(session, attempt.id).items() if name == "q-short")
        services.save_answer(session, attempt, position=position, keys=keys, now=NOW)
    with database.reading() as session:
        shown = next(one for one in queries.paper(session, attempt.id).questions if one.position == position)
    assert shown.typed == ("" if keys[0] in "\x00\ud83d" else keys[0])


def _names(session: Session, attempt_id: int) -> dict[int, str]:
    rows = session.execute(
        select(AttemptItem.position, QuestionVersion.question_id)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(AttemptItem.attempt_id == attempt_id)
    )
    return {position: str(name) for position, name in rows}


def _answers(session: Session, attempt_id: int) -> dict[int, list[Any] | None]:
    items = session.scalars(select(AttemptItem).where(AttemptItem.attempt_id == attempt_id))
    return {one.position: one.response for one in items}
