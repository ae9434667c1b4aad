"""The register: who is certified, by state, unit and sector; the same as CSV; and decisions about a certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import deciding
from certificates.access.certificates import certificate_to_decide
from certificates.forms.decisions import DecisionForm, kind_choices
from certificates.models.issued import Certificate
from certificates.queries import register as queries
from certificates.queries.issued import editions_of, history, issued_to
from certificates.queries.programmes import main_programme
from certificates.queries.register import Entry, Wanted
from certificates.services.decisions import decide_certificate
from certificates.status import EventKind, State
from certificates.views.days import ShownDay, shown_day
from lms import access as ground
from lms import ids
from lms.db import reading, transaction
from lms.directory import units_in
from lms.errors import Refused
from lms.roles import Act
from lms.spreadsheets import csv_file
from lms.units import Sector, Unit
from lms.verdict import Reason
from lms.web import request_now, request_today, see_other, viewer
from lms.wording import shown

blueprint = Blueprint("register", __name__)

PAGE_LENGTH = 50
COUNTED = (State.VALID, State.EXPIRING, State.IN_GRACE, State.LAPSED, State.SUSPENDED, State.REVOKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The filter in the address; what isn't known is left out."""

    q: str
    enhet: str
    sektor: str
    status: str


@blueprint.get("/register")
def index() -> ResponseReturnValue:
    """The register as filtered, fifty at a time, with the numbers above it, as it is today or was on another day.

    Who is in it, is asked of the units of that day. The people's own pages are open to whom they are open today: for
    somebody who has moved out of reach since, the line is all there is.
    """
    asked, day, page = _asked(), shown_day(), max(request.args.get("side", 1, int), 1)
    entries, units, regions = _entries(asked, day)
    chosen = _in_state(entries, asked)
    shown_now = chosen[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH]
    filters = {name: value for name, value in _named(asked).items() if value}
    return render_template(
        "certificates/register.html",
        asked=asked,
        day=day,
        chosen=filters,
        filters=filters | day.kept,
        entries=shown_now,
        open_to_me=_open_today([entry.person_id for entry in shown_now if entry.is_named]),
        found=len(chosen),
        total=len(entries),
        counts=queries.count_states(entries),
        counted=COUNTED,
        summary=queries.by_region(queries.by_unit_and_sector(entries), regions),
        units=units,
        sectors=tuple(Sector),
        page_number=page,
        pages=-(-len(chosen) // PAGE_LENGTH),
        may_plan=bool(viewer().may(Act.PLAN_MAILS)),
        may_see_open_courses=bool(viewer().may(Act.SEE_COURSE_NUMBERS)),
        may_see_retention=bool(viewer().may(Act.SEE_RETENTION)),
        may_define=bool(viewer().may(Act.DEFINE_PROGRAMMES)),
    )


@blueprint.get("/register.csv")
def as_csv() -> ResponseReturnValue:
    """The register as filtered, all of it, for a spreadsheet."""
    asked, day = _asked(), shown_day()
    entries, _units, regions = _entries(asked, day)
    heading = [
        _("Navn"),
        _("Region"),
        _("Enhet"),
        _("Sektor"),
        _("Sertifikatnummer"),
        _("Gyldig fra"),
        _("Gyldig til og med"),
    ]
    lines = [_line(entry, queries.region_name(entry.unit_path, regions)) for entry in _in_state(entries, asked)]
    body = csv_file([*heading, _("Status"), _("Fornyet til og med")], lines)
    answer = Response(body, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="register-{day.on.isoformat()}.csv"'
    return answer


@blueprint.route("/sertifikat/<int:certificate_id>/beslutning", methods=["GET", "POST"])
def decision(certificate_id: int) -> ResponseReturnValue:
    """Suspend, lift or revoke a certificate."""
    today = request_today()
    with reading() as db:
        certificate = certificate_to_decide(db, viewer(), certificate_id, on=today)
        held = issued_to(db, certificate.programme, [certificate.person_id])[certificate.person_id]
        events, editions = history(db, certificate_id), editions_of(db, certificate_id)
    issued = next(each for each in held if each.id == certificate_id)
    form = DecisionForm(effective_on=today)
    form.kind.choices = kind_choices(deciding.choices(issued, today))
    reasons: Sequence[Reason] = ()
    if form.validate_on_submit():
        try:
            _decide(certificate, form)
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("Beslutningen er lagret, og innehaveren får beskjed på e-post."), "success")
            return see_other("holder.certificate", certificate_id=certificate_id)
    page = render_template(
        "certificates/decision.html",
        certificate=certificate,
        edition=editions[-1],
        editions=editions,
        state=issued.state(today),
        events=events,
        form=form,
        reasons=reasons,
    )
    return page, 422 if form.errors or reasons else 200


def _decide(certificate: Certificate, form: DecisionForm) -> None:
    with transaction() as db:
        decide_certificate(
            db,
            certificate_to_decide(db, viewer(), certificate.id, on=request_today()),
            EventKind(form.kind.data),
            effective_on=form.effective_on.data,
            reason=form.reason.data,
            actor_id=viewer().person_id,
            now=request_now(),
        )


def _asked() -> Asked:
    return Asked(
        **{name: request.args.get(name, "").replace("\0", "").strip() for name in ("q", "enhet", "sektor", "status")}
    )


def _named(asked: Asked) -> dict[str, str]:
    return {"q": asked.q, "enhet": asked.enhet, "sektor": asked.sektor, "status": asked.status}


def _entries(asked: Asked, day: ShownDay) -> tuple[list[Entry], Sequence[Unit], Mapping[str, str]]:
    """The entries within reach by everything but the state, the units one may choose from, the regions by path."""
    reach = ground.require(viewer(), Act.SEE_REGISTER)
    wanted = Wanted(name=ids.search_key(asked.q), number=asked.q.upper(), unit_path=asked.enhet, sector=asked.sektor)
    with reading() as db:
        units = units_in(db, reach)
        programme = main_programme(db)
        entries = queries.register(db, reach, programme.id, wanted, on=day.on)
        return entries, units, queries.regions_by_path(db)


def _open_today(person_ids: Sequence[int]) -> frozenset[int]:
    """Those whose own page the viewer may open: it is asked of today, whatever day is shown."""
    with reading() as db:
        return queries.still_within(db, viewer().may(Act.SEE_REGISTER), person_ids, on=request_today())


def _in_state(entries: list[Entry], asked: Asked) -> list[Entry]:
    return [each for each in entries if each.state == asked.status] if asked.status in tuple(State) else entries


def _line(entry: Entry, region: str) -> list[object]:
    cells: list[object] = [entry.name, region, entry.unit_name, shown(entry.sector), entry.number, entry.valid_from]
    return [*cells, entry.valid_through, shown(entry.state), entry.renewed_through]
