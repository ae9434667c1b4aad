"""The sheet an assessor fills in during the presentation, on a tablet: kept as it is written, handed in once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from certificates import rubric
from certificates.access.assessments import sheet_for
from certificates.access.people import participant_for
from certificates.forms.assessments import sheet_fields
from certificates.models.assessments import AssessmentRound
from certificates.programme import Rubric
from certificates.queries import assessments
from certificates.queries.programmes import main_programme
from certificates.rubric import Filled
from certificates.services import sheets as services
from certificates.services.sheets import Settled
from certificates.views.assessment import tell
from lms.db import reading, transaction
from lms.errors import Refused
from lms.roles import Act
from lms.verdict import No, Reason
from lms.web import request_now, request_today, see_other, viewer

blueprint = Blueprint("sheets", __name__, url_prefix="/vurdering")

NO_PROBLEMS: Mapping[str, Reason] = MappingProxyType({})
NO_CRITERIA = Rubric(levels=("", ""), criteria=())


@blueprint.post("/ny/<int:person_id>")
def begin(person_id: int) -> ResponseReturnValue:
    """The own sheet about a person, a new one where there is none."""
    with transaction() as db:
        person = participant_for(db, viewer(), Act.ASSESS, person_id, on=request_today())
        sheet = services.begin(
            db,
            main_programme(db),
            person.id,
            assessor_id=viewer().person_id,
            now=request_now(),
        )
    return see_other("sheets.show", sheet_id=sheet.id)


@blueprint.get("/<int:sheet_id>")
def show(sheet_id: int) -> ResponseReturnValue:
    """The sheet to fill in; handed in, what is waited for, or both sheets side by side; decided, the decision."""
    return _page(sheet_id)


@blueprint.post("/<int:sheet_id>/kladd")
def save(sheet_id: int) -> ResponseReturnValue:
    """Keep some fields, for the script (204), or the whole page by its button."""
    document = request.get_json() if request.is_json else request.form
    fields = sheet_fields(document) if isinstance(document, Mapping) else None
    if fields is None:
        raise BadRequest
    try:
        with transaction() as db:
            sheet, _person = sheet_for(db, viewer(), sheet_id, on=request_today())
            services.save_draft(db, sheet.id, fields, now=request_now())
    except Refused:
        typed, problems = _typed(sheet_id, fields)
        if request.is_json or not problems:
            raise
        return _page(sheet_id, typed=typed, problems=problems)
    if request.is_json:
        return "", 204
    flash(_("Kladden er lagret. Vurderingen er ikke levert ennå."), "success")
    return see_other("sheets.show", sheet_id=sheet_id)


@blueprint.post("/<int:sheet_id>")
def hand_in(sheet_id: int) -> ResponseReturnValue:
    """Hand in, once. What is missing is shown, and what was typed is kept as a draft."""
    fields = sheet_fields(request.form) or {}
    with reading() as db:
        sheet, _person = sheet_for(db, viewer(), sheet_id, on=request_today())
    if sheet.handed_in_at is None and sheet.set_aside_at is None:
        typed, problems = _typed(sheet_id, fields, whole=True)
        if problems:
            if not rubric.overlong(typed):
                with transaction() as db:
                    services.save_draft(db, sheet_id, fields, now=request_now())
            return _page(sheet_id, typed=typed, problems=problems)
    with transaction() as db:
        sheet, _person = sheet_for(db, viewer(), sheet_id, on=request_today())
        settled = services.hand_in(db, main_programme(db), sheet, fields, now=request_now())
    return _after(settled, sheet_id)


@blueprint.post("/<int:sheet_id>/beslutning")
def decide(sheet_id: int) -> ResponseReturnValue:
    """Record the decision of two, by one of them."""
    fields = sheet_fields(request.form) or {}
    with transaction() as db:
        sheet, _person = sheet_for(db, viewer(), sheet_id, on=request_today())
        words = rubric.changed(Filled(), NO_CRITERIA, fields)
        if isinstance(words, No):
            raise Refused.by(words)
        problems = {**rubric.overlong(words), **rubric.wordless(words.outcome, words.feedback, words.next_steps)}
        if not problems:
            programme = main_programme(db)
            settled = services.decide(db, programme, sheet, words, now=request_now())
    return _page(sheet_id, typed=words, problems=problems) if problems else _after(settled, sheet_id)


@blueprint.post("/<int:sheet_id>/bort")
def step_down(sheet_id: int) -> ResponseReturnValue:
    """Set the own draft aside."""
    with transaction() as db:
        sheet, person = sheet_for(db, viewer(), sheet_id, on=request_today())
        services.step_down(db, main_programme(db), sheet, now=request_now())
    flash(_("Kladden din er lagt bort. Den er tatt vare på."), "success")
    return see_other("participants.person", person_id=person.id)


@blueprint.post("/<int:sheet_id>/alene")
def alone(sheet_id: int) -> ResponseReturnValue:
    """Go on without the other one's sheet."""
    with transaction() as db:
        sheet, _person = sheet_for(db, viewer(), sheet_id, on=request_today())
        services.go_on_alone(db, main_programme(db), sheet, now=request_now())
    flash(_("Du går videre alene. Den andre kladden er lagt bort og tatt vare på."), "success")
    return see_other("sheets.show", sheet_id=sheet_id)


