"""Faulty questions: see what withdrawing one would do, propose it, do it, and decide on the passes it touches."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from courses.access import items as access
from courses.forms.items import PassForm, WithdrawalForm, way_from
from courses.queries import items as queries
from lms.db import reading, transaction
from lms.errors import Refused
from lms.roles import Act
from lms.verdict import Reason, because
from lms.web import request_now, request_today, see_other, viewer
from quizzes import effective, mails, withdrawing
from quizzes.queries import asked, reviewed
from quizzes.scoring import NOTHING
from quizzes.withdrawal import Way

blueprint = Blueprint("withdrawals", __name__, url_prefix="/kurs/<course_id>")


@blueprint.get("/trekk")
def index(course_id: str) -> ResponseReturnValue:
    """What is proposed, what waits for a decision, what has been withdrawn, and every question to begin with."""
    names, today = viewer().may(Act.SEE_REGISTER), request_today()
    with reading() as db:
        course = access.tested_course_for(db, viewer(), course_id)
        waiting = queries.passes_waiting(db, names, bank=course.id, viewer_id=viewer().person_id, on=today)
        withdrawn = queries.withdrawn_lines(db, bank=course.id)
        proposals = queries.proposal_lines(db, bank=course.id)
    return render_template(
        "courses/items/index.html",
        course=course,
        waiting=waiting if viewer().may(Act.WITHDRAW_ITEMS) else (),
        withdrawn=withdrawn,
        proposals=proposals,
        gone={line.withdrawn.question_id for line in withdrawn},
        objectives=queries.bank_titles(course),
    )


@blueprint.get("/sporsmal/<question_id>/trekk")
def item(course_id: str, question_id: str) -> ResponseReturnValue:
    """A question, and what withdrawing it would do or has done."""
    form = WithdrawalForm(formdata=None, maate=way_from(request.args.get("maate")))
    return _item_page(course_id, question_id, form, PassForm(formdata=None))


@blueprint.post("/sporsmal/<question_id>/foresla")
def propose(course_id: str, question_id: str) -> ResponseReturnValue:
    """Propose to withdraw a question; those who decide see it on the course's page of withdrawn questions."""
    form = WithdrawalForm()
    with reading() as db:
        access.item_for(db, viewer(), course_id, question_id)
    if not form.validate():
        return _item_page(course_id, question_id, form, PassForm(formdata=None)), 422
    with transaction() as db:
        found = access.item_for(db, viewer(), course_id, question_id)
        withdrawing.propose(
            db,
            bank=found.bank,
            question_id=question_id,
            way=Way(form.maate.data),
            reason=form.grunn.data,
            actor_id=viewer().person_id,
            now=request_now(),
        )
    flash(_("Forslaget er sendt. Sekretariatet avgjør om spørsmålet trekkes."), "success")
    return see_other("withdrawals.index", course_id=course_id)


@blueprint.post("/sporsmal/<question_id>/trekk")
def withdraw(course_id: str, question_id: str) -> ResponseReturnValue:
    """Withdraw a question as rehearsed; where the rehearsal is no longer true, nothing is done and a new one shown."""
    form = WithdrawalForm()
    with reading() as db:
        access.item_to_withdraw_for(db, viewer(), course_id, question_id)
    if not form.validate():
        return _item_page(course_id, question_id, form, PassForm(formdata=None)), 422
    try:
        with transaction() as db:
            found = access.item_to_withdraw_for(db, viewer(), course_id, question_id)
            changes = withdrawing.withdraw(
                db,
                bank=found.bank,
                question_id=question_id,
                way=Way(form.maate.data),
                reason=form.grunn.data,
                actor_id=viewer().person_id,
                now=request_now(),
            )
            if effective.fingerprint(changes) != form.sett.data:
                raise Refused(because("rehearsal-outdated"))
            mails.tell_changed(db, changes, now=request_now())
    except Refused as refusal:
        return _item_page(course_id, question_id, form, PassForm(formdata=None), refusal.reasons), 409
    flash(
        ngettext(
            "Spørsmålet er trukket, og %(num)s prøve er beregnet på nytt.",
            "Spørsmålet er trukket, og %(num)s prøver er beregnet på nytt.",
            len(changes),
        ),
        "success",
    )
    return see_other("withdrawals.item", course_id=course_id, question_id=question_id)


@blueprint.post("/sporsmal/<question_id>/bestatt/<int:attempt_id>")
def decide(course_id: str, question_id: str, attempt_id: int) -> ResponseReturnValue:
    """Keep a pass whose recomputed score lies below the mark, or take it away; with a reason."""
    form = PassForm()
    with reading() as db:
        access.item_to_withdraw_for(db, viewer(), course_id, question_id)
        access.attempt_to_decide_for(db, viewer(), course_id, attempt_id, on=request_today())
    keep = {"behold": True, "trekk": False}.get(request.form.get("valg", ""))
    if keep is None or not form.validate():
        blank = WithdrawalForm(formdata=None)
        return _item_page(course_id, question_id, blank, form, wrong=attempt_id), 422
    with transaction() as db:
        attempt = access.attempt_to_decide_for(db, viewer(), course_id, attempt_id, on=request_today())
        withdrawing.decide_pass(
            db, attempt, keep=keep, reason=form.grunn.data, actor_id=viewer().person_id, now=request_now()
        )
    flash(_("Prøven er fortsatt bestått.") if keep else _("Prøven er ikke lenger bestått."), "success")
    return see_other("withdrawals.item", course_id=course_id, question_id=question_id)


def _item_page(
    course_id: str,
    question_id: str,
    form: WithdrawalForm,
    pass_form: PassForm,
    reasons: Sequence[Reason] = (),
    *,
    wrong: int | None = None,
) -> str:
    names, today, may_decide = viewer().may(Act.SEE_REGISTER), request_today(), bool(viewer().may(Act.WITHDRAW_ITEMS))
    with reading() as db:
        found = access.item_for(db, viewer(), course_id, question_id)
        lines = [
            one for one in queries.withdrawn_lines(db, bank=found.bank) if one.withdrawn.question_id == question_id
        ]
        rehearsal = None
        if not lines:
            way = way_from(form.maate.data)
            rehearsal = queries.rehearsal(
                db, names, bank=found.bank, question_id=question_id, way=way, at=request_now(), on=today
            )
        waiting = queries.passes_waiting(
            db, names, bank=found.bank, viewer_id=viewer().person_id, on=today, question_id=question_id
        )
        proposals = [one for one in queries.proposal_lines(db, bank=found.bank) if one.question_id == question_id]
    order = [option["key"] for option in found.document["options"]]
    return render_template(
        "courses/items/item.html",
        course=found.course,
        question_id=question_id,
        title=found.document["title"],
        question=asked(found.document, 1, order, frozenset()),
        key=reviewed(found.document, 1, order, frozenset(), NOTHING),
        withdrawn=lines[0] if lines else None,
        rehearsal=rehearsal,
        waiting=waiting if may_decide else (),
        proposals=proposals,
        form=form,
        pass_form=pass_form,
        wrong=wrong,
        reasons=reasons,
        may_decide=may_decide,
    )
