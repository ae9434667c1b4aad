"""For trainers and coordinators: who is on the way, one person's path, exempting, issuing."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from certificates import pathway
from certificates.access.people import may_with_person, participant_for
from certificates.eligibility import NotYet, Ok, Standing, is_closed
from certificates.forms.decisions import ExemptionForm, IssueForm
from certificates.gathering import Dossier, dossier_of
from certificates.models.issued import Certificate
from certificates.queries import assessments
from certificates.queries.issued import certificates_of
from certificates.queries.programmes import MAIN, main_programme, programme_on
from certificates.queries.training import Group, count_groups, trainees
from certificates.services import decisions, issuing
from certificates.services.decisions import asked_assessment, open_requirements
from certificates.views.days import ShownDay, shown_day
from courses.queries.between import between_of
from lms import access as ground
from lms import ids
from lms.db import reading, transaction
from lms.directory import units_in
from lms.errors import Refused
from lms.people import Person
from lms.roles import Act
from lms.units import membership_on
from lms.verdict import Reason
from lms.web import request_now, request_today, see_other, viewer
from lms.wording import say

blueprint = Blueprint("participants", __name__, url_prefix="/deltakere")

PAGE_LENGTH = 50
SHOWN_AT_FIRST = (Group.READY, Group.WAITING, Group.TRAINING, Group.RENEWING)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Those on the way within reach, those who wait for somebody first."""
    reach = ground.require(viewer(), Act.SEE_REGISTER)
    wanted, unit_path = (request.args.get(name, "").replace("\0", "").strip() for name in ("q", "enhet"))
    group, page = request.args.get("vis", ""), max(request.args.get("side", 1, int), 1)
    with reading() as db:
        units = units_in(db, reach)
        found = trainees(
            db,
            reach,
            main_programme(db),
            on=request_today(),
            wanted=ids.search_key(wanted),
            unit_path=unit_path,
        )
    shown = (group,) if group in tuple(Group) else SHOWN_AT_FIRST
    chosen = [each for each in found if each.group in shown]
    return render_template(
        "certificates/participants.html",
        trainees=chosen[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH],
        counts=count_groups(found),
        groups=tuple(Group),
        units=units,
        asked={"q": wanted, "enhet": unit_path, "vis": group},
        page_number=page,
        pages=-(-len(chosen) // PAGE_LENGTH),
    )


@blueprint.get("/<int:person_id>")
def person(person_id: int) -> ResponseReturnValue:
    """One person's path, and what the viewer can decide about it; on another day how it stood, to read only."""
    day = shown_day()
    return _page(person_id) if day.is_today else _other_day(person_id, day)


@blueprint.post("/<int:person_id>/fritak")
def exempt(person_id: int) -> ResponseReturnValue:
    """Waive a requirement, with a reason."""
    form = ExemptionForm()
    with reading() as db:
        dossier = _dossier(db, participant_for(db, viewer(), Act.EXEMPT, person_id, on=request_today()))
    _offer_requirements(form, dossier)
    if not form.validate():
        return _page(person_id, exemption=form), 422
    try:
        with transaction() as db:
            person = participant_for(db, viewer(), Act.EXEMPT, person_id, on=request_today())
            outcome = decisions.exempt(
                db,
                main_programme(db),
                person.id,
                requirement=form.requirement.data,
                reason=form.reason.data,
                actor_id=viewer().person_id,
                now=request_now(),
            )
    except Refused as refusal:
        return _page(person_id, exemption=form, reasons=refusal.reasons), 422
    tell(_("Fritaket er lagret."), outcome)
    return see_other("participants.person", person_id=person_id)


@blueprint.post("/<int:person_id>/utsted")
def issue(person_id: int) -> ResponseReturnValue:
    """Issue when everything is met; a second click finds the same certificate."""
    form = IssueForm()
    if not form.validate():
        return _page(person_id), 422
    try:
        with transaction() as db:
            person = participant_for(db, viewer(), Act.ASSESS, person_id, on=request_today())
            outcome = issuing.issue(
                db,
                main_programme(db),
                person.id,
                cycle=form.cycle.data,
                actor_id=viewer().person_id,
                now=request_now(),
            )
    except Refused as refusal:
        return _page(person_id, reasons=refusal.reasons), 422
    tell("", outcome)
    return see_other("participants.person", person_id=person_id)


def _page(
    person_id: int,
    *,
    exemption: ExemptionForm | None = None,
    reasons: Sequence[Reason] = (),
) -> str:
    """The person's page, with a form that was refused as it was sent."""
    today = request_today()
    with reading() as db:
        shown = participant_for(db, viewer(), Act.SEE_REGISTER, person_id, on=today)
        dossier = _dossier(db, shown)
        may_assess = may_with_person(db, viewer(), Act.ASSESS, person_id, on=today)
        may_exempt = may_with_person(db, viewer(), Act.EXEMPT, person_id, on=today)
        certificates = certificates_of(db, person_id)
        membership = membership_on(db, person_id, today)
        decisions_ = assessments.decisions_about(db, dossier.programme.id, person_id)
        between = between_of(db, person_id, on=today)
        going_on = assessments.open_round(db, dossier.programme.id, person_id)
        sheets = [each for each in assessments.sheets_of(db, going_on.id) if each.is_active] if going_on else []
    own_sheet = next((each for each in sheets if each.row.assessor_id == viewer().person_id), None)
    asked = asked_assessment(dossier)
    can_assess = asked is not None and asked.state is Standing.NOT_MET and _is_open(dossier)
    exemption = exemption or ExemptionForm(formdata=None)
    _offer_requirements(exemption, dossier)
    return render_template(
        "certificates/participant.html",
        person=shown,
        day=shown_day(),
        membership=membership,
        between=between,
        may_read_plan=may_assess,
        dossier=dossier,
        steps=pathway.steps(dossier.answer.findings),
        certificates=certificates,
        states={each.id: each.state(today) for each in dossier.certificates},
        decisions=decisions_,
        sheets=sheets,
        own_sheet=own_sheet,
        may_begin=may_assess and can_assess,
        assessment_wait=asked.next_step if asked and may_assess and not can_assess else None,
        is_mentee=str(viewer().person_id) in dossier.evidence.mentor_ids,
        exemption=exemption if may_exempt and exemption.requirement.choices else None,
        may_issue=may_assess and isinstance(dossier.answer, Ok),
        own=person_id == viewer().person_id,
        reasons=reasons,
        pass_today=pathway.pass_today(dossier.evidence, dossier.answer.route, dossier.programme.policy, today),
    )


def _other_day(person_id: int, day: ShownDay) -> str:
    """How a person stood on another day. Who may see it is asked of today: a day opens nothing."""
    with reading() as db:
        shown = participant_for(db, viewer(), Act.SEE_REGISTER, person_id, on=day.today)
        dossier = dossier_of(db, programme_on(db, MAIN, day.on), person_id, on=day.on, known_on=day.on)
        certificates = certificates_of(db, person_id, on=day.on)
        membership = membership_on(db, person_id, day.on)
        decided = assessments.decisions_about(db, dossier.programme.id, person_id)
    return render_template(
        "certificates/participant_day.html",
        person=shown,
        day=day,
        membership=membership,
        dossier=dossier,
        steps=pathway.steps(dossier.answer.findings),
        certificates=certificates,
        states={each.id: each.state(day.on) for each in dossier.certificates},
        decisions=[(row, name) for row, name in decided if row.decided_on <= day.on],
    )


def _dossier(db: Session, person: Person) -> Dossier:
    return dossier_of(db, main_programme(db), person.id, on=request_today())


def _is_open(dossier: Dossier) -> bool:
    return not (isinstance(dossier.answer, NotYet) and is_closed(dossier.answer.reasons))


def _offer_requirements(form: ExemptionForm, dossier: Dossier) -> None:
    form.requirement.choices = [
        (each.requirement.id, say(each.requirement.title)) for each in open_requirements(dossier)
    ]


def tell(done: str, outcome: Certificate | NotYet) -> None:
    """Say what happened, and what is still missing."""
    if isinstance(outcome, Certificate):
        issued = _("Sertifikatet %(number)s er utstedt og gjelder fra %(first)s til og med %(last)s.")
        values = {
            "number": outcome.number,
            "first": f"{outcome.valid_from:%d.%m.%Y}",
            "last": f"{outcome.valid_through:%d.%m.%Y}",
        }
        flash(f"{done} {issued % values}".strip(), "success")
        return
    titles = [say(each.requirement.title) for each in outcome.findings if each.next_step is not None]
    missing = _("Dette gjenstår før sertifikatet kan utstedes: %(titles)s.", titles=", ".join(titles))
    flash(f"{done} {missing}", "info")
