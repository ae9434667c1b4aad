"""`lms programme`: check, rehearse and accept versions of the programmes, and show what is in force."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from flask_babel import force_locale
from sqlalchemy.orm import Session

from certificates import impact_report, programmes_on_file
from certificates.impact import Impact
from certificates.jobs import issue_due
from certificates.models.programmes import ProgrammeVersion
from certificates.programme_changes import in_words
from certificates.programmes_on_file import ProgrammeOnFile, UnreadableProgramme
from certificates.queries.dry_run import concerned, impact_of
from certificates.queries.programmes import MAIN, newer_on_file, programme_now, version_now, versions_of
from certificates.services.programmes import accept, in_force, refuse_unchanged
from lms.clock import local_date
from lms.db import current_database, reading, transaction
from lms.errors import Refused
from lms.features import Work
from lms.lines import stop
from lms.viewer import Reach
from lms.web import request_now
from lms.wording import say, shown

EVERYWHERE = Reach(paths=("/",))

a_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
whose = click.option("--programme", "programme_id", default=MAIN, show_default=True, help="Hvilket program.")


@click.group("programme")
def programme() -> None:
    """The programmes and their versions. The newest accepted version is in force."""


@programme.command("check")
@a_file
def check(file: Path) -> None:
    """Report every problem of FILE as path:line: message, and exit 1; changes nothing."""
    proposed = _read(file)
    with force_locale("nb"), reading() as session:
        try:
            refuse_unchanged(session, proposed)
        except Refused as refused:
            click.echo(" ".join(["Ingen feil.", *(say(reason) for reason in refused.reasons)]))
            return
        for difference in in_words(programme_now(session, proposed.programme.id), proposed.programme):
            click.echo(say(difference))
    click.echo("Ingen feil.")


@programme.command("publish")
@a_file
@click.option("--dry-run", is_flag=True, help="Vis hva som ville endret seg, og for hvem. Ingenting lagres.")
@click.option("--note", default="", help="Hvorfor. Står i listen over versjoner.")
@click.option("--csv", "table", type=click.Path(dir_okay=False, path_type=Path), help="Skriv hvem det gjelder, hit.")
def publish(file: Path, dry_run: bool, note: str, table: Path | None) -> None:
    """Accept FILE as the next version, in force at once; issued certificates stay as they are."""
    proposed, now = _read(file), request_now()
    with force_locale("nb"):
        impact, based_on = _rehearse(proposed, table)
        if dry_run:
            click.echo("Ingenting er lagret.")
            return
        if impact.ready:
            issue_due(Work(database=current_database(), now=now))
        with transaction() as session:
            try:
                version = accept(session, proposed, based_on=based_on, note=note.strip(), actor_id=None, now=now)
            except Refused as refused:
                stop([say(reason) for reason in refused.reasons])
    click.echo(f"Versjon {version.number} av {version.programme} gjelder fra nå.")


@programme.command("list")
@whose
def show_all(programme_id: str) -> None:
    """The versions, the newest first, and whether another file came with the platform."""
    with force_locale("nb"), reading() as session:
        for version, name in versions_of(session, programme_id):
            by = name or ("kommandolinjen" if version.number > 1 else "plattformen")
            click.echo(f"{version.number}  {shown(version.accepted_at)}  {by}  {version.note}".rstrip())
        newer = newer_on_file(session, programme_id)
    if newer is not None:
        click.echo(
            "En annen fil fulgte med plattformen. Den gjelder ikke før noen godtar den: "
            f"lms programme publish {newer.programme.id}.md --dry-run (hent den med lms programme export --shipped)."
        )


@programme.command("show")
@click.argument("number", type=int, required=False)
@whose
def show(number: int | None, programme_id: str) -> None:
    """What changed in a version, in words; by default in the newest."""
    with force_locale("nb"), reading() as session:
        found = _version(session, programme_id, number)
        click.echo(f"{programme_id}, versjon {found.number}, {shown(found.accepted_at)} {found.note}".rstrip())
        if found.number > 1:
            before = _version(session, programme_id, found.number - 1)
            parsed = [programmes_on_file.read(each.source, "").programme for each in (before, found)]
            for difference in in_words(*parsed):
                click.echo(f"  {say(difference)}")


@programme.command("export")
@click.argument("number", type=int, required=False)
@click.option("--shipped", is_flag=True, help="Filen som fulgte med plattformen, i stedet for en versjon.")
@whose
def export(number: int | None, shipped: bool, programme_id: str) -> None:
    """Write a version's text to standard output, word for word; by default the newest."""
    if shipped:
        click.echo(programmes_on_file.on_file(programme_id).source, nl=False)
        return
    with reading() as session:
        click.echo(_version(session, programme_id, number).source, nl=False)


def _read(file: Path) -> ProgrammeOnFile:
    try:
        return programmes_on_file.read(file.read_text(encoding="utf-8-sig"), str(file))
    except UnreadableProgramme as error:
        stop([str(problem) for problem in error.problems])
    except UnicodeDecodeError:
        stop([f"{file}:1: er ikke lagret som UTF-8. Lagre filen på nytt med den kodingen."])


def _rehearse(proposed: ProgrammeOnFile, table: Path | None) -> tuple[Impact, int]:
    """Tell what would change; the number of the version it was compared with."""
    today = local_date(request_now())
    with transaction() as session:  # the shipped file, where nothing is stored yet
        based_on = in_force_number(session, proposed.programme.id)
    with reading() as session:
        try:
            refuse_unchanged(session, proposed)
        except Refused as refused:
            stop([say(reason) for reason in refused.reasons])
        for difference in in_words(programme_now(session, proposed.programme.id), proposed.programme):
            click.echo(say(difference))
        impact = impact_of(session, proposed.programme, on=today)
        people = concerned(session, impact.changes, EVERYWHERE, on=today)
    for line in impact_report.in_terminal(impact, people):
        click.echo(line)
    if table is not None:
        table.write_bytes(impact_report.as_csv(people))
    return impact, based_on


def in_force_number(session: Session, programme_id: str) -> int:
    """The number of the version in force; stops for an unknown programme."""
    if version_now(session, programme_id) is None and programme_id not in _shipped():
        stop([f"Programmet «{programme_id}» finnes ikke her. Se på id i filen."])
    return in_force(session, programme_id, now=request_now()).number


def _shipped() -> Sequence[str]:
    return [each.id for each in programmes_on_file.programmes()]


def _version(session: Session, programme_id: str, number: int | None) -> ProgrammeVersion:
    found = [version for version, _name in versions_of(session, programme_id)]
    wanted = [each for each in found if number is None or each.number == number]
    if not wanted:
        stop(["Det finnes ingen slik versjon." if found else "Ingen versjon er lagret ennå."])
    return wanted[0]
