"""A decision as a page: the criteria in words, what the participant has to say, and how an appeal against
it stands."""

from __future__ import annotations

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import rubric
from certificates.access.assessments import assessment_for, own_assessment_for
from certificates.access.people import may_with_person
from certificates.forms.assessments import CommentForm
from certificates.queries import appeals, assessments
from certificates.queries.programmes import main_programme
from certificates.services import appealing
from lms.db import reading, transaction
from lms.people import Person
from lms.roles import Act
from lms.web import request_now, request_today, see_other, viewer

blueprint = Blueprint("assessments", __name__, url_prefix="/vurderinger")


@blueprint.get("/<int:assessment_id>")
def show(assessment_id: int) -> ResponseReturnValue:
    """The decision, for the participant, for those who look after them, and for who reviews it."""
    return _page(assessment_id)


@blueprint.post("/<int:assessment_id>/kommentar")
def comment(assessment_id: int) -> ResponseReturnValue:
    """Say something about a decision about oneself."""
    with reading() as db:
        own_assessment_for(db, viewer(), assessment_id)
    form = CommentForm()
    if not form.validate():
        return _page(assessment_id, comment=form), 422
    with transaction() as db:
        assessment = own_assessment_for(db, viewer(), assessment_id)
        appealing.comment(db, assessment, form.words.data, now=request_now())
    flash(_("Kommentaren er lagret."), "success")
    return see_other("assessments.show", assessment_id=assessment_id)


def _page(assessment_id: int, *, comment: CommentForm | None = None) -> str:
    """The page with what the viewer may do on it; a form that was refused stands as it was sent."""
    today = request_today()
    with reading() as db:
        programme = main_programme(db)
        assessment = assessment_for(db, viewer(), assessment_id, on=today)
        decided = assessments.decided(db, programme, assessment.id)
        offer = appeals.offer_against(db, programme, assessment.id, on=today)
        person = db.get_one(Person, assessment.person_id)
        own = assessment.person_id == viewer().person_id
        in_register = may_with_person(db, viewer(), Act.SEE_REGISTER, person.id, on=today)
        may_assign = offer.case is not None and appeals.may_assign(
            db, viewer(), offer.case, appeals.involved(db, offer.decision, offer.case.steps), on=today
        )
    levels = [each.filled.levels for each in decided.sheets]
    return render_template(
        "certificates/assessment.html",
        decided=decided,
        person=person,
        own=own,
        in_register=in_register and not own,
        areas=rubric.areas(decided.rubric),
        compared=rubric.compare(decided.rubric, *levels) if len(levels) > 1 else (),
        comment=(comment or CommentForm(formdata=None)) if own else None,
        offer=offer,
        opens_case=own or may_assign or (offer.case is not None and offer.case.handler_id == viewer().person_id),
    )
