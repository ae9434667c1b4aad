"""A missed day and how it is made up: agreed, confirmed and taken back by those who run the seminar."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from courses.access import seminars as access
from courses.forms.attendance import MadeUpForm, MakeUpForm
from courses.queries import making_up as queries
from courses.services import attendance, making_up
from lms.db import reading, transaction
from lms.errors import Refused
from lms.verdict import Reason
from lms.web import request_now, request_today, see_other, viewer

blueprint = Blueprint("making_up", __name__, url_prefix="/samlinger")

ELSEWHERE, INSTEAD = "annen", "noe-annet"


@blueprint.route("/<int:seminar_id>/dag/<int:day_id>/ta-igjen/<int:person_id>", methods=["GET", "POST"])
def agree(seminar_id: int, day_id: int, person_id: int) -> ResponseReturnValue:
    """What is agreed about a missed day; agree on it here."""
    form = _form(seminar_id, day_id, person_id)
    reasons: Sequence[Reason] = ()
    if form.validate_on_submit():
        try:
            with transaction() as db:
                _seminar, day, person = access.missed_day_for(db, viewer(), seminar_id, day_id, person_id)
                elsewhere = form.way.data == ELSEWHERE
                making_up.agree(
                    db,
                    day=day,
                    person_id=person.id,
                    other=access.other_day_for(db, viewer(), form.other.data or 0) if elsewhere else None,
                    what=form.what.data,
                    by=viewer().person_id,
                    now=request_now(),
                )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("Avtalen er lagret. Deltakeren ser den på forsiden sin."), "success")
            return _back(seminar_id, day_id, person_id)
    page = _page(seminar_id, day_id, person_id, form, MadeUpForm(None), reasons)
    return page, 422 if form.errors or reasons else 200


@blueprint.post("/<int:seminar_id>/dag/<int:day_id>/ta-igjen/<int:person_id>/bekreft/<int:make_up_id>")
def confirm(seminar_id: int, day_id: int, person_id: int, make_up_id: int) -> ResponseReturnValue:
    """Vouch that it was done."""
    done = MadeUpForm()
    reasons: Sequence[Reason] = ()
    if done.validate_on_submit():
        try:
            with transaction() as db:
                made = access.make_up_for(db, viewer(), make_up_id)
                making_up.confirm(
                    db,
                    made,
                    done_on=done.done_on.data,
                    done_what=done.done_what.data,
                    by=viewer().person_id,
                    now=request_now(),
                )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("Dagen er bekreftet og teller med."), "success")
            return _back(seminar_id, day_id, person_id)
    with reading() as db:
        access.make_up_for(db, viewer(), make_up_id)
    page = _page(seminar_id, day_id, person_id, _form(seminar_id, day_id, person_id, empty=True), done, reasons)
    return page, 422


@blueprint.post("/<int:seminar_id>/dag/<int:day_id>/ta-igjen/<int:person_id>/trekk/<int:make_up_id>")
def withdraw(seminar_id: int, day_id: int, person_id: int, make_up_id: int) -> ResponseReturnValue:
    """Take an agreement back."""
    with transaction() as db:
        made = access.make_up_for(db, viewer(), make_up_id)
        making_up.withdraw(db, made, by=viewer().person_id, now=request_now())
    flash(_("Avtalen er trukket. Det som sto, er bevart."), "success")
    return _back(seminar_id, day_id, person_id)


def _back(seminar_id: int, day_id: int, person_id: int) -> Response:
    return see_other("making_up.agree", seminar_id=seminar_id, day_id=day_id, person_id=person_id)


def _form(seminar_id: int, day_id: int, person_id: int, *, empty: bool = False) -> MakeUpForm:
    form = MakeUpForm(None) if empty else MakeUpForm()
    with reading() as db:
        _seminar, day, _person = access.missed_day_for(db, viewer(), seminar_id, day_id, person_id)
        others = queries.other_days(db, access.seminars_reach(viewer()), day, today=request_today())
    form.way.choices = [SelectChoice(INSTEAD, _("Med noe annet, som vi har avtalt"))]
    if others:
        form.way.choices.insert(0, SelectChoice(ELSEWHERE, _("På den samme dagen i en annen samling")))
    form.other.choices = [
        SelectChoice(each.id, f"{each.on:%d.%m.%Y}: {each.seminar_name}, {each.place}") for each in others
    ]
    return form


def _page(
    seminar_id: int, day_id: int, person_id: int, form: MakeUpForm, done: MadeUpForm, reasons: Sequence[Reason]
) -> str:
    with reading() as db:
        seminar, day, person = access.missed_day_for(db, viewer(), seminar_id, day_id, person_id)
        agreed = queries.made_up_of_day(db, day_id).get(person_id)
        word = attendance.roll_of(db, day_id).word_on(person_id)
    return render_template(
        "courses/fieldwork/make_up.html",
        seminar=seminar,
        day=day,
        person=person,
        agreed=agreed,
        word=word,
        form=form,
        done=done,
        reasons=reasons,
        own=person.id == viewer().person_id,
    )
