"""`lms nightly --at DATE --dry-run`: any night rehearsed, to the last mail, and nothing changed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from lms import jobs as ground
from lms.app import GROUND
from lms.cli import make_cli
from lms.clock import FrozenClock, at_local
from lms.db import Base, Database
from lms.outbox import DAYTIME_HOURS, OutboxMail, RehearsedMail, leaves_at
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.factories import TODAY
from tests.certificates.test_planned_nights import country as country  # noqa: PLC0414 - the fixture
from tests.transports import KeptMail
from wsgi import FEATURES

Lms = Callable[..., Result]
NIGHTS = [TODAY - timedelta(days=400), TODAY, TODAY + timedelta(days=8), date(2026, 12, 1), date(2027, 3, 28)]


@pytest.fixture
def lms(app: Flask) -> Lms:
    """Run `lms …` on the test's application."""
    group = make_cli(lambda: app, (*FEATURES, GROUND))
    return lambda *arguments: app.test_cli_runner().invoke(group, arguments)


def digest(database: Database) -> str:
    """A digest of every row of every table."""
    told = hashlib.sha256()
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            rows = sorted(repr(tuple(row)) for row in session.execute(select(table)))
            told.update(f"{table.name}:{rows}".encode())
    return told.hexdigest()


@pytest.mark.parametrize("day", NIGHTS)
def test_a_rehearsal_changes_nothing_in_the_whole_database(
    lms: Lms, database: Database, country: dict[str, int], outbox_transport: KeptMail, day: date
) -> None:
    before = digest(database)
    done = lms("nightly", "--at", day.isoformat(), "--dry-run", "--verbose", "--names")
    assert done.exit_code == 0, done.output
    assert digest(database) == before
    assert outbox_transport.sent == []
    assert country


def rehearsed(app: Flask, day: date) -> list[RehearsedMail]:
    return [mail for job in ground.all_jobs(app) for mail in ground.rehearse_job(app, job, now=at_local(day, 5))[1]]


@pytest.mark.parametrize("day", [TODAY, date(2026, 12, 1)])
def test_what_is_rehearsed_is_what_the_night_then_writes(
    app: Flask, database: Database, country: dict[str, int], day: date
) -> None:
    told = Counter((mail.name, mail.person_id, mail.subject) for mail in rehearsed(app, day))
    numbers = {job.name: ground.rehearse_job(app, job, now=at_local(day, 5))[0] for job in ground.all_jobs(app)}
    for job in ground.all_jobs(app):
        assert ground.run_job(app, job, now=at_local(day, 5)) == numbers[job.name], job.name
    with database.reading() as session:
        sent = session.scalars(select(OutboxMail).where(OutboxMail.created_at == at_local(day, 5))).all()
    assert told == Counter((mail.name, mail.person_id, mail.subject) for mail in sent)
    assert {name for name, _person, _subject in told} >= {"reminder", "reminder_digest", "certificate_issued"}
    assert country


def test_numbers_first_whom_on_request_and_names_only_when_asked_for(
    lms: Lms, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        factories.give_certificate(session, people.geir, valid_from=date(2024, 3, 1))
    plain = lms("nightly", "--at", "2026-12-01", "--dry-run").output
    assert "remind: sent=1, failed=0" in plain
    assert "outbox: waiting=0, written=2, leave_in_the_morning=2" in plain
    listed = lms("nightly", "--at", "2026-12-01", "--dry-run", "--verbose").output
    assert f"  01.12.2026 kl. 06.00  reminder  person {people.geir}\n" in listed
    assert "Geir" not in listed and "@" not in listed
    named = lms("nightly", "--at", "2026-12-01", "--dry-run", "--verbose", "--names").output
    assert f"reminder  person {people.geir} (Geir Ødegård <geir@cast.example>): Sertifikatet ditt gjelder" in named
    for wrong in (("--verbose",), ("--dry-run", "--names")):
        assert lms("nightly", *wrong).exit_code == 2


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2026, 10, 25), TODAY], ids=["forward", "back", "ordinary"])
def test_what_is_decided_before_six_leaves_at_six_in_oslo_also_when_the_clocks_change(
    app: Flask, database: Database, people: Cast, clock: FrozenClock, outbox_transport: KeptMail, day: date
) -> None:
    with database.transaction() as session:
        factories.give_certificate(session, people.geir, valid_from=date(2024, 3, 1))
    remind = next(job for job in ground.all_jobs(app) if job.name == "remind")
    decided = at_local(day, 4, 45)
    (mail,) = ground.rehearse_job(app, remind, now=decided)[1]
    assert mail.leaves_at == at_local(day, 6)
    ground.run_job(app, remind, now=decided)
    for instant, gone in (
        (decided, 0),
        (at_local(day, 6) - timedelta(seconds=1), 0),
        (at_local(day, 6), 1),
    ):
        clock.instant = instant
        ground.send_mail(app)
        assert len(outbox_transport.sent) == gone, instant


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2026, 10, 25)])
def test_mails_leave_only_between_six_and_eighteen_every_quarter_of_a_night_of_changing_clocks(day: date) -> None:
    start = at_local(day - timedelta(days=1), 12)
    for quarter in range(4 * 48):
        due = start + timedelta(minutes=15 * quarter)
        leaves = leaves_at(due, daytime_only=True)
        assert leaves.astimezone(at_local(day, 12).tzinfo) >= due
        hour = leaves.astimezone(ground.OSLO).hour
        assert hour in DAYTIME_HOURS
        assert leaves == due or (hour, leaves.astimezone(ground.OSLO).minute) == (6, 0)
        assert leaves - due <= timedelta(hours=13), "from 18 to 6, and one more in autumn"
        assert leaves_at(due, daytime_only=False) == due
