"""The `lms` command: running, the database, the night, the outbox, the audit chain; features add their own."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO

import click
from flask import Flask, current_app
from flask.cli import FlaskGroup, ScriptInfo, with_appcontext
from gunicorn.app.base import BaseApplication
from sqlalchemy.exc import DBAPIError

from lms import audit, bounces, doctor, jobs, migrate, outbox
from lms.clock import at_local
from lms.config import SettingsError
from lms.db import current_database, reading, snapshot, transaction
from lms.features import Feature
from lms.nights import REHEARSAL_HOUR, nightly
from lms.web import FEATURES, request_now

THREADS = 8
BOUNCED = {
    bounces.Outcome.BOUNCED: "E-post %(mail)s kom i retur: %(said)s. Enheten ser det under «E-post som ikke kom fram».",
    bounces.Outcome.BOUNCED_BEFORE: "E-post %(mail)s er alt meldt i retur eller sendt på nytt. Ingenting er endret.",
    bounces.Outcome.DELAYED: "E-post %(mail)s er forsinket, og den andre siden prøver videre: %(said)s.",
    bounces.Outcome.DELIVERED: "E-post %(mail)s er levert. Ingenting er endret.",
    bounces.Outcome.UNKNOWN_MAIL: "Rapporten gjelder ingen e-post herfra. Ingenting er endret.",
    bounces.Outcome.NO_REPORT: "Dette er ingen leveringsrapport (RFC 3464). Ingenting er endret.",
}


def make_cli(create_app: Callable[[], Flask], features: tuple[Feature, ...]) -> FlaskGroup:
    """The command group; every subcommand runs inside the application."""
    group = FlaskGroup(
        name="lms",
        create_app=create_app,
        add_default_commands=False,
        add_version_option=False,
        load_dotenv=False,
        set_debug_flag=False,
        help="Læring, prøver og sertifisering for HelseIArbeid.",
    )
    group.add_command(run)
    group.add_command(worker)
    for command in (
        database,
        nightly,
        mailbox,
        chain,
        examination,
        *(each for feature in features for each in feature.commands),
    ):
        group.add_command(_inside_app(command))
    return group


def _inside_app(command: click.Command) -> click.Command:
    """The command, or every command of a group, inside the application's context."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _inside_app(inner)
    if command.callback is not None and getattr(command, "invoke_without_command", True):
        command.callback = with_appcontext(command.callback)
    return command


def main(group: FlaskGroup) -> None:
    """Run the command; impossible settings are told all at once, without a traceback."""
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("alembic", "apscheduler"):  # what they do is told by us, with numbers
        logging.getLogger(chatty).setLevel("WARNING")
    try:
        group()
    except SettingsError as error:
        click.echo("Innstillingene kan ikke brukes:", err=True)
        for problem in error.problems:
            click.echo(f"  {problem}", err=True)
        raise SystemExit(2) from error
    except DBAPIError as error:
        click.echo(f"Databasen svarer ikke som ventet: {error.orig}", err=True)
        click.echo("Er den oppdatert? Kjør først: lms db upgrade", err=True)
        raise SystemExit(1) from error


