"""Signing in and out, activating an invitation, setting a new password."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from sqlalchemy.orm import Session

from lms import outbox, people, throttle
from lms.config import Settings
from lms.db import current_database, reading, transaction
from lms.forms import ForgottenForm, PasswordForm, SignInForm
from lms.ids import new_token
from lms.people import LinkPurpose, Locale
from lms.viewer import viewer_for_session
from lms.web import full_address, public, request_now, request_today, safe_target, see_other

SIGN_IN_TRIES = 10
SIGN_IN_WINDOW = timedelta(minutes=15)
RESET_TRIES = 5
RESET_WINDOW = timedelta(hours=1)
TRIES_IN_ALL = 100  # for one account from everywhere, and from one network address: a whole office may share it

blueprint = Blueprint("auth", __name__)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["lms.settings"]
    return settings


def _throttle(what: str, email: str, limit: int, window: timedelta) -> None:
    """Few tries for one account from one place: a stranger elsewhere shuts nobody out. Many for either alone."""
    count = partial(throttle.count, current_database(), window=window, now=request_now())
    account, place = people.normalise_email(email), throttle.household(request.remote_addr)
    count(what, f"{account} {place}", limit=limit)
    count(f"{what}-account", account, limit=TRIES_IN_ALL)
    count(f"{what}-place", place, limit=TRIES_IN_ALL)


@blueprint.route("/logg-inn", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """The sign-in form; the same answer for a wrong password and an unknown address."""
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("auth/sign_in.html", form=form), 422 if form.errors else 200
    _throttle("sign-in", form.email.data, SIGN_IN_TRIES, SIGN_IN_WINDOW)
    with reading() as db:
        person = people.by_email(db, form.email.data)
    if not people.check_password(person, form.password.data) or person is None:
        form.password.errors = [
            _("E-postadressen og passordet passer ikke sammen. Prøv igjen, eller lag nytt passord.")
        ]
        return render_template("auth/sign_in.html", form=form), 422
    let_in(person.id)
    return redirect(safe_target(request.args.get("videre")) or url_for("home.home"), code=303)


def let_in(person_id: int) -> None:
    """Sign this browser in as a person."""
    with transaction() as db:
        hours = timedelta(hours=_settings().session_hours)
        token = people.start_session(db, person_id, now=request_now(), valid_for=hours)
        viewer = viewer_for_session(db, token, now=request_now(), today=request_today())
    session.clear()  # nothing chosen before signing in is carried over
    login_user(viewer)


@blueprint.post("/logg-ut")
@public
def sign_out() -> ResponseReturnValue:
    """End this browser's session, here and in the database."""
    if current_user.is_authenticated:
        with transaction() as db:
            people.end_session(db, current_user.get_id())
    logout_user()
    session.clear()
    return see_other("home.home")


@blueprint.route("/aktiver/<token>", methods=["GET", "POST"])
@public
def activate(token: str) -> ResponseReturnValue:
    """An invited person chooses a password and is signed in."""
    return _choose_password(token, LinkPurpose.ACTIVATE, "auth/activate.html")


@blueprint.route("/nytt-passord/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> ResponseReturnValue:
    """A person who forgot the password chooses a new one."""
    return _choose_password(token, LinkPurpose.RESET, "auth/reset.html")


def _choose_password(token: str, purpose: LinkPurpose, template: str) -> ResponseReturnValue:
    form = PasswordForm()
    if form.validate_on_submit():
        with transaction() as db:
            person = people.set_password(db, token, purpose, form.password.data, now=request_now())
        let_in(person.id)
        flash(_("Passordet er lagret."), "success")
        return see_other("home.home")
    with reading() as db:
        person = people.person_for_link(db, token, purpose, now=request_now())
    return render_template(template, form=form, person=person), 422 if form.errors else 200


@blueprint.route("/glemt-passord", methods=["GET", "POST"])
@public
def forgotten() -> ResponseReturnValue:
    """Mail a link for a new password. The page answers alike whether the address is known or not."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("auth/forgotten.html", form=form), 422 if form.errors else 200
    _throttle("reset", form.email.data, RESET_TRIES, RESET_WINDOW)
    with reading() as db:
        known = people.by_email(db, form.email.data)
    # For nobody the same is done and undone, so that the time taken does not tell who has an account.
    with transaction(rehearse=known is None or known.deactivated_at is not None) as db:
        person = db.get_one(people.Person, known.id) if known else _nobody(db)
        _mail_link(db, person)
    return render_template("auth/forgotten_sent.html", email=form.email.data)


def _nobody(db: Session) -> people.Person:
    """Somebody to go through the motions with."""
    address = f"{new_token()}@nobody.example"
    return people.add_person(db, name="-", email=address, locale=Locale.NB, now=request_now())


def _mail_link(db: Session, person: people.Person) -> None:
    """A link to a new password; to whoever has not taken the invitation up, the invitation once more."""
    settings, now = _settings(), request_now()
    if person.activated_at:
        purpose, endpoint, valid_for = LinkPurpose.RESET, "auth.reset", timedelta(minutes=settings.reset_minutes)
    else:
        purpose, endpoint, valid_for = LinkPurpose.ACTIVATE, "auth.activate", timedelta(days=settings.invitation_days)
    token = people.mailed_link(db, person, purpose, now=now, valid_for=valid_for)
    context = {"link": full_address(endpoint, token=token), "until": now + valid_for}
    outbox.enqueue(db, name="reset", person=person, context=context, now=now)
