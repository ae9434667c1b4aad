"""Seminars for those who run them: plan, seat people, record attendance."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from courses import roster
from courses.access import seminars as access
from courses.forms.booking import MoveForm, RemovalForm
from courses.forms.seminars import AttendanceForm, PeopleForm, SeminarForm
from courses.models.seminars import Seminar
from courses.planning import warnings
from courses.queries import attendance as attendance_queries
from courses.queries import booking, evaluation, making_up, planning
from courses.queries import seminars as queries
from courses.seminars import missing_sectors, recording_problem
from courses.services import attendance, seat_mails, seminars
from courses.services import booking as moving
from courses.views.planning import programmes_of, warn
from lms import ids
from lms.db import reading, transaction
from lms.errors import Refused
from lms.people import Person
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
            flash(_("Samlingen er planlagt. Legg nå til deltakerne, eller åpne for påmelding."), "success")
            warn(form.days())
            return see_other("seminars.seminar", seminar_id=seminar.id)
    page = render_template("courses/fieldwork/seminar_new.html", form=form, reasons=reasons)
    return page, 422 if form.errors or reasons else 200


@blueprint.route("/<int:seminar_id>", methods=["GET", "POST"])
def seminar(seminar_id: int) -> ResponseReturnValue:
    """One seminar: days, participants, who waits, and people to add: found by name, or pasted as a list."""
    form = PeopleForm()
    reasons: Sequence[Reason] = ()
    with reading() as db:
        shown = access.seminar_for(db, viewer(), seminar_id)
    doing = request.form.get("handling", "") if request.method == "POST" else "sok"
    listed = _from_list(form) if request.method == "POST" and form.validate() else NOBODY
    if doing not in ("sok", "liste") and not form.errors and form.chosen():
        try:
            with transaction() as db:
                planned = access.seminar_for(db, viewer(), seminar_id)
                chosen = access.people_for(db, viewer(), Act.RUN_SEMINARS, form.chosen(), on=request_today())
                added = seminars.seat_people(
                    db, seminar_id=seminar_id, person_ids=chosen, now=request_now(), by=viewer().person_id
                )
                seat_mails.tell_seated(db, seminar=planned, person_ids=added, now=request_now())
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(ngettext("%(num)s deltaker er lagt til.", "%(num)s deltakere er lagt til.", len(added)), "success")
            if listed.unmatched:
                flash(
                    _("Ikke lagt til: %(lines)s", lines="; ".join(line for line, _why in listed.unmatched)), "warning"
                )
            return see_other("seminars.seminar", seminar_id=seminar_id)
    elif doing not in ("sok", "liste") and not form.errors:
        form.person.errors = [_("Kryss av for minst én person.")]
    return _seminar_page(shown, form, reasons, listed), 422 if form.errors or reasons else 200


NOBODY = roster.Matched(people=(), unmatched=())


def _from_list(form: PeopleForm) -> roster.Matched:
    """The pasted names, ticked; what names nobody stays in the box with what is wrong, so that nothing is lost."""
    lines = roster.lines_of(form.pasted.data or "")
    if not lines:
        return NOBODY
    with reading() as db:
        known = queries.known_people(db, access.seminars_reach(viewer()), on=request_today())
    found = roster.match(lines, known, ids.search_key)
    form.person.data = [*form.chosen(), *found.people]
    form.pasted.data = "\n".join(line for line, _why in found.unmatched)
    return found


def _seminar_page(shown: Seminar, form: PeopleForm, reasons: Sequence[Reason], listed: roster.Matched) -> str:
    today, now = request_today(), request_now()
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
        plan = planning.plan_of(db, shown)
        line = booking.line_of(db, shown.id, now=now)
        context = {
            "trainers": planning.trainers_of(db, shown.id, on=today),
            "track_trainers": planning.track_trainers(db, shown, plan),
            "stories": booking.stories_of(db, shown.id),
            "limits": booking.limits_of(db, shown),
            "unit_names": {unit.id: unit.name for unit in planning.units_around(db, shown)},
        }
        evaluated = evaluation.parts_of(db, shown.id, today=today)
    return render_template(
        "courses/fieldwork/seminar.html",
        seminar=shown,
        days=days,
        plan={day.key: day for day in plan.days},
        programmes=programmes_of(plan),
        evaluated=evaluated,
        seated=seated,
        already=[person for person in seated if person.id in listed.people],
        unmatched=listed.unmatched,
        line=line,
        free=shown.seats - len(seated) - sum(each.offer_ends_at is not None for each in line),
        people=people,
        form=form,
        reasons=reasons,
        warnings=warnings(plan.days),
        today=today,
        missing=missing_sectors(person.sector for person in seated) if seated else (),
        **context,
    )


@blueprint.route("/<int:seminar_id>/deltakere/<int:person_id>/fjern", methods=["GET", "POST"])
def remove(seminar_id: int, person_id: int) -> ResponseReturnValue:
    """Take a participant off the list, with a reason that is kept."""
    form = RemovalForm()
    reasons: Sequence[Reason] = ()
    with reading() as db:
        shown, person = access.seated_for(db, viewer(), seminar_id, person_id)
    if person is None:  # a second click
        return see_other("seminars.seminar", seminar_id=seminar_id)
    if form.validate_on_submit():
        by, now, reason = viewer().person_id, request_now(), form.reason.data
        try:
            with transaction() as db:
                held, gone = access.seated_for(db, viewer(), seminar_id, person_id)
                if gone is not None and seminars.unseat_person(
                    db, seminar_id=seminar_id, person=gone, by=by, now=now, reason=reason
                ):
                    seat_mails.tell_unseated(db, seminar=held, person=gone, now=now, reason=reason)
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("%(name)s er tatt av listen.", name=person.name), "success")
            return see_other("seminars.seminar", seminar_id=seminar_id)
    return _person_page(shown, person, form, MoveForm(formdata=None), reasons), (
        409 if reasons else 422 if form.errors else 200
    )


@blueprint.post("/<int:seminar_id>/deltakere/<int:person_id>/flytt")
def move(seminar_id: int, person_id: int) -> ResponseReturnValue:
    """Move a participant's seat to another seminar."""
    form = MoveForm()
    reasons: Sequence[Reason] = ()
    with reading() as db:
        shown, person = access.seated_for(db, viewer(), seminar_id, person_id)
        form.to.choices = _elsewhere(db, shown)
    if person is None:
        return see_other("seminars.seminar", seminar_id=seminar_id)
    if form.validate_on_submit():
        try:
            with transaction() as db:
                access.seated_for(db, viewer(), seminar_id, person_id)
                moving.move(
                    db,
                    person_id=person.id,
                    from_id=seminar_id,
                    to_id=access.seminar_for(db, viewer(), form.to.data).id,
                    by=viewer().person_id,
                    now=request_now(),
                    reason=form.reason.data,
                )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("%(name)s er flyttet.", name=person.name), "success")
            return see_other("seminars.seminar", seminar_id=form.to.data)
    return _person_page(shown, person, RemovalForm(formdata=None), form, reasons), 422


def _elsewhere(db: Session, shown: Seminar) -> list[SelectChoice]:
    """The other seminars a seat could go to."""
    coming, _over = queries.seminars_in(db, access.seminars_reach(viewer()), today=request_today())
    return [
        SelectChoice(line.id, f"{line.name} ({line.first_on:%d.%m.%Y})")
        for line in coming
        if line.id != shown.id and not line.cancelled
    ]


def _person_page(
    shown: Seminar, person: Person, removal: RemovalForm, wanted: MoveForm, reasons: Sequence[Reason]
) -> str:
    with reading() as db:
        wanted.to.choices = _elsewhere(db, shown)
    return render_template(
        "courses/fieldwork/seminar_person.html",
        seminar=shown,
        person=person,
        removal=removal,
        move=wanted,
        reasons=reasons,
        today=request_today(),
    )


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
