"""Nights that are killed: two workers write and send at once, and are killed with SIGKILL at random points.

A night is run until nobody is killed any more. Then every mail that was planned for it must have been written once and
taken by a real SMTP server; one that was taken twice must bear the same Message-ID and must have been claimed anew,
which only happens after a worker died between handing it over and marking it: the one window SMTP leaves open.
Time chooses the points; no verdict rests on it.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from certificates.jobs import JOBS
from certificates.models.reminders import DigestSent, Reminder
from certificates.planned import MailKind, digest_target, reminder_target, span_from
from certificates.programme import Stage
from certificates.queries.planned import Whose, plan
from lms import jobs
from lms.app import build_app
from lms.clock import FrozenClock, at_local, local_date
from lms.config import read_settings
from lms.db import Database
from lms.mail import SmtpTransport
from lms.outbox import LEASE, MailState, OutboxMail
from lms.viewer import Reach
from tests import cast
from tests.certificates import factories
from tests.mail_server import MailServer
from wsgi import FEATURES

FIRST_NIGHT = date(2026, 11, 23)
BEGAN = date(2024, 3, 1)  # through 28.02.2027: whoever gets it now is due a reminder the next night
HOLDERS_A_NIGHT = 24
ROUNDS_A_NIGHT = 3  # of two kills each; then one that nobody disturbs
WORKERS = 2
NIGHT_SECONDS = 3.0  # from when on a kill may come, as a first guess; measured afterwards


@dataclass
class Outcome:
    """What became of some killed nights. `breaches` must be empty."""

    kills: int = 0
    nights: int = 0
    mails: int = 0
    taken_twice: int = 0
    breaches: list[str] = field(default_factory=list)


class Struck(MailServer):
    """Kills a process the moment it has taken so many mails, before it says so: in the window itself."""

    def __init__(self) -> None:
        super().__init__()
        self.strike: Callable[[], None] = lambda: None
        self.strikes_after = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the mail, and strike."""
        answer = await super().handle_DATA(server, session, envelope)
        self.strikes_after -= 1
        if self.strikes_after == 0:
            self.strike()
        return answer


def work(url: str, folder: str, port: int, day: date, round_: int) -> None:
    """One worker's night: every step at five, then the outbox in the morning until nothing is left.

    Each round comes a little later in the morning, when the leases of those killed before have run out.
    """
    clock = FrozenClock(at_local(day, 5))
    settings = read_settings(
        {
            "LMS_DATA_DIR": folder,
            "LMS_SECRET_KEY": "s" * 40,
            "LMS_MAIL_TRANSPORT": "smtp",
            "LMS_SMTP_HOST": "127.0.0.1",
            "LMS_SMTP_PORT": str(port),
            "LMS_SMTP_SECURITY": "none",
        }
    )
    database = Database(url)
    app = build_app(settings, FEATURES, clock=clock, transport=SmtpTransport(settings), database=database)
    for job in JOBS:
        assert jobs.run_job(app, job, now=clock.now())["failed"] == 0
    clock.instant = at_local(day, 7) + round_ * (LEASE + timedelta(minutes=1))
    while jobs.send_mail(app).sent:
        pass
    database.dispose()