@click.command()
@click.option("--port", default=lambda: int(os.environ.get("PORT", "8000")), help="Port, ellers PORT, ellers 8000.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.pass_obj
def run(info: ScriptInfo, port: int, host: str) -> None:
    """Serve the site and do the background work in one process: for trying out and for small installations."""
    app = info.load_app()

    class Server(BaseApplication):  # type: ignore[misc]
        """gunicorn with one worker of several threads."""

        def load_config(self) -> None:
            self.cfg.set("bind", f"{host}:{port}")
            self.cfg.set("workers", 1)
            self.cfg.set("threads", THREADS)
            self.cfg.set("worker_class", "gthread")
            self.cfg.set("loglevel", "warning")
            self.cfg.set("control_socket_disable", True)
            self.cfg.set(
                "post_worker_init", lambda _worker: jobs.make_scheduler(app, blocking=False, name="run").start()
            )

        def load(self) -> Flask:
            return app

    Server().run()


@click.command()
@click.pass_obj
def worker(info: ScriptInfo) -> None:
    """Do the background work: send the outbox and run the nightly steps. Any number of workers may run."""
    app = info.load_app()
    name = f"{socket.gethostname()}-{os.getpid()}"
    jobs.make_scheduler(app, blocking=True, name=name).start()


@click.group("db")
def database() -> None:
    """The database's tables."""


@database.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables to today's form. Running it again changes nothing."""
    migrate.upgrade(current_database())
    with transaction() as session:
        for feature in current_app.extensions[FEATURES]:
            if feature.installed is not None:
                feature.installed(session, request_now())
    click.echo("Databasen er oppdatert.")


@click.group("outbox", invoke_without_command=True)
@click.option("--send", is_flag=True, help="Send det som venter, nå.")
@click.pass_context
def mailbox(context: click.Context, send: bool) -> None:
    """Show how many mails stand in each state; with --send, send what is due."""
    if context.invoked_subcommand is not None:
        return
    if send:
        done = jobs.send_mail(context.find_object(ScriptInfo).load_app())  # type: ignore[union-attr]
        click.echo(f"sent={done.sent}, delayed={done.delayed}, refused={done.refused}")
    with reading() as session:
        for state, count in sorted(outbox.waiting(session).items()):
            click.echo(f"{state}: {count}")


@mailbox.command("bounced")
@click.argument("file", type=click.File("rb"), default="-")
def mailbox_bounced(file: BinaryIO) -> None:
    """Read a mail that came back (a delivery status notification, RFC 3464) from FILE or standard input.

    A mail that is back for good is marked, and shown to the unit of whom it went to. Whatever is read, it says what
    came of it and exits 0, so that a mail server never sends a report or somebody's automatic reply back.
    """
    raw = file.read(bounces.BYTES_MAX + 1)
    with transaction() as session:
        answer = bounces.take_notice(session, raw, now=request_now())
    click.echo(BOUNCED[answer.outcome] % {"mail": answer.mail_id, "said": answer.said})


@click.group("audit")
def chain() -> None:
    """The chain of decisions."""


@chain.command("verify")
@click.option("--known", help="Et nummer og en hash som ble notert før, «123:ab12…»: innslaget skal være det samme.")
@click.pass_obj
def audit_verify(info: ScriptInfo, known: str | None) -> None:
    """Check every link of the chain, and every row it tells of; exits 1 and names what was changed, removed,
    reordered or added."""
    features: tuple[Feature, ...] = info.load_app().extensions[FEATURES]
    with snapshot() as session:
        told = doctor.chain_words(session, features)
        if known is not None:
            number, _, noted = known.partition(":")
            if not (number.isdecimal() and noted and audit.hash_of(session, int(number)) == noted.strip()):
                told.append(f"innslag {number}: er ikke det som ble notert; noe er skrevet om siden")
        count, newest = audit.head(session)
    for words in told:
        click.echo(f"brudd: {words}", err=True)
    if told:
        raise SystemExit(1)
    click.echo("Kjeden er hel, og alle radene stemmer med den.")
    click.echo(f"Noter dette et annet sted, og gi det som --known neste gang: {count}:{newest}")


@click.command("doctor")
@click.option("--at", "day", type=click.DateTime(["%Y-%m-%d"]), help="Som om det var denne dagen.")
@click.pass_obj
def examination(info: ScriptInfo, day: datetime | None) -> None:
    """Check every invariant over every record. Exits 1 when something is wrong, and says what, where, and how it can
    be mended. Changes nothing."""
    features: tuple[Feature, ...] = info.load_app().extensions[FEATURES]
    with snapshot() as session:
        found = doctor.examine(session, features, at_local(day.date(), REHEARSAL_HOUR) if day else request_now())
    for fault in found:
        click.echo(f"{'Å se til' if fault.is_notice else 'FEIL'} [{fault.check}] {fault.row}: {fault.what}")
        click.echo(f"    {fault.mend}")
    wrong = sum(not fault.is_notice for fault in found)
    click.echo(f"Feil: {wrong}. Å se til: {len(found) - wrong}.")
    if wrong:
        raise SystemExit(1)
