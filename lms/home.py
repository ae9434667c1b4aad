"""The home page, made of the features' panels; the page about oneself; the choice of language; health checks."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import refresh
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from lms import jobs, migrate
from lms.db import reading, transaction
from lms.features import Feature
from lms.forms import LanguageForm
from lms.people import Locale, Person
from lms.practitioners import Practitioner
from lms.units import membership_on
from lms.web import (
    FEATURES,
    open_blueprints,
    public,
    request_now,
    request_today,
    safe_target,
    see_other,
    viewer,
)

WORKER_SILENCE_MAX = timedelta(minutes=10)

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """What waits for the person who is looking; for a stranger, what this place is."""
    if not current_user.is_authenticated:
        return render_template("home/welcome.html")
    features: tuple[Feature, ...] = current_app.extensions[FEATURES]
    with reading() as db:
        found = [
            panel(db, viewer(), request_now())
            for feature in features
            for panel in (feature.open_panels if viewer().only_open_courses else feature.panels)
        ]
    panels = sorted((panel for panel in found if panel is not None), key=lambda panel: panel.order)
    return render_template("home/home.html", panels=panels)


@blueprint.route("/min-side", methods=["GET", "POST"])
def me() -> ResponseReturnValue:
    """What is held on the person: name, address, unit, roles; and the choice of language."""
    form = LanguageForm(locale=viewer().locale)
    if form.validate_on_submit():
        with transaction() as db:
            db.get_one(Person, viewer().person_id).locale = Locale(form.locale.data)
        flash(_("Språket er endret."), "success")
        return see_other("home.me")
    with reading() as db:
        person = db.get_one(Person, viewer().person_id)
        membership = membership_on(db, person.id, request_today())
        practitioner = db.get(Practitioner, person.id)
    features: tuple[Feature, ...] = current_app.extensions[FEATURES]
    mine = open_blueprints() if viewer().only_open_courses else None
    return render_template(
        "home/me.html",
        form=form,
        person=person,
        membership=membership,
        roles=viewer().grants,
        practitioner=practitioner,
        links=[
            link
            for feature in features
            for link in feature.own_pages
            if mine is None or link.endpoint.partition(".")[0] in mine
        ],
    )


@blueprint.post("/sprak/<locale>")
@public
def choose_language(locale: str) -> ResponseReturnValue:
    """Read the site in another language: kept with the person, or in this browser for a stranger."""
    chosen = Locale(locale) if locale in tuple(Locale) else Locale.NB
    if current_user.is_authenticated:
        with transaction() as db:
            db.get_one(Person, viewer().person_id).locale = chosen
    else:
        session["locale"] = chosen.value
    refresh()
    return redirect(safe_target(request.form.get("videre")) or url_for("home.home"), code=303)


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Whether the database answers, its tables are of today, and a worker has been seen lately."""
    checks = {"database": False, "migrations": False, "worker": False}
    try:
        with reading() as db:
            db.execute(select(1))
            checks["database"] = True
            checks["migrations"] = migrate.is_current(db)
            seen = jobs.last_seen(db)
            checks["worker"] = seen is not None and request_now() - seen < WORKER_SILENCE_MAX
    except SQLAlchemyError as error:
        current_app.logger.warning("not ready: %s", error)
    return checks, 200 if all(checks.values()) else 503
