"""`lms certificates`: bring in certificates from before this platform; take names out of those kept long enough."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from flask_babel import force_locale

from certificates import impact_report
from certificates.certificate_sheets import TEMPLATE_ROW, read_sheet
from certificates.imported import HEADINGS
from certificates.queries.programmes import MAIN
from certificates.queries.retention import numbers_of, to_anonymise
from certificates.services import anonymising, importing
from certificates.services.importing import Tried
from lms.clock import at_local, local_date
from lms.db import reading, transaction
from lms.errors import Refused
from lms.lines import stop
from lms.people_sheets import unit_codes
from lms.spreadsheets import csv_file
from lms.web import request_now
from lms.wording import say


@click.group("certificates")
def certificates() -> None:
    """Certificates from before this platform, and those that have been kept long enough."""


@certificates.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Vis hva som ville skjedd, og for hvem. Ingenting lagres.")
def import_(file: Path, dry_run: bool) -> None:
    """Add every certificate of FILE (.xlsx or CSV), or none: with one faulty row nothing is added."""
    content, now = file.read_bytes(), request_now()
    with force_locale("nb"), transaction() as session:
        sheet = read_sheet(content, units=unit_codes(session))
        if sheet.unreadable is not None:
            stop([f"{file}: {say(sheet.unreadable)}"])
        tried = importing.rehearse(session, MAIN, sheet.rows, sheet.problems, now=now)
        if tried.outcome is None:
            told = [f"{file}:{each.number}: {each.column}: {say(each.reason)}" for each in tried.plan.problems]
            stop([*told, f"Ingenting er importert. {len(told)} ting må rettes."])
        _tell(tried)
        if dry_run or not tried.plan.added:
            click.echo("Ingenting er lagret.")
            return
        kept = importing.keep(session, tried, content=content, file_name=file.name, actor_id=None, now=now)
        try:
            added = importing.apply(session, kept.id, MAIN, seen=tried.seen, actor_id=None, now=now)
        except Refused as refused:
            stop([say(reason) for reason in refused.reasons])
    click.echo(f"{added} sertifikater er importert.")


@certificates.command("template")
def template() -> None:
    """Write the template, a CSV file with one row as an example, to standard output."""
    click.echo(csv_file(list(HEADINGS.values()), [TEMPLATE_ROW]), nl=False)


def _tell(tried: Tried) -> None:
    outcome, plan = tried.outcome, tried.plan
    assert outcome is not None
    click.echo(
        f"{len(plan.added)} sertifikater legges til, {len(plan.there)} finnes fra før. "
        f"{outcome.new_people} personer opprettes uten å bli invitert."
    )
    for line in impact_report.in_terminal(outcome.impact, outcome.people):
        click.echo(line)


@certificates.command("anonymise")
@click.option("--at", "day", type=click.DateTime(["%Y-%m-%d"]), help="Som om det var denne dagen; bare med --dry-run.")
@click.option("--dry-run", is_flag=True, help="Vis hvem det gjelder. Ingenting endres.")
def anonymise(day: datetime | None, dry_run: bool) -> None:
    """Take the names out of certificates that have been kept as long as their programme says. Every night does it, too.

    Numbers, dates and decisions stay, and the certificates can still be verified.
    """
    if day is not None and not dry_run:
        stop(["--at er bare for å øve: skriv --dry-run også."])
    now = at_local(day.date(), 12) if day else request_now()
    with reading() as session:
        due = {each: numbers_of(session, each) for each in to_anonymise(session, on=local_date(now))}
    for person_id, numbers in due.items():
        click.echo(f"person {person_id}: " + ", ".join(f"{number} (til og med {last})" for number, last in numbers))
        if not dry_run:
            with transaction() as session:
                anonymising.anonymise(session, person_id, now=now)
    click.echo(f"{len(due)} {'ville blitt anonymisert' if dry_run else 'er anonymisert'}.")
