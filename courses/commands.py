"""`lms content`: check, publish and preview the courses that stand as files."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import force_locale
from sqlalchemy.orm import Session
from werkzeug.serving import run_simple

from courses import example, summaries
from courses.archive import ArchiveError, unpack
from courses.drafts import BUNDLED, Draft, make_draft, read_drafts
from courses.files import read_folder
from courses.parsing.course import COURSE_FILE
from courses.parsing.translation import TRANSLATED, stamp
from courses.preview import make_preview
from courses.publishing import Publication, publish
from courses.queries.learning import bank_of
from courses.queries.sources import source_of
from lms.content import Problem
from lms.db import reading, transaction
from lms.markup import LimitedRenderer
from lms.web import request_now
from lms.wording import say
from quizzes import services as quizzes

PREVIEW_PORT = 8001

place = click.argument("path", type=click.Path(path_type=Path), required=False)


@click.group("content")
def content() -> None:
    """The courses' texts and questions. PATH is a course folder, or a folder of them; by default the bundled ones."""


@content.command("check")
@place
@click.option("--summary", is_flag=True, help="Si også hvor mye hvert kurs inneholder.")
def check(path: Path | None, summary: bool) -> None:
    """Report every problem with its place, as path:line: message, and exit 1; changes nothing."""
    drafts = _read(path)
    for draft in drafts:
        for one in draft.advice:
            click.echo(f"{one} (råd)")
    if summary:
        for draft in drafts:
            click.echo(summaries.summary(draft.course))
    click.echo("Ingen feil.")


@content.command("publish")
@place
@with_appcontext
def publish_all(path: Path | None) -> None:
    """Publish every course there; with one problem in any of them, nothing is. Unchanged courses stay as they are."""
    drafts = _read(path)
    with transaction() as session:
        _stop_at(_conflicts(session, drafts))
        done = [
            publish(session, draft.compiled, draft.assets, published_by=None, now=request_now(), source=draft.source)
            for draft in drafts
        ]
    for publication in done:
        click.echo(_told(publication))


@content.command("new")
@click.argument("path", type=click.Path(path_type=Path))
def new(path: Path) -> None:
    """Begin a course: a folder with one module, one lesson and two questions that can be checked and changed."""
    if path.exists():
        click.echo(f"{path}: finnes fra før, så ingenting er skrevet. Velg et annet navn.", err=True)
        raise SystemExit(1)
    for name, text in example.files(path.name).items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    click.echo(f"{path}: laget. Se på det med «lms content preview {path}».")


@content.command("stamp")
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("names", nargs=-1)
def stamp_translations(path: Path, names: tuple[str, ...]) -> None:
    """Say that translations in the course folder PATH answer to their originals as these stand now.

    NAMES are translated files below PATH, such as 01-kroppen/module.nn.md; without any, all of them.
    """
    if not (path / COURSE_FILE).is_file():
        _stop_at([Problem(str(path), 1, f"er ingen kursmappe: skriv mappen som {COURSE_FILE} ligger i")])
    (draft,) = _read(path)
    files = read_folder(path)
    wanted = names or tuple(name for name in files if TRANSLATED.fullmatch(name))
    for name in wanted:
        if name not in files or TRANSLATED.fullmatch(name) is None:
            click.echo(f"{name}: er ingen oversettelse i {path}.", err=True)
            raise SystemExit(1)
        text = files[name].decode("utf-8")
        stamped = stamp(draft.course, name, text)
        if stamped != text:
            (path / name).write_bytes(stamped.encode("utf-8"))
            click.echo(f"{name}: svarer til originalen.")


@content.command("export")
@click.argument("course_id")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--version", "number", type=int, help="Versjonen; ellers den som er publisert nå.")
@with_appcontext
def export(course_id: str, target: Path, number: int | None) -> None:
    """Write a published course to the zip file TARGET, byte for byte as its files were."""
    with reading() as session:
        source = source_of(session, course_id, number)
    if source is None:
        click.echo(f"{course_id}: ingen slik versjon er lagret med filene sine.", err=True)
        raise SystemExit(1)
    target.write_bytes(source)
    click.echo(f"{target}: {len(source)} byte.")