def killed_nights(database: Database, folder: Path, *, kills: int, seed: int) -> Outcome:
    """Run nights on an empty database until so many workers have been killed, and judge every one of them."""
    chance, outcome, seconds = random.Random(seed), Outcome(), NIGHT_SECONDS
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__])
    with database.transaction() as session:
        people = cast.assemble(session)
    with Struck.running() as server:
        assert isinstance(server, Struck)
        while outcome.kills < kills:
            day = FIRST_NIGHT + timedelta(days=outcome.nights)
            with database.transaction() as session:
                for number in range(HOLDERS_A_NIGHT):
                    name = f"Nr {outcome.nights}-{number}"
                    factories.holder(session, people.alta, name, valid_from=BEGAN)
            with database.reading() as session:
                planned = {
                    mail.target.key for mail in plan(session, Whose(reach=Reach(everywhere=True)), span_from(day, 1))
                }
            for round_ in range(ROUNDS_A_NIGHT + 1):
                disturbed = round_ < ROUNDS_A_NIGHT and outcome.kills < kills
                arguments = (database.url, str(folder), server.port, day, round_)
                workers = [processes.Process(target=work, args=arguments) for _ in range(WORKERS)]
                began = time.monotonic()
                for worker in workers:
                    worker.start()
                if disturbed:
                    outcome.kills += _kill(workers, server, chance, seconds, at_most=kills - outcome.kills)
                    continue
                for worker in workers:
                    worker.join()
                    if worker.exitcode != 0:
                        outcome.breaches.append(f"{day}: a worker nobody killed ended with {worker.exitcode}")
                seconds = max(time.monotonic() - began, 0.5)
            outcome.nights += 1
            _judge(database, server, day, planned, outcome)
    return outcome


def _kill(workers: list[BaseProcess], server: Struck, chance: random.Random, seconds: float, *, at_most: int) -> int:
    """Kill the workers, each at a point of its own: when the server has taken some mail, or after some time."""
    first = workers[0]
    server.strikes_after = chance.randrange(1, HOLDERS_A_NIGHT) if chance.random() < 0.5 else 0
    server.strike = lambda: _strike(first)
    for worker in workers:
        worker.join(chance.uniform(0, seconds))
        _strike(worker)
    for worker in workers:
        worker.join()
    server.strikes_after = 0
    return min(sum(worker.exitcode == -signal.SIGKILL for worker in workers), at_most)


def _strike(process: BaseProcess) -> None:
    if process.pid is not None and process.exitcode is None:
        os.kill(process.pid, signal.SIGKILL)  # no handler runs, nothing is tidied up


def _judge(database: Database, server: Struck, day: date, planned: set[str], outcome: Outcome) -> None:
    """What was planned was written once, and everything written was taken; what was taken twice is in the window."""
    with database.reading() as session:
        reminders = session.scalars(select(Reminder)).all()
        digests = session.scalars(select(DigestSent).where(DigestSent.mails > 0)).all()
        rows = session.scalars(select(OutboxMail)).all()
    tonight = [
        *(reminder_target(r.certificate_id, Stage(r.stage)).key for r in reminders if local_date(r.claimed_at) == day),
        *(digest_target(d.unit_id, d.month).key for d in digests if local_date(d.claimed_at) == day),
    ]
    kinds = (f"{MailKind.REMINDER}-", f"{MailKind.DIGEST}-")
    missed = {key for key in planned if key.startswith(kinds)} - set(tonight)
    outcome.breaches += [f"{day}: {key} was not written" for key in sorted(missed)]
    outcome.breaches += [f"{day}: {key} was written {n} times" for key, n in Counter(tonight).items() if n > 1]
    outcome.breaches += [f"{day}: {key} was not planned" for key in sorted(set(tonight) - planned)]
    taken = Counter(str(message["Message-ID"]).strip() for message in list(server.taken))
    told = Counter((str(message["To"]), str(message["Subject"])) for message in list(server.taken))
    outcome.mails, outcome.taken_twice = len(rows), 0
    for mail in rows:
        times = taken.pop(mail.message_id, 0)
        if mail.state != MailState.SENT or times == 0:
            outcome.breaches.append(f"{day}: mail {mail.id} is {mail.state} and was taken {times} times")
        if times > mail.attempts:
            outcome.breaches.append(f"{day}: mail {mail.id} was taken {times} times in {mail.attempts} attempts")
        outcome.taken_twice += max(times - 1, 0)
    outcome.breaches += [f"{day}: {message_id} is no mail of ours" for message_id in taken]
    more = sum(told.values()) - len(rows)
    if more != outcome.taken_twice:
        outcome.breaches.append(f"{day}: {more} copies beyond one a mail, of them {outcome.taken_twice} in the window")
