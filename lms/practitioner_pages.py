"""Those who signed up by themselves, for the secretariat that looks after them; and one's own HPR number."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from lms import access, directory, ids, practitioners, wording
from lms.db import current_database, reading, transaction
from lms.errors import Refused
from lms.features import Feature, Link
from lms.hpr import read_hpr
from lms.people import Person
from lms.practitioners import Occupation, Practitioner
from lms.roles import Act
from lms.sign_up import TRIES_FOR_ONE, WINDOW
from lms.sign_up_forms import HprForm, PractitionerForm
from lms.throttle import count
from lms.units import Unit
from lms.verdict import No, Reason, because
from lms.web import FEATURES, request_now, see_other, viewer

OWN_PAGES = (Link(_l("HPR-nummer, for leger"), "own_hpr.show"),)

own = Blueprint("own_hpr", __name__)
blueprint = Blueprint("practitioners", __name__, url_prefix="/pameldte")


@own.route("/min-side/hpr", methods=["GET", "POST"])
def show() -> ResponseReturnValue:
    """My HPR number: give it, or set it right as long as no course certificate carries it."""
    with reading() as db:
        person = db.get_one(Person, viewer().person_id)
        shut = _shut(db, person.id)
    form = HprForm(hpr_number=person.hpr_number or "")
    if shut is None and form.validate_on_submit():
        count(current_database(), "own-hpr", str(person.id), limit=TRIES_FOR_ONE, window=WINDOW, now=request_now())
        try:
            with transaction() as db:
                _give(db, form)
        except Refused as refused:
            form.hpr_number.errors = [wording.say(reason) for reason in refused.reasons]
        else:
            flash(_("HPR-nummeret er lagret."), "success")
            return see_other("home.me")
    page = render_template("sign_up/own_hpr.html", form=form, person=person, shut=shut)
    return page, 422 if form.errors else 200


def _give(db: Session, form: HprForm) -> None:
    me = viewer().person_id
    practitioners.lock_person(db, me)  # nothing is issued meanwhile
    shut = _shut(db, me)
    if shut is not None:
        raise Refused(shut)
    number = read_hpr(form.hpr_number.data)
    assert not isinstance(number, No), "the form has looked"
    practitioners.correct_hpr(db, me, number, actor_id=me, now=request_now())


def _shut(db: Session, person_id: int) -> Reason | None:
    """Why a person cannot change the number themselves, or None."""
    features: tuple[Feature, ...] = current_app.extensions[FEATURES]
    if any(feature.keeps_hpr(db, person_id) for feature in features if feature.keeps_hpr is not None):
        return because("hpr-issued")
    practitioner = db.get(Practitioner, person_id)
    if practitioner is not None and practitioner.occupation == Occupation.COUNSELLOR:
        return because("hpr-counsellor")
    return None


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Everybody who signed up for an open course, with search."""
    access.require(viewer(), Act.LOOK_AFTER_PRACTITIONERS)
    wanted = request.args.get("q", "")
    with reading() as db:
        found = directory.practitioners(db, wanted=ids.search_key(wanted))
    return render_template("sign_up/index.html", people=found, wanted=wanted, most=directory.LIST_LENGTH_MAX)


@blueprint.route("/<int:person_id>", methods=["GET", "POST"])
def person(person_id: int) -> ResponseReturnValue:
    """One of them: set right what they are and the HPR number, with a reason."""
    with reading() as db:
        shown, practitioner = access.practitioner_for(db, viewer(), person_id)
        region = db.get(Unit, practitioner.region_id) if practitioner.region_id else None
    form = PractitionerForm(
        occupation=practitioner.occupation, hpr_number=shown.hpr_number or "", office=practitioner.office
    )
    if form.validate_on_submit():
        try:
            with transaction() as db:
                _correct(db, person_id, form)
        except Refused as refused:
            form.hpr_number.errors = [wording.say(reason) for reason in refused.reasons]
        else:
            flash(_("Endringene er lagret."), "success")
            return see_other("practitioners.person", person_id=person_id)
    page = render_template("sign_up/person.html", form=form, person=shown, practitioner=practitioner, region=region)
    return page, 422 if form.errors else 200


def _correct(db: Session, person_id: int, form: PractitionerForm) -> None:
    _person, practitioner = access.practitioner_for(db, viewer(), person_id)
    actor, now = viewer().person_id, request_now()
    if form.canonical_hpr is not None:
        practitioners.correct_hpr(db, person_id, form.canonical_hpr, actor_id=actor, reason=form.reason.data, now=now)
    practitioners.correct_occupation(
        db, practitioner, Occupation(form.occupation.data), office=form.asked_office, actor_id=actor, now=now
    )


@blueprint.post("/<int:person_id>/lukk")
def close(person_id: int) -> ResponseReturnValue:
    """Close an account; what has been issued stays."""
    with transaction() as db:
        person, _practitioner = access.practitioner_for(db, viewer(), person_id)
        practitioners.close_account(db, person, actor_id=viewer().person_id, now=request_now())
    flash(_("Kontoen er lukket. Kursbevis som er utstedt, gjelder fortsatt."), "success")
    return see_other("practitioners.person", person_id=person_id)


@blueprint.post("/<int:person_id>/apne")
def reopen(person_id: int) -> ResponseReturnValue:
    """Open a closed account again."""
    with transaction() as db:
        person, _practitioner = access.practitioner_for(db, viewer(), person_id)
        practitioners.open_account(db, person, actor_id=viewer().person_id, now=request_now())
    flash(_("Kontoen er åpnet igjen."), "success")
    return see_other("practitioners.person", person_id=person_id)
