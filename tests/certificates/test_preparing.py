"""Reminders towards part 2: to those who lack visits, 14 and 5 days before; to mentors after a week; each once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from certificates import jobs as certificates_jobs
from courses.jobs.visits import REMIND_MENTORS
from courses.models.visits import VisitsReminder
from courses.seminars import days_of
from courses.services import mentor_links, seminars, visits
from courses.visits import ModuleKind, stage_before_part_2
from lms import jobs as ground
from lms.app import build_app
from lms.clock import FrozenClock, at_local
from lms.config import Settings
from lms.db import Database
from lms.features import Job
from lms.outbox import OutboxMail
from lms.people import Person
from tests import cast
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.factories import PART_1
from tests.courses import fieldwork
from tests.courses.test_visit_states import WRITTEN
from tests.transports import KeptMail
from wsgi import FEATURES

VISITS = next(job for job in certificates_jobs.JOBS if job.name == "remind_before_part_2")
PART_2 = (date(2026, 12, 1), date(2026, 12, 2))
FOURTEEN, FIVE = PART_2[0] - timedelta(days=14), PART_2[0] - timedelta(days=5)


def night(app: Flask, job: Job, on: date, *, rehearse: bool = False) -> dict[str, int]:
    return dict(ground.run_job(app, job, now=at_local(on, 5), rehearse=rehearse))


def mails(database: Database, name: str = "visits_missing") -> list[OutboxMail]:
    with database.reading() as session:
        return list(session.scalars(select(OutboxMail).where(OutboxMail.name == name).order_by(OutboxMail.id)))


def between_the_parts(database: Database, people: Cast, *, visits_made: int = 0) -> int:
    """Kari has been through part 1 and has a seat in part 2, with so many confirmed visits; the seminar's id."""
    parts = {1: PART_1, 2: PART_2}
    factories.study(database, people.kari)
    seminar = fieldwork.plan(
        database, people.nord, now=at_local(factories.STARTED, 9), days=days_of(parts), seated=[people.kari]
    )
    for day_id, day in zip(fieldwork.day_ids(database, seminar.id), PART_1, strict=False):
        fieldwork.attend(database, day_id, {people.kari: True}, by=people.tone, now=at_local(day, 16))
    for number in range(visits_made):
        make_visit(database, people, date(2026, 10, 20 + number))
    return seminar.id


def make_visit(
    database: Database, people: Cast, on: date, module: ModuleKind = ModuleKind.MUSKEL_SKJELETT, *, by: int = 0
) -> None:
    report = fieldwork.a_visit(on=on, modules=[module], mentor_id=people.mons)
    with database.transaction() as session:
        visits.record_visit(session, person_id=people.kari, report=report, by=by or people.tone, now=at_local(on, 15))


@pytest.mark.parametrize(
    ("days", "sent", "stage"),
    [
        (15, (), None),
        (14, (), 14),
        (14, (14,), None),
        (6, (), 14),
        (5, (14,), 5),
        (5, (), 5),
        (1, (5,), None),
        (1, (), 5),
        (0, (), None),
        (-3, (), None),
    ],
)
def test_each_stage_has_its_days_and_only_the_newest_is_sent(days: int, sent: tuple[int, ...], stage: object) -> None:
    assert stage_before_part_2(PART_2[0], sent=sent, today=PART_2[0] - timedelta(days=days)) == stage


def test_who_lacks_visits_is_told_twice_however_often_the_night_is_run(
    app: Flask, database: Database, people: Cast
) -> None:
    between_the_parts(database, people)
    assert night(app, VISITS, FOURTEEN - timedelta(days=1)) == {"sent": 0, "failed": 0}
    for day, count in ((FOURTEEN, 1), (FOURTEEN, 1), (FIVE - timedelta(days=1), 1), (FIVE, 2), (PART_2[0], 2)):
        night(app, VISITS, day)
        assert len(mails(database)) == count
    first = mails(database)[0]
    assert (first.person_id, first.daytime_only) == (people.kari, True)
    assert "muskel og skjelett, psykisk helse" in first.text
    assert "/hospitering" in first.text


