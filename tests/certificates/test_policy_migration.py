"""Versions of programmes through the migration: a text that came back keeps its number and its words, down and up."""

from __future__ import annotations

from sqlalchemy import select, text

from certificates.models.programmes import ProgrammeVersion
from lms import migrate
from lms.db import Database
from tests.certificates.policies import LONGER, SHIPPED, put_in_force

BEFORE = "20261123_decisions"


def test_a_text_that_came_back_survives_the_way_down_and_up(shared_database: Database) -> None:
    for each in (LONGER, SHIPPED, LONGER):
        put_in_force(shared_database, each)
    migrate.downgrade(shared_database, BEFORE)
    with shared_database.engine.connect() as connection:
        rows = connection.execute(text("SELECT number, digest, source FROM programme_version ORDER BY number")).all()
    assert [row.source for row in rows] == [each.source for each in (SHIPPED, LONGER, SHIPPED, LONGER)]
    assert len({row.digest for row in rows}) == 4
    migrate.upgrade(shared_database)
    with shared_database.reading() as session:
        versions = session.scalars(select(ProgrammeVersion).order_by(ProgrammeVersion.number)).all()
    assert [each.digest for each in versions] == [each.digest for each in (SHIPPED, LONGER, SHIPPED, LONGER)]
    assert {(each.accepted_by, each.note) for each in versions} == {(None, "")}
