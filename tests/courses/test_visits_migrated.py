"""Visits from before they had states: they stay, they count as before, and the way back loses no confirmed one."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask
from sqlalchemy import text

from courses.queries import fieldwork
from courses.queries import visits as queries
from courses.services import mentor_links
from courses.services import visits as services
from courses.services.visits import Said
from courses.visits import Standing
from lms import migrate
from lms.app import build_app
from lms.clock import FrozenClock
from lms.config import Settings
from lms.db import Database
from tests import cast
from tests.courses.fieldwork import NOW, a_visit
from tests.courses.test_visit_states import WRITTEN
from tests.transports import KeptMail
from wsgi import FEATURES

BEFORE = "20261122_assessment_rounds"
OLD = """
INSERT INTO observation_visit
(person_id, on_date, company, modules, mentor_id, mentor_name, note, recorded_by, recorded_at, confirmed_by,
 confirmed_at)
VALUES (:person, '2026-11-20', :company, '["psykisk_helse"]', :mentor, 'Mons', '', :person, :at, :by, :when)
"""


def old_rows(database: Database) -> list[tuple[str, bool]]:
    with database.reading() as session:
        rows = session.execute(text("SELECT company, confirmed_at FROM observation_visit ORDER BY company"))
        return [(row[0], row[1] is not None) for row in rows]


def test_old_visits_count_as_before_and_wait_as_before(shared_database: Database) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
    migrate.downgrade(shared_database, BEFORE)
    at = "2026-11-21 10:00:00"
    with shared_database.transaction() as session:
        for company, by in (("Bekreftet", people.mons), ("Venter", None)):
            values = {"person": people.kari, "mentor": people.mons, "company": company, "at": at, "by": by}
            session.execute(text(OLD), {**values, "when": at if by else None})
    migrate.upgrade(shared_database)
    with shared_database.transaction() as session:
        facts = {fact.company: fact for fact in fieldwork.visits_of(session, [people.kari])[people.kari]}
        assert [facts[name].confirmed for name in ("Bekreftet", "Venter")] == [True, False]
        assert fieldwork.mentors_of(session, [people.kari]) == {people.kari: frozenset({people.mons})}
        standings = {line.company: line.standing for line in queries.own_visits(session, people.kari)}
        assert standings == {"Bekreftet": Standing.CONFIRMED, "Venter": Standing.WAITING}
        assert services.confirm_visit(session, visit_id=facts["Venter"].id, by=people.tone, now=NOW)


def test_the_way_back_keeps_what_was_reported_and_asks_again_for_what_a_link_confirmed(
    shared_database: Database, settings: Settings
) -> None:
    database = shared_database
    app: Flask = build_app(settings, FEATURES, clock=FrozenClock(NOW), transport=KeptMail(), database=database)
    with database.transaction() as session:
        people = cast.assemble(session)

    def told(company: str) -> int:
        report = replace(a_visit(company=company), mentor_address="ase@vest.example")
        visit = services.plan_visit(session, person_id=people.kari, report=report, now=NOW)
        mentor_links.hand_in(session, visit_id=visit.id, notes=WRITTEN, by=people.kari, now=NOW)
        return visit.id

    with app.test_request_context(), database.transaction() as session:
        planned = services.plan_visit(session, person_id=people.kari, report=a_visit(company="Planlagt"), now=NOW)
        services.propose_to(session, planned, partner_id=people.geir, now=NOW)
        by_link = Said(by_id=None, name="Åse", address="ase@vest.example")
        services.confirm_as(session, visit_id=told("Via lenke"), said=by_link, now=NOW)
        services.confirm_visit(session, visit_id=told("Bekreftet"), by=people.mons, now=NOW)
        told("Venter")
        services.strike_out(session, visit_id=told("Strøket"), by=people.kari, now=NOW)
        services.send_back(session, visit_id=told("Tilbake"), said=by_link, comment="x", now=NOW)
    migrate.downgrade(database, BEFORE)
    assert old_rows(database) == [("Bekreftet", True), ("Venter", False), ("Via lenke", False)]
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM outbox_mail WHERE person_id IS NULL")) == 0
    migrate.upgrade(database)
    assert old_rows(database) == [("Bekreftet", True), ("Venter", False), ("Via lenke", False)]
