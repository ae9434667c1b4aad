"""The pages of a test: the paper, saving, handing in, the result. All work without JavaScript.

A test whose time is out is closed before anybody looks at it (`_settled`).
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from lms import access as house
from lms.db import reading, transaction
from lms.roles import Act
from lms.verdict import because
from lms.web import request_now, request_today, see_other, viewer
from lms.wording import say
from quizzes import access, forms, queries, services, timekeeping, timing
from quizzes.attempts import Purpose
from quizzes.limits import is_over

blueprint = Blueprint("quizzes", __name__, url_prefix="/prove")
people = Blueprint("quizzes_people", __name__, url_prefix="/folk")


@blueprint.get("/<int:attempt_id>")
def paper(attempt_id: int) -> ResponseReturnValue:
    """All questions on one page; the result instead once it is handed in."""
    shown = _settled(attempt_id)
    if shown.submitted_at is not None:
        return see_other("quizzes.result", attempt_id=attempt_id)
    return render_template("quizzes/paper.html", paper=shown, now=request_now())


@blueprint.get("/<int:attempt_id>/utskrift")
def sheet(attempt_id: int) -> ResponseReturnValue:
    """The paper as it was shown, to print: no key. A pre-test that is handed in is not shown again."""
    shown = _settled(attempt_id)
    if shown.submitted_at is not None and shown.form is Purpose.PRE:
        return see_other("quizzes.result", attempt_id=attempt_id)
    return render_template("quizzes/sheet.html", paper=shown)


@blueprint.post("/<int:attempt_id>/svar/<int:position>")
def save_one(attempt_id: int, position: int) -> ResponseReturnValue:
    """Keep one answer, for the script; 204, or 409 with the reason."""
    if request.is_json:
        given = forms.one_answer(request.get_json())
    else:
        given = forms.OneAnswer(keys=request.form.getlist("svar"))
    if given is None:
        raise BadRequest
    with transaction() as db:
        attempt = access.attempt_with_question_for(db, viewer(), attempt_id, position)
        services.save_answer(
            db,
            attempt,
            position=position,
            keys=given.keys,
            flagged=given.flagged,
            seconds=given.seconds,
            now=request_now(),
        )
    return "", 204


@blueprint.post("/<int:attempt_id>/svar")
def save_page(attempt_id: int) -> ResponseReturnValue:
    """Keep all answers of the page and come back to it."""
    with transaction() as db:
        attempt = access.attempt_for(db, viewer(), attempt_id)
        services.lock(db, attempt)
        if is_over(attempt.deadline_at, request_now()):
            flash(say(because("test-time-over")), "warning")
        elif attempt.submitted_at is None:
            services.save_answers(db, attempt, **_page())
            flash(_("Svarene er lagret. Prøven er ikke levert ennå."), "success")
    return see_other("quizzes.paper", attempt_id=attempt_id)


@blueprint.post("/<int:attempt_id>/tid")
def save_time(attempt_id: int) -> ResponseReturnValue:
    """Count time spent, for the script as the page is left; 204, or 409 with the reason. Nothing is answered by it."""
    with transaction() as db:
        attempt = access.attempt_for(db, viewer(), attempt_id)
        seconds = forms.time_spent(request.get_json()) if request.is_json else None
        if seconds is None:
            raise BadRequest
        services.save_time(db, attempt, seconds=seconds, now=request_now())
    return "", 204


@blueprint.get("/<int:attempt_id>/lever")
def confirm(attempt_id: int) -> ResponseReturnValue:
    """How far each question has come, and whether to hand in."""
    shown = _settled(attempt_id)
    if shown.submitted_at is not None:
        return see_other("quizzes.result", attempt_id=attempt_id)
    return render_template("quizzes/confirm.html", paper=shown, now=request_now())


@blueprint.post("/<int:attempt_id>/lever")
def submit(attempt_id: int) -> ResponseReturnValue:
    """From the paper: keep the answers and show how far they have come. From there (`bekreftet`): hand in, once."""
    with transaction() as db:
        attempt = access.attempt_for(db, viewer(), attempt_id)
        services.lock(db, attempt)
        if attempt.submitted_at is None and is_over(attempt.deadline_at, request_now()):
            flash(say(because("test-time-over")), "warning")
        elif attempt.submitted_at is None and "bekreftet" not in request.form:
            services.save_answers(db, attempt, **_page())
            return see_other("quizzes.confirm", attempt_id=attempt_id)
        services.submit(db, attempt, answers=None, now=request_now())
    return see_other("quizzes.result", attempt_id=attempt_id)


@blueprint.get("/<int:attempt_id>/resultat")
def result(attempt_id: int) -> ResponseReturnValue:
    """The result; the paper instead as long as it is not handed in. That of a check is shown where it was begun."""
    if _settled(attempt_id).submitted_at is None:
        return see_other("quizzes.paper", attempt_id=attempt_id)
    with reading() as db:
        attempt = access.attempt_for(db, viewer(), attempt_id)
        if attempt.form == Purpose.CHECK:
            return redirect(attempt.go_back_to, code=303)
        shown = queries.result(db, attempt_id, request_now())
    return render_template("quizzes/result.html", result=shown)


@people.route("/<int:person_id>/ekstra-tid", methods=["GET", "POST"])
def extra_time(person_id: int) -> ResponseReturnValue:
    """Give a person more time for tests. Nobody is asked why."""
    with reading() as db:
        person = house.person_for(db, viewer(), Act.GRANT_EXTRA_TIME, person_id, on=request_today())
        given = timekeeping.extra_time_given(db, person_id)
    form = forms.ExtraTimeForm(percent=given[0][0] if given else 0)
    if form.validate_on_submit():
        with transaction() as db:
            house.person_for(db, viewer(), Act.GRANT_EXTRA_TIME, person_id, on=request_today())
            timing.give_extra_time(
                db,
                person_id=person_id,
                percent=form.percent.data,
                given_by=viewer().person_id,
                now=request_now(),
            )
        flash(_("Ekstra tid er lagret. Den gjelder fra nå, også for en prøve som er i gang."), "success")
        return see_other("administration.person", person_id=person_id)
    page = render_template("quizzes/extra_time.html", form=form, person=person, given=given)
    return page, 422 if form.errors else 200


def _settled(attempt_id: int) -> queries.Paper:
    """The viewer's own paper as it stands now: closed, if its time is out."""
    with reading() as db:
        attempt = access.attempt_for(db, viewer(), attempt_id)
        if attempt.submitted_at is not None or not is_over(attempt.deadline_at, request_now()):
            return queries.paper(db, attempt_id)
    with transaction() as db:
        services.submit(db, access.attempt_for(db, viewer(), attempt_id), now=request_now())
        return queries.paper(db, attempt_id)


def _page() -> dict[str, Any]:
    """What a whole page says, as `services.save_answers` takes it."""
    return {
        "answers": forms.page_answers(request.form),
        "flags": forms.page_flags(request.form),
        "seconds": forms.page_seconds(request.form),
        "now": request_now(),
    }
