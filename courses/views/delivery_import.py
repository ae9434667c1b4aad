"""Deliveries from a spreadsheet: a template, a rehearsal that shows every row, and then exactly that."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from courses.access import deliveries as access
from courses.delivery_sheets import BYTES_MAX, HEADINGS, ROWS_MAX, TEMPLATE_ROW, Sheet, read_sheet
from courses.forms.deliveries import SheetForm
from courses.services import delivery_import as services
from courses.services.delivery_import import Rehearsed
from lms.db import reading, transaction
from lms.errors import Refused
from lms.forms import stripped
from lms.spreadsheets import csv_file
from lms.verdict import Reason
from lms.web import request_now, request_today, see_other, viewer

blueprint = Blueprint("delivery_import", __name__, url_prefix="/leveranser/import")

FILE_NAME_LENGTH_MAX = 100


@blueprint.route("", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """Choose a file; see what each of its rows would do. Nothing is added yet."""
    person_id, form = access.deliverer(viewer()), SheetForm()
    sheet: Sheet | None = None
    rehearsed: Rehearsed | None = None
    digest = ""
    if form.validate_on_submit():
        content = form.sheet.data.stream.read(BYTES_MAX + 1)
        with transaction() as db:
            partners = {
                partner.email.lower(): partner.id for partner in access.partners_for(db, viewer(), on=request_today())
            }
            sheet = read_sheet(content, today=request_today(), partners=partners)
            if sheet.rows:
                name = stripped(form.sheet.data.filename)[:FILE_NAME_LENGTH_MAX]
                rehearsed = services.rehearse(
                    db, person_id=person_id, content=content, file_name=name, rows=sheet.rows, now=request_now()
                )
                digest = services.digest_of(content)
    wrong = bool(form.errors) or (sheet is not None and not sheet.rows)
    return _page(form, sheet, rehearsed, digest), 422 if wrong else 200


@blueprint.post("/<int:import_id>")
def apply(import_id: int) -> ResponseReturnValue:
    """Do what was rehearsed."""
    try:
        with transaction() as db:
            kept = access.own_import_for(db, viewer(), import_id)
            partners = {partner.id for partner in access.partners_for(db, viewer(), on=request_today())}
            digest = request.form.get("digest", "")
            added = services.apply(db, kept, digest=digest, partners=partners, now=request_now())
    except Refused as refusal:
        return _page(SheetForm(formdata=None), None, None, "", refusal.reasons), 409
    flash(ngettext("%(num)s leveranse er lagt til.", "%(num)s leveranser er lagt til.", added), "success")
    return see_other("deliveries.index")


@blueprint.get("/mal.csv")
def template() -> ResponseReturnValue:
    """The template, with one row as an example."""
    access.deliverer(viewer())
    answer = Response(csv_file(list(HEADINGS.values()), [TEMPLATE_ROW]), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="leveranser-mal.csv"'
    return answer


def _page(
    form: SheetForm, sheet: Sheet | None, rehearsed: Rehearsed | None, digest: str, reasons: Sequence[Reason] = ()
) -> str:
    names: dict[int, str] = {}
    with reading() as db:
        for partner in access.partners_for(db, viewer(), on=request_today()):
            names[partner.id] = partner.name
    lines = list(zip(rehearsed.rows, rehearsed.fates, strict=True)) if rehearsed else []
    return render_template(
        "courses/fieldwork/deliveries/import.html",
        form=form,
        sheet=sheet,
        rehearsed=rehearsed,
        lines=lines,
        digest=digest,
        names=names,
        headings=list(HEADINGS.values()),
        rows_max=ROWS_MAX,
        reasons=reasons,
    )
