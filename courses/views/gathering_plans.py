"""Gatherings planned ahead: the list, planning one, signing up, and the list of who took part."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms.fields.choices import SelectChoice

from courses.access import gatherings as access
from courses.forms.gatherings import PlanForm, TookPartForm
from courses.queries import gatherings as queries
from courses.queries import seminars as people_queries
from courses.seminars import GatheringKind
from courses.services import gathering_plans as services
from courses.services import gatherings as recording
from lms import ids
from lms.db import reading, transaction
from lms.errors import Refused
from lms.roles import Act
from lms.verdict import Reason, because
from lms.web import instructors_among, request_now, request_today, see_other, viewer

blueprint = Blueprint("gathering_plans", __name__, url_prefix="/opplaering")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """What one may sign up for; for trainers, what is planned in their units."""
    me, today = viewer(), request_today()
    reach = me.may(Act.RUN_SEMINARS)
    with reading() as db:
        coming = queries.coming_for(db, me.person_id, today=today)
        above = {line.gathering.id for line in coming}
        planned = queries.planned_in(db, me.person_id, reach) if reach else []
        certified = bool(instructors_among(db, [me.person_id], on=today))
    return render_template(
        "courses/fieldwork/gatherings/index.html",
        coming=coming,
        planned=[line for line in planned if line.gathering.id not in above],
        certified=certified,
        leads=bool(reach),
        today=today,
    )


@blueprint.route("/planlegg", methods=["GET", "POST"])
def plan() -> ResponseReturnValue:
    """Plan a gathering."""
    form = PlanForm()
    reasons: Sequence[Reason] = ()
    with reading() as db:
        units = access.units_to_invite(db, viewer())
    form.units.choices = [SelectChoice(unit.id, unit.name) for unit in units]
    if form.validate_on_submit():
        try:
            with transaction() as db:
                row = services.plan_gathering(
                    db,
                    form.plan(),
                    unit_ids=form.units.data,
                    entry=form.entry.data,
                    by=viewer().person_id,
                    now=request_now(),
                )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("Samlingen er planlagt. Instruktørene ser den på forsiden sin."), "success")
            return see_other("gathering_plans.show", gathering_id=row.id)
    form.entry.data = form.entry.data or ids.new_token()
    page = render_template("courses/fieldwork/gatherings/plan.html", form=form, reasons=reasons)
    return page, 422 if form.errors or reasons else 200


@blueprint.get("/<int:gathering_id>")
def show(gathering_id: int) -> ResponseReturnValue:
    """A gathering: when, where; the webinar's link for those signed up; the list for those who lead it."""
    today = request_today()
    with reading() as db:
        row = access.gathering_for(db, viewer(), gathering_id, on=today)
        people = queries.signed_up(db, row.id, on=today)
        leads = access.leads(db, viewer(), gathering_id, on=today)
        may_sign_up = access.may_sign_up(db, viewer(), row, on=today)
    mine = viewer().person_id in {person.id for person in people}
    return render_template(
        "courses/fieldwork/gatherings/gathering.html",
        row=row,
        people=people if leads else [],
        number=len(people),
        mine=mine,
        leads=leads,
        may_sign_up=may_sign_up,
        today=today,
    )


@blueprint.post("/<int:gathering_id>/meld-pa")
def sign_up(gathering_id: int) -> ResponseReturnValue:
    """Sign up."""
    with transaction() as db:
        row = access.gathering_to_join(db, viewer(), gathering_id, on=request_today())
        services.sign_up(db, gathering_id=row.id, person_id=viewer().person_id, now=request_now())
    flash(_("Du er påmeldt."), "success")
    return see_other("gathering_plans.show", gathering_id=gathering_id)


@blueprint.post("/<int:gathering_id>/meld-av")
def sign_off(gathering_id: int) -> ResponseReturnValue:
    """Take the sign-up back."""
    with transaction() as db:
        row = access.gathering_for(db, viewer(), gathering_id, on=request_today())
        services.sign_off(db, gathering_id=row.id, person_id=viewer().person_id, now=request_now())
    flash(_("Du er meldt av."), "success")
    return see_other("gathering_plans.show", gathering_id=gathering_id)


@blueprint.post("/<int:gathering_id>/avlys")
def cancel(gathering_id: int) -> ResponseReturnValue:
    """Call it off."""
    with transaction() as db:
        row = access.gathering_to_lead(db, viewer(), gathering_id, on=request_today())
        services.cancel_gathering(db, gathering_id=row.id, by=viewer().person_id, now=request_now())
    flash(_("Samlingen er avlyst. De påmeldte får beskjed på e-post."), "success")
    return see_other("gathering_plans.show", gathering_id=gathering_id)


@blueprint.route("/<int:gathering_id>/deltakelse", methods=["GET", "POST"])
def attendance(gathering_id: int) -> ResponseReturnValue:
    """Tick who took part: those signed up, and others found by name. What is recorded stays recorded."""
    me, today, form = viewer(), request_today(), TookPartForm()
    searching = request.form.get("handling") == "sok"
    with reading() as db:
        row = access.gathering_to_lead(db, me, gathering_id, on=today)
    reasons: Sequence[Reason] = (because("gathering-too-early", day=row.on),) if row.on > today else ()
    if not reasons and not searching and form.validate_on_submit():
        try:
            with transaction() as db:
                row = access.gathering_to_lead(db, me, gathering_id, on=today)
                added = recording.record_gathering(
                    db,
                    person_ids=access.took_part_for(db, me, row, frozenset(form.chosen()), on=today),
                    title=row.title,
                    on=row.on,
                    kind=GatheringKind(row.kind),
                    by=me.person_id,
                    now=request_now(),
                )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(ngettext("Registrert for %(num)s person.", "Registrert for %(num)s personer.", added), "success")
            return see_other("gathering_plans.show", gathering_id=gathering_id)
    with reading() as db:
        signed = queries.signed_up(db, row.id, on=today)
        recorded = queries.recorded_at(db, row)
        others = people_queries.candidates(
            db,
            me.may(Act.RUN_SEMINARS),
            on=today,
            wanted=ids.search_key(form.q.data or ""),
            chosen=[person for person in form.chosen() if person not in {each.id for each in signed}],
            without=[me.person_id, *(each.id for each in signed)],
        )
    ticked = set(form.chosen()) if form.is_submitted() else {each.id for each in signed if "alle" in request.args}
    page = render_template(
        "courses/fieldwork/gatherings/attendance.html",
        form=form,
        row=row,
        signed=signed,
        recorded=recorded,
        ticked=ticked,
        others=others,
        me=me,
        too_early=row.on > today,
        reasons=reasons,
    )
    return page, 422 if form.errors or (reasons and form.is_submitted()) else 200
