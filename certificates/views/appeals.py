"""Appeals as cases: the own ones and what can be appealed against; making one, following it, handling it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from certificates import appeals as rules
from certificates.access import appeals as access
from certificates.access.appeals import Seen
from certificates.appeals import AppealState, Outcome
from certificates.forms.appeals import (
    AdmitForm,
    AnswerForm,
    AppealForm,
    AskForm,
    HandlerForm,
    OutcomeForm,
    RecuseForm,
    WithdrawForm,
    outcome_choices,
)
from certificates.models.appeals import Appeal, AppealDraft
from certificates.queries import appeals as queries
from certificates.queries import decisions
from certificates.queries.issued import history
from certificates.queries.programmes import main_programme
from certificates.services import appealing, handling
from certificates.services.appealing import Sent
from lms import uploads
from lms.db import reading, transaction
from lms.errors import Refused
from lms.forms import TEXT_LENGTH_MAX
from lms.roles import Act
from lms.verdict import Reason
from lms.web import request_now, request_today, see_other, takes_files, viewer

blueprint = Blueprint("appeals", __name__, url_prefix="/klager")

DRAFT = "kladd"


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The own cases, what the viewer can appeal against, the cases to handle, those that need somebody to."""
    today, me = request_today(), viewer().person_id
    with reading() as db:
        programme = main_programme(db)
        own = queries.cases(db, programme, Appeal.person_id == me)
        reach = viewer().may(Act.ASSIGN_APPEALS)
        whose = reach.people(Appeal.person_id, today) & (Appeal.person_id != me)
        found = queries.cases(db, programme, whose) if reach else []
        mine = {(each.decision.ground, each.decision.ground_id) for each in own}
        return render_template(
            "certificates/appeals/index.html",
            own=list(reversed(own)),
            open_to_appeal=[
                each
                for each in decisions.about_person(db, programme, me)
                if (each.ground, each.ground_id) not in mine and not rules.is_late(each.appeal_through, today)
            ],
            handled=queries.waiting(db, programme, queries.is_handler(Appeal.id, me)),
            assigns=bool(reach),
            waiting=[(each, _assigns(db, each)) for each in found if each.waits],
            ended=[(each, _assigns(db, each)) for each in reversed(found) if not each.waits],
            today=today,
        )


@blueprint.route("/ny/<ground>/<int:ground_id>", methods=["GET", "POST"])
@takes_files
def new(ground: str, ground_id: int) -> ResponseReturnValue:
    """Appeal against a decision about oneself."""
    with reading() as db:
        programme = main_programme(db)
        decision = access.decision_for(db, viewer(), programme, ground, ground_id)
        there = queries.against(db, programme, decision)
    if there is not None and request.method == "GET":
        return see_other("appeals.show", appeal_id=there.row.id)
    form, reasons = AppealForm(), tuple[Reason, ...]()
    no = rules.refusal(approved=decision.approved, is_newest=decision.is_newest)
    late = rules.is_late(decision.appeal_through, request_today())
    if form.validate_on_submit():
        try:
            with transaction() as db:
                programme = main_programme(db)
                row = appealing.appeal(
                    db,
                    programme,
                    access.decision_for(db, viewer(), programme, ground, ground_id),
                    form.why.data,
                    late_why=form.late_why.data,
                    file=_sent(form),
                    now=request_now(),
                )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("Klagen er sendt. Du har fått en kvittering på e-post."), "success")
            return see_other("appeals.show", appeal_id=row.id)
    page = render_template(
        "certificates/appeals/new.html",
        decision=decision,
        form=form if no is None else None,
        late=late,
        reasons=reasons or (no.reasons if no is not None else ()),
    )
    return page, 422 if form.errors or reasons else 200


@blueprint.get("/<int:appeal_id>")
def show(appeal_id: int) -> ResponseReturnValue:
    """A case, for the appellant, for who handles it, and for who finds a handler."""
    return _page(appeal_id)


@blueprint.get("/<int:appeal_id>/fil/<int:upload_id>")
def file(appeal_id: int, upload_id: int) -> Response:
    """A file of a case, to save."""
    with reading() as db:
        programme = main_programme(db)
        upload = access.file_for(db, viewer(), programme, appeal_id, upload_id, on=request_today())
        content = uploads.content_of(db, upload.id)
    return uploads.as_download(upload, content)


@blueprint.post("/<int:appeal_id>/svar")
@takes_files
def answer(appeal_id: int) -> ResponseReturnValue:
    """Answer what was asked, or add something."""
    form, today = AnswerForm(), request_today()
    with reading() as db:
        programme = main_programme(db)
        access.own_case_for(db, viewer(), programme, appeal_id, on=today)
    if not form.validate():
        return _page(appeal_id, answer=form), 422
    try:
        with transaction() as db:
            programme = main_programme(db)
            access.own_case_for(db, viewer(), programme, appeal_id, on=today)
            appealing.answer(db, programme, appeal_id, form.answer.data, file=_sent(form), now=request_now())
    except Refused as refusal:
        return _page(appeal_id, answer=form, reasons=refusal.reasons), 422
    flash(_("Det du skrev, er lagt i saken."), "success")
    return see_other("appeals.show", appeal_id=appeal_id)


