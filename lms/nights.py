"""`lms nightly`: every nightly step now, or any night rehearsed: what it would do, and to whom it would write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import click
from flask.cli import ScriptInfo
from sqlalchemy import func, select

from lms import jobs
from lms.clock import OSLO, at_local
from lms.db import reading
from lms.outbox import MailState, OutboxMail, RehearsedMail
from lms.people import Person
from lms.web import request_now

REHEARSAL_HOUR = 5  # the hour of the day at which `nightly --at DATE` acts


@click.command()
@click.option("--at", "day", type=click.DateTime(["%Y-%m-%d"]), help="Som om det var denne dagen.")
@click.option("--dry-run", is_flag=True, help="Gjør alt og rull det tilbake. Ingenting blir lagret eller sendt.")
@click.option(
    "--verbose", is_flag=True, help="Med --dry-run: hver e-post som ville blitt skrevet, med id i stedet for navn."
)
@click.option("--names", is_flag=True, help="Med --dry-run --verbose: navn og adresse ved siden av id.")
@click.pass_obj
def nightly(info: ScriptInfo, day: datetime | None, dry_run: bool, verbose: bool, names: bool) -> None:
    """Run every nightly step now, or rehearse any night, past or to come. Running it again does nothing twice.

    A rehearsal goes by what is known now: what has been sent counts as sent, and each step is rolled back before the
    next one begins.
    """
    app = info.load_app()
    now = at_local(day.date(), REHEARSAL_HOUR) if day else request_now()
    if names and not verbose or verbose and not dry_run:
        raise click.UsageError("--verbose hører til --dry-run, og --names til --verbose.")
    everything: list[RehearsedMail] = []
    for job in jobs.all_jobs(app):
        if not dry_run:
            click.echo(_line(job.name, jobs.run_job(app, job, now=now)))
            continue
        counts, mails = jobs.rehearse_job(app, job, now=now)
        click.echo(_line(job.name, counts))
        everything.extend(mails)
        if verbose:
            _tell(mails, _names(mails) if names else {})
    if dry_run:
        click.echo(_line("outbox", _leaving(everything, now)))


def _line(name: str, counts: Mapping[str, int]) -> str:
    return f"{name}: " + ", ".join(f"{key}={count}" for key, count in counts.items())


def _tell(mails: Sequence[RehearsedMail], names: Mapping[int, str]) -> None:
    """Each mail on a line: when it leaves, which it is, to whom; names and addresses only where they are asked for."""
    for mail in mails:
        whom = f"person {mail.person_id}" if mail.person_id else "utenfor"
        if names:
            whom += f" ({names.get(mail.person_id or 0, mail.recipient)} <{mail.recipient}>): {mail.subject}"
        click.echo(f"  {mail.leaves_at.astimezone(OSLO):%d.%m.%Y kl. %H.%M}  {mail.name}  {whom}")


def _names(mails: Sequence[RehearsedMail]) -> Mapping[int, str]:
    ids = {mail.person_id for mail in mails if mail.person_id is not None}
    with reading() as session:
        rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
        return {row.id: row.name for row in rows}


def _leaving(mails: Sequence[RehearsedMail], now: datetime) -> Mapping[str, int]:
    """How many mails wait already, and how many more the night would write, by the hour in Oslo at which they leave."""
    with reading() as session:
        waiting = session.scalar(
            select(func.count()).select_from(OutboxMail).where(OutboxMail.state == MailState.QUEUED)
        )
    hours = Counter("leave_at_once" if mail.leaves_at <= now else "leave_in_the_morning" for mail in mails)
    return {"waiting": waiting or 0, "written": len(mails), **dict(sorted(hours.items()))}
