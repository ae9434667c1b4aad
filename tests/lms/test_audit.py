"""The audit chain notices every change, deletion, reordering and cut."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from lms import audit
from lms.audit import Breach
from lms.clock import FrozenClock
from lms.db import Database
from tests.tampering import tamper


def write(database: Database, clock: FrozenClock, count: int) -> None:
    for number in range(count):
        with database.transaction() as session:
            audit.record(
                session,
                actor_id=1,
                action="tested",
                subject=("person", number),
                details={"navn": "Åse «Ø»", "n": number},
                now=clock.now(),
            )
        clock.advance(seconds=1.000001)


def breaches(database: Database) -> list[Breach]:
    with database.reading() as session:
        return audit.verify(session)


def test_an_untouched_chain_is_whole(database: Database, clock: FrozenClock) -> None:
    write(database, clock, 5)
    assert breaches(database) == []


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE audit_entry SET details = '{}' WHERE number = 3", Breach(3, "changed")),
        ("UPDATE audit_entry SET actor_id = 2 WHERE number = 3", Breach(3, "changed")),
        ("DELETE FROM audit_entry WHERE number = 3", Breach(4, "missing")),
        ("DELETE FROM audit_entry WHERE number = 5", Breach(4, "tail")),
        ("DELETE FROM audit_entry", Breach(0, "tail")),
        ("UPDATE audit_entry SET number = 9 WHERE number = 2", Breach(3, "missing")),
    ],
)
def test_tampering_is_found_at_its_place(database: Database, clock: FrozenClock, tampering: str, found: Breach) -> None:
    write(database, clock, 5)
    tamper(database, tampering)
    assert found in breaches(database)


def test_many_writers_at_once_make_one_chain(shared_database: Database, clock: FrozenClock) -> None:
    threads = [threading.Thread(target=write, args=(shared_database, FrozenClock(clock.now()), 10)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert breaches(shared_database) == []
    with shared_database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM audit_entry")) == 60
