"""The mails of the days ahead: day by day which goes to whom, the same as CSV, each as it would be written, and held
back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from certificates import previews
from certificates.access.planned import person_of, target_for
from certificates.forms.planned import HoldForm
from certificates.planned import DAYS_AHEAD, MailKind, Span, Target, first_night, span_from
from certificates.queries.holds import open_holds
from certificates.queries.planned import ALL_KINDS, PlannedMail, Whose, plan
from certificates.services.holding import hold_mail, release_mail, written_at
from certificates.wording.stages import kind_name, mail_name
from lms import access as ground
from lms.db import reading, transaction
from lms.directory import units_in
from lms.errors import Refused
from lms.roles import Act
from lms.spreadsheets import csv_file
from lms.units import Unit
from lms.verdict import Reason, because
from lms.web import request_now, request_today, see_other, viewer

blueprint = Blueprint("planned", __name__)

PAGE_LENGTH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The filter in the address; an unknown kind is all of them."""

    enhet: str
    slag: str
    holdt: str

    @property
    def kinds(self) -> frozenset[MailKind]:
        """The kinds of mail to show."""
        return frozenset({MailKind(self.slag)}) if self.slag in tuple(MailKind) else ALL_KINDS


@blueprint.get("/planlagt-epost")
def index() -> ResponseReturnValue:
    """The mails of the next ninety days as filtered, fifty at a time."""
    asked, page = _asked(), max(request.args.get("side", 1, int), 1)
    found, units = _planned(asked)
    return render_template(
        "certificates/planned.html",
        asked=asked,
        filters={name: value for name, value in _named(asked).items() if value},
        mails=found[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH],
        found=len(found),
        per_day=Counter(each.on for each in found),
        units=units,
        kinds=tuple(MailKind),
        kind_name=kind_name,
        mail_name=mail_name,
        page_number=page,
        pages=-(-len(found) // PAGE_LENGTH),
        span=_span(),
    )


@blueprint.get("/planlagt-epost.csv")
def as_csv() -> ResponseReturnValue:
    """The same, all of it, for a spreadsheet."""
    found, _units = _planned(_asked())
    heading = [_("Dag"), _("Til"), _("Enhet"), _("E-post"), _("Hvilken"), _("Hva det gjelder")]
    heading += [_("Holdes tilbake av"), _("Begrunnelse"), _("Adressen avviser e-post")]
    answer = Response(csv_file(heading, [_line(each) for each in found]), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="planlagt-epost-{request_today().isoformat()}.csv"'
    return answer


@blueprint.get("/planlagt-epost/<key>")
def show(key: str) -> ResponseReturnValue:
    """One mail as it would be written, and whether it is held."""
    with reading() as db:
        target = target_for(db, viewer(), key, on=request_today())
    return _page(target, HoldForm())


@blueprint.post("/planlagt-epost/<key>/hold")
def hold(key: str) -> ResponseReturnValue:
    """Hold a mail back, with a reason."""
    form = HoldForm()
    with reading() as db:
        target = target_for(db, viewer(), key, on=request_today())
    if not form.validate():
        return _page(target, form), 422
    try:
        with transaction() as db:
            target_for(db, viewer(), key, on=request_today())
            if _find(db, target) is None and written_at(db, target) is None:
                raise Refused(because("mail-not-planned"))
            hold_mail(db, target, reason=form.reason.data, actor_id=viewer().person_id, now=request_now())
    except Refused as refused:
        return _page(target, form, refused.reasons), 409
    flash(_("E-posten holdes tilbake til noen slipper den."), "success")
    return see_other("planned.show", key=key)


@blueprint.post("/planlagt-epost/<key>/slipp")
def release(key: str) -> ResponseReturnValue:
    """Let a held mail go."""
    with reading() as db:
        target = target_for(db, viewer(), key, on=request_today())
    try:
        with transaction() as db:
            target_for(db, viewer(), key, on=request_today())
            release_mail(db, target, actor_id=viewer().person_id, now=request_now())
    except Refused as refused:
        return _page(target, HoldForm(), refused.reasons), 409
    flash(_("E-posten er sluppet. Den sendes på dagen sin, eller neste morgen hvis dagen er passert."), "success")
    return see_other("planned.show", key=key)


def _page(target: Target, form: HoldForm, reasons: Sequence[Reason] = ()) -> str:
    with reading() as db:
        mail = _find(db, target)
        return render_template(
            "certificates/planned_mail.html",
            target=target,
            mail=mail,
            shown=previews.preview(db, mail) if mail is not None else None,
            written=written_at(db, target),
            hold=open_holds(db, key=target.key).get(target.key),
            kind_name=kind_name,
            mail_name=mail_name,
            form=form,
            reasons=reasons,
        )


def _find(session: Session, target: Target) -> PlannedMail | None:
    """The mail in the plan, or None when it isn't in it."""
    reach = ground.require(viewer(), Act.PLAN_MAILS)
    is_digest = target.kind is MailKind.DIGEST
    path = session.get_one(Unit, target.subject_id).path if is_digest else ""
    person_ids = None if is_digest else [person_of(session, target)]
    whose = Whose(reach=reach, unit_path=path, kinds={target.kind}, person_ids=person_ids)
    return next((each for each in plan(session, whose, _span()) if each.target == target), None)


def _planned(asked: Asked) -> tuple[list[PlannedMail], Sequence[Unit]]:
    """The mails as filtered, and the units one may choose from."""
    reach = ground.require(viewer(), Act.PLAN_MAILS)
    with reading() as db:
        whose = Whose(reach=reach, unit_path=asked.enhet, kinds=asked.kinds)
        found = plan(db, whose, _span())
        return [each for each in found if each.hold or not asked.holdt], units_in(db, reach)


def _span() -> Span:
    return span_from(first_night(request_now()), DAYS_AHEAD)


def _asked() -> Asked:
    return Asked(**{name: request.args.get(name, "").replace("\0", "").strip() for name in ("enhet", "slag", "holdt")})


def _named(asked: Asked) -> dict[str, str]:
    return {"enhet": asked.enhet, "slag": asked.slag, "holdt": asked.holdt}


def _line(mail: PlannedMail) -> list[object]:
    held = (mail.hold.by, mail.hold.reason) if mail.hold else ("", "")
    what = (kind_name(mail.target.kind), mail_name(mail.target.kind, mail.target.stage))
    return [mail.on, mail.name, mail.unit_name, *what, mail.about, *held, _("ja") if mail.refused else ""]
