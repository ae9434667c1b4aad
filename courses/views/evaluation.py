"""The evaluation: the form for those who were there, the summary for those who run the seminar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from courses import evaluation as rules
from courses.access import evaluation as access
from courses.forms.evaluation import EvaluationForm
from courses.queries import evaluation as queries
from courses.services import evaluation
from lms import spreadsheets
from lms.clock import local_date
from lms.db import reading, transaction
from lms.errors import Refused
from lms.features import Panel
from lms.formatting import number
from lms.verdict import Reason
from lms.viewer import Viewer
from lms.web import request_now, request_today, see_other, viewer

blueprint = Blueprint("evaluation", __name__)


@blueprint.route("/evaluering/<int:seminar_id>/<int:part>", methods=["GET", "POST"])
def answer(seminar_id: int, part: int) -> ResponseReturnValue:
    """Answer once, without a name."""
    with reading() as db:
        attended = access.part_for(db, viewer(), seminar_id, part)
    form = EvaluationForm()
    reasons: Sequence[Reason] = ()
    if form.validate_on_submit():
        try:
            with transaction() as db:
                evaluation.answer(
                    db,
                    access.part_for(db, viewer(), seminar_id, part),
                    ratings=form.ratings(),
                    useful=form.most_useful.data,
                    better=form.better.data,
                    now=request_now(),
                )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("Takk for svaret. Det er lagret uten navnet ditt."), "success")
            return see_other("home.home")
    problem = rules.answering_problem(last_day=attended.last_day, today=request_today(), answered=attended.answered)
    page = render_template(
        "courses/fieldwork/evaluation.html",
        attended=attended,
        problem=None if reasons else problem,
        closes=rules.closes(attended.last_day),
        least=rules.LEAST,
        form=form,
        reasons=reasons,
    )
    return page, 422 if form.errors or reasons else 200


@blueprint.get("/samlinger/<int:seminar_id>/evaluering/<int:part>")
def summary(seminar_id: int, part: int) -> ResponseReturnValue:
    """What those who were there have answered, from five answers on."""
    with reading() as db:
        seminar, last_day = access.run_part_for(db, viewer(), seminar_id, part)
        found = queries.answers_of(db, seminar_id, part, last_day=last_day, today=request_today())
    return render_template(
        "courses/fieldwork/evaluation_summary.html",
        seminar=seminar,
        part=part,
        last_day=last_day,
        closes=rules.closes(last_day),
        today=request_today(),
        summary=rules.summarise(found.shown),
        waiting=found.waiting,
        least=rules.LEAST,
        statements={field.name: field.label.text for field in EvaluationForm(None).scales()},
    )


@blueprint.get("/samlinger/<int:seminar_id>/evaluering/<int:part>.csv")
def as_csv(seminar_id: int, part: int) -> ResponseReturnValue:
    """The numbers of the summary; no rows of fewer than five answers."""
    with reading() as db:
        _seminar, last_day = access.run_part_for(db, viewer(), seminar_id, part)
        found = queries.answers_of(db, seminar_id, part, last_day=last_day, today=request_today())
    made, form = rules.summarise(found.shown), EvaluationForm(None)
    rows = [
        [form[each.statement].label.text, *each.counts, number(each.mean, 2), made.answers]
        for each in (made.rated if made else ())
        if made is not None
    ]
    heading = [_("Utsagn"), *(str(point) for point in rules.SCALE), _("Snitt"), _("Svar")]
    answered = Response(spreadsheets.csv_file(heading, rows), mimetype="text/csv")
    answered.headers.set("Content-Disposition", "attachment", filename=f"evaluering-{seminar_id}-del-{part}.csv")
    return answered


def panel(session: Session, viewer: Viewer, now: datetime) -> Panel | None:
    """On the home page of those who were there: the forms they have not answered."""
    parts = queries.to_answer(session, viewer.person_id, today=local_date(now))
    if not parts:
        return None
    return Panel(template="courses/fieldwork/panel_evaluation.html", context={"parts": parts}, order=22)
