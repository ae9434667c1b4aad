"""A seminar's plan for those who run it: change it, say who runs it, who takes over, call it off, open booking."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from courses import planning as rules
from courses.access import seminars as access
from courses.forms.booking import WindowForm, quota_fields
from courses.forms.seminars import PlanForm, ReasonForm, SubstituteForm, TrainersForm
from courses.models.seminars import Seminar
from courses.planning import Substitution
from courses.queries import booking as seats
from courses.queries import planning as queries
from courses.seminars import Day
from courses.services import booking, planning
from lms.db import reading, transaction
from lms.errors import Refused
from lms.markup import MarkupError, render
from lms.people import Person
from lms.verdict import Reason
from lms.web import request_now, request_today, see_other, viewer
from lms.wording import lines, say

blueprint = Blueprint("planning", __name__, url_prefix="/samlinger")


@blueprint.route("/<int:seminar_id>/plan", methods=["GET", "POST"])
def plan(seminar_id: int) -> ResponseReturnValue:
    """Change a seminar's plan; everybody seated is told what is new."""
    with reading() as db:
        shown = access.seminar_for(db, viewer(), seminar_id)
        current = queries.plan_of(db, shown)
        form = PlanForm(data={**PlanForm.values_of(current), "seen_revision": shown.revision})
        _offer_trainers(form, queries.trainers_around(db, shown, on=request_today()))
    reasons: Sequence[Reason] = ()
    if form.validate_on_submit():
        try:
            with transaction() as db:
                changes = planning.change_plan(
                    db,
                    seminar_id=access.seminar_for(db, viewer(), seminar_id).id,
                    plan=form.plan(),
                    seen_revision=form.seen_revision.data,
                    by=viewer().person_id,
                    now=request_now(),
                )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            told = _("Planen er lagret, og deltakerne får vite hva som er endret.")
            flash(told if changes else _("Planen er lagret."), "success")
            warn(form.plan().days)
            return see_other("seminars.seminar", seminar_id=seminar_id)
    page = render_template("courses/fieldwork/seminar_plan.html", seminar=shown, form=form, reasons=reasons)
    return page, 422 if form.errors or reasons else 200


def programmes_of(plan: rules.Plan) -> dict[tuple[tuple[int, int], str], Markup]:
    """The programmes as pages show them, by the day's key and the sector, empty for everybody. They were tried when
    they were typed; one that cannot be shown is shown as it stands."""
    found: dict[tuple[tuple[int, int], str], Markup] = {}
    for day in plan.days:
        for sector, text in (("", day.programme), *((track.sector, track.programme) for track in day.tracks)):
            if text:
                try:
                    found[day.key, sector] = render(text)
                except MarkupError:
                    found[day.key, sector] = lines(text)
    return found


def warn(days: Sequence[Day]) -> None:
    """Say what is unusual about a plan that is saved."""
    for reason in rules.warnings(days):
        flash(say(reason), "warning")


def _offer_trainers(form: PlanForm, people: Sequence[Person]) -> None:
    nobody = SelectChoice(0, _("Ikke bestemt"))
    for field in (form.nav_trainer, form.helse_trainer):
        field.choices = [nobody, *(SelectChoice(person.id, person.name) for person in people)]


@blueprint.route("/<int:seminar_id>/opplaeringsansvarlige", methods=["GET", "POST"])
def trainers(seminar_id: int) -> ResponseReturnValue:
    """Say who runs a seminar."""
    with reading() as db:
        shown = access.seminar_for(db, viewer(), seminar_id)
        form, substitute = _trainer_forms(db, shown)
    reasons: Sequence[Reason] = ()
    if form.validate_on_submit():
        try:
            with transaction() as db:
                planning.set_trainers(
                    db,
                    seminar_id=access.seminar_for(db, viewer(), seminar_id).id,
                    person_ids=form.trainer.data or (),
                    lead_id=form.lead.data or None,
                    by=viewer().person_id,
                    now=request_now(),
                )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("Lagret."), "success")
            return see_other("seminars.seminar", seminar_id=seminar_id)
    return _trainers_page(shown, form, substitute, reasons), 422 if form.errors or reasons else 200


@blueprint.post("/<int:seminar_id>/vikar")
def substitute(seminar_id: int) -> ResponseReturnValue:
    """Somebody takes over from a trainer."""
    with reading() as db:
        shown = access.seminar_for(db, viewer(), seminar_id)
        form, wanted = _trainer_forms(db, shown)
    reasons: Sequence[Reason] = ()
    if wanted.validate_on_submit():
        change = Substitution(
            absent_id=wanted.absent.data, substitute_id=wanted.substitute.data, from_on=wanted.from_on.data
        )
        try:
            with transaction() as db:
                planning.substitute(
                    db,
                    seminar_id=access.seminar_for(db, viewer(), seminar_id).id,
                    wanted=change,
                    reason=wanted.reason.data,
                    by=viewer().person_id,
                    now=request_now(),
                )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("Vikaren er registrert, og begge har fått e-post."), "success")
            return see_other("seminars.seminar", seminar_id=seminar_id)
    return _trainers_page(shown, form, wanted, reasons), 422


