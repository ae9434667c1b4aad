"""For anyone: what a certificate takes, and whether the one shown is genuine and valid today, by what stands on it."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from certificates.access.certificates import certificate_behind
from certificates.forms.verification import VerifyForm
from certificates.issued import Issued
from certificates.models.issued import Certificate, CertificateEdition
from certificates.numbering import typed_code
from certificates.programme import Programme
from certificates.queries.issued import edition_of, issued_to
from certificates.queries.programmes import main_programme, stored
from certificates.status import EventKind, State, is_certified
from certificates.validity import ONE_DAY
from certificates.views import course_verification
from lms import markup, throttle
from lms.db import current_database, reading
from lms.verdict import Reason, because
from lms.web import public, request_now, request_today, see_other, wants_json
from lms.wording import say

blueprint = Blueprint("verification", __name__)

TRIES = 30
WINDOW = timedelta(minutes=10)


@blueprint.get("/programmet")
@public
def programme() -> ResponseReturnValue:
    """What it takes to be certified and to stay so, in the programme's own words."""
    with reading() as db:
        current = main_programme(db)
    return render_template("certificates/programme.html", programme=current, body=_rendered(current.body))


@lru_cache(maxsize=4)
def _rendered(text: str) -> Markup:
    return markup.render(text)


@blueprint.get("/verify")
@public
def index() -> ResponseReturnValue:
    """Enter a code."""
    form = VerifyForm(request.args)
    if "kode" in request.args and form.validate() and typed_code(form.kode.data):
        return see_other("verification.show", code=typed_code(form.kode.data))
    return render_template("certificates/verify.html", form=form, unknown=False), 422 if form.errors else 200


@blueprint.get("/verify/<code>")
@public
def show(code: str) -> ResponseReturnValue:
    """What the certificate behind a code is today."""
    who = request.remote_addr or "unknown"
    throttle.count(current_database(), "verify", who, limit=TRIES, window=WINDOW, now=request_now())
    with reading() as db:
        certificate = certificate_behind(db, code)
        if certificate is not None:
            held = issued_to(db, certificate.programme, [certificate.person_id])[certificate.person_id]
            edition = edition_of(db, certificate.id)
            issued_under = stored(db, certificate.programme_version_id)
    if certificate is None:
        return course_verification.shown(code) or _unknown()
    issued = next(each for each in held if each.id == certificate.id)
    state, told = issued.state(request_today()), standing(issued)
    if wants_json():
        return _as_json(certificate, edition, issued_under, state, told)
    return render_template(
        "certificates/verified.html",
        certificate=certificate,
        edition=edition,
        programme=issued_under,
        state=state,
        certified=is_certified(state),
        standing=told,
        today=request_today(),
    )


def standing(issued: Issued) -> Reason:
    """What a certificate is today, as a sentence for anybody."""
    state, period = issued.state(request_today()), issued.period
    since = {event.kind: event.effective_on for event in issued.events if event.effective_on <= request_today()}
    if state in {State.VALID, State.EXPIRING}:
        return because("verified-valid", through=period.valid_through)
    if state is State.SUSPENDED:
        return because("verified-suspended", on=since[EventKind.SUSPENDED])
    if state is State.REVOKED:
        first = min(event.effective_on for event in issued.events if event.kind is EventKind.REVOKED)
        return because("verified-revoked", on=first)
    if state is State.REPLACED:
        return because("verified-replaced", on=since[EventKind.REPLACED])
    if state is State.UPCOMING:
        return because("verified-upcoming", first=period.valid_from, through=period.valid_through)
    return because("verified-expired", on=period.valid_through + ONE_DAY, through=period.valid_through)


def _unknown() -> ResponseReturnValue:
    if wants_json():
        return {"status": 404, "title": say(because("verified-unknown"))}, 404
    return render_template("certificates/verify.html", form=VerifyForm(None), unknown=True), 404


def _as_json(
    certificate: Certificate, edition: CertificateEdition, programme: Programme, state: State, told: Reason
) -> dict[str, Any]:
    return {
        "number": certificate.number,
        "name": edition.holder_name,
        "programme": programme.title,
        "unit": edition.unit_name,
        "sector": edition.sector,
        "valid_from": certificate.valid_from.isoformat(),
        "valid_through": certificate.valid_through.isoformat(),
        "on": request_today().isoformat(),
        "state": str(state),
        "valid": is_certified(state),
        "statement": say(told),
    }
