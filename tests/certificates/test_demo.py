"""`lms demo`: a small Norway in an empty database, told by the real services; never in one that has people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from certificates import programmes_on_file
from certificates.demo.story import PASSWORD, SIGN_INS
from certificates.queries.register import Wanted, count_states, register
from certificates.status import State
from courses.drafts import Draft
from courses.publishing import publish
from lms import audit
from lms.app import GROUND
from lms.cli import make_cli
from lms.clock import FrozenClock, local_date
from lms.db import Database
from lms.people import Person
from lms.units import Unit, UnitKind
from lms.viewer import Reach
from tests.cast import Cast
from tests.clients import Browser
from wsgi import FEATURES


def demo(app: Flask, *arguments: str):  # type: ignore[no-untyped-def]
    return app.test_cli_runner().invoke(make_cli(lambda: app, (*FEATURES, GROUND)), ["demo", *arguments])


@pytest.mark.parametrize("days_later", [0, 101])
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_small_norway_in_every_state(
    app: Flask, database: Database, clock: FrozenClock, shipped: tuple[Draft, ...], days_later: int
) -> None:
    clock.instant += timedelta(days=days_later)
    with database.transaction() as session:
        for draft in shipped:
            publish(session, draft.compiled, draft.assets, published_by=None, now=clock.now())
    done = demo(app)
    assert done.exit_code == 0, done.output
    with database.reading() as session:
        assert 180 <= (session.scalar(select(func.count()).select_from(Person)) or 0) <= 260
        kinds = session.execute(select(Unit.kind, func.count()).group_by(Unit.kind)).all()
        entries = register(
            session,
            Reach(everywhere=True),
            programmes_on_file.main_programme().id,
            Wanted(),
            on=local_date(clock.now()),
        )
        assert audit.verify(session) == []
    assert {row[0]: row[1] for row in kinds} == {UnitKind.NATIONAL: 1, UnitKind.REGIONAL: 5, UnitKind.LOCAL: 13}
    wanted = {State.VALID, State.EXPIRING, State.IN_GRACE, State.LAPSED, State.SUSPENDED, State.REVOKED}
    assert wanted <= set(count_states(entries))
    for who, address in SIGN_INS.items():
        assert address in done.output
        browser = Browser(app).sign_in(address, PASSWORD)
        assert browser.get("/").status_code == 200, who
    again = demo(app)
    assert again.exit_code == 1
    assert demo(app, "--if-empty").exit_code == 0


def test_a_database_that_has_people_is_left_alone(app: Flask, database: Database, people: Cast) -> None:
    assert demo(app).exit_code == 1
    quiet = demo(app, "--if-empty")
    assert quiet.exit_code == 0
    assert "deltaker@demo.example" not in quiet.output
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 10
