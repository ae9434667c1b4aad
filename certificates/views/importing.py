"""Certificates from before this platform: a template, a trial that shows every row, and then exactly that."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from certificates import impact_report
from certificates.access.imports import own_import_for
from certificates.certificate_sheets import ROWS_MAX, TEMPLATE_ROW, Sheet, read_sheet
from certificates.forms.policy import SheetForm
from certificates.imported import HEADINGS
from certificates.queries.programmes import MAIN
from certificates.services import importing as services
from certificates.services.importing import Tried
from lms import access as ground
from lms.db import transaction
from lms.errors import Refused
from lms.forms import stripped
from lms.people_sheets import unit_codes
from lms.roles import Act
from lms.sheets import BYTES_MAX
from lms.spreadsheets import csv_file
from lms.verdict import Reason
from lms.web import request_now, see_other, viewer

blueprint = Blueprint("certificate_imports", __name__, url_prefix="/sertifikater/import")

NAMES_SHOWN = 100
PROBLEMS_SHOWN = 100
FILE_NAME_LENGTH_MAX = 100


@blueprint.route("", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """Choose a file; see what it would do. Nothing is added yet."""
    ground.require(viewer(), Act.IMPORT_CERTIFICATES)
    form = SheetForm()
    sheet: Sheet | None = None
    tried: Tried | None = None
    import_id: int | None = None
    if form.validate_on_submit():
        content = form.sheet.data.stream.read(BYTES_MAX + 1)
        with transaction() as db:
            sheet = read_sheet(content, units=unit_codes(db))
            if sheet.unreadable is None:
                tried = services.rehearse(db, MAIN, sheet.rows, sheet.problems, now=request_now())
                if tried.outcome is not None and tried.plan.added:
                    name = stripped(form.sheet.data.filename)[:FILE_NAME_LENGTH_MAX]
                    import_id = services.keep(
                        db, tried, content=content, file_name=name, actor_id=viewer().person_id, now=request_now()
                    ).id
    wrong = bool(form.errors) or (sheet is not None and (tried is None or tried.outcome is None))
    return _page(form, sheet, tried, import_id), 422 if wrong else 200


@blueprint.post("/<int:certificate_import_id>")
def apply(certificate_import_id: int) -> ResponseReturnValue:
    """Do what was shown."""
    try:
        with transaction() as db:
            kept = own_import_for(db, viewer(), certificate_import_id)
            seen = request.form.get("seen", "")
            added = services.apply(db, kept.id, MAIN, seen=seen, actor_id=viewer().person_id, now=request_now())
    except Refused as refusal:
        return _page(SheetForm(formdata=None), None, None, None, refusal.reasons), 409
    if added:
        flash(ngettext("%(num)s sertifikat er importert.", "%(num)s sertifikater er importert.", added), "success")
    else:
        flash(_("Dette arket er importert fra før. Ingenting er lagt til."), "info")
    return see_other("register.index")


@blueprint.get("/mal.csv")
def template() -> ResponseReturnValue:
    """The template, with one row as an example."""
    ground.require(viewer(), Act.IMPORT_CERTIFICATES)
    answer = Response(csv_file(list(HEADINGS.values()), [TEMPLATE_ROW]), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="sertifikater-mal.csv"'
    return answer


def _page(
    form: SheetForm,
    sheet: Sheet | None,
    tried: Tried | None,
    import_id: int | None,
    reasons: Sequence[Reason] = (),
) -> str:
    outcome = tried.outcome if tried else None
    return render_template(
        "certificates/import.html",
        form=form,
        unreadable=sheet.unreadable if sheet else None,
        tried=tried,
        outcome=outcome,
        import_id=import_id,
        problems=tried.plan.problems[:PROBLEMS_SHOWN] if tried else (),
        problems_count=len(tried.plan.problems) if tried else 0,
        counts=impact_report.counts(outcome.impact) if outcome else (),
        told=impact_report.told,
        names_shown=NAMES_SHOWN,
        headings=list(HEADINGS.values()),
        rows_max=ROWS_MAX,
        reasons=reasons,
    )
