"""For anyone: what a certificate takes, and whether the one shown is genuine and valid today, by what stands on it.

Only a code finds anything: never a name, never a number. What is told is what stands on the document, and what it is
worth today (`answering`); nothing else of the holder, and nothing of why something was decided.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from certificates import presentation
from certificates.access.certificates import certificate_behind
from certificates.answering import answer
from certificates.forms.verification import VerifyForm
from certificates.machine import as_json
from certificates.numbering import slip, typed_code
from certificates.queries.programmes import main_programme
from certificates.queries.verifying import behind
from certificates.views import course_verification
from lms import markup, throttle
from lms.db import current_database, reading
from lms.errors import Throttled
from lms.people import Locale
from lms.verdict import Reason, because
from lms.web import public, request_now, request_today, see_other, wants_json
from lms.wording import language, say

blueprint = Blueprint("verification", __name__)

TRIES = 30
WINDOW = timedelta(minutes=10)


@blueprint.after_request
def describe(response: Response) -> Response:
    """What one address answers depends on what is asked for and in which language; no search engine keeps a code."""
    response.vary.update(("Accept", "Accept-Language", "Cookie"))
    if request.endpoint == "verification.show":
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


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
    return render_template("certificates/verify.html", form=form), 422 if form.errors else 200


@blueprint.get("/verify/<code>")
@public
def show(code: str) -> ResponseReturnValue:
    """What the certificate behind a code is today. What cannot be a code is told so without asking the database."""
    typed = typed_code(code)
    wrong = slip(typed)
    if wrong is not None:
        return _not_found(because(f"verified-{wrong}"), typed)
    try:
        who = throttle.household(request.remote_addr)
        throttle.count(current_database(), "verify", who, limit=TRIES, window=WINDOW, now=request_now())
    except Throttled as refusal:
        return _too_many(refusal, typed)
    with reading() as db:
        certificate = certificate_behind(db, typed)
        found = None if certificate is None else behind(db, certificate)
    if found is None:
        return course_verification.shown(typed) or _not_found(because("verified-unknown"), typed)
    told = answer(found.held, found.certificate.id, found.numbers, on=request_today())
    if wants_json():
        return as_json(found, told, on=request_today())
    locale = Locale(language())
    return render_template(
        "certificates/verified.html",
        found=found,
        answer=told,
        text=presentation.certificate_text(found.certificate, found.editions, found.programme, locale),
        today=request_today(),
    )


def _not_found(why: Reason, typed: str) -> ResponseReturnValue:
    """The page to type a code on, with what was typed and what seems to be wrong with it."""
    if wants_json():
        return {"status": 404, "title": say(why)}, 404
    return render_template("certificates/verify.html", form=VerifyForm(data={"kode": typed}), wrong=why), 404


def _too_many(refusal: Throttled, typed: str) -> ResponseReturnValue:
    """Nothing is said about the certificate, and when to try again."""
    again = request_now() + timedelta(seconds=refusal.retry_after_seconds)
    headers = {"Retry-After": str(refusal.retry_after_seconds)}
    if wants_json():
        return {"status": 429, "title": say(because("verified-too-many"))}, 429, headers
    form = VerifyForm(data={"kode": typed})
    return render_template("certificates/verify.html", form=form, again=again), 429, headers
