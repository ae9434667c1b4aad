"""What a mentor or a trainer, signed in, says of somebody's visit: confirmed, sent back, rejected."""

from __future__ import annotations

from flask import Blueprint, flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses.access import visits as access
from courses.forms.visits import RejectForm, SendBackForm
from courses.services import mentor_links, visit_mails
from courses.services import visits as services
from courses.services.visits import Said
from courses.views.visits import page_of
from lms.db import reading, transaction
from lms.people import Person
from lms.web import request_now, request_today, see_other, viewer

blueprint = Blueprint("visit_answers", __name__, url_prefix="/hospitering")


@blueprint.post("/<int:visit_id>/bekreft")
def confirm(visit_id: int) -> ResponseReturnValue:
    """Vouch for a visit."""
    with transaction() as db:
        visit = access.visit_to_confirm_for(db, viewer(), visit_id, on=request_today())
        first = services.confirm_visit(db, visit_id=visit.id, by=viewer().person_id, now=request_now())
        mentor_links.drop_mails(db, visit.id)
    flash(_("Hospiteringen er bekreftet.") if first else _("Hospiteringen var allerede bekreftet."), "success")
    return see_other("visits.index")


@blueprint.post("/<int:visit_id>/send-tilbake")
def send_back(visit_id: int) -> ResponseReturnValue:
    """Ask for something to be set right first."""
    form = SendBackForm()
    with reading() as db:
        access.visit_to_confirm_for(db, viewer(), visit_id, on=request_today())
    if not form.validate():
        return page_of(visit_id, back=form), 422
    comment, now = form.comment.data, request_now()
    with transaction() as db:
        visit = access.visit_to_confirm_for(db, viewer(), visit_id, on=request_today())
        said = Said(by_id=viewer().person_id)
        if services.send_back(db, visit_id=visit.id, said=said, comment=comment, now=now):
            person = db.get_one(Person, visit.person_id)
            visit_mails.sent_back(db, visit, person, by=viewer().name, comment=comment, now=now)
        mentor_links.drop_mails(db, visit.id)
    flash(_("Hospiteringen er sendt tilbake med kommentaren din."), "success")
    return see_other("visits.index")


@blueprint.post("/<int:visit_id>/avvis")
def reject(visit_id: int) -> ResponseReturnValue:
    """Say that a visit does not count, and why; also one that has been confirmed."""
    form = RejectForm()
    with reading() as db:
        access.visit_to_reject_for(db, viewer(), visit_id, on=request_today())
    if not form.validate():
        return page_of(visit_id, reject=form), 422
    reason, now = form.reason.data, request_now()
    with transaction() as db:
        visit = access.visit_to_reject_for(db, viewer(), visit_id, on=request_today())
        if services.reject(db, visit_id=visit.id, by=viewer().person_id, comment=reason, now=now):
            person = db.get_one(Person, visit.person_id)
            visit_mails.rejected(db, visit, person, by=viewer().name, comment=reason, now=now)
        mentor_links.drop_mails(db, visit.id)
    flash(_("Hospiteringen er avvist, og deltakeren har fått vite hvorfor."), "success")
    return see_other("visits.show", visit_id=visit_id)
