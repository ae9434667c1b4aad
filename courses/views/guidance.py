"""Guidance agreements: one's own, those one guides, those of one's units; stays at other units in the same manner."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from courses.access import guidance as access
from courses.forms.guidance import AgreementForm, NoteForm, WordForm
from courses.guidance import GuidanceKind, Said, Stage
from courses.queries import guidance as queries
from courses.queries import seminars as people_queries
from courses.services import guidance as services
from lms import ids
from lms.db import reading, transaction
from lms.directory import LIST_LENGTH_MAX
from lms.errors import Refused
from lms.units import membership_on
from lms.verdict import Reason, because
from lms.web import request_now, request_today, see_other, viewer

blueprint = Blueprint("guidance", __name__, url_prefix="/veiledning")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The agreements one stands in, and those of one's units."""
    me, reach, today = viewer(), access.guidance_reach(viewer()), request_today()
    with reading() as db:
        own = queries.of_person(db, me.person_id, today=today)
        known = {agreement.row.id for agreement in own}
        others = (
            [each for each in queries.in_reach(db, reach, today=today) if each.row.id not in known] if reach else []
        )
        people = people_queries.candidates(db, reach, on=today, without=[me.person_id], most=LIST_LENGTH_MAX)
    return render_template(
        "courses/fieldwork/guidance/index.html", own=own, others=others, leads=bool(reach), people=people.found, me=me
    )


@blueprint.route("/ny", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Write an agreement with somebody in one's units (`?person=`)."""
    wanted, today = request.args.get("person", 0, int), request_today()
    form = AgreementForm()
    reasons: Sequence[Reason] = ()
    with reading() as db:
        person = access.guided_for(db, viewer(), wanted, on=today)
        hosts = {f"{row[0]}-{row[2]}": row for row in access.hosts_for(db, person, on=today)}
        own = membership_on(db, viewer().person_id, today)
    form.host.choices = [
        SelectChoice("", _("Velg en vert")),
        *(SelectChoice(key, f"{row[1]}, {row[3]}") for key, row in hosts.items()),
    ]
    if form.validate_on_submit():
        stay = form.kind.data == GuidanceKind.STAY
        host = hosts.get(form.host.data) if stay else None
        if stay and host is None:
            reasons = (because("guidance-without-host"),)
        elif own is None:
            reasons = (because("guidance-without-unit"),)
        else:
            guide, unit = (host[0], host[2]) if host else (viewer().person_id, own[1].id)
            try:
                with transaction() as db:
                    person = access.guided_for(db, viewer(), wanted, on=today)
                    row = services.propose(
                        db,
                        form.proposal(person_id=person.id, guide_id=guide),
                        unit_id=unit,
                        entry=form.entry.data,
                        by=viewer().person_id,
                        now=request_now(),
                    )
            except Refused as refusal:
                reasons = refusal.reasons
            else:
                flash(_("Avtalen er laget. Den gjelder når de andre har sagt ja på sin side."), "success")
                return see_other("guidance.show", agreement_id=row.id)
    form.entry.data = form.entry.data or ids.new_token()
    page = render_template("courses/fieldwork/guidance/new.html", form=form, person=person, reasons=reasons)
    return page, 422 if form.errors or reasons else 200


@blueprint.get("/<int:agreement_id>")
def show(agreement_id: int) -> ResponseReturnValue:
    """An agreement: what it says, its visits, and what one can do."""
    return _page(agreement_id)


@blueprint.post("/<int:agreement_id>/ja")
def agree(agreement_id: int) -> ResponseReturnValue:
    """Say yes to what waits for one's own word: as the new instructor, or as the host."""
    with transaction() as db:
        agreement = access.agreement_for(db, viewer(), agreement_id, on=request_today())
        for word in agreement.owed_by(viewer().person_id):
            services.say(db, agreement_id=agreement.row.id, word=word, by=viewer().person_id, now=request_now())
    flash(_("Takk, avtalen har ditt ja."), "success")
    return see_other("guidance.show", agreement_id=agreement_id)


@blueprint.post("/<int:agreement_id>/nei")
def decline(agreement_id: int) -> ResponseReturnValue:
    """Say no, with why; who guides or trains ends an agreement that holds in the same way."""
    form = WordForm()
    if not form.validate_on_submit():
        return _page(agreement_id, word=form)
    try:
        with transaction() as db:
            agreement = access.agreement_for(db, viewer(), agreement_id, on=request_today())
            if not agreement.owed_by(viewer().person_id):
                access.leading_for(db, viewer(), agreement_id, on=request_today())
            word = Said.DECLINED if agreement.owed_by(viewer().person_id) else Said.ENDED
            services.say(
                db,
                agreement_id=agreement.row.id,
                word=word,
                by=viewer().person_id,
                now=request_now(),
                comment=form.comment.data,
            )
    except Refused as refusal:
        return _page(agreement_id, word=form, reasons=refusal.reasons)
    flash(_("Avtalen gjelder ikke lenger. De andre ser hvorfor."), "success")
    return see_other("guidance.show", agreement_id=agreement_id)


@blueprint.post("/<int:agreement_id>/besok/<int:guidance_visit_id>")
def note(agreement_id: int, guidance_visit_id: int) -> ResponseReturnValue:
    """Note that a visit was held."""
    form = NoteForm()
    with reading() as db:
        access.visit_for(db, viewer(), agreement_id, guidance_visit_id, on=request_today())
    if not form.validate_on_submit():
        return _page(agreement_id, note_form=form, noting=guidance_visit_id)
    try:
        with transaction() as db:
            visit = access.visit_for(db, viewer(), agreement_id, guidance_visit_id, on=request_today())
            services.note_visit(
                db,
                visit_id=visit.id,
                held_on=form.held_on.data,
                note=form.note.data,
                by=viewer().person_id,
                now=request_now(),
            )
    except Refused as refusal:
        return _page(agreement_id, note_form=form, noting=guidance_visit_id, reasons=refusal.reasons)
    flash(_("Besøket er notert."), "success")
    return see_other("guidance.show", agreement_id=agreement_id)


def _page(
    agreement_id: int,
    *,
    word: WordForm | None = None,
    note_form: NoteForm | None = None,
    noting: int = 0,
    reasons: Sequence[Reason] = (),
) -> ResponseReturnValue:
    with reading() as db:
        agreement = access.agreement_for(db, viewer(), agreement_id, on=request_today())
    me = viewer().person_id
    leads = me != agreement.row.person_id
    page = render_template(
        "courses/fieldwork/guidance/agreement.html",
        agreement=agreement,
        owed=agreement.owed_by(me),
        leads=leads,
        may_end=leads and agreement.stage in (Stage.WAITING, Stage.AGREED),
        may_note=leads and agreement.stage in (Stage.AGREED, Stage.OVER, Stage.ENDED),
        word=word or WordForm(formdata=None),
        note_form=note_form or NoteForm(formdata=None),
        noting=noting,
        reasons=reasons,
        today=request_today(),
    )
    wrong = reasons or (word and word.errors) or (note_form and note_form.errors)
    return page, 422 if wrong else 200
