"""The next edition of a certificate: a new name, or an error put right; and what follows a new name in
administration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from certificates.access.certificates import certificate_to_decide, may_decide
from certificates.editions import EditionKind, Holder
from certificates.forms.editions import EditionForm
from certificates.models.issued import Certificate, CertificateEdition
from certificates.queries.issued import editions_of, renamed
from certificates.services.issuing import lock_person
from certificates.services.reissuing import reissue, reissue_renamed
from lms import access as ground
from lms.clock import local_date
from lms.db import reading, transaction
from lms.directory import units_in
from lms.errors import Refused
from lms.people import Person
from lms.roles import Act
from lms.verdict import Reason
from lms.viewer import Viewer
from lms.web import request_now, request_today, see_other, viewer

blueprint = Blueprint("editions", __name__)


@blueprint.route("/sertifikat/<int:certificate_id>/ny-utgave", methods=["GET", "POST"])
def new(certificate_id: int) -> ResponseReturnValue:
    """Make the next edition; offered with the registered name where that differs."""
    today = request_today()
    with reading() as db:
        certificate = certificate_to_decide(db, viewer(), certificate_id, on=today)
        editions = editions_of(db, certificate_id)
        name = db.get_one(Person, certificate.person_id).name
        has_new_name = certificate_id in {each.id for each in renamed(db, certificate.person_id, on=today)}
        form = _form(db, editions[-1], name if has_new_name else "")
    reasons: Sequence[Reason] = ()
    if form.validate_on_submit():
        try:
            _reissue(certificate, form)
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("Den nye utgaven er laget, og innehaveren får beskjed på e-post."), "success")
            return see_other("holder.certificate", certificate_id=certificate_id)
    page = render_template(
        "certificates/edition.html",
        certificate=certificate,
        editions=editions,
        newest=editions[-1],
        registered=name if has_new_name else None,
        form=form,
        reasons=reasons,
    )
    return page, 422 if form.errors or reasons else 200


def follow_new_name(session: Session, viewer: Viewer, person_id: int, now: datetime) -> Sequence[str]:
    """Re-issue the person's certificates in the new name, or say that somebody else must."""
    person, today = lock_person(session, person_id), local_date(now)
    waiting = renamed(session, person_id, on=today)
    if not all(may_decide(session, viewer, each, on=today) for each in waiting):
        return [
            _(
                "Sertifikatet %(number)s er fortsatt i det gamle navnet. Be en annen koordinator om en ny utgave.",
                number=each.number,
            )
            for each in waiting
        ]
    return [
        _("Sertifikatet %(number)s er utstedt på nytt i det nye navnet.", number=each.number)
        for each in reissue_renamed(session, person, actor_id=viewer.person_id, now=now)
    ]


def _form(session: Session, newest: CertificateEdition, new_name: str) -> EditionForm:
    """What stands now, to be changed; with the new name where there is one."""
    form = EditionForm(
        edition=newest.edition,
        kind=EditionKind.REISSUED if new_name else None,
        name=new_name or newest.holder_name,
        unit=newest.unit_id,
        sector=newest.sector,
    )
    units = units_in(session, ground.require(viewer(), Act.DECIDE_CERTIFICATES))
    choices = {newest.unit_id: newest.unit_name} | {unit.id: unit.name for unit in units}
    form.unit.choices = list(choices.items())
    return form


def _reissue(certificate: Certificate, form: EditionForm) -> None:
    with transaction() as db:
        reissue(
            db,
            certificate_to_decide(db, viewer(), certificate.id, on=request_today()),
            Holder(name=form.name.data, unit_id=form.unit.data, sector=form.sector.data),
            EditionKind(form.kind.data),
            based_on=form.edition.data,
            reason=form.reason.data,
            actor_id=viewer().person_id,
            now=request_now(),
        )
