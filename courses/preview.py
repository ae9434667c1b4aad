"""`lms content preview`: drafts in the real templates, read-only, read again when a file changes. No database."""

from __future__ import annotations

import secrets
from pathlib import Path
from threading import Lock

import click
from flask import Blueprint, Flask, abort, current_app, render_template
from flask.typing import ResponseReturnValue

from courses import coverage as item_coverage
from courses.access.learning import page_for
from courses.compiling import CompiledCourse
from courses.drafts import Draft, read_drafts
from courses.shelf import Volume, bind
from courses.views import pages
from courses.views.learning import as_it_is
from courses.wording.learning import WORDING
from lms.app import build_app
from lms.clock import SystemClock
from lms.config import read_settings
from lms.content import Report
from lms.db import Database
from lms.features import Feature
from lms.mail import make_transport
from lms.markup import Renderer
from lms.web import public
from lms.wording import language

DESK = "courses.desk"

blueprint = Blueprint("courses", __name__)
"""Stands where `courses.views.learning` does in the real site, with the same names, so that its templates serve."""

changes = Blueprint("preview", __name__)


class Desk:
    """The drafts at a path, read again when a file has been added, taken away, renamed or saved."""

    def __init__(self, path: Path, render: Renderer) -> None:
        self.path = path
        self.render = render
        self._lock = Lock()
        self.shown = ""  # the fingerprint of what was read last
        self._report: Report[Draft] = Report()

    def fingerprint(self) -> str:
        """What the files look like from outside: changes when any of them does."""
        seen = []
        for file in sorted(self.path.rglob("*")):
            try:
                status = file.stat()
            except OSError:  # saved at this very moment: the next look will see it
                continue
            seen.append((file.as_posix(), status.st_mtime_ns, status.st_size))
        return f"{hash(tuple(seen)) & 0xFFFFFFFFFFFFFFFF:016x}"

    def report(self) -> Report[Draft]:
        """The drafts, or their problems, as the files are now."""
        with self._lock:
            now = self.fingerprint()
            if now != self.shown:
                self._report, self.shown = read_drafts(self.path, self.render), now
            return self._report

    def volume(self, course_id: str) -> Volume:
        """One draft ready to be read; 404 for one that isn't here."""
        draft = next((one for one in self.report().items if one.course.id == course_id), None)
        if draft is None:
            abort(404)
        return bind(draft.compiled).in_language(language())


def make_preview(path: Path, render: Renderer, *, data_dir: Path) -> Flask:
    """The application of a preview. `data_dir` is a place of its own; the real settings and database are not read."""
    settings = read_settings({"LMS_DATA_DIR": str(data_dir), "LMS_SECRET_KEY": secrets.token_urlsafe(48)})
    app = build_app(
        settings,
        (Feature(name="preview", blueprints=(blueprint, changes), wording=WORDING),),
        clock=SystemClock(),
        transport=make_transport(settings, click.echo),
        database=Database("sqlite://"),
    )
    desk = Desk(path, render)
    app.extensions[DESK] = desk
    app.context_processor(lambda: {"draft": desk.shown})
    return app


@blueprint.before_request
def show_problems() -> ResponseReturnValue | None:
    """Instead of every page, what must be mended first."""
    report = _desk().report()
    return None if report else (render_template("courses/problems.html", problems=report.problems), 422)


@blueprint.get("/kurs")
@public
def index() -> ResponseReturnValue:
    """The drafts there are."""
    courses = [draft.compiled for draft in _desk().report().items]
    return render_template("courses/index.html", mine=(), open_to_me=courses, open_to_all=())


@blueprint.get("/kurs/<course_id>")
@public
def course(course_id: str) -> ResponseReturnValue:
    """A course as one sees it before beginning, with its lessons open."""
    return render_template(
        "courses/course.html",
        course=_course(course_id),
        studies=None,
        may_begin=False,
        may_open_lessons=True,
        may_see_coverage=True,
    )


@blueprint.get("/kurs/<course_id>/<lesson_id>")
@public
def lesson(course_id: str, lesson_id: str) -> ResponseReturnValue:
    """A lesson as it will be."""
    volume = _desk().volume(course_id)
    place = page_for(volume, lesson_id)
    text = pages.make_lesson_text(volume, place, pages.Reader(done=None))
    return render_template("courses/lesson.html", title=place.lesson.title, text=text)


@blueprint.get("/kurs/<course_id>/innhold")
@public
def coverage(course_id: str) -> ResponseReturnValue:
    """Questions by objective."""
    shown = _course(course_id)
    return render_template("courses/coverage.html", course=shown, coverage=item_coverage.cover(shown), forms=None)


@blueprint.get("/innhold/<digest>/<name>")
@public
def asset(digest: str, name: str) -> ResponseReturnValue:  # noqa: ARG001 - the address is that of the real site
    """A picture of a draft."""
    shown = (
        (one.media_type, draft.assets[digest], one.name)
        for draft in _desk().report().items
        for one in draft.compiled.assets
        if one.digest == digest
    )
    return as_it_is(*(next(shown, None) or abort(404)))


@changes.get("/endringer")
@public
def fingerprint() -> ResponseReturnValue:
    """What the page asks for to know whether anything has changed."""
    return _desk().fingerprint(), {"Content-Type": "text/plain"}


def _desk() -> Desk:
    desk: Desk = current_app.extensions[DESK]
    return desk


def _course(course_id: str) -> CompiledCourse:
    return _desk().volume(course_id).course
