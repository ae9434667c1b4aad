"""Knowledge checks: the holder's own page, one check, no thanks; and for the secretariat what fades, in groups."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from certificates.access.checks import check_for
from certificates.curve import curve
from certificates.queries import checks as queries
from certificates.queries.programmes import main_programme, programme_now
from certificates.services import checking
from courses.queries import checks as courses
from lms import access as ground
from lms.db import reading, transaction
from lms.errors import NotFound
from lms.roles import Act
from lms.web import request_now, request_today, see_other, viewer
from lms.wording import language
from quizzes.gain import MIN_GROUP_PERSONS

blueprint = Blueprint("checks", __name__, url_prefix="/kunnskapssjekk")

ANSWERS = {"ja": True, "nei": False}


@blueprint.get("")
def index() -> ResponseReturnValue:
    """What the checks are, the one that is open, what the own answers show over time, and no thanks."""
    ground.require(viewer(), Act.LEARN)
    with reading() as db:
        programme = main_programme(db)
        offers = queries.offers_of(db, programme, viewer().person_id, on=request_today())
        series = queries.series_of(db, programme, viewer().person_id, language=language())
        wanted = queries.is_wanted(db, viewer().person_id, programme.id)
    return render_template(
        "certificates/checks.html",
        checks=programme.checks,
        offers=offers,
        series=series,
        curves={each.certificate_id: curve(each.points) for each in series},
        wanted=wanted,
    )


@blueprint.post("/valg")
def choose() -> ResponseReturnValue:
    """No thanks, or yes again; kept until the other is said."""
    ground.require(viewer(), Act.LEARN)
    wanted = ANSWERS.get(request.form.get("onsker", ""))
    if wanted is None:
        raise BadRequest
    with transaction() as db:
        checking.choose_checks(db, main_programme(db), viewer().person_id, wanted=wanted, now=request_now())
    if wanted:
        flash(_("Du får tilbud om kunnskapssjekker igjen."), "success")
    else:
        flash(_("Du får ikke flere e-poster om kunnskapssjekker. Du kan ombestemme deg når du vil."), "success")
    return see_other("checks.index")


@blueprint.get("/<int:check_id>")
def show(check_id: int) -> ResponseReturnValue:
    """One check: the door to it, or what it showed, with explanations and where to read."""
    with reading() as db:
        programme = main_programme(db)
        check, certificate = check_for(db, viewer(), check_id)
        offers = queries.offers_of(db, programme, viewer().person_id, on=request_today())
        offered = next((one for one in offers if one.id == check.id), None)
        if offered is None:
            raise NotFound
        result, lessons, course_id = None, {}, ""
        test = queries.tested_before(db, programme, certificate)
        if offered.submitted_on is not None and offered.attempt_id is not None:
            result = courses.result(db, offered.attempt_id)
            course_id = test.course_id if test else programme.tested_courses[0]
            lessons = courses.lessons_on(db, viewer().person_id, course_id, language())
        wanted = queries.is_wanted(db, viewer().person_id, programme.id)
    return render_template(
        "certificates/check.html",
        checks=programme.checks,
        offered=offered,
        certificate=certificate,
        result=result,
        lessons=lessons,
        course_id=course_id,
        wanted=wanted,
    )


@blueprint.post("/<int:check_id>/start")
def start(check_id: int) -> ResponseReturnValue:
    """Begin the check, or go on with it. Having the attempt is the permission to answer it."""
    with transaction() as db:
        check, certificate = check_for(db, viewer(), check_id)
        attempt_id = checking.begin_check(
            db,
            programme_now(db, certificate.programme),
            check,
            certificate,
            go_back_to=url_for("checks.show", check_id=check_id),
            now=request_now(),
            language=language(),
        )
    if attempt_id is None:
        return see_other("checks.show", check_id=check_id)
    return see_other("quizzes.paper", attempt_id=attempt_id)


@blueprint.get("/oversikt")
def overview() -> ResponseReturnValue:
    """What fades after the certificate: means of five persons or more, by stage and objective."""
    ground.require(viewer(), Act.SEE_RETENTION)
    with reading() as db:
        group = queries.group_of(db, main_programme(db), language=language())
    return render_template("certificates/retention.html", group=group, least=MIN_GROUP_PERSONS)
