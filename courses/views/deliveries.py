"""Deliveries: an instructor's own log of workplace presentations."""

from __future__ import annotations

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses.access import deliveries as access
from courses.forms.deliveries import DeliveryForm
from courses.queries import deliveries as queries
from courses.queries import gatherings as gathering_queries
from courses.services import deliveries as services
from lms import ids
from lms.db import reading, transaction
from lms.web import request_now, request_today, see_other, viewer

blueprint = Blueprint("deliveries", __name__, url_prefix="/leveranser")


@blueprint.route("", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """The own log, and the short form to add to it."""
    person_id = access.deliverer(viewer())
    form = DeliveryForm()
    if form.validate_on_submit():
        with transaction() as db:
            added = services.log_delivery(
                db, person_id=person_id, report=form.report(), entry=form.entry.data, now=request_now()
            )
        said = _("Leveransen er registrert.") if added else _("Leveransen var allerede registrert.")
        flash(said, "success")
        return see_other("deliveries.index")
    with reading() as db:
        own = queries.own_deliveries(db, person_id)
        gatherings = gathering_queries.own_gatherings(db, person_id)
    if not form.is_submitted():
        form.on.data = request_today()
        form.model.data = own[0].model if own else None
    form.entry.data = form.entry.data or ids.new_token()
    page = render_template(
        "courses/fieldwork/deliveries.html",
        form=form,
        own=own,
        gatherings=gatherings,
        companies=sorted({delivery.company for delivery in own}),
        today=request_today(),
    )
    return page, 422 if form.errors else 200
