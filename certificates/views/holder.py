"""The own way to the certificate, and the certificate as a page and as a PDF."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import segno
from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue

from certificates import deciding, pathway, presentation
from certificates.access.certificates import certificate_for, may_decide, numbered_edition
from certificates.answering import answer
from certificates.documents.certificate import certificate_pdf
from certificates.gathering import dossier_of
from certificates.issued import Issued, speaking
from certificates.machine import as_json
from certificates.models.issued import Certificate, CertificateEdition, CertificateEvent
from certificates.queries.appeals import offers_about
from certificates.queries.assessments import decisions_about
from certificates.queries.documents import content_of, document_of
from certificates.queries.issued import certificates_of, editions_of, history, renamed
from certificates.queries.programmes import main_programme, stored
from certificates.queries.reminded import reminder_lines
from certificates.queries.verifying import Behind, behind
from certificates.records import read_derivation, read_evidence
from certificates.services.documents import keep_document
from certificates.status import State
from certificates.views.days import ShownDay, shown_day
from certificates.wording.stages import stage_name
from courses.queries.between import between_of
from lms import access as ground
from lms.db import reading, transaction
from lms.errors import Gone
from lms.people import Locale, Person
from lms.roles import Act
from lms.units import membership_on
from lms.verdict import because
from lms.web import request_now, request_today, viewer, wants_json
from lms.wording import say

blueprint = Blueprint("holder", __name__)


@blueprint.get("/min-vei")
def path() -> ResponseReturnValue:
    """Where I am, what is next, by when; and the certificate once there is one."""
    ground.require(viewer(), Act.LEARN)
    today = request_today()
    with reading() as db:
        programme = main_programme(db)
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
        rows=rows,
        states=_states(dossier.certificates, today),
        since=_since(dossier.certificates, spoken, rows, today),
        pass_today=pathway.pass_today(dossier.evidence, dossier.answer.route, dossier.programme.policy, today),
        today=today,
        between=between,
    )


def _states(held: Sequence[Issued], today: date) -> dict[int, State]:
    """What each certificate is; one that is followed up runs out without anything to do about it."""
    states = {each.id: each.state(today) for each in held}
    followed = {each.id for each in held[:-1] if states[each.id] is State.EXPIRING}
    return states | dict.fromkeys(followed, State.VALID)


def _since(held: Sequence[Issued], spoken: Issued | None, rows: Sequence[Certificate], today: date) -> date | None:
    """Since when the certificate that speaks for the person certifies them no more, where it does not."""
    return answer(held, spoken.id, {row.id: row.number for row in rows}, on=today).since if spoken else None


@blueprint.get("/sertifikat/<int:certificate_id>")
def certificate(certificate_id: int) -> ResponseReturnValue:
    """A certificate as a page that says what the PDF says, in the language asked for; what it rests on, and what
    happened to it; as it is today or was on another day. Who may see it is asked of today. The same as JSON."""
    day = shown_day()
    with reading() as db:
        shown = certificate_for(db, viewer(), certificate_id, on=day.today)
        found = behind(db, shown, on=None if day.is_today else day.on)
        events = history(db, shown.id, on=None if day.is_today else day.on)
        belonged = membership_on(db, shown.person_id, day.on)
        decides = day.is_today and may_decide(db, viewer(), shown, on=day.today)
        has_new_name = day.is_today and shown.id in {each.id for each in renamed(db, shown.person_id, on=day.today)}
        registered = db.get_one(Person, shown.person_id).name if has_new_name else None
        offers = offers_about(db, main_programme(db), shown, on=day.today) if day.is_today else ()
        issued = found.issued
        is_over = issued is not None and (issued.id != found.held[-1].id or issued.revoked_on is not None)
        reminders = reminder_lines(db, issued, is_over=is_over, on=day.on) if issued and day.is_today else ()
    if found.issued is None:
        return _not_there(found, day)
    told = answer(found.held, shown.id, found.numbers, on=day.on)
    if wants_json():
        there = {"unit": belonged[1].name, "sector": belonged[0].sector} if belonged else None
        return as_json(found, told, on=day.on) | {"belonged_to": there}
    locale = asked_locale()
    text = presentation.certificate_text(shown, found.editions, found.programme, locale)
    return render_template(
        "certificates/certificate.html",
        certificate=shown,
        edition=found.edition,
        editions=found.editions,
        registered=registered,
        programme=found.programme,
        day=day,
        told=told,
        text=text,
        locale=locale,
        picture=_picture(text.verification_url),
        belonged=belonged,
        state=told.state,
        halted=_halted(told.state, [event for event, _name in events if event.effective_on <= day.on]),
        choices=deciding.choices(found.issued, day.today),
        derivation=read_derivation(shown.derivation),
        evidence=[(step, [pathway.told(fact) for fact in step.facts]) for step in read_evidence(shown.evidence)],
        events=events,
        offers=offers,
        own=shown.person_id == viewer().person_id,
        may_decide=decides,
        reminders=reminders,
        stage_name=stage_name,
        may_plan=viewer().may(Act.PLAN_MAILS),
    )


def _not_there(found: Behind, day: ShownDay) -> ResponseReturnValue:
    """On the day asked about there was no such certificate."""
    why = because("certificate-not-there", on=day.on, issued_on=found.certificate.issued_on)
    if wants_json():
        return {"status": 404, "title": say(why)}, 404
    own = found.certificate.person_id == viewer().person_id
    return render_template("certificates/not_there.html", certificate=found.certificate, day=day, why=why, own=own)


def asked_locale() -> Locale:
    """The language a document is asked for in, else the reader's own."""
    wanted = request.args.get("sprak", viewer().locale)
    return Locale(wanted) if wanted in tuple(Locale) else Locale.NB


def _picture(url: str) -> str:
    """The QR code as an address with the picture in it: for a page that is printed."""
    return segno.make(url, error="q", micro=False).svg_data_uri(border=4, light="#fff")


@blueprint.get("/sertifikat/<int:certificate_id>.pdf")
def pdf(certificate_id: int) -> ResponseReturnValue:
    """The certificate as a document, in the language asked for, else in the reader's."""
    locale = asked_locale()
    with reading() as db:
        shown = certificate_for(db, viewer(), certificate_id, on=request_today())
        edition = numbered_edition(db, shown.id, request.args.get("utgave", ""))
        kept = document_of(db, edition.id, locale)
        editions = [each for each in editions_of(db, shown.id) if each.edition <= edition.edition]
        programme = stored(db, shown.programme_version_id)
    if kept is not None:
        content = content_of(kept)
    elif not edition.holder_name:  # anonymised: nothing new is given out in nobody's name
        raise Gone
    else:
        made = certificate_pdf(presentation.certificate_text(shown, editions, programme, locale))
        with transaction() as db:
            content = keep_document(db, edition, locale, made, actor_id=viewer().person_id, now=request_now())
    name = _file_name(shown, edition, locale)
    return send_file(io.BytesIO(content), mimetype="application/pdf", download_name=name)


def _halted(state: State, in_force: Sequence[CertificateEvent]) -> CertificateEvent | None:
    """The decision that keeps a certificate from being valid, where there is one."""
    decided = [event for event in in_force if event.kind == state]
    return decided[-1] if decided and state in {State.SUSPENDED, State.REVOKED} else None


def _file_name(certificate: Certificate, edition: CertificateEdition, locale: Locale) -> str:
    """The number, the edition from the second on, and the language: no name of a person in a file that is passed on."""
    number = certificate.number if edition.edition == 1 else f"{certificate.number}-{edition.edition}"
    return f"{number}-{locale}.pdf"
