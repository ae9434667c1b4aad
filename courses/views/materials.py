"""A seminar day for those who are on its list: when and where, its materials; and adding these, for who runs it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses.access import materials as access
from courses.access import seminars as seminars_access
from courses.forms.materials import MaterialForm
from courses.queries import attendance as attendance_queries
from courses.queries import making_up
from courses.queries import materials as queries
from courses.services import materials
from lms import uploads
from lms.db import reading, transaction
from lms.errors import Refused
from lms.verdict import Reason
from lms.web import request_now, request_today, see_other, takes_files, viewer

blueprint = Blueprint("materials", __name__)


@blueprint.get("/samlingsdager")
def own() -> ResponseReturnValue:
    """All one's own seminar days, those to come first."""
    with reading() as db:
        days = attendance_queries.own_days(db, viewer().person_id)
        made_up = making_up.made_up_days(db, [viewer().person_id])
    today = request_today()
    return render_template(
        "courses/fieldwork/own_days.html",
        coming=[each for each in days if each.day.on >= today],
        over=[each for each in reversed(days) if each.day.on < today],
        made_up={each.day_id: each for each in made_up},
        today=today,
    )


@blueprint.get("/samlingsdager/<int:day_id>")
def day(day_id: int) -> ResponseReturnValue:
    """One seminar day: when, where, what to read."""
    with reading() as db:
        seminar, shown = access.day_for(db, viewer(), day_id)
        found = queries.materials_of(db, day_id)
        own = [each for each in attendance_queries.own_days(db, viewer().person_id) if each.day.id == day_id]
        agreed = making_up.made_up_of_day(db, day_id).get(viewer().person_id)
    return render_template(
        "courses/fieldwork/day.html",
        seminar=seminar,
        day=shown,
        materials=found,
        own=own[0] if own else None,
        agreed=agreed,
        today=request_today(),
    )


@blueprint.get("/samlingsdager/<int:day_id>/materiell/<int:material_id>")
def download(day_id: int, material_id: int) -> ResponseReturnValue:
    """A file, for saving."""
    with reading() as db:
        found = access.file_for(db, viewer(), day_id, material_id)
        return uploads.as_download(found, uploads.content_of(db, found.id))


@blueprint.route("/samlinger/<int:seminar_id>/dag/<int:day_id>/materiell", methods=["GET", "POST"])
@takes_files
def manage(seminar_id: int, day_id: int) -> ResponseReturnValue:
    """Add to a day's materials."""
    with reading() as db:
        seminar, shown = seminars_access.seminar_day_for(db, viewer(), seminar_id, day_id)
    form = MaterialForm()
    reasons: Sequence[Reason] = ()
    if form.validate_on_submit():
        facts = {"day": shown, "title": form.title.data, "by": viewer().person_id, "now": request_now()}
        try:
            with transaction() as db:
                if form.file.data:
                    name, content = form.file.data.filename or "", form.file.data.read()
                    materials.add_file(db, name=name, content=content, **facts)
                else:
                    materials.add_link(db, link=form.link.data, **facts)
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("Lagt til. De som har plass på samlingen, ser det nå."), "success")
            return see_other("materials.manage", seminar_id=seminar_id, day_id=day_id)
    with reading() as db:
        found = queries.materials_of(db, day_id)
    page = render_template(
        "courses/fieldwork/materials.html", seminar=seminar, day=shown, materials=found, form=form, reasons=reasons
    )
    return page, 422 if form.errors or reasons else 200


@blueprint.post("/samlinger/<int:seminar_id>/dag/<int:day_id>/materiell/<int:material_id>/fjern")
def remove(seminar_id: int, day_id: int, material_id: int) -> ResponseReturnValue:
    """Show a material no longer."""
    with transaction() as db:
        material = access.material_for(db, viewer(), seminar_id, day_id, material_id)
        materials.remove(db, material, by=viewer().person_id, now=request_now())
    flash(_("«%(title)s» vises ikke lenger.", title=material.title), "success")
    return see_other("materials.manage", seminar_id=seminar_id, day_id=day_id)