def _trainer_forms(db: Session, shown: Seminar) -> tuple[TrainersForm, SubstituteForm]:
    """The two forms of the page; what was sent fills the one it was sent to."""
    people = queries.trainers_around(db, shown, on=request_today())
    today = request_today()
    given = queries.assigned_to(db, shown.id)
    there = queries.trainers_of(db, shown.id, on=today)
    is_substitute = request.endpoint == "planning.substitute"
    lead = next((person_id for person_id, leads in given.items() if leads), 0)
    form = TrainersForm(**({"formdata": None} if is_substitute else {}), data={"trainer": list(given), "lead": lead})
    form.trainer.choices = [SelectChoice(person.id, person.name) for person in people]
    form.lead.choices = [SelectChoice(0, _("Ikke bestemt")), *form.trainer.choices]
    wanted = SubstituteForm(**({} if is_substitute else {"formdata": None}), data={"from_on": today})
    unchosen = SelectChoice("", _("Velg i listen"))
    assigned = [SelectChoice(each.id, each.name) for each in there]
    wanted.absent.choices = assigned if len(assigned) < 2 else [unchosen, *assigned]
    wanted.substitute.choices = [unchosen, *(SelectChoice(person.id, person.name) for person in people)]
    return form, wanted


def _trainers_page(shown: Seminar, form: TrainersForm, wanted: SubstituteForm, reasons: Sequence[Reason]) -> str:
    with reading() as db:
        handovers = queries.handovers(db, shown.id)
    return render_template(
        "courses/fieldwork/seminar_trainers.html",
        seminar=shown,
        form=form,
        substitute=wanted,
        handovers=handovers,
        reasons=reasons,
    )


@blueprint.route("/<int:seminar_id>/avlys", methods=["GET", "POST"])
def cancel(seminar_id: int) -> ResponseReturnValue:
    """Call a seminar off, with a reason everybody is told."""
    form = ReasonForm()
    reasons: Sequence[Reason] = ()
    with reading() as db:
        shown = access.seminar_for(db, viewer(), seminar_id)
        seated = len(seats.seated_ids(db, seminar_id))
    if form.validate_on_submit():
        try:
            with transaction() as db:
                told = planning.cancel_seminar(
                    db,
                    seminar_id=access.seminar_for(db, viewer(), seminar_id).id,
                    reason=form.reason.data,
                    by=viewer().person_id,
                    now=request_now(),
                )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            said = ngettext(
                "Samlingen er avlyst. %(num)s deltaker hadde plass og har fått beskjed.",
                "Samlingen er avlyst. %(num)s deltakere hadde plass og har fått beskjed.",
                len(told),
            )
            flash(said, "success")
            return see_other("seminars.seminar", seminar_id=seminar_id)
    page = render_template(
        "courses/fieldwork/seminar_cancel.html", seminar=shown, seated=seated, form=form, reasons=reasons
    )
    return page, 422 if form.errors or reasons else 200


@blueprint.route("/<int:seminar_id>/pamelding", methods=["GET", "POST"])
def window(seminar_id: int) -> ResponseReturnValue:
    """Open a seminar for booking: from when, until when, and quotas."""
    reasons: Sequence[Reason] = ()
    with reading() as db:
        shown = access.seminar_for(db, viewer(), seminar_id)
        units = queries.units_around(db, shown)
        limits = seats.limits_of(db, shown)
        days = seats.days_of(db, seminar_id)
    form_class = quota_fields(WindowForm, units)
    form = form_class(data=form_class.values_of(shown, limits))
    if form.validate_on_submit():
        try:
            with transaction() as db:
                booking.open_for_booking(
                    db,
                    seminar_id=access.seminar_for(db, viewer(), seminar_id).id,
                    window=booking.Window(
                        bookable_from=form.bookable_from.data,
                        bookable_through=form.bookable_through.data,
                        cancel_through=form.cancel_through.data,
                    ),
                    limits=form.limits(shown.seats),
                    by=viewer().person_id,
                    now=request_now(),
                )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("Påmeldingen er lagret."), "success")
            return see_other("seminars.seminar", seminar_id=seminar_id)
    page = render_template(
        "courses/fieldwork/seminar_window.html", seminar=shown, days=days, form=form, reasons=reasons
    )
    return page, 422 if form.errors or reasons else 200
