"""Approvals of courses, and who has taken the open ones: by name for the secretariat, in numbers for regions."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import course_presentation as presentation
from certificates.access.course_certificates import approval_for
from certificates.course_certificates import Capacity
from certificates.forms.course_certificates import ApprovalForm, WithdrawalForm
from certificates.queries import course_certificates as queries
from certificates.services import course_certificates as services
from certificates.services.course_certificates import Entry
from lms import access as ground
from lms import ids
from lms.db import reading, transaction
from lms.errors import Refused
from lms.roles import Act
from lms.spreadsheets import csv_file
from lms.web import request_now, request_today, see_other, viewer
from lms.wording import language, say, shown
from quizzes.disclosure import LEAST_PERSONS

blueprint = Blueprint("course_approvals", __name__, url_prefix="/apne-kurs")

LIST_LENGTH_MAX = 500
YEARS_OF_NUMBERS = 5


@blueprint.get("")
def index() -> ResponseReturnValue:
    """How many have taken the open courses, by region, year and what they are; for the secretariat also who."""
    reach = ground.require(viewer(), Act.SEE_COURSE_NUMBERS)
    by_name = bool(viewer().may(Act.LOOK_AFTER_PRACTITIONERS))
    wanted = request.args.get("q", "")
    with reading() as db:
        counted = queries.counted(db, reach)
        taken = queries.attendance(db, wanted=ids.search_key(wanted), limit=LIST_LENGTH_MAX) if by_name else ()
    this_year = request_today().year
    years = range(this_year, this_year - YEARS_OF_NUMBERS, -1)
    regions = sorted({region for region, _year, _capacity in counted})
    lines = [
        (region, year, [_shown(counted[region, year, capacity]) for capacity in Capacity])
        for region in regions
        for year in years
        if any(counted[region, year, capacity] for capacity in Capacity)
    ]
    return render_template(
        "certificates/courses/registry.html",
        lines=lines,
        capacities=tuple(Capacity),
        least=LEAST_PERSONS,
        by_name=by_name,
        taken=[(certificate, edition, presentation.told(certificate, language())) for certificate, edition in taken],
        wanted=wanted,
        most=LIST_LENGTH_MAX,
        may_approve=bool(viewer().may(Act.APPROVE_COURSES)),
    )


@blueprint.get("/deltakere.csv")
def as_csv() -> ResponseReturnValue:
    """Who has taken the open courses, all of them, for the secretariat's spreadsheet."""
    ground.require(viewer(), Act.LOOK_AFTER_PRACTITIONERS)
    wanted = request.args.get("q", "")
    with reading() as db:
        taken = queries.attendance(db, wanted=ids.search_key(wanted), limit=None)
    heading = [
        _("Navn"),
        _("HPR-nummer"),
        _("Tok kurset som"),
        _("Navn på kurset"),
        _("Utgave"),
        _("Fullført"),
        _("Kursbevis"),
        _("Godkjenning"),
    ]
    rows = [
        (
            edition.holder_name,
            edition.hpr_number,
            shown(certificate.capacity),
            presentation.told(certificate, language())["title"],
            certificate.version_number,
            certificate.last_on,
            certificate.number,
            ", ".join(each["reference"] for each in certificate.content["approvals"]),
        )
        for certificate, edition in taken
    ]
    answer = Response(csv_file(heading, rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="apne-kurs-{request_today().isoformat()}.csv"'
    return answer


@blueprint.route("/godkjenninger", methods=["GET", "POST"])
def approvals() -> ResponseReturnValue:
    """The approvals there are; enter one more."""
    ground.require(viewer(), Act.APPROVE_COURSES)
    form = ApprovalForm()
    with reading() as db:
        entered = queries.approvals(db)
        titles = dict(queries.topic_courses(db))
    form.course.choices = list(titles.items())
    if form.validate_on_submit():
        try:
            with transaction() as db:
                services.enter_approval(db, _entry(form), actor_id=viewer().person_id, now=request_now())
        except Refused as refused:
            form.reference.errors = [say(reason) for reason in refused.reasons]
        else:
            flash(_("Godkjenningen er lagret. Den står på kursbevis som utstedes fra nå av."), "success")
            return see_other("course_approvals.approvals")
    page = render_template(
        "certificates/courses/approvals.html",
        form=form,
        entered=[(each, presentation.approval_hours(each.approval)) for each in entered],
        titles=titles,
        today=request_today(),
    )
    return page, 422 if form.errors else 200


@blueprint.route("/godkjenninger/<int:approval_id>/trekk", methods=["GET", "POST"])
def withdraw(approval_id: int) -> ResponseReturnValue:
    """Say that an approval counts no longer."""
    with reading() as db:
        approval = approval_for(db, viewer(), ground.row_id(approval_id))
    form = WithdrawalForm()
    if not form.validate_on_submit():
        page = render_template("certificates/courses/withdraw.html", form=form, approval=approval)
        return page, 422 if form.errors else 200
    with transaction() as db:
        services.withdraw_approval(
            db, approval, reason=form.reason.data, actor_id=viewer().person_id, now=request_now()
        )
    flash(_("Godkjenningen er trukket. Kursbevis som er utstedt, er som før."), "success")
    return see_other("course_approvals.approvals")


def _entry(form: ApprovalForm) -> Entry:
    valid_from: date = form.valid_from.data
    valid_through: date = form.valid_through.data
    return Entry(
        course_id=form.course.data,
        body=form.body.data,
        reference=form.reference.data,
        valid_from=valid_from,
        valid_through=valid_through,
        hours=form.hours,
    )


def _shown(count: int) -> int | None:
    """A number that tells of nobody: None for a group of fewer than five, nobody at all among them."""
    return count if count >= LEAST_PERSONS else None
