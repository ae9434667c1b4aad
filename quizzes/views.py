"""The pages of a test: the paper, saving, handing in, the result. All work without JavaScript."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from lms.db import reading, transaction
from lms.web import request_now, see_other, viewer
from quizzes import access, forms, queries, services
from quizzes.attempts import Purpose

blueprint = Blueprint("quizzes", __name__, url_prefix="/prove")


@blueprint.get("/<int:attempt_id>")
def paper(attempt_id: int) -> ResponseReturnValue:
    """All questions on one page; the result instead once it is handed in."""
    with reading() as db:
        access.attempt_for(db, viewer(), attempt_id)
        shown = queries.paper(db, attempt_id)
    if shown.submitted_at is not None:
        return see_other("quizzes.result", attempt_id=attempt_id)
    return render_template("quizzes/paper.html", paper=shown)


@blueprint.post("/<int:attempt_id>/svar/<int:position>")
def save_one(attempt_id: int, position: int) -> ResponseReturnValue:
    """Keep one answer, for the script; 204, or 409 with the reason."""
    keys = forms.one_answer(request.get_json()) if request.is_json else request.form.getlist("svar")
    if keys is None:
        raise BadRequest
    with transaction() as db:
        attempt = access.attempt_with_question_for(db, viewer(), attempt_id, position)
        services.save_answer(db, attempt, position=position, keys=keys, now=request_now())
    return "", 204


@blueprint.post("/<int:attempt_id>/svar")
def save_page(attempt_id: int) -> ResponseReturnValue:
    """Keep all answers of the page and come back to it."""
    with transaction() as db:
        attempt = access.attempt_for(db, viewer(), attempt_id)
        if attempt.submitted_at is None:
            services.save_answers(db, attempt, answers=forms.page_answers(request.form), now=request_now())
            flash(_("Svarene er lagret. Prøven er ikke levert ennå."), "success")
    return see_other("quizzes.paper", attempt_id=attempt_id)


@blueprint.get("/<int:attempt_id>/lever")
def confirm(attempt_id: int) -> ResponseReturnValue:
    """Which questions have no answer, half of one or none that can be read, and whether to hand in all the same."""
    with reading() as db:
        access.attempt_for(db, viewer(), attempt_id)
        shown = queries.paper(db, attempt_id)
    if shown.submitted_at is not None:
        return see_other("quizzes.result", attempt_id=attempt_id)
    return render_template("quizzes/confirm.html", paper=shown)


@blueprint.post("/<int:attempt_id>/lever")
def submit(attempt_id: int) -> ResponseReturnValue:
    """Hand in. With something unanswered or unreadable the answers are kept, and the person is asked first."""
    answers = forms.page_answers(request.form)
    with transaction() as db:
        attempt = access.attempt_for(db, viewer(), attempt_id)
        if attempt.submitted_at is None and "bekreftet" not in request.form:
            services.save_answers(db, attempt, answers=answers, now=request_now())
            if queries.paper(db, attempt_id).unfinished:
                return see_other("quizzes.confirm", attempt_id=attempt_id)
        services.submit(db, attempt, answers=None, now=request_now())
    return see_other("quizzes.result", attempt_id=attempt_id)


@blueprint.get("/<int:attempt_id>/resultat")
def result(attempt_id: int) -> ResponseReturnValue:
    """The result; the paper instead as long as it is not handed in. That of a check is shown where it was begun."""
    with reading() as db:
        attempt = access.attempt_for(db, viewer(), attempt_id)
        if attempt.submitted_at is None:
            return see_other("quizzes.paper", attempt_id=attempt_id)
        if attempt.form == Purpose.CHECK:
            return redirect(attempt.go_back_to, code=303)
        shown = queries.result(db, attempt_id)
    return render_template("quizzes/result.html", result=shown)