@blueprint.post("/<int:appeal_id>/trekk")
def withdraw(appeal_id: int) -> ResponseReturnValue:
    """Take the own appeal back."""
    form, today = WithdrawForm(), request_today()
    with reading() as db:
        programme = main_programme(db)
        access.own_case_for(db, viewer(), programme, appeal_id, on=today)
    if not form.validate():
        return _page(appeal_id, withdraw=form), 422
    with transaction() as db:
        programme = main_programme(db)
        access.own_case_for(db, viewer(), programme, appeal_id, on=today)
        appealing.withdraw(db, programme, appeal_id, form.withdrawn_why.data, now=request_now())
    flash(_("Klagen er trukket. Beslutningen blir stående."), "success")
    return see_other("appeals.show", appeal_id=appeal_id)


@blueprint.post("/<int:appeal_id>/slipp-inn")
def admit(appeal_id: int) -> ResponseReturnValue:
    """Say whether a late appeal is taken."""
    form, today = AdmitForm(), request_today()
    with reading() as db:
        programme = main_programme(db)
        access.late_for(db, viewer(), programme, appeal_id, on=today)
    if not form.validate():
        return _page(appeal_id, admit=form), 422
    with transaction() as db:
        programme = main_programme(db)
        access.late_for(db, viewer(), programme, appeal_id, on=today)
        handling.admit(
            db,
            programme,
            appeal_id,
            admitted=form.admitted.data == "ja",
            words=form.admitted_why.data,
            actor_id=viewer().person_id,
            now=request_now(),
        )
    flash(_("Det er lagret, og den som har klaget, får beskjed."), "success")
    return see_other("appeals.show", appeal_id=appeal_id)


@blueprint.post("/<int:appeal_id>/fordel")
def assign(appeal_id: int) -> ResponseReturnValue:
    """Ask somebody who was not involved."""
    form, today = HandlerForm(), request_today()
    with reading() as db:
        programme = main_programme(db)
        case = access.assigned_for(db, viewer(), programme, appeal_id, on=today)
        form.handler.choices = _to_choose(queries.candidates(db, case, on=today))
    if not form.validate():
        return _page(appeal_id, assign=form), 422
    with transaction() as db:
        programme = main_programme(db)
        access.assigned_for(db, viewer(), programme, appeal_id, on=today)
        handling.assign(
            db, programme, appeal_id, handler_id=form.handler.data, actor_id=viewer().person_id, now=request_now()
        )
    flash(_("Klagen er fordelt. Den du valgte og den som har klaget, får e-post."), "success")
    return see_other("appeals.show", appeal_id=appeal_id)


@blueprint.post("/<int:appeal_id>/inhabil")
def recuse(appeal_id: int) -> ResponseReturnValue:
    """Say who can't handle an appeal: oneself, or, for who finds a handler, somebody else."""
    form, today = RecuseForm(), request_today()
    with reading() as db:
        programme = main_programme(db)
        seen = access.case_for(db, viewer(), programme, appeal_id, on=today)
        if not (seen.handles or seen.assigns):
            access.handled_for(db, viewer(), programme, appeal_id, on=today)
        form.partial.choices = _partial_choices(db, seen)
    if not form.validate():
        return _page(appeal_id, recuse=form), 422
    with transaction() as db:
        programme = main_programme(db)
        access.case_for(db, viewer(), programme, appeal_id, on=today)
        handling.recuse(
            db,
            programme,
            appeal_id,
            form.partial.data,
            form.partial_why.data,
            actor_id=viewer().person_id,
            now=request_now(),
        )
    flash(_("Det er lagret. En annen må behandle klagen."), "success")
    return see_other("appeals.show", appeal_id=appeal_id) if seen.assigns else see_other("appeals.index")


@blueprint.post("/<int:appeal_id>/sporsmal")
def ask(appeal_id: int) -> ResponseReturnValue:
    """Ask the appellant for more."""
    form, today = AskForm(), request_today()
    with reading() as db:
        programme = main_programme(db)
        access.handled_for(db, viewer(), programme, appeal_id, on=today)
    if not form.validate():
        return _page(appeal_id, ask=form), 422
    with transaction() as db:
        programme = main_programme(db)
        access.handled_for(db, viewer(), programme, appeal_id, on=today)
        handling.ask(db, programme, appeal_id, form.question.data, actor_id=viewer().person_id, now=request_now())
    flash(_("Spørsmålet er sendt."), "success")
    return see_other("appeals.show", appeal_id=appeal_id)


