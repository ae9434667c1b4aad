"""The own plan from part 1 to part 2, kept as it is written; and the plan of a partner or a participant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses.access import plans as access
from courses.forms.plans import PlanCommentForm, PlanForm, PresentationForm
from courses.plans import Heading, Plan
from courses.queries import plans as queries
from courses.queries.pairs import partner_of
from courses.services import plans as services
from lms.db import reading, transaction
from lms.errors import Refused
from lms.formatting import instant
from lms.ids import new_token
from lms.uploads import as_download, content_of
from lms.verdict import Reason
from lms.web import request_now, request_today, see_other, takes_files, viewer, wants_json

blueprint = Blueprint("plans", __name__, url_prefix="/plan")


@blueprint.get("")
def mine() -> ResponseReturnValue:
    """The own plan: what is being written, what has been handed in, what was said of it."""
    return _own()


@blueprint.post("")
def keep() -> ResponseReturnValue:
    """Keep what is written, for the page's script a word on when; with the second button, hand it in."""
    form = PlanForm()
    if wants_json():
        written = {heading: request.form[heading.value] for heading in Heading if heading.value in request.form}
        plain = {heading: text.replace("\r\n", "\n").replace("\0", "") for heading, text in written.items()}
        with transaction() as db:
            services.keep(db, person_id=viewer().person_id, written=plain, now=request_now())
        return {"saved": instant(request_now())}
    if not form.validate():
        return _own(form=form), 422
    with transaction() as db:
        services.keep(db, person_id=viewer().person_id, written=form.written(), now=request_now())
    if request.form.get("handling") != "lever":
        flash(_("Planen er lagret. Bare du ser den til du leverer."), "success")
        return see_other("plans.mine")
    try:
        with transaction() as db:
            version = services.hand_in(db, person_id=viewer().person_id, now=request_now())
    except Refused as refusal:
        return _own(reasons=refusal.reasons), 422
    flash(
        _(
            "Planen er levert som versjon %(number)s. Makkeren din og opplæringsansvarlig kan lese den nå.",
            number=version.number,
        ),
        "success",
    )
    return see_other("plans.mine")


@blueprint.post("/fil")
@takes_files
def attach() -> ResponseReturnValue:
    """Keep the presentation as a file."""
    form = PresentationForm()
    if not form.validate():
        return _own(file=form), 422
    sent = form.file.data
    try:
        with transaction() as db:
            services.keep_file(
                db, person_id=viewer().person_id, name=sent.filename or "", content=sent.read(), now=request_now()
            )
    except Refused as refusal:
        return _own(file=form, reasons=refusal.reasons), 422
    flash(_("Filen er lagret med utkastet. Lever planen på nytt for at andre skal se den."), "success")
    return see_other("plans.mine")


@blueprint.post("/fil/fjern")
def detach() -> ResponseReturnValue:
    """The draft has no file any more."""
    with transaction() as db:
        services.take_file_away(db, person_id=viewer().person_id, now=request_now())
    flash(_("Filen er tatt bort fra utkastet."), "success")
    return see_other("plans.mine")


@blueprint.get("/fil/<int:upload_id>")
def presentation(upload_id: int) -> Response:
    """A presentation, to save."""
    with reading() as db:
        upload = access.presentation_for(db, viewer(), upload_id, on=request_today())
        content = content_of(db, upload.id)
    return as_download(upload, content)


@blueprint.get("/<int:person_id>")
def show(person_id: int) -> ResponseReturnValue:
    """What a partner or a participant has handed in."""
    return _theirs(person_id)


@blueprint.post("/versjon/<int:version_id>/kommentar")
def comment(version_id: int) -> ResponseReturnValue:
    """Say something of a version."""
    form = PlanCommentForm()
    with reading() as db:
        version = access.version_to_comment_for(db, viewer(), version_id, on=request_today())
    if not form.validate():
        return _theirs(version.person_id, form=form), 422
    with transaction() as db:
        version = access.version_to_comment_for(db, viewer(), version_id, on=request_today())
        services.comment(
            db,
            version=version,
            text=form.text.data,
            entry=form.entry.data,
            by=viewer().person_id,
            now=request_now(),
        )
    flash(_("Tilbakemeldingen er lagret."), "success")
    return see_other("plans.show", person_id=version.person_id)


def _own(*, form: PlanForm | None = None, file: PresentationForm | None = None, reasons: Sequence[Reason] = ()) -> str:
    me = viewer().person_id
    with reading() as db:
        draft, saved_at = queries.draft_of(db, me)
        versions = queries.versions_of(db, me)
        remarks = queries.remarks_on(db, me)
        files = queries.uploads_named(db, [draft.upload_id, *(version.upload_id for version in versions)])
        partner = partner_of(db, me, request_today())
    form = form or PlanForm(formdata=None, data={heading.value: draft.text_of(heading) for heading in Heading})
    return render_template(
        "courses/fieldwork/plan.html",
        form=form,
        file=file or PresentationForm(formdata=None),
        draft=draft,
        state=_state(draft, saved_at, queries.as_plan(versions[0]) if versions else None),
        saved_at=saved_at,
        versions=versions,
        remarks=remarks,
        files=files,
        partner=partner,
        reasons=reasons,
    )


def _state(draft: Plan, saved_at: datetime | None, handed_in: Plan | None) -> str:
    """empty, draft, changed since it was handed in, or handed in as it stands."""
    if saved_at is None:
        return "empty"
    if handed_in is None:
        return "draft"
    return "handed_in" if handed_in == draft else "changed"


def _theirs(person_id: int, *, form: PlanCommentForm | None = None) -> str:
    with reading() as db:
        reader = access.plan_reader_for(db, viewer(), person_id, on=request_today())
        versions = queries.versions_of(db, reader.person.id)
        remarks = queries.remarks_on(db, reader.person.id)
        files = queries.uploads_named(db, [version.upload_id for version in versions])
    return render_template(
        "courses/fieldwork/plan_of.html",
        reader=reader,
        versions=versions,
        remarks=remarks,
        files=files,
        form=form or PlanCommentForm(formdata=None, data={"entry": new_token()}),
    )
