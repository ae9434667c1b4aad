"""Rounds in which a panel judges where the pass mark should lie: open, invite, rate, close, decide."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms.fields.choices import SelectChoice

from courses.access import standards as access
from courses.forms.standards import DecisionForm, PanelForm, RoundForm, ratings_in
from courses.queries import standards as queries
from courses.queries.standards import Scope
from courses.services import standards as services
from lms.db import reading, transaction
from lms.errors import Refused
from lms.roles import Act
from lms.verdict import Reason
from lms.web import request_now, request_today, see_other, viewer, wants_json
from lms.wording import shown
from quizzes.angoff import PERCENTS, Stage

blueprint = Blueprint("standards", __name__)


@blueprint.route("/kurs/<course_id>/bestattgrense", methods=["GET", "POST"])
def index(course_id: str) -> ResponseReturnValue:
    """The pass mark of a course and the rounds behind it; open a new one."""
    form, reasons = RoundForm(), list[Reason]()
    with reading() as db:
        course, version_id = access.course_to_judge_for(db, viewer(), course_id)
        choices = queries.scopes(db, course)
        rounds = queries.rounds_of(db, course_id)
    form.omfang.choices = [
        SelectChoice(scope, f"{_upper_first(shown('scope-' + scope))} ({len(items)})")
        for scope, items in choices.items()
    ]
    if form.validate_on_submit():
        try:
            with transaction() as db:
                opened = services.open_round(
                    db,
                    course_id=course_id,
                    version_id=version_id,
                    scope=Scope(form.omfang.data),
                    items=choices[Scope(form.omfang.data)],
                    actor_id=viewer().person_id,
                    now=request_now(),
                )
        except Refused as refusal:
            reasons = list(refusal.reasons)
        else:
            flash(_("Runden er åpnet. Inviter panelet."), "success")
            return see_other("standards.round_", round_id=opened.id)
    elif not form.is_submitted():
        form.omfang.data = str(Scope.BANK)
    page = render_template("courses/standards/index.html", course=course, form=form, rounds=rounds, reasons=reasons)
    return page, 422 if form.errors else 409 if reasons else 200


@blueprint.get("/bestattgrense/<int:round_id>")
def round_(round_id: int) -> ResponseReturnValue:
    """A round: the questions to judge for a judge, how far it has come for those who run it, the result when over."""
    return _round_page(round_id, DecisionForm(formdata=None))


@blueprint.post("/bestattgrense/<int:round_id>")
def rate(round_id: int) -> ResponseReturnValue:
    """Keep the ratings of the page, or the one its script sends (204); what is left out stays as it was."""
    seen = request.form.get("del", "")
    with transaction() as db:
        seat = access.round_to_rate_for(db, viewer(), round_id)
        given = ratings_in(request.form, seat.row.items)
        services.rate(
            db,
            seat.row,
            person_id=viewer().person_id,
            ratings=given,
            now=request_now(),
            seen=Stage(seen) if seen in tuple(Stage) else None,
        )
    if wants_json():
        return "", 204
    flash(
        ngettext("Lagret: %(num)s spørsmål er vurdert.", "Lagret: %(num)s spørsmål er vurdert.", len(given)), "success"
    )
    return see_other("standards.round_", round_id=round_id)


@blueprint.post("/bestattgrense/<int:round_id>/panel")
def invite(round_id: int) -> ResponseReturnValue:
    """Invite people to the panel; a second invitation is none."""
    form = PanelForm()
    with reading() as db:
        access.round_to_run_for(db, viewer(), round_id)
        form.person.choices = [(one.id, one.name) for one in queries.able_to_judge(db, on=request_today())]
    if not form.validate() or not form.person.data:
        form.person.errors = form.person.errors or [_("Kryss av for minst én person.")]
        return _round_page(round_id, DecisionForm(formdata=None), panel=form), 422
    with transaction() as db:
        seat = access.round_to_run_for(db, viewer(), round_id)
        added = services.invite(
            db,
            seat.row,
            title=seat.course.title,
            person_ids=form.person.data,
            actor_id=viewer().person_id,
            on=request_today(),
            now=request_now(),
        )
    flash(ngettext("%(num)s er invitert.", "%(num)s er invitert.", added), "success")
    return see_other("standards.round_", round_id=round_id)


@blueprint.post("/bestattgrense/<int:round_id>/lukk")
def close(round_id: int) -> ResponseReturnValue:
    """Close the stage that the page showed."""
    seen = request.form.get("del", "")
    with transaction() as db:
        seat = access.round_to_run_for(db, viewer(), round_id)
        services.close_stage(
            db,
            seat.row,
            stage=Stage(seen) if seen in tuple(Stage) else Stage.CLOSED,
            title=seat.course.title,
            actor_id=viewer().person_id,
            now=request_now(),
        )
    if seen == Stage.FIRST:
        flash(_("Første del er lukket. Panelet ser nå spredningen og vurderer på nytt."), "success")
    else:
        flash(_("Runden er avsluttet."), "success")
    return see_other("standards.round_", round_id=round_id)


@blueprint.post("/bestattgrense/<int:round_id>/grense")
def decide(round_id: int) -> ResponseReturnValue:
    """Keep which pass mark was decided on the basis of the round."""
    form = DecisionForm()
    with reading() as db:
        access.round_to_decide_for(db, viewer(), round_id)
    if not form.validate():
        return _round_page(round_id, form), 422
    with transaction() as db:
        seat = access.round_to_decide_for(db, viewer(), round_id)
        services.decide(
            db,
            seat.row,
            pass_mark=form.pass_mark,
            reason=form.grunn.data,
            actor_id=viewer().person_id,
            now=request_now(),
        )
    flash(_("Beslutningen er lagret. Selve grensen endres i kursets fil og gjelder når kurset publiseres."), "success")
    return see_other("standards.round_", round_id=round_id)


def _round_page(round_id: int, decision: DecisionForm, *, panel: PanelForm | None = None) -> str:
    me = viewer().person_id
    with reading() as db:
        seat = access.round_for(db, viewer(), round_id)
        line = queries.round_line(db, round_id)
        sheet = queries.sheet(db, seat.row, seat.course, judge_id=me if seat.is_judge else None)
        able = queries.able_to_judge(db, on=request_today()) if seat.may_run else []
    form = panel or PanelForm(formdata=None)
    invited = {judge.id for judge in line.judges}
    form.person.choices = [(one.id, one.name) for one in able if one.id not in invited]
    return render_template(
        "courses/standards/round.html",
        course=seat.course,
        line=line,
        sheet=sheet,
        is_judge=seat.is_judge,
        may_run=seat.may_run,
        may_preview=bool(viewer().may(Act.PREVIEW_CONTENT)),
        may_decide=bool(viewer().may(Act.DECIDE_STANDARDS)),
        rated=sum(one.own(line.stage) is not None for one in sheet),
        percents=PERCENTS,
        panel=form,
        decision=decision,
    )


def _upper_first(words: str) -> str:
    """«Sett A», where `capitalize` would say «Sett a»."""
    return words[:1].upper() + words[1:]
