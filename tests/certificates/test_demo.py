"""`lms demo`: a small Norway in an empty database, told by the real services; never in one that has people."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certificates import programmes_on_file
from certificates.demo.story import PASSWORD, SIGN_INS
from certificates.queries import checks
from certificates.queries.register import Wanted, count_states, register
from certificates.status import State
from courses.drafts import Draft
from courses.outcomes import Step, report
from courses.publishing import publish
from courses.queries import items, standards
from courses.queries import outcomes as gains
from lms import audit
from lms.app import GROUND
from lms.cli import make_cli
from lms.clock import FrozenClock, local_date
from lms.db import Database
from lms.people import Person
from lms.units import Unit, UnitKind
from lms.viewer import Reach
from quizzes.angoff import Recommendation, Stage
from quizzes.models import ExtraTime
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
        _the_tests_have_been_measured(session, local_date(clock.now()))
    assert {row[0]: row[1] for row in kinds} == {UnitKind.NATIONAL: 1, UnitKind.REGIONAL: 5, UnitKind.LOCAL: 13}
    wanted = {State.VALID, State.EXPIRING, State.IN_GRACE, State.LAPSED, State.SUSPENDED, State.REVOKED}
    assert wanted <= set(count_states(entries))
    for who, address in SIGN_INS.items():
        assert address in done.output
        browser = Browser(app).sign_in(address, PASSWORD)
        assert browser.get("/").status_code == 200, who
    _a_check_shows_what_stayed(
        database, Browser(app).sign_in(SIGN_INS["instruktør"], PASSWORD), local_date(clock.now())
    )
    _a_judge_has_something_left(Browser(app).sign_in(SIGN_INS["opplæringsansvarlig"], PASSWORD))
    again = demo(app)
    assert again.exit_code == 1
    assert demo(app, "--if-empty").exit_code == 0


def _the_tests_have_been_measured(session: Session, today: date) -> None:
    """What the pages about the tests need to have something to show: enough people, and some groups too small."""
    course = "startopplaering"
    group = checks.group_of(session, programmes_on_file.main_programme(), language="nb")
    assert {months for months, _objective in group.means} == {3, 12, 24}
    assert len(standards.facilities(session, course)) >= 20, "questions that more than thirty have answered"

    (finished,) = standards.rounds_of(session, course)
    assert finished.stage is Stage.CLOSED
    assert isinstance(finished.result, Recommendation)
    assert finished.result.standard_error < finished.first.standard_error  # type: ignore[union-attr]
    assert len(finished.decisions) == 1
    (running,) = standards.rounds_of(session, "resertifisering")
    assert running.stage is Stage.SECOND

    (withdrawn,) = items.withdrawn_lines(session, bank=course)
    assert withdrawn.recomputed > 100
    assert withdrawn.gained > 0
    (proposal,) = items.proposal_lines(session, bank=course)
    assert proposal.question_id != withdrawn.withdrawn.question_id

    outcomes = gains.outcomes_in(session, Reach(everywhere=True), course).outcomes
    partings = {parting.step: parting for parting in report(outcomes, ()).partings}
    assert len(partings[Step.REGION].parts) == 5
    assert partings[Step.SEMINAR].parts
    assert not partings[Step.SEMINAR].is_whole

    given = session.scalars(select(ExtraTime)).all()
    assert [(one.percent, local_date(one.given_at) < today) for one in given] == [(50, True)]


def _a_check_shows_what_stayed(database: Database, browser: Browser, today: date) -> None:
    """Two checks are answered and drawn over time, the third waits."""
    page = browser.get("/kunnskapssjekk").get_data(as_text=True)
    assert "<svg" in page
    with database.reading() as session:
        person = session.scalars(select(Person).where(Person.email == SIGN_INS["instruktør"])).one()
        offers = checks.offers_of(session, programmes_on_file.main_programme(), person.id, on=today)
    assert [(one.months, one.submitted_on is not None) for one in offers] == [(24, False), (12, True), (3, True)]


def _a_judge_has_something_left(browser: Browser) -> None:
    assert "Resertifisering" in browser.get("/").get_data(as_text=True)


def test_a_database_that_has_people_is_left_alone(app: Flask, database: Database, people: Cast) -> None:
    assert demo(app).exit_code == 1
    quiet = demo(app, "--if-empty")
    assert quiet.exit_code == 0
    assert "deltaker@demo.example" not in quiet.output
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 10