@blueprint.post("/<int:appeal_id>/avgjor")
def decide(appeal_id: int) -> ResponseReturnValue:
    """Decide an appeal one handles, or keep a draft of it."""
    form, today = OutcomeForm(), request_today()
    with reading() as db:
        programme = main_programme(db)
        case = access.handled_for(db, viewer(), programme, appeal_id, on=today)
    about = case.decision.about
    form.outcome.choices = outcome_choices(about, rules.outcomes(about))
    if DRAFT in request.form:
        return _keep_draft(appeal_id, form)
    if not form.validate():
        return _page(appeal_id, decide=form), 422
    try:
        with transaction() as db:
            programme = main_programme(db)
            access.handled_for(db, viewer(), programme, appeal_id, on=today)
            handling.decide(
                db,
                programme,
                appeal_id,
                Outcome(form.outcome.data),
                form.reason.data,
                effective_on=form.effective_on.data,
                actor_id=viewer().person_id,
                now=request_now(),
            )
    except Refused as refusal:
        return _page(appeal_id, decide=form, reasons=refusal.reasons), 422
    flash(_("Avgjørelsen er lagret. Den som har klaget og de som tok beslutningen, får e-post."), "success")
    return see_other("appeals.show", appeal_id=appeal_id)


def _keep_draft(appeal_id: int, form: OutcomeForm) -> ResponseReturnValue:
    today = request_today()
    form.validate()  # only what is right is kept of a choice and a day; a draft may lack anything
    with transaction() as db:
        programme = main_programme(db)
        access.handled_for(db, viewer(), programme, appeal_id, on=today)
        handling.save_draft(
            db,
            programme,
            appeal_id,
            outcome=form.outcome.data if form.outcome.data in {each for each, _said in form.outcome.choices} else "",
            words=form.reason.data[:TEXT_LENGTH_MAX],
            effective_on=form.effective_on.data,
            actor_id=viewer().person_id,
            now=request_now(),
        )
    flash(_("Kladden er lagret. Ingen andre ser den."), "success")
    return see_other("appeals.show", appeal_id=appeal_id)


def _page(appeal_id: int, *, reasons: tuple[Reason, ...] = (), **sent: Any) -> str:
    """The page with what the viewer may do on it; a form that was refused stands as it was sent."""
    today = request_today()
    with reading() as db:
        programme = main_programme(db)
        seen = access.case_for(db, viewer(), programme, appeal_id, on=today)
        certificate = queries.certificate_of(db, seen.case.decision)
        draft = queries.draft_of(db, appeal_id, viewer().person_id) if seen.handles else None
        forms = _forms(db, seen, draft) | sent
        return render_template(
            "certificates/appeals/show.html",
            seen=seen,
            case=seen.case,
            decision=seen.case.decision,
            certificate=certificate,
            events=history(db, certificate.id) if certificate else (),
            draft=draft,
            reasons=reasons,
            today=today,
            **{name: forms.get(name) for name in ("answer", "withdraw", "admit", "assign", "recuse", "ask", "decide")},
        )


def _forms(db: Session, seen: Seen, draft: AppealDraft | None) -> dict[str, Any]:
    """The empty forms of what the viewer may do now."""
    case, found = seen.case, dict[str, Any]()
    if not case.waits:
        return found
    if seen.own:
        found |= {"answer": AnswerForm(formdata=None), "withdraw": WithdrawForm(formdata=None)}
    if access.may_admit(viewer(), seen):
        found["admit"] = AdmitForm(formdata=None)
    if case.state is AppealState.LATE:
        return found
    if seen.assigns:
        found["assign"] = HandlerForm(formdata=None)
        found["assign"].handler.choices = _to_choose(queries.candidates(db, case, on=request_today()))
    if seen.assigns or seen.handles:
        found["recuse"] = RecuseForm(formdata=None)
        found["recuse"].partial.choices = _partial_choices(db, seen)
    if seen.handles:
        found |= {"ask": AskForm(formdata=None), "decide": _outcome_form(case, draft)}
    return found


def _outcome_form(case: queries.Case, draft: AppealDraft | None) -> OutcomeForm:
    kept = (
        {"outcome": draft.outcome or None, "effective_on": draft.effective_on, "reason": draft.words} if draft else {}
    )
    form = OutcomeForm(formdata=None, data=kept)
    form.outcome.choices = outcome_choices(case.decision.about, rules.outcomes(case.decision.about))
    return form


def _partial_choices(db: Session, seen: Seen) -> list[tuple[int | str, str]]:
    """Who can be said to be partial: oneself, and for who finds a handler, all who could be asked."""
    own: list[tuple[int | str, str]] = [(viewer().person_id, viewer().name)] if seen.handles else []
    if not seen.assigns:
        return own
    others = queries.candidates(db, seen.case, on=request_today())
    return [("", _("Velg i listen")), *own, *(each for each in others if each[0] != viewer().person_id or not own)]


def _to_choose(people: list[tuple[int, str]]) -> list[tuple[int | str, str]]:
    return [("", _("Velg i listen")), *people] if people else []


def _assigns(db: Session, case: queries.Case) -> bool:
    out = queries.involved(db, case.decision, case.steps)
    return queries.may_assign(db, viewer(), case, out, on=request_today())


def _sent(form: AppealForm | AnswerForm) -> Sent | None:
    """The file that was sent along, if there is one."""
    sent = form.file.data
    return Sent(name=sent.filename, content=sent.read()) if sent and sent.filename else None
