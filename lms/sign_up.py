"""Signing up for an open course without an invitation: say who you are, open the link in the mail, choose a password.

The page answers alike whether an address or an HPR number is known; what differs is the mail (`lms.practitioners`).
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import auth, outbox, people, practitioners, throttle
from lms.db import current_database, reading, transaction
from lms.errors import Refused
from lms.forms import PasswordForm
from lms.outbox import Recipient
from lms.people import Locale, Person
from lms.practitioners import Application, Occupation
from lms.roles import Role
from lms.sign_up_forms import SignUpForm
from lms.units import Appointment, Unit, UnitKind, holds_on
from lms.web import full_address, public, request_now, request_today, safe_target, signed_in
from lms.wording import language, say

TRIES = 5  # for one address from one place
TRIES_IN_ALL = 60  # from one network address: a whole office may share it
TRIES_FOR_ONE = 10  # for one address, or one HPR number, from everywhere
WINDOW = timedelta(hours=1)
LASTS_HOURS = practitioners.SIGN_UP_LASTS // timedelta(hours=1)
PATH_LENGTH_MAX = 200

blueprint = Blueprint("sign_up", __name__, url_prefix="/meld-deg-pa")


@blueprint.route("", methods=["GET", "POST"])
@public
def apply() -> ResponseReturnValue:
    """Say who you are; whoever is signed in goes on to the course."""
    target = (safe_target(request.args.get("videre")) or "")[:PATH_LENGTH_MAX]
    if signed_in() is not None:
        return redirect(target or url_for("home.home"), code=303)
    form = SignUpForm()
    with reading() as db:
        form.region.choices = [("", _("Velg")), *_regions(db)]
    if len(form.region.choices) == 1:  # an installation without regional units asks nobody for one
        del form.region
    if not form.validate_on_submit():
        return render_template("sign_up/apply.html", form=form), 422 if form.errors else 200
    said = _said(form, target)
    _throttle(said)
    with reading() as db:
        known = people.by_email(db, said.email)
    with transaction(rehearse=known is not None and known.deactivated_at is not None) as db:
        _write(db, said)
    return render_template("sign_up/sent.html", email=said.email, hours=LASTS_HOURS)


@blueprint.route("/<token>", methods=["GET", "POST"])
@public
def confirm(token: str) -> ResponseReturnValue:
    """Choose a password, be signed in, and go on to the course."""
    with reading() as db:
        said = practitioners.sign_up_behind(db, token, now=request_now())
    form = PasswordForm()
    if not form.validate_on_submit():
        return render_template("sign_up/confirm.html", form=form, said=said), 422 if form.errors else 200
    try:
        with transaction() as db:
            person = practitioners.complete(db, token, form.password.data, now=request_now())
    except Refused as refused:
        with transaction() as db:
            _tell_owner(db, said.hpr_number)
        return render_template("sign_up/not_possible.html", sentences=[say(reason) for reason in refused.reasons]), 409
    auth.let_in(person.id)
    flash(_("Velkommen. Kontoen er klar, og du er logget inn."), "success")
    return redirect(safe_target(said.go_on_to) or url_for("home.home"), code=303)


def _said(form: SignUpForm, target: str) -> Application:
    return Application(
        name=form.name.data,
        email=form.email.data,
        occupation=Occupation(form.occupation.data),
        hpr_number=form.canonical_hpr,
        office=form.asked_office,
        region_id=form.region.data if form.region else None,
        locale=Locale(language()),
        go_on_to=target,
    )


def _regions(db: Session) -> list[tuple[int, str]]:
    found = db.execute(select(Unit.id, Unit.name).where(Unit.kind == UnitKind.REGIONAL).order_by(Unit.path))
    return [(unit_id, name) for unit_id, name in found]


def _throttle(said: Application) -> None:
    """Few tries for one address from one place, some for one address or HPR number from everywhere: who is known by
    them makes no difference, and nobody's inbox is filled."""
    count = partial(throttle.count, current_database(), window=WINDOW, now=request_now())
    address, place = people.normalise_email(said.email), throttle.household(request.remote_addr)
    count("sign-up", f"{address} {place}", limit=TRIES)
    count("sign-up-place", place, limit=TRIES_IN_ALL)
    count("sign-up-address", address, limit=TRIES_FOR_ONE)
    if said.hpr_number:
        count("sign-up-hpr", said.hpr_number, limit=TRIES_FOR_ONE)


def _write(db: Session, said: Application) -> None:
    """The one mail that fits: the link, or that there is an account, or, to the owner of the HPR number, that somebody
    gave it. The same work is done for each, so that the time taken tells little."""
    known = people.by_email(db, said.email)
    token = practitioners.keep_sign_up(db, said, now=request_now())
    if known is not None:
        context = {"link": full_address("auth.sign_in"), "forgotten": full_address("auth.forgotten")}
        outbox.enqueue(db, name="sign_up_known", person=known, context=context, now=request_now())
        practitioners.drop_sign_up(db, token)
    elif practitioners.by_hpr(db, said.hpr_number) is not None:
        _tell_owner(db, said.hpr_number)
        practitioners.drop_sign_up(db, token)
    else:
        _send_link(db, said, token)


def _send_link(db: Session, said: Application, token: str) -> None:
    """A mail to somebody who is nobody here yet; should it come back, it is the secretariat's to see to. It says
    nothing that was typed: whoever filled the form in may want a stranger to read something in our name."""
    context = {
        "link": full_address("sign_up.confirm", token=token),
        "hours": LASTS_HOURS,
    }
    outbox.enqueue_outside(
        db,
        name="sign_up",
        recipient=Recipient(said.name, people.normalise_email(said.email)),
        about=_secretary(db),
        context=context,
        locale=said.locale,
        now=request_now(),
    )


def _secretary(db: Session) -> Person:
    """The one of the secretariat who has been there longest."""
    held = select(Appointment.person_id).where(
        Appointment.role == Role.SECRETARIAT, holds_on(Appointment, request_today())
    )
    return db.scalars(
        select(Person).where(Person.id.in_(held), Person.deactivated_at.is_(None)).order_by(Person.id).limit(1)
    ).one()


def _tell_owner(db: Session, hpr_number: str | None) -> None:
    """To whoever has the HPR number: somebody gave it. Nothing to an account that is closed."""
    owner = practitioners.by_hpr(db, hpr_number)
    if owner is not None and owner.deactivated_at is None:
        context = {"link": full_address("auth.sign_in"), "forgotten": full_address("auth.forgotten")}
        outbox.enqueue(db, name="sign_up_hpr", person=owner, context=context, now=request_now())
