"""Work in the background: the nightly steps, the outbox and the sign of life. The scheduler only says when.

That nothing happens twice is the database's job; so any number of workers may run, and a night may be run again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms import outbox, people, practitioners, throttle
from lms.clock import OSLO
from lms.db import EXTENSION, Base, Database
from lms.features import Feature, Job, Work
from lms.mail import Transport
from lms.outbox import RehearsedMail
from lms.web import CLOCK, FEATURES

OUTBOX_SECONDS = 20
HEARTBEAT_SECONDS = 60

log = logging.getLogger(__name__)


class WorkerSeen(Base):
    """When a worker last gave a sign of life."""

    __tablename__ = "worker_seen"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


def last_seen(session: Session) -> datetime | None:
    """When any worker was last seen."""
    return session.scalar(select(func.max(WorkerSeen.at)).select_from(WorkerSeen))


def housekeeping(work: Work) -> Mapping[str, int]:
    """Remove sessions that are over, old counts of tries, and what people said who signed up, with their mails."""
    with work.transaction() as session:
        return {
            "sessions": people.forget_old_sessions(session, now=work.now),
            "throttle_counts": throttle.forget_old(session, now=work.now),
            "sign_ups": practitioners.forget_old(session, now=work.now),
            "sign_up_mails": outbox.forget_outside(
                session, "sign_up", written_by=work.now - practitioners.SIGN_UP_LASTS
            ),
        }


HOUSEKEEPING = Job(name="housekeeping", run=housekeeping, hour=4, minute=10)


def all_jobs(app: Flask) -> tuple[Job, ...]:
    """The nightly steps of the house, in the order they are run."""
    features: tuple[Feature, ...] = app.extensions[FEATURES]
    return tuple(job for feature in features for job in feature.jobs)


def run_job(app: Flask, job: Job, *, now: datetime, rehearse: bool = False) -> Mapping[str, int]:
    """Run one nightly step for an instant; its numbers are logged and returned."""
    return _run(app, job, Work(database=_database(app), now=now, rehearse=rehearse))


def rehearse_job(app: Flask, job: Job, *, now: datetime) -> tuple[Mapping[str, int], Sequence[RehearsedMail]]:
    """Run one nightly step for an instant and roll everything back; its numbers, and the mails it would write."""
    work = Work(database=_database(app), now=now, rehearse=True)
    return _run(app, job, work), work.rehearsed


def _run(app: Flask, job: Job, work: Work) -> Mapping[str, int]:
    with app.app_context(), app.test_request_context(base_url=app.config["BASE_URL"]):
        counts = job.run(work)
    log.info("%s: %s", job.name, ", ".join(f"{name}={count}" for name, count in counts.items()))
    return counts


def send_mail(app: Flask) -> outbox.Delivery:
    """One round of the outbox."""
    transport: Transport = app.extensions["lms.transport"]
    sender = app.extensions["lms.settings"].mail_from
    with app.app_context():
        return outbox.deliver_due(_database(app), transport, app.extensions[CLOCK], sender=sender)


def give_sign_of_life(app: Flask, name: str) -> None:
    """Note that this worker is alive."""
    with app.app_context(), _database(app).transaction() as session:
        session.merge(WorkerSeen(name=name, at=app.extensions[CLOCK].now()))


def make_scheduler(app: Flask, *, blocking: bool, name: str) -> BaseScheduler:
    """The scheduler of one worker: the outbox every few seconds, each step at its hour in Oslo or at every hour.

    A step that was due while the worker was down runs within the day; picking what is due by date makes that safe.
    """
    give_sign_of_life(app, name)
    scheduler = (BlockingScheduler if blocking else BackgroundScheduler)(timezone=OSLO)
    common = {"coalesce": True, "max_instances": 1}
    scheduler.add_job(send_mail, "interval", [app], seconds=OUTBOX_SECONDS, id="outbox", **common)
    scheduler.add_job(give_sign_of_life, "interval", [app, name], seconds=HEARTBEAT_SECONDS, id="alive", **common)
    for job in all_jobs(app):
        scheduler.add_job(
            _run_now,
            "cron",
            [app, job],
            hour="*" if job.each_hour else job.hour,
            minute=job.minute,
            id=job.name,
            misfire_grace_time=3600,
            **common,
        )
        # what an outage kept from running is caught up with at the start; a second run changes nothing
        scheduler.add_job(_run_now, "date", [app, job], id=f"{job.name}-at-start")
    return scheduler


def _run_now(app: Flask, job: Job) -> None:
    run_job(app, job, now=app.extensions[CLOCK].now())


def _database(app: Flask) -> Database:
    database: Database = app.extensions[EXTENSION]
    return database