def test_the_mail_says_what_this_very_person_lacks(app: Flask, database: Database, people: Cast) -> None:
    between_the_parts(database, people, visits_made=2)  # both on the same module
    night(app, VISITS, FOURTEEN)
    assert "psykisk helse" in mails(database)[0].text
    assert "muskel" not in mails(database)[0].text
    make_visit(database, people, date(2026, 11, 20), ModuleKind.PSYKISK_HELSE, by=people.kari)
    night(app, VISITS, FIVE)
    assert "bekreft" in mails(database)[1].text.split("begynner")[1]


def test_who_has_done_it_hears_nothing(app: Flask, database: Database, people: Cast) -> None:
    between_the_parts(database, people, visits_made=1)
    make_visit(database, people, date(2026, 11, 3), ModuleKind.PSYKISK_HELSE)
    assert night(app, VISITS, FOURTEEN) == {"sent": 0, "failed": 0}
    assert night(app, VISITS, FIVE) == {"sent": 0, "failed": 0}


@pytest.mark.parametrize("gone", ["left", "unseated", "rehearsed"])
def test_who_has_left_or_lost_the_seat_hears_nothing_and_a_rehearsal_sends_nothing(
    app: Flask, database: Database, people: Cast, gone: str
) -> None:
    seminar = between_the_parts(database, people)
    with database.transaction() as session:
        kari = session.get_one(Person, people.kari)
        if gone == "left":
            kari.deactivated_at = at_local(FOURTEEN, 1)
    if gone == "unseated":
        for day_id in fieldwork.day_ids(database, seminar)[:3]:
            fieldwork.attend(database, day_id, {people.kari: False}, by=people.tone, now=at_local(FOURTEEN, 1))
        with app.test_request_context(), database.transaction() as session:
            kari = session.get_one(Person, people.kari)
            seminars.unseat_person(session, seminar_id=seminar, person=kari, by=people.tone, now=at_local(FOURTEEN, 2))
    night(app, VISITS, FOURTEEN, rehearse=gone == "rehearsed")
    assert mails(database) == []
    with database.reading() as session:
        assert session.scalars(select(VisitsReminder)).all() == []


def test_a_mentor_is_reminded_by_the_night_once_and_not_of_what_is_answered(
    app: Flask, database: Database, people: Cast
) -> None:
    told = at_local(date(2026, 11, 2), 21)
    with app.test_request_context(), database.transaction() as session:
        for company in ("Første", "Andre"):
            report = fieldwork.a_visit(on=date(2026, 11, 2), company=company, mentor_id=people.mons)
            visit = visits.plan_visit(session, person_id=people.kari, report=report, now=told)
            mentor_links.hand_in(session, visit_id=visit.id, notes=WRITTEN, by=people.kari, now=told)
        visits.confirm_visit(session, visit_id=visit.id, by=people.mons, now=told)
    for day, count in ((8, 2), (9, 3), (9, 3), (20, 3)):
        assert night(app, REMIND_MENTORS, date(2026, 11, day))["failed"] == 0
        assert len(mails(database, "visit_confirmation")) == count
    assert "Første" in mails(database, "visit_confirmation")[2].text


@pytest.mark.slow
def test_two_machines_at_once_remind_once(shared_database: Database, settings: Settings) -> None:
    database = shared_database
    app = build_app(
        settings, FEATURES, clock=FrozenClock(at_local(FOURTEEN, 5)), transport=KeptMail(), database=database
    )
    with database.transaction() as session:
        people = cast.assemble(session)
    between_the_parts(database, people)
    together = Barrier(3)

    def run(_machine: int) -> int:
        together.wait()
        return night(app, VISITS, FOURTEEN)["sent"]

    with ThreadPoolExecutor(3) as threads:
        assert sum(threads.map(run, range(3))) == 1
    assert len(mails(database)) == 1
