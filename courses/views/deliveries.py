"""Deliveries: an instructor's own log of workplace presentations, and a word on those that name one as the partner."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from courses.access import deliveries as access
from courses.access import unit_deliveries as unit_access
from courses.forms.deliveries import ALONE, DeliveryForm, DenialForm
from courses.queries import deliveries as queries
from courses.queries import gatherings as gathering_queries
from courses.queries import pairs
from courses.queries.deliveries import Log, Partner
from courses.queries.ledger import report_of
from courses.queries.pairs import Partner as Mate
from courses.services import deliveries as services
from courses.services import delivery_mails
from lms import ids
from lms.db import reading, transaction
from lms.errors import Refused
from lms.verdict import Reason
from lms.web import request_now, request_today, see_other, viewer

blueprint = Blueprint("deliveries", __name__, url_prefix="/leveranser")


@blueprint.route("", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """The own log, and the short form to add to it; `?som=` begins with an earlier one."""
    person_id, form = access.deliverer(viewer()), DeliveryForm()
    with reading() as db:
        log = queries.own_log(db, person_id)
        companies = queries.companies_of(db, person_id)
        gatherings = gathering_queries.own_gatherings(db, person_id)
        mate = pairs.partner_of(db, person_id, request_today())
        _offer(db, form)
    if form.validate_on_submit():
        with transaction() as db:
            added = services.log_delivery(
                db, person_id=person_id, report=form.report(companies), entry=form.entry.data, now=request_now()
            )
            asked = added and delivery_mails.ask_partner(
                db, person_id=person_id, entry=form.entry.data, now=request_now()
            )
        flash(_said(added=added, asked=bool(asked)), "success")
        return see_other("deliveries.index")
    if not form.is_submitted():
        _begin(form, log, mate)
    form.entry.data = form.entry.data or ids.new_token()
    page = render_template(
        "courses/fieldwork/deliveries/index.html",
        form=form,
        log=log,
        gatherings=gatherings,
        companies=companies,
        sees_units=bool(unit_access.deliveries_reach(viewer())),
    )
    return page, 422 if form.errors else 200


@blueprint.route("/<int:delivery_id>/rett", methods=["GET", "POST"])
def correct(delivery_id: int) -> ResponseReturnValue:
    """Correct one of one's own: a new row takes its place."""
    form = DeliveryForm()
    reasons: Sequence[Reason] = ()
    with reading() as db:
        row = access.own_delivery_for(db, viewer(), delivery_id)
        _offer(db, form, besides=row.partner_id)
    if form.validate_on_submit():
        try:
            with transaction() as db:
                row = access.own_delivery_for(db, viewer(), delivery_id)
                corrected = services.correct_delivery(
                    db, delivery_id=row.id, report=form.report(), entry=form.entry.data, now=request_now()
                )
                if corrected is not None:
                    delivery_mails.ask_partner(
                        db, person_id=viewer().person_id, entry=form.entry.data, now=request_now()
                    )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("Leveransen er rettet. Det som sto før, er bevart."), "success")
            return see_other("deliveries.index")
    if not form.is_submitted():
        form.begin_with(report_of(row))
    form.entry.data = form.entry.data or ids.new_token()
    page = render_template("courses/fieldwork/deliveries/correct.html", form=form, row=row, reasons=reasons)
    return page, 422 if form.errors or reasons else 200


@blueprint.post("/<int:delivery_id>/stryk")
def strike(delivery_id: int) -> ResponseReturnValue:
    """Strike out one of one's own."""
    with transaction() as db:
        row = access.own_delivery_for(db, viewer(), delivery_id)
        first = services.strike_delivery(db, delivery_id=row.id, now=request_now())
    flash(
        _("Leveransen er strøket og teller ikke lenger.") if first else _("Leveransen var allerede strøket."), "success"
    )
    return see_other("deliveries.index")


@blueprint.post("/<int:delivery_id>/to")
def separate(delivery_id: int) -> ResponseReturnValue:
    """One's own is another presentation than the one the partner has logged."""
    with transaction() as db:
        row = access.own_delivery_for(db, viewer(), delivery_id)
        services.separate_delivery(db, delivery_id=row.id, now=request_now())
    flash(_("De to leveransene telles nå hver for seg."), "success")
    return see_other("deliveries.index")


@blueprint.post("/<int:delivery_id>/bekreft")
def confirm(delivery_id: int) -> ResponseReturnValue:
    """One was the partner."""
    with transaction() as db:
        row = access.named_delivery_for(db, viewer(), delivery_id)
        first = services.confirm_delivery(db, delivery_id=row.id, now=request_now())
    said = (
        _("Leveransen er bekreftet, og teller for deg fra i dag.") if first else _("Leveransen var allerede bekreftet.")
    )
    flash(said, "success")
    return see_other("deliveries.index")


@blueprint.route("/<int:delivery_id>/ikke-meg", methods=["GET", "POST"])
def deny(delivery_id: int) -> ResponseReturnValue:
    """One was not the partner."""
    form = DenialForm()
    reasons: Sequence[Reason] = ()
    with reading() as db:
        row = access.named_delivery_for(db, viewer(), delivery_id)
    if form.validate_on_submit():
        try:
            with transaction() as db:
                row = access.named_delivery_for(db, viewer(), delivery_id)
                services.deny_delivery(db, delivery_id=row.id, comment=form.comment.data, now=request_now())
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("Takk. Leveransen teller ikke for deg, og kollegaen din får se hva du skrev."), "success")
            return see_other("deliveries.index")
    page = render_template("courses/fieldwork/deliveries/deny.html", form=form, row=row, reasons=reasons)
    return page, 422 if form.errors or reasons else 200


def _offer(db: Session, form: DeliveryForm, *, besides: int | None = None) -> None:
    partners = access.partners_for(db, viewer(), on=request_today(), besides=besides)
    form.offer([(partner.id, _named(partner)) for partner in partners])


def _named(partner: Partner) -> str:
    return f"{partner.name}, {partner.unit_name}"


def _begin(form: DeliveryForm, log: Log, mate: Mate | None) -> None:
    """What one logged last is the best guess, with the one one teaches with; the company only when asked for."""
    wanted = request.args.get("som", 0, int)
    same = next((line.standing.row for line in log.lines if line.own and line.standing.row.id == wanted), None)
    if same is not None:
        form.begin_with(report_of(same))
    else:
        if log.latest is not None:
            form.module.data, form.model.data = log.latest.module, log.latest.model
            form.partner.data = log.latest.partner_id
        if mate is not None:
            form.partner.data = mate.person_id
    if form.partner.data not in {choice.value for choice in form.partner.choices}:
        form.partner.data = ALONE
    form.on.data = request_today()


def _said(*, added: bool, asked: bool) -> str:
    if not added:
        return str(_("Leveransen var allerede registrert."))
    if asked:
        return str(_("Leveransen er registrert. Partneren din får en e-post og kan bekrefte den."))
    return str(_("Leveransen er registrert."))
