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

from courses.catalogue import lessons
from courses.drafts import BUNDLED, Draft, read_drafts
from courses.preview import make_preview
from courses.publishing import Publication, publish
from lms.content import Problem
from lms.db import transaction
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
    for draft in _read(path):
        for one in draft.advice:
            click.echo(f"{one} (råd)")
        if summary:
            click.echo(_summary(draft))
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
            publish(session, draft.compiled, draft.assets, published_by=None, now=request_now()) for draft in drafts
        ]
    for publication in done:
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
        documents = [question for module in draft.compiled.modules for question in module.questions]
        places = {
            question.id: (module.questions_path, question.line)
            for module in draft.course.modules
            for question in module.questions
        }
        for reason in quizzes.key_conflicts(session, bank=draft.course.id, documents=documents):
            path, line = places[str(reason.values["question"])]
            with force_locale("nb"):
                problems.append(Problem(path, line, say(reason)))
    return sorted(problems)


def _told(publication: Publication) -> str:
    what = "publisert" if publication.changed else "uendret"
    return f"{publication.course_id}: {what}, versjon {publication.number}, {publication.digest}"


def _summary(draft: Draft) -> str:
    course = draft.course
    read = lessons(course)
    return (
        f"{course.id}: {len(course.modules)} moduler, {len(read)} leksjoner, "
        f"{sum(lesson.words for lesson in read)} ord, {len(course.objectives)} læringsmål, "
        f"{len(course.questions)} spørsmål"
    )


def _from_here(path: Path | None) -> Path:
    """The path as given; the bundled courses as seen from the working directory, where they lie below it."""
    if path is not None:
        return path
    here = Path.cwd()
    return BUNDLED.relative_to(here) if BUNDLED.is_relative_to(here) else BUNDLED
