"""Seminars for those who run them: plan, seat people, record attendance."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from courses.access import seminars as access
from courses.forms.seminars import AttendanceForm, PeopleForm, SeminarForm
from courses.models.seminars import Seminar
from courses.queries import attendance as attendance_queries
from courses.queries import evaluation, making_up
from courses.queries import seminars as queries
from courses.seminars import missing_sectors, recording_problem
from courses.services import attendance, seat_mails, seminars
from lms import ids
from lms.db import reading, transaction
from lms.errors import Refused
from lms.roles import Act
from lms.verdict import Reason
from lms.web import request_now, request_today, see_other, viewer

blueprint = Blueprint("seminars", __name__, url_prefix="/samlinger")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The seminars of one's units, and the days that lack attendance."""
    reach = access.seminars_reach(viewer())
    with reading() as db:
        coming, over = queries.seminars_in(db, reach, today=request_today())
        open_days = queries.days_without_attendance(db, reach, today=request_today())
        units = queries.regional_units(db, reach)
    return render_template(
        "courses/fieldwork/seminars.html",
        coming=coming,
        over=over,
        open_days=open_days,
        units=units,
        today=request_today(),
    )


@blueprint.route("/ny", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Plan a seminar."""
    reach = access.seminars_reach(viewer())
    form = SeminarForm()
    with reading() as db:
        form.unit.choices = [SelectChoice(unit.id, unit.name) for unit in queries.regional_units(db, reach)]
    reasons: Sequence[Reason] = ()
    if form.validate_on_submit():
        try:
            with transaction() as db:
                seminar = seminars.plan_seminar(
                    db,
                    unit=access.regional_unit_for(db, viewer(), form.unit.data),
                    name=form.name.data,
                    place=form.place.data,
                    seats=form.seats.data,
                    days=form.days(),
                    now=request_now(),
                )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("Samlingen er planlagt. Legg nå til deltakerne."), "success")
            return see_other("seminars.seminar", seminar_id=seminar.id)
    page = render_template("courses/fieldwork/seminar_new.html", form=form, reasons=reasons)
    return page, 422 if form.errors or reasons else 200


@blueprint.route("/<int:seminar_id>", methods=["GET", "POST"])
def seminar(seminar_id: int) -> ResponseReturnValue:
    """One seminar: days, participants, and people to add."""
    form = PeopleForm()
    reasons: Sequence[Reason] = ()
    with reading() as db:
        shown = access.seminar_for(db, viewer(), seminar_id)
    wants_seats = request.method == "POST" and request.form.get("handling") != "sok"
    if wants_seats and form.validate() and form.chosen():
        try:
            with transaction() as db:
                planned = access.seminar_for(db, viewer(), seminar_id)
                chosen = access.people_for(db, viewer(), Act.RUN_SEMINARS, form.chosen(), on=request_today())
                added = seminars.seat_people(db, seminar_id=seminar_id, person_ids=chosen, now=request_now())
                seat_mails.tell_seated(db, seminar=planned, person_ids=added, now=request_now())
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(ngettext("%(num)s deltaker er lagt til.", "%(num)s deltakere er lagt til.", len(added)), "success")
            return see_other("seminars.seminar", seminar_id=seminar_id)
    elif wants_seats and not form.errors:
        form.person.errors = [_("Kryss av for minst én person.")]
    return _seminar_page(shown, form, reasons), 422 if form.errors or reasons else 200


def _seminar_page(shown: Seminar, form: PeopleForm, reasons: Sequence[Reason]) -> str:
    today = request_today()
    with reading() as db:
        seated = queries.participants(db, shown.id, on=today)
        people = queries.candidates(
            db,
            access.seminars_reach(viewer()),
            on=today,
            wanted=ids.search_key(form.q.data or ""),
            chosen=form.chosen(),
            without=[person.id for person in seated],
        )
        days = queries.days_of(db, shown.id)
        evaluated = evaluation.parts_of(db, shown.id, today=today)
    return render_template(
        "courses/fieldwork/seminar.html",
        seminar=shown,
        days=days,
        evaluated=evaluated,
        seated=seated,
        people=people,
        form=form,
        reasons=reasons,
        today=today,
        missing=missing_sectors(person.sector for person in seated) if seated else (),
    )


@blueprint.post("/<int:seminar_id>/deltakere/<int:person_id>/fjern")
def remove(seminar_id: int, person_id: int) -> ResponseReturnValue:
    """Take a participant off the list."""
    with transaction() as db:
        seminar, person = access.seated_for(db, viewer(), seminar_id, person_id)
        by, now = viewer().person_id, request_now()
        if person is not None and seminars.unseat_person(db, seminar_id=seminar_id, person=person, by=by, now=now):
            seat_mails.tell_unseated(db, seminar=seminar, person=person, now=now)
    if person is not None:
        flash(_("%(name)s er tatt av listen.", name=person.name), "success")
    return see_other("seminars.seminar", seminar_id=seminar_id)


@blueprint.route("/<int:seminar_id>/dag/<int:day_id>", methods=["GET", "POST"])
def day(seminar_id: int, day_id: int) -> ResponseReturnValue:
    """A day's attendance: one list, saved at once."""
    form = AttendanceForm()
    reasons: Sequence[Reason] = ()
    if form.validate_on_submit():
        try:
            with transaction() as db:
                _shown, recorded = access.seminar_day_for(db, viewer(), seminar_id, day_id)
                attendance.record_attendance(
                    db,
                    day=recorded,
                    given=form.given(),
                    seen_row=form.seen_row.data,
                    by=viewer().person_id,
                    now=request_now(),
                )
                roll = attendance.roll_of(db, day_id)
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            present, listed = sum(roll.present.get(each, False) for each in form.given()), len(form.given())
            flash(
                _("Frammøtet er lagret: %(present)s av %(listed)s til stede.", present=present, listed=listed),
                "success",
            )
            return see_other("seminars.seminar", seminar_id=seminar_id)
    with reading() as db:
        page = _day_page(db, seminar_id, day_id, form, reasons)
    return page, 422 if form.errors or reasons else 200


def _day_page(db: Session, seminar_id: int, day_id: int, form: AttendanceForm, reasons: Sequence[Reason]) -> str:
    shown, recorded = access.seminar_day_for(db, viewer(), seminar_id, day_id)
    roll = attendance.roll_of(db, day_id)
    typed = form.given() if request.method == "POST" and not form.errors else {}
    everybody = "alle" in request.args
    made_up = making_up.made_up_of_day(db, day_id)
    people = queries.participants(db, seminar_id, on=recorded.on)
    return render_template(
        "courses/fieldwork/attendance.html",
        seminar=shown,
        day=recorded,
        people=people,
        made_up=made_up,
        absent=[one for one in people if one.id in made_up or roll.present.get(one.id) is False],
        guests=attendance_queries.guests_of(db, day_id, on=recorded.on),
        today=request_today(),
        ticked={
            person_id: typed.get(person_id, everybody or roll.present.get(person_id, False))
            for person_id in roll.listed
        },
        roll=roll,
        reasons=reasons,
        invalid=bool(form.errors),
        too_early=recording_problem(on=recorded.on, today=request_today()),
        me=viewer().person_id,
    )