@content.command("import")
@click.argument("archive", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Pakk ut i en ny mappe i stedet for å publisere.")
@with_appcontext
def import_(archive: Path, folder: Path | None) -> None:
    """Check the course in a zip file and publish it, or unpack it to be worked on; with a problem nothing is done."""
    try:
        files = unpack(archive.read_bytes())
    except ArchiveError as error:
        _stop_at([Problem(str(archive), 1, str(error))])
        return
    if folder is not None:
        if folder.exists():
            _stop_at([Problem(str(folder), 1, "finnes fra før, så ingenting er skrevet: velg et annet navn")])
        for name, body in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(body)
        click.echo(f"{folder}: {len(files)} filer.")
        return
    with LimitedRenderer() as render:
        report = make_draft(files, archive.name, render)
    _stop_at(report.problems)
    draft = report.items[0]
    with transaction() as session:
        _stop_at(_conflicts(session, [draft]))
        publication = publish(
            session, draft.compiled, draft.assets, published_by=None, now=request_now(), source=draft.source
        )
    click.echo(_told(publication))


@content.command("preview")
@place
@click.option("--port", default=PREVIEW_PORT, show_default=True)
def preview(path: Path | None, port: int) -> None:
    """Serve the drafts at PATH on this machine, read-only, with reload when a file is saved; uses no database."""
    wanted = _from_here(path)
    with tempfile.TemporaryDirectory() as data_dir, LimitedRenderer() as render:
        app = make_preview(wanted, render, data_dir=Path(data_dir))
        logging.getLogger("werkzeug").setLevel(logging.WARNING)  # the page asks for changes every second
        click.echo(f"Utkastet vises på http://127.0.0.1:{port}/kurs. Avslutt med Ctrl+C.")
        run_simple("127.0.0.1", port, app, threaded=True)


def _read(path: Path | None) -> tuple[Draft, ...]:
    """The drafts at a path; ends the command with 1 when there is any problem."""
    with LimitedRenderer() as render:
        report = read_drafts(_from_here(path), render)
    _stop_at(report.problems)
    return report.items


def _stop_at(problems: Sequence[Problem]) -> None:
    """Tell every problem and end the command with 1, if there are any."""
    if problems:
        for problem in problems:
            click.echo(str(problem))
        click.echo(f"Må rettes: {len(problems)}.", err=True)
        raise SystemExit(1)


def _conflicts(session: Session, drafts: Sequence[Draft]) -> list[Problem]:
    """Questions that ask for another answer than the one people have answered, at their places."""
    problems = []
    for draft in drafts:
        versions = zip(
            (draft.course, *draft.course.translations), (draft.compiled, *draft.compiled.translations), strict=True
        )
        for course, compiled in versions:
            documents = [question for module in compiled.modules for question in module.questions]
            places = {
                question.id: (module.questions_path, question.line)
                for module in course.modules
                for question in module.questions
            }
            bank = bank_of(draft.compiled, compiled.language)
            for reason in quizzes.key_conflicts(session, bank=bank, documents=documents):
                path, line = places[str(reason.values["question"])]
                with force_locale("nb"):
                    problems.append(Problem(path, line, say(reason)))
    return sorted(problems)


def _told(publication: Publication) -> str:
    what = "publisert" if publication.changed else "uendret"
    return f"{publication.course_id}: {what}, versjon {publication.number}, {publication.digest}"


def _from_here(path: Path | None) -> Path:
    """The path as given; the bundled courses as seen from the working directory, where they lie below it."""
    if path is not None:
        return path
    here = Path.cwd()
    return BUNDLED.relative_to(here) if BUNDLED.is_relative_to(here) else BUNDLED
