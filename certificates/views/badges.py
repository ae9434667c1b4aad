"""Badges: for the holder to download, and what those who check one need: issuer, keys, achievement, status lists."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from certificates import badge_texts, baking
from certificates.access.badges import badge_list, certificate_of_ones_own, programme_version, published_key
from certificates.badges import CONTEXT, LIST_EVERY, claims, status_list
from certificates.documents.badge import badge_png, badge_svg
from certificates.models.documents import SigningKey
from certificates.models.issued import Certificate
from certificates.queries.badges import badge_of, keys, places, public_key, signs_now, token_of
from certificates.queries.issued import edition_of, issued_to
from certificates.queries.programmes import stored
from certificates.services.badges import make_badge
from certificates.services.signing import sign, signing_key
from lms import throttle
from lms.db import current_database, reading, transaction
from lms.people import Person
from lms.web import public, request_now, viewer

blueprint = Blueprint("badges", __name__)

A_DAY, AN_HOUR, MINUTES_5 = 86_400, 3_600, int(LIST_EVERY.total_seconds())
LISTS_READ = 300  # in ten minutes from one address: each is counted, signed and sent
WINDOW = timedelta(minutes=10)
TYPE_JWT = "application/vc+jwt"
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # no list is asked for as of a day before


@blueprint.get("/badges/issuer")
@public
def issuer() -> ResponseReturnValue:
    """Who issues the badges, and where the keys are."""
    profile = {"@context": list(CONTEXT), **badge_texts.issuer().profile()}
    return _published(jsonify(profile), AN_HOUR)


@blueprint.get("/badges/keys")
@public
def key_set() -> ResponseReturnValue:
    """Every key a badge was ever signed with, as a JWK set; the newest first."""
    with reading() as db:
        found = [public_key(db, each.kid) for each in keys(db)]
    return _published(jsonify({"keys": found}), MINUTES_5)


@blueprint.get("/badges/keys/<kid>")
@public
def key(kid: str) -> ResponseReturnValue:
    """One key as a JWK: what the `kid` of a badge leads to. It never changes."""
    with reading() as db:
        found = published_key(db, kid)
    return _published(jsonify(found), A_DAY)


@blueprint.get("/badges/achievements/<programme_id>/<int:number>")
@public
def achievement(programme_id: str, number: int) -> ResponseReturnValue:
    """What a version of a programme certifies."""
    with reading() as db:
        programme = stored(db, programme_version(db, programme_id, number))
    told = badge_texts.achievement(programme, number).record()
    return _published(jsonify({"@context": list(CONTEXT), **told}), AN_HOUR)


@blueprint.get("/badges/picture.svg")
@public
def picture() -> ResponseReturnValue:
    """The picture of the achievement, nobody's in particular."""
    return _published(Response(badge_svg(badge_texts.picture()), mimetype="image/svg+xml"), AN_HOUR)


@blueprint.get("/badges/status/<purpose>/<int:number>")
@public
def status(purpose: str, number: int) -> ResponseReturnValue:
    """Which badges are revoked, or suspended: now, or at an earlier instant asked for."""
    now = request_now()
    who = throttle.household(request.remote_addr)
    throttle.count(current_database(), "badge-status", who, limit=LISTS_READ, window=WINDOW, now=now)
    at = _asked_instant(now)
    signs = _signs(now)
    with reading() as db:
        wanted = badge_list(db, purpose, number)
        address = badge_texts.list_address(wanted, number)
        document = status_list(address, badge_texts.issuer(), wanted, places(db, wanted, number, at=at), at=at)
    token = sign(signs, claims(document), secret=_secret(), address=badge_texts.key_address(signs.kid))
    return _published(Response(token, mimetype=TYPE_JWT), MINUTES_5)


@blueprint.get("/sertifikat/<int:certificate_id>/merke.svg")
def as_svg(certificate_id: int) -> ResponseReturnValue:
    """The own badge as a drawing with the credential baked in."""
    certificate, token = _token(certificate_id)
    title, description = badge_texts.described(certificate)
    drawing = baking.bake_svg(badge_svg(badge_texts.picture(certificate)), token, title=title, description=description)
    return _handed_over(drawing.encode(), certificate, "svg", "image/svg+xml")


@blueprint.get("/sertifikat/<int:certificate_id>/merke.png")
def as_png(certificate_id: int) -> ResponseReturnValue:
    """The own badge as a picture with the credential baked in."""
    certificate, token = _token(certificate_id)
    return _handed_over(
        baking.bake_png(badge_png(badge_texts.picture(certificate)), token), certificate, "png", "image/png"
    )


@blueprint.get("/sertifikat/<int:certificate_id>/merke.jwt")
def as_jwt(certificate_id: int) -> ResponseReturnValue:
    """The own badge as the bare credential, for a digital wallet."""
    certificate, token = _token(certificate_id)
    return _handed_over(token.encode(), certificate, "jwt", "text/plain")


def _token(certificate_id: int) -> tuple[Certificate, str]:
    """The badge as it was first signed; signed now if nobody has asked before."""
    with reading() as db:
        certificate = certificate_of_ones_own(db, viewer(), certificate_id)
        edition = edition_of(db, certificate.id)
        kept = badge_of(db, edition.id)
        programme = stored(db, certificate.programme_version_id)
        email = db.get_one(Person, certificate.person_id).email
    if kept is not None:
        return certificate, token_of(kept)
    with transaction() as db:
        held = issued_to(db, certificate.programme, [certificate.person_id])[certificate.person_id]
        made = make_badge(
            db,
            certificate,
            edition,
            next(each for each in held if each.id == certificate.id),
            lambda place: badge_texts.facts(certificate, programme, email, place),
            secret=_secret(),
            key_address=badge_texts.key_address,
            now=request_now(),
        )
    return certificate, token_of(made)


def _signs(now: datetime) -> SigningKey:
    with reading() as db:
        there = signs_now(db)
    if there is not None:
        return there
    with transaction() as db:
        return signing_key(db, secret=_secret(), now=now)


def _asked_instant(now: datetime) -> datetime:
    """`timestamp` of the request, neither after now nor before there were badges; now without one. Anything else is
    400."""
    asked = request.args.get("timestamp")
    if asked is None:
        return now
    try:
        at = datetime.fromisoformat(asked)
    except ValueError as error:
        raise BadRequest from error
    if at.tzinfo is None or not EARLIEST <= at <= now:
        raise BadRequest
    return at


def _published(answer: Response, seconds: int) -> Response:
    """For everybody, also scripts on other sites; kept by browsers and proxies for some seconds."""
    answer.headers["Cache-Control"] = f"public, max-age={seconds}"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _handed_over(content: bytes, certificate: Certificate, ending: str, mimetype: str) -> Response:
    name = f"{certificate.number}-merke.{ending}"
    return send_file(io.BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name)


def _secret() -> str:
    secret: Any = current_app.config["SECRET_KEY"]
    return str(secret)
