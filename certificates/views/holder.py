"""The own way to the certificate, and the certificate as a page and as a PDF."""

from __future__ import annotations

import io
from collections.abc import Sequence

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue

from certificates import deciding, pathway, presentation, programmes_on_file
from certificates.access.certificates import certificate_for, may_decide
from certificates.documents import certificate_pdf
from certificates.gathering import dossier_of
from certificates.issued import speaking
from certificates.models.issued import Certificate, CertificateEvent
from certificates.queries.assessments import decisions_about
from certificates.queries.issued import certificates_of, history, issued_to
from certificates.queries.reminded import reminder_lines
from certificates.records import read_derivation, read_evidence
from certificates.status import State
from certificates.wording.stages import stage_name
from courses.queries.between import between_of
from lms import access as ground
from lms.db import reading
from lms.people import Locale
from lms.roles import Act
from lms.web import request_today, viewer

blueprint = Blueprint("holder", __name__)


@blueprint.get("/min-vei")
def path() -> ResponseReturnValue:
    """Where I am, what is next, by when; and the certificate once there is one."""
    ground.require(viewer(), Act.LEARN)
    today, programme = request_today(), programmes_on_file.main_programme()
    with reading() as db:
        dossier = dossier_of(db, programme, viewer().person_id, on=today)
        rows = certificates_of(db, viewer().person_id)
        decisions = decisions_about(db, programme.id, viewer().person_id)
        between = between_of(db, viewer().person_id, on=today)
    spoken = speaking(dossier.certificates, today)
    return render_template(
        "certificates/path.html",
        programme=programme,
        dossier=dossier,
        steps=pathway.steps(dossier.answer.findings),
        spoken=spoken,
        state=spoken.state(today) if spoken else None,
        row=next((row for row in rows if spoken and row.id == spoken.id), None),
        latest=dossier.certificates[-1] if dossier.certificates else None,
        decisions=decisions,
        earlier=[row for row in rows if spoken is None or row.id != spoken.id],
        pass_today=pathway.pass_today(dossier.evidence, dossier.answer.route, dossier.programme.policy, today),
        today=today,
        between=between,
    )


@blueprint.get("/sertifikat/<int:certificate_id>")
def certificate(certificate_id: int) -> ResponseReturnValue:
    """A certificate as a page: what it says, what it rests on, what happened to it."""
    today = request_today()
    with reading() as db:
        shown = certificate_for(db, viewer(), certificate_id, on=today)
        held = issued_to(db, shown.programme, [shown.person_id])[shown.person_id]
        events = history(db, shown.id)
        decides = may_decide(db, viewer(), shown, on=today)
        programme = programmes_on_file.stored(db, shown.programme_version_id)
        issued = next(each for each in held if each.id == shown.id)
        is_over = issued is not held[-1] or issued.revoked_on is not None
        reminders = reminder_lines(db, issued, is_over=is_over, on=today)
    return render_template(
        "certificates/certificate.html",
        certificate=shown,
        programme=programme,
        state=issued.state(today),
        halted=_halted(issued.state(today), [event for event, _name in events if event.effective_on <= today]),
        choices=deciding.choices(issued, today),
        derivation=read_derivation(shown.derivation),
        evidence=[(step, [pathway.told(fact) for fact in step.facts]) for step in read_evidence(shown.evidence)],
        events=events,
        own=shown.person_id == viewer().person_id,
        may_decide=decides,
        reminders=reminders,
        stage_name=stage_name,
        may_plan=viewer().may(Act.PLAN_MAILS),
        today=today,
    )


@blueprint.get("/sertifikat/<int:certificate_id>.pdf")
def pdf(certificate_id: int) -> ResponseReturnValue:
    """The certificate as a document, in the language asked for, else in the reader's."""
    wanted = request.args.get("sprak", viewer().locale)
    locale = Locale(wanted) if wanted in tuple(Locale) else Locale.NB
    with reading() as db:
        shown = certificate_for(db, viewer(), certificate_id, on=request_today())
        programme = programmes_on_file.stored(db, shown.programme_version_id)
    text = presentation.certificate_text(shown, programme, locale)
    return send_file(
        io.BytesIO(certificate_pdf(text)), mimetype="application/pdf", download_name=_file_name(shown, locale)
    )


def _halted(state: State, in_force: Sequence[CertificateEvent]) -> CertificateEvent | None:
    """The decision that keeps a certificate from being valid, where there is one."""
    decided = [event for event in in_force if event.kind == state]
    return decided[-1] if decided and state in {State.SUSPENDED, State.REVOKED} else None


def _file_name(certificate: Certificate, locale: Locale) -> str:
    """The number and the language: no name of a person in a file that is passed on."""
    return f"{certificate.number}-{locale}.pdf"
