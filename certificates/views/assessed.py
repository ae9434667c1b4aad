"""A decision as a page: the criteria in words, what the participant has to say, an appeal and what became of it."""

from __future__ import annotations

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from certificates import appeals, rubric
from certificates.access.assessments import appealed_for, assessment_for, own_assessment_for, review_for
from certificates.access.people import may_with_person
from certificates.appeals import OPEN, AppealOutcome
from certificates.evidence import Outcome
from certificates.forms.assessments import AppealForm, CommentForm, ReviewerForm, ReviewForm
from certificates.gathering import dossier_of
from certificates.queries import assessments
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


@blueprint.post("/<int:assessment_id>/klage")
def appeal(assessment_id: int) -> ResponseReturnValue:
    """Appeal against a decision about oneself."""
    with reading() as db:
        own_assessment_for(db, viewer(), assessment_id)
    form = AppealForm()
    if not form.validate():
        return _page(assessment_id, appeal=form), 422
    with transaction() as db:
        assessment = own_assessment_for(db, viewer(), assessment_id)
        appealing.appeal(db, main_programme(db), assessment, form.why.data, now=request_now())
    flash(_("Klagen er sendt. Koordinatoren finner en som ikke har vært med på vurderingen."), "success")
    return see_other("assessments.show", assessment_id=assessment_id)


@blueprint.post("/<int:assessment_id>/klage/fordel")
def assign(assessment_id: int) -> ResponseReturnValue:
    """Ask an assessor who was not involved."""
    with reading() as db:
        assessment = appealed_for(db, viewer(), assessment_id, on=request_today())
        form = ReviewerForm()
        form.reviewer.choices = _reviewers(db, assessment.person_id)
    if not form.validate():
        return _page(assessment_id, reviewer=form), 422
    with transaction() as db:
        assessment = appealed_for(db, viewer(), assessment_id, on=request_today())
        appealing.assign(
            db,
            main_programme(db),
            assessment,
            reviewer_id=form.reviewer.data,
            actor_id=viewer().person_id,
            now=request_now(),
        )
    flash(_("Klagen er fordelt, og den du valgte, får e-post."), "success")
    return see_other("assessments.show", assessment_id=assessment_id)


@blueprint.post("/<int:assessment_id>/klage/avgjor")
def review(assessment_id: int) -> ResponseReturnValue:
    """Decide an appeal one has been asked to look at."""
    with reading() as db:
        review_for(db, viewer(), assessment_id)
    form = ReviewForm()
    if not form.validate():
        return _page(assessment_id, review=form), 422
    with transaction() as db:
        assessment = review_for(db, viewer(), assessment_id)
        appealing.decide(
            db,
            main_programme(db),
            assessment,
            AppealOutcome(form.outcome.data),
            form.reason.data,
            actor_id=viewer().person_id,
            now=request_now(),
        )
    flash(_("Avgjørelsen er lagret. Deltakeren og de som vurderte, får e-post."), "success")
    return see_other("assessments.show", assessment_id=assessment_id)


def _page(
    assessment_id: int,
    *,
    comment: CommentForm | None = None,
    appeal: AppealForm | None = None,
    reviewer: ReviewerForm | None = None,
    review: ReviewForm | None = None,
) -> str:
    """The page with what the viewer may do on it; a form that was refused stands as it was sent."""
    today = request_today()
    with reading() as db:
        programme = main_programme(db)
        assessment = assessment_for(db, viewer(), assessment_id, on=today)
        decided = assessments.decided(db, programme, assessment.id)
        person = db.get_one(Person, assessment.person_id)
        own = assessment.person_id == viewer().person_id
        is_open = decided.appeal is not None and decided.appeal.state in OPEN
        may_assign = is_open and not own and may_with_person(db, viewer(), Act.ASSIGN_APPEALS, person.id, on=today)
        if may_assign and reviewer is None:
            reviewer = ReviewerForm(formdata=None)
            reviewer.reviewer.choices = _reviewers(db, person.id)
        in_register = may_with_person(db, viewer(), Act.SEE_REGISTER, person.id, on=today)
    no = appeals.refusal(
        Outcome(assessment.outcome), through=decided.appeal_through, today=today, is_newest=decided.is_newest
    )
    is_reviewer = is_open and decided.appeal is not None and decided.appeal.reviewer_id == viewer().person_id
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
        appeal=(appeal or AppealForm(formdata=None)) if own and decided.appeal is None and no is None else None,
        appeal_over=no.reasons[0] if own and decided.appeal is None and no is not None else None,
        reviewer=reviewer if may_assign else None,
        review=(review or ReviewForm(formdata=None)) if is_reviewer else None,
    )


def _reviewers(db: Session, person_id: int) -> list[tuple[int | str, str]]:
    """Who can be asked: assessors of every region who are not involved, each with the unit they assess in."""
    programme = main_programme(db)
    mentors = dossier_of(db, programme, person_id, on=request_today()).evidence.mentor_ids
    assessors = assessments.involved(db, programme.id, person_id)
    found: list[tuple[int | str, str]] = [
        (id_, f"{name}, {unit}")
        for id_, name, unit in assessments.trainers(db, on=request_today())
        if appeals.refusal_to_review(
            id_, person_id=person_id, assessors=assessors, mentors={int(each) for each in mentors}
        )
        is None
    ]
    return [("", _("Velg i listen")), *found] if found else []
