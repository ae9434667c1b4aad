"""Setting an empty installation up from the command line: the units, and the first person, who invites the others."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click
from flask import current_app
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import audit, outbox, people, people_sheets, units
from lms.clock import local_date
from lms.db import transaction
from lms.errors import Refused
from lms.lines import stop
from lms.people import LinkPurpose, Locale
from lms.roles import Role
from lms.units import Sector, Unit, UnitKind
from lms.web import request_now
from lms.wording import say

COLUMNS = 4


@click.group("people")
def commands() -> None:
    """People and units of an empty installation."""


@commands.command("units")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def add_units(file: Path) -> None:
    """Make the units of FILE: one «code;name;kind;parent» a line, parents first. Units that exist are left alone.

    With one faulty line nothing is made; every faulty line is named.
    """
    rows = [line.split(";") for line in file.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    with transaction() as session:
        known = {unit.code: unit for unit in session.scalars(select(Unit))}
        problems, made = [], 0
        for number, row in enumerate(rows, 1):
            problem = _problem(row, known)
            if problem:
                problems.append(f"{file}:{number}: {problem}")
                continue
            code, name, kind, parent = (cell.strip() for cell in row)
            if code not in known:
                known[code] = units.add_unit(
                    session, code=code, name=name, kind=UnitKind(kind), parent=known.get(parent)
                )
                made += 1
        if problems:
            raise click.ClickException("\n".join(["Ingen enheter er opprettet.", *problems]))
    click.echo(f"{made} enheter er opprettet, {len(rows) - made} fantes fra før.")


def _problem(row: list[str], known: dict[str, Unit]) -> str | None:
    if len(row) != COLUMNS:
        return "skriv kode;navn;type;overordnet (fire felt, det siste kan være tomt)"
    code, name, kind, parent = (cell.strip() for cell in row)
    if not code.replace("-", "").isalnum() or not name:
        return "koden skal være bokstaver, tall og bindestrek, og navnet kan ikke være tomt"
    if kind not in tuple(UnitKind):
        return f"typen «{kind}» finnes ikke: bruk {', '.join(UnitKind)}"
    if parent and parent not in known:
        return f"den overordnede enheten «{parent}» er ikke nevnt før denne linjen"
    return None


@commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Vis hva som ville skjedd. Ingenting lagres.")
def import_people(file: Path, dry_run: bool) -> None:
    """Add every person of FILE (.xlsx or CSV), uninvited, or nobody: with one faulty row nobody is added.

    Columns: Navn, E-post, Enhet, Sektor, and if wanted Språk (nb, nn, en) and Ny person (ja, for a namesake).
    """
    now = request_now()
    with force_locale("nb"), transaction() as session:
        planned = people_sheets.plan(session, file.read_bytes(), on=local_date(now))
        if planned.unreadable is not None:
            stop([f"{file}: {say(planned.unreadable)}"])
        if planned.problems:
            told = [f"{file}:{each.number}: {each.column}: {say(each.reason)}" for each in planned.problems]
            stop([*told, f"Ingen er lagt til. {len(told)} ting må rettes."])
        click.echo(f"{len(planned.added)} personer legges til, {planned.there} finnes fra før.")
        if dry_run:
            click.echo("Ingenting er lagret.")
            return
        try:
            people_sheets.carry_out(session, planned, now=now)
        except Refused as refused:
            stop([say(reason) for reason in refused.reasons])


@commands.command("first")
@click.option("--name", required=True)
@click.option("--email", required=True)
def first_person(name: str, email: str) -> None:
    """Make the first person, in the national unit with the role secretariat, and write the invitation mail."""
    now = request_now()
    with transaction() as session:
        if session.scalar(select(people.Person.id).limit(1)) is not None:
            raise click.ClickException("Det finnes folk her allerede. La sekretariatet invitere flere.")
        try:
            person = people.add_person(session, name=name, email=email, locale=Locale.NB, now=now)
        except Refused as refused:
            raise click.ClickException(str(refused)) from refused
        national = _national_unit(session)
        units.join_unit(session, person, national, Sector.HELSE, on=local_date(now))
        units.appoint(session, person, Role.SECRETARIAT, national, on=local_date(now))
        settings = current_app.extensions["lms.settings"]
        days = settings.invitation_days
        token = people.mailed_link(session, person, LinkPurpose.ACTIVATE, now=now, valid_for=timedelta(days=days))
        link = f"{settings.base_url.rstrip('/')}/aktiver/{token}"
        audit.record(session, actor_id=None, action="first-person", subject=("person", person.id), details={}, now=now)
        outbox.enqueue(
            session,
            name="invitation",
            person=person,
            context={"link": link, "inviter": "HelseIArbeid", "days": days},
            now=now,
        )
    click.echo(f"{name} kan aktivere kontoen sin her (lenken er også lagt i utboksen):\n{link}")


def _national_unit(session: Session) -> Unit:
    national = session.scalar(select(Unit).where(Unit.kind == UnitKind.NATIONAL))
    return national or units.add_unit(
        session, code="norge", name="Nasjonalt sekretariat", kind=UnitKind.NATIONAL, parent=None
    )
