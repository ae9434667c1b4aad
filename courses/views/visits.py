"""Observation visits: one's own, those one vouches for, and those one records for others."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from courses.access import visits as access
from courses.forms.visits import VisitForm
from courses.models.visits import ObservationVisit
from courses.queries import seminars as people_queries
from courses.queries import visits as queries
from courses.services import visits as services
from courses.visits import HEALTH_MODULES
from lms.db import reading, transaction
from lms.directory import LIST_LENGTH_MAX
from lms.errors import Refused
from lms.verdict import Reason
from lms.web import request_now, request_today, see_other, viewer

blueprint = Blueprint("visits", __name__, url_prefix="/hospitering")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """One's own visits, and those that wait for oneself."""
    me, reach = viewer(), access.visits_reach(viewer())
    with reading() as db:
        own = queries.own_visits(db, me.person_id)
        waiting = queries.waiting_visits(
            db, mentor_id=access.as_mentor(me), reach=reach, viewer_id=me.person_id, on=request_today()
        )
        people = people_queries.candidates(db, reach, on=request_today(), without=[me.person_id], most=LIST_LENGTH_MAX)
    return render_template(
        "courses/fieldwork/visits.html",
        own=own,
        uncovered=_uncovered(own),
        waiting=waiting,
        may_confirm=bool(reach) or access.as_mentor(me) is not None,
        people=people.found,
    )


@blueprint.route("/ny", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Record a visit of one's own, or (`?person=`) of somebody in one's units."""
    wanted = _named_person()
    with reading() as db:
        visitor = access.visitor_for(db, viewer(), wanted, on=request_today())
        mentors = [(row[0], row[1]) for row in queries.mentors_near(db, visitor.id, on=request_today())]
    form = VisitForm()
    form.mentor.choices = [SelectChoice(0, _("Velg i listen")), *(SelectChoice(*mentor) for mentor in mentors)]
    own = visitor.id == viewer().person_id
    reasons: Sequence[Reason] = ()
    if form.validate_on_submit():
        try:
            with transaction() as db:
                visitor = access.visitor_for(db, viewer(), wanted, on=request_today())
                visit = services.record_visit(
                    db,
                    person_id=visitor.id,
                    report=form.report(mentors),
                    by=viewer().person_id,
                    now=request_now(),
                )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_said(own, visitor.name, mentor_id=visit.mentor_id), "success")
            return see_other("visits.index")
    page = render_template(
        "courses/fieldwork/visit_new.html", form=form, visitor=visitor, own=own, reasons=reasons, mentors=mentors
    )
    return page, 422 if form.errors or reasons else 200


@blueprint.post("/<int:visit_id>/bekreft")
def confirm(visit_id: int) -> ResponseReturnValue:
    """Vouch for a visit."""
    with transaction() as db:
        visit = access.visit_to_confirm_for(db, viewer(), visit_id, on=request_today())
        first = services.confirm_visit(db, visit_id=visit.id, by=viewer().person_id, now=request_now())
    flash(_("Hospiteringen er bekreftet.") if first else _("Hospiteringen var allerede bekreftet."), "success")
    return see_other("visits.index")


def _named_person() -> int | None:
    """The person in the address, None without one; 0, which is nobody, for what is no number."""
    raw = request.args.get("person")
    return None if raw is None else int(raw) if raw.isdecimal() and len(raw) < 20 else 0


def _said(own: bool, name: str, *, mentor_id: int | None) -> str:
    if not own:
        return str(_("Hospiteringen er registrert og bekreftet for %(name)s.", name=name))
    if mentor_id is not None:
        return str(
            _("Hospiteringen er registrert. Den teller når mentoren eller en opplæringsansvarlig har bekreftet den.")
        )
    return str(_("Hospiteringen er registrert. Den teller når en opplæringsansvarlig har bekreftet den."))


def _uncovered(own: Sequence[ObservationVisit]) -> list[str]:
    covered = {kind for visit in own for kind in visit.modules}
    return [kind for kind in HEALTH_MODULES if kind not in covered]
