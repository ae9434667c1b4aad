"""Simulated lives: some years without a breach; and that the checks see it when something is broken on purpose."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import delete
from sqlalchemy.orm import Session

from certificates import jobs
from certificates.models.issued import Certificate, CertificateEvent
from certificates.models.reminders import Reminder
from certificates.queries import nights
from certificates.services import issuing, reminding
from certificates.simulation import life as lives
from certificates.simulation import oracle
from certificates.simulation.commands import simulate
from certificates.simulation.days import Play, Script
from certificates.simulation.life import Life
from certificates.simulation.oracle import Held
from certificates.simulation.post import Letter
from certificates.simulation.weather import weather
from certificates.simulation.world import made
from lms.clock import at_local
from lms.db import Database
from tests import cast
from tests.tampering import unguard
from wsgi import FEATURES

ROOT = Path(__file__).parents[2]
START = date(2034, 6, 1)  # 29 February 2036 and 19 January 2038 lie ahead
DAY = timedelta(days=1)


@contextmanager
def a_play(people: int, years: int, *, seed: int = 7, url: str | None = None) -> Iterator[Play]:
    numbers = tuple(range(1, people + 1))
    script = Script(start=START, end=START.replace(year=START.year + years) - DAY, seed=seed, numbers=numbers)
    with made(FEATURES, start=START, url=url) as world:
        yield Play(world=world, script=script)


@pytest.mark.slow
def test_four_years_of_thirty_lives_break_no_promise() -> None:
    with a_play(30, 4) as play:
        play.run()
        assert play.checks.report.breaches == []
        events, checked = play.acts.counts, play.checks.report.checked
        assert events["issued: first"] > 20
        assert events["issued: renewal"] > 3
        assert checked["reminders"] > 10
        assert checked["digests"] > 5
        assert checked["certificates replayed"] > 300
        assert play.weathers["server down"] > 10


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_some_lives_on_postgresql(database: Database) -> None:
    database.dispose()
    with a_play(10, 1, url=database.engine.url.render_as_string(hide_password=False)) as play:
        play.run()
        assert play.checks.report.breaches == []
        assert play.acts.counts["issued: first"] > 3


@pytest.mark.slow
def test_every_kind_of_fault_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """One run, in which each fault is done to somebody else."""
    monkeypatch.setattr(lives, "FATES", {"stop": 0.5, "window": 0.5})
    with a_play(16, 5) as play:
        faults = Faults(play)
        faults.plant(monkeypatch)
        play.run()
        named = {breach.rule for breach in play.checks.report.breaches}
        assert faults.done >= {"skipped", "sent again", "wrong date", "event lost", "passed over"}
        assert named >= {
            "lapsed without being told",
            "a stage twice",
            "wrong dates",
            "lost or added event",
            "not issued",
        }
        assert all(breach.person for breach in play.checks.report.breaches if breach.rule != "chain")


class Faults:
    """What is broken: a reminder skipped for who will lapse, one sent again, a date, an event, somebody passed over."""

    def __init__(self, play: Play) -> None:
        self.play, self.done, self.stopped = play, set[str](), False
        play.after_night = self.after_night

    def plant(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with self.play.world.database.transaction() as session:
            unguard(session)
        remind, add, to_issue = reminding.remind, issuing._add, nights.to_issue

        def skip(session: Session, programme: Any, id_: int, **values: Any) -> Any:
            life, _held = self.play.checks.by_certificate[id_]
            if life.fate == "stop":
                self.done.add("skipped")
                return None
            return remind(session, programme, id_, **values)

        def a_day_more(session: Session, *values: Any, **named: Any) -> Certificate:
            certificate = add(session, *values, **named)
            if "wrong date" not in self.done:
                self.done.add("wrong date")
                certificate.valid_through += DAY
                session.flush()
            return certificate

        def pass_over(session: Session, programme: Any, **values: Any) -> list[int]:
            found = to_issue(session, programme, **values)
            if found:
                self.done.add("passed over")
            return []

        monkeypatch.setattr(jobs, "remind", skip)
        monkeypatch.setattr(issuing, "_add", a_day_more)
        monkeypatch.setattr(jobs, "to_issue", pass_over)

    def after_night(self, play: Play, day: date) -> None:
        holder = next((life for life in play.acts.lives.values() if life.held and not life.gone), None)
        if holder is not None and not self.stopped:
            play.acts.plan(holder, [(day + 3 * DAY, "decide", ("suspended", 0))], day)
            self.stopped = True
        told = next((id_ for id_, told in play.checks.told.items() if told.accepted), None)
        decided = next((held for life in play.acts.lives.values() for held in life.held if held.events), None)
        with play.world.database.transaction() as session:
            if told is not None and "sent again" not in self.done:
                session.execute(delete(Reminder).where(Reminder.certificate_id == told))
                self.done.add("sent again")
            if decided is not None and "event lost" not in self.done:
                gone = CertificateEvent.certificate_id == decided.id, CertificateEvent.kind != "issued"
                session.execute(delete(CertificateEvent).where(*gone))
                self.done.add("event lost")


@pytest.fixture
def checked() -> Iterator[tuple[Play, Life, Held]]:
    """A play that has not begun, with one person whose certificate is near its end."""
    with a_play(1, 1) as play:
        held = Held(cycle=1, valid_from=date(2031, 9, 1), issued_on=date(2031, 9, 1), id=1, number="2031-1", code="x")
        life = Life(number=1, dice=random.Random(1), region=0, joins=START, id=99, name="Kari", held=[held])  # noqa: S311
        play.checks.by_certificate[1] = life, held
        yield play, life, held


def letter(on: date, hour: int = 8, name: str = "<a>", *, accepted: bool = True) -> Letter:
    return Letter(message_id=name, address="p@arbeid.example", at=at_local(on, hour), accepted=accepted)


def rules(play: Play) -> list[str]:
    return [breach.rule for breach in play.checks.report.breaches]


def test_a_reminder_in_time_breaks_nothing_and_a_second_copy_of_the_same_message_neither(
    checked: tuple[Play, Life, Held],
) -> None:
    play, _life, held = checked
    for _ in range(2):
        play.checks._reminded(1, "opened", letter(held.window_opens))
    assert rules(play) == []


def test_a_stage_twice_too_early_and_at_night_is_named(checked: tuple[Play, Life, Held]) -> None:
    play, _life, held = checked
    play.checks._reminded(1, "days_7", letter(held.window_opens))
    play.checks._reminded(1, "opened", letter(held.window_opens))
    play.checks._reminded(1, "opened", letter(held.window_opens + DAY, hour=5, name="<b>"))
    assert rules(play) == ["reminded at the wrong time", "a stage twice", "reminded at night"]


def test_a_reminder_to_somebody_gone_renewed_or_revoked_is_named(checked: tuple[Play, Life, Held]) -> None:
    play, life, held = checked
    life.gone = True
    held.events.append(("revoked", START))
    life.held.append(Held(cycle=2, valid_from=date(2034, 9, 1), issued_on=START))
    play.checks._reminded(1, "opened", letter(held.window_opens))
    assert rules(play) == ["reminded in vain"] * 3


def test_two_valid_certificates_and_a_state_that_differs_are_named(checked: tuple[Play, Life, Held]) -> None:
    play, life, _held = checked
    play.checks._one(life, {1: "valid", 2: "expiring"}, START)
    assert rules(play) == ["state", "two valid certificates"]


def test_a_certificate_nobody_had_a_right_to_is_named(checked: tuple[Play, Life, Held]) -> None:
    play, life, _held = checked
    row = Certificate(number="2034-1", cycle=2, issued_on=START)
    play.checks._was_due(life, row, START)
    assert rules(play) == ["issued without every requirement met"]


def test_a_lapse_is_broken_by_a_stage_that_reached_nobody_unless_they_had_left(
    checked: tuple[Play, Life, Held],
) -> None:
    play, life, held = checked
    day = held.grace_through + DAY
    for stage, first, _last in oracle.stage_days(held)[:-1]:
        play.checks._reminded(1, stage, letter(first, name=f"<{stage}>"))
    play.checks._lapsed(life, held, day)
    assert rules(play) == ["lapsed without being told"]
    life.absences.append([held.valid_through, None])
    play.checks._lapsed(life, held, day)
    assert len(rules(play)) == 1


def test_a_refusal_counts_as_told_only_while_the_unit_sees_it(checked: tuple[Play, Life, Held]) -> None:
    play, life, held = checked
    for stage, first, _last in oracle.stage_days(held):
        play.checks._reminded(1, stage, letter(first, accepted=stage != "days_30"))
    play.checks._lapsed(life, held, held.grace_through + DAY)
    assert rules(play) == ["lapsed without being told"]


def test_the_weather_is_the_same_for_everybody_and_doubles_the_hour_twice_a_year() -> None:
    year = [weather(3, date(2037, 1, 1) + number * DAY) for number in range(365)]
    assert year == [weather(3, date(2037, 1, 1) + number * DAY) for number in range(365)]
    doubled = [each.day for each in year if {0, 1} <= {night.hour for night in each.nights}]
    assert doubled == [date(2037, 3, 29), date(2037, 10, 25)]
    assert any(not each.server for each in year)


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`lms simulate` in a process of its own."""
    environment = {**os.environ, "LMS_DATA_DIR": str(folder), "LMS_SECRET_KEY": "s" * 40}
    run = [sys.executable, "-c", "import wsgi; wsgi.main()", "simulate", *arguments]
    return subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_command_plays_in_two_shards_and_tells_it_in_json(tmp_path: Path) -> None:
    played = command(tmp_path, "--years", "1", "--instructors", "4", "--shards", "2", "--seed", "5", "--json")
    assert played.returncode == 0, played.stderr[-2000:]
    told = json.loads(played.stdout)
    assert (told["instructors"], told["shards"], told["breaches"]) == (4, 2, 0)
    assert told["events"]["join"] == 4
    assert told["weather"]["days"] == 365
    assert "1/2 2029-12" in played.stderr
    assert list(tmp_path.iterdir()) == []  # the installation's own database was not even opened


def test_the_command_never_plays_in_the_database_of_the_installation(app: Flask) -> None:
    with app.app_context():
        url = app.extensions["lms.settings"].database_url
        refused = CliRunner().invoke(simulate, ["--database", url, "--years", "1", "--instructors", "1"])
    assert refused.exit_code == 1
    assert "egen, tom database" in refused.output


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_command_never_plays_where_there_are_people(app: Flask, shared_database: Database) -> None:
    with shared_database.transaction() as session:
        cast.assemble(session)
    with app.app_context():
        arguments = ["--database", shared_database.url, "--years", "1", "--instructors", "1"]
        refused = CliRunner().invoke(simulate, arguments)
    assert refused.exit_code == 1
    assert "Det finnes folk" in refused.output