def _after(settled: Settled, sheet_id: int) -> ResponseReturnValue:
    if settled.assessment is None:
        flash(_("Vurderingen din er levert."), "success")
        return see_other("sheets.show", sheet_id=sheet_id)
    if settled.was_there:
        flash(_("Beslutningen er allerede tatt. Det du sendte nå, har ikke endret noe."), "info")
    elif settled.answer is not None:
        tell(_("Vurderingen er lagret."), settled.answer)
    return see_other("assessments.show", assessment_id=settled.assessment.id)


def _typed(sheet_id: int, fields: Mapping[str, str], *, whole: bool = False) -> tuple[Filled, Mapping[str, Reason]]:
    """The sheet as it would be with these fields, and what is wrong with it: as a draft, or as a whole."""
    with reading() as db:
        sheet, _person = sheet_for(db, viewer(), sheet_id, on=request_today())
        asked = assessments.rubric_of(db, db.get_one(AssessmentRound, sheet.round_id))
    typed = rubric.changed(assessments.filled(sheet), asked, fields)
    if isinstance(typed, No):
        raise Refused.by(typed)
    return typed, rubric.unfinished(asked, typed) if whole else rubric.overlong(typed)


def _page(
    sheet_id: int, *, typed: Filled | None = None, problems: Mapping[str, Reason] = NO_PROBLEMS
) -> ResponseReturnValue:
    with reading() as db:
        sheet, person = sheet_for(db, viewer(), sheet_id, on=request_today())
        of = db.get_one(AssessmentRound, sheet.round_id)
        if of.assessment_id is not None:
            return see_other("assessments.show", assessment_id=of.assessment_id)
        asked, there = assessments.rubric_of(db, of), assessments.sheets_of(db, of.id)
    own = next(each for each in there if each.row.id == sheet.id)
    active = [each for each in there if each.is_active]
    others = [each for each in active if each.row.id != sheet.id]
    is_over = of.ended_at is not None or not own.is_active
    is_ready = not is_over and all(each.row.handed_in_at is not None for each in active)
    pair = [each.filled.levels for each in active] if is_ready else []
    compared = rubric.compare(asked, *pair) if len(pair) > 1 else ()
    page = render_template(
        "certificates/sheets.html" if is_over or sheet.handed_in_at is not None else "certificates/sheet.html",
        sheet=sheet,
        person=person,
        rubric=asked,
        areas=rubric.areas(asked),
        own=own,
        filled=typed or own.filled,
        others=others,
        shown=active if is_ready else [own],
        compared=compared,
        tally=rubric.tally(compared),
        is_over=is_over,
        is_ready=is_ready,
        problems=problems,
        limits={"note": rubric.NOTE_LENGTH_MAX, "text": rubric.TEXT_LENGTH_MAX},
    )
    return page, 422 if problems else 200
