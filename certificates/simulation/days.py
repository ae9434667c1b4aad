"""The days and nights of a simulation, one after the other, each followed by its checks."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from certificates import jobs as nightly
from certificates.queries.programmes import main_programme
from certificates.simulation.acts import SERVICES, Acts, at_hours
from certificates.simulation.checks import Checks
from certificates.simulation.life import born
from certificates.simulation.oracle import DAY
from certificates.simulation.post import Killed
from certificates.simulation.weather import Weather, weather
from certificates.simulation.world import World
from lms import jobs
from lms.clock import at_local
from lms.web import CLOCK

STEPS = frozenset({"issue_due", "remind", "digest"})  # of the nightly steps, those that are about certificates
MORNING, EVENING = (6, 10), (16, 0)
LEASE_MINUTES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What is played: from a day through a day, whom (numbers from 1), with which dice."""

    start: date
    end: date
    seed: int
    numbers: tuple[int, ...]


@dataclass
class Play:
    """One run. `after_night` lets a test break something, to see that the checks find it."""

    world: World
    script: Script
    progress: Callable[[date], None] = lambda _day: None
    after_night: Callable[[Play, date], None] = lambda _play, _day: None
    weathers: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        with self.world.database.reading() as session:
            self.programme = main_programme(session)
        self.acts = Acts(self.world, self.programme)
        self.checks = Checks(self.world, self.programme, self.acts, self.script.seed)
        self.steps = [job for job in nightly.JOBS if job.name in STEPS]
        self.world.app.extensions[CLOCK] = self.world.clock
        regions = len(self.world.regions)
        for number in self.script.numbers:
            life = born(self.script.seed, number, self.script.start, self.script.end, regions)
            self.acts.agenda[life.joins].append((life, "join", ()))

    def run(self) -> None:
        """Every day from the first to the last."""
        logging.getLogger("lms").setLevel(logging.ERROR)
        day = self.script.start
        while day <= self.script.end:
            self.day(day)
            self.progress(day)
            day += DAY
        self.checks.at_the_end(self.script.end)

    def day(self, day: date) -> None:
        """One day: the night, the morning's mail, what people do, the evening's mail, the checks."""
        today = weather(self.script.seed, day)
        self._count(today)
        if not today.server:
            self.acts.postpone(day)
            self.checks.nothing_ran(day)
            return
        for night in today.nights:
            self._night(night)
        self.after_night(self, day)
        self.checks.after_night(day)
        self.world.post.down = not today.smtp
        self._send(at_local(day, *MORNING), today.killed_after)
        deeds = self.acts.due(day)
        self.acts.write_facts(deeds, day)
        with self._in_app():
            for life, deed, values in deeds:
                if deed in SERVICES:
                    self.acts.do(life, deed, values, at_hours(day, life))
        self._send(at_local(day, *EVENING), None)
        self.checks.after_day(day)
        if (day + DAY).day == 1:
            self.checks.after_month(day)

    def _night(self, now: datetime) -> None:
        self.world.clock.instant = now
        for job in self.steps:
            counts = jobs.run_job(self.world.app, job, now=now)
            self.acts.counts["failed in the night"] += counts["failed"]
            if counts["failed"]:
                self.checks.failed(job.name, now)

    def _send(self, now: datetime, killed_after: int | None) -> None:
        self.world.clock.instant = now
        self.world.post.killed_after = killed_after
        try:
            jobs.send_mail(self.world.app)
        except Killed:
            self.weathers["killed while sending"] += 1
            self.world.clock.instant = now + timedelta(minutes=LEASE_MINUTES)
            jobs.send_mail(self.world.app)
        self.checks.after_post()

    def _count(self, today: Weather) -> None:
        self.weathers["days"] += 1
        self.weathers["server down"] += not today.server
        self.weathers["smtp down"] += today.server and not today.smtp
        self.weathers["nights"] += len(today.nights) if today.server else 0
        self.weathers["clock behind or ahead"] += any(night.date() != today.day for night in today.nights)
        self.weathers["nights with a doubled or missing hour"] += (
            len({night.hour for night in today.nights} & {0, 1}) > 1
        )

    @contextmanager
    def _in_app(self) -> Iterator[None]:
        with self.world.app.test_request_context(base_url=self.world.app.config["BASE_URL"]):
            yield
