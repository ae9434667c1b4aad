"""Further training and network gatherings, recorded by trainers for several people at once."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from courses.access import seminars as access
from courses.forms.gatherings import GatheringForm
from courses.queries import gatherings as queries
from courses.queries import seminars as people_queries
from courses.seminars import GatheringKind
from courses.services import gatherings as services
from lms import ids
from lms.db import reading, transaction
from lms.errors import Refused
from lms.roles import Act
from lms.verdict import Reason
from lms.web import request_now, request_today, see_other, viewer

blueprint = Blueprint("gatherings", __name__, url_prefix="/opplaering")


@blueprint.route("/ny", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Record who took part in a gathering; a search keeps what has been typed."""
    reach, today = access.seminars_reach(viewer()), request_today()
    form = GatheringForm()
    searching = request.form.get("handling") == "sok"
    reasons: Sequence[Reason] = ()
    if not searching and form.validate_on_submit():
        try:
            with transaction() as db:
                added = services.record_gathering(
                    db,
                    person_ids=access.people_for(db, viewer(), Act.RUN_SEMINARS, form.chosen(), on=today),
                    title=form.title.data,
                    on=form.on.data,
                    kind=GatheringKind(form.kind.data),
                    by=viewer().person_id,
                    now=request_now(),
                )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(ngettext("Registrert for %(num)s person.", "Registrert for %(num)s personer.", added), "success")
            return see_other("gatherings.new")
    if not form.is_submitted():
        form.on.data = today
    with reading() as db:
        people = people_queries.candidates(
            db,
            reach,
            on=today,
            wanted=ids.search_key(form.q.data or ""),
            chosen=form.chosen(),
            without=[viewer().person_id],
        )
        latest = queries.gatherings_in(db, reach, on=today)
    page = render_template(
        "courses/fieldwork/gathering_new.html", form=form, people=people, latest=latest, reasons=reasons
    )
    return page, 422 if form.errors or reasons else 200
