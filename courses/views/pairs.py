"""Pairs: one's own partner, asked for and agreed; and for trainers the pairs of the region."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses.access import pairs as access
from courses.forms.pairs import EndForm, LinkForm, ProposalForm
from courses.pairs import HELSE, NAV
from courses.queries import pairs as queries
from courses.services import pairs as services
from lms.db import reading, transaction
from lms.errors import Refused
from lms.people import Person
from lms.units import membership_on
from lms.verdict import Reason
from lms.web import request_now, request_today, see_other, viewer

blueprint = Blueprint("pairs", __name__, url_prefix="/makker")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Whom one teaches with, who asks, and whom one may ask."""
    return _own()


@blueprint.post("/spor")
def propose() -> ResponseReturnValue:
    """Ask somebody one has met at a seminar."""
    form = ProposalForm()
    if not form.validate():
        return _own(proposal=form), 422
    try:
        with transaction() as db:
            partner = access.mate_for(db, viewer(), form.partner.data, on=request_today())
            pair = services.propose(db, by=viewer().person_id, partner_id=partner, now=request_now())
            name = db.get_one(Person, partner).name
    except Refused as refusal:
        return _own(proposal=form, reasons=refusal.reasons), 422
    if pair.agreed_at is not None:
        flash(_("%(name)s hadde spurt deg også. Dere er makkere nå.", name=name), "success")
    else:
        flash(_("%(name)s ser spørsmålet på forsiden sin. Dere er makkere når svaret er ja.", name=name), "success")
    return see_other("pairs.index")


@blueprint.post("/<int:pair_id>/ja")
def accept(pair_id: int) -> ResponseReturnValue:
    """Say yes."""
    try:
        with transaction() as db:
            pair = access.own_pair_for(db, viewer(), pair_id)
            services.accept(db, pair_id=pair.id, by=viewer().person_id, now=request_now())
    except Refused as refusal:
        return _own(reasons=refusal.reasons), 422
    flash(_("Dere er makkere."), "success")
    return see_other("pairs.index")


@blueprint.post("/<int:pair_id>/nei")
def decline(pair_id: int) -> ResponseReturnValue:
    """Say no, or take one's own question back."""
    with transaction() as db:
        pair = access.own_pair_for(db, viewer(), pair_id)
        services.decline(db, pair_id=pair.id, by=viewer().person_id, now=request_now())
    flash(_("Det er greit. Ingenting er endret for noen av dere."), "success")
    return see_other("pairs.index")


@blueprint.post("/<int:pair_id>/opplos")
def dissolve(pair_id: int) -> ResponseReturnValue:
    """End a pair on a day: one's own, or as a trainer."""
    form = EndForm()
    with reading() as db:
        pair = access.pair_to_end_for(db, viewer(), pair_id, on=request_today())
    own = viewer().person_id in (pair.nav_id, pair.helse_id)
    reasons: Sequence[Reason] = ()
    if form.validate():
        try:
            with transaction() as db:
                access.pair_to_end_for(db, viewer(), pair_id, on=request_today())
                services.dissolve(
                    db, pair_id=pair_id, through_on=form.through_on.data, by=viewer().person_id, now=request_now()
                )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("Paret er oppløst. Det dere har gjort sammen, står som før."), "success")
            return see_other("pairs.index" if own else "pairs.overview")
    if own:
        return _own(end=form, reasons=reasons), 422
    return _overview(end=form, end_id=pair_id, reasons=reasons), 422


@blueprint.route("/par", methods=["GET", "POST"])
def overview() -> ResponseReturnValue:
    """For trainers: the pairs of the region, and two more to link."""
    access.require_linking(viewer())
    form = LinkForm()
    if form.is_submitted() and form.validate():
        try:
            with transaction() as db:
                chosen = (form.nav.data, form.helse.data)
                people = access.people_to_link_for(db, viewer(), chosen, on=request_today())
                services.link(
                    db, person_ids=people, from_on=form.from_on.data, by=viewer().person_id, now=request_now()
                )
        except Refused as refusal:
            return _overview(form=form, reasons=refusal.reasons), 422
        flash(_("De to er makkere nå, og ser det på forsiden sin."), "success")
        return see_other("pairs.overview")
    return _overview(form=form), 422 if form.errors else 200


def _own(*, proposal: ProposalForm | None = None, end: EndForm | None = None, reasons: Sequence[Reason] = ()) -> str:
    me, today = viewer().person_id, request_today()
    with reading() as db:
        belongs = membership_on(db, me, today)
        partner = queries.partner_of(db, me, today)
        proposals = queries.proposals_of(db, me)
        mates = queries.mates_of(db, me, belongs[0].sector, on=today) if belongs and not partner else ()
    form = proposal or ProposalForm(formdata=None)
    form.partner.choices = [(mate[0], f"{mate[1]}, {mate[2]}") for mate in mates]
    return render_template(
        "courses/fieldwork/partner.html",
        partner=partner,
        proposals=proposals,
        form=form if mates else None,
        end=end or EndForm(formdata=None, data={"through_on": today}),
        links=bool(access.linking_reach(viewer())),
        reasons=reasons,
    )


def _overview(
    *,
    form: LinkForm | None = None,
    end: EndForm | None = None,
    end_id: int = 0,
    reasons: Sequence[Reason] = (),
) -> str:
    today, reach = request_today(), access.require_linking(viewer())
    with reading() as db:
        running = queries.running_within(db, reach, on=today)
        free = queries.unpaired_within(db, reach, on=today)
    form = form or LinkForm(formdata=None)
    if not form.is_submitted():
        form.from_on.data = today
    for field, sector in ((form.nav, NAV), (form.helse, HELSE)):
        field.choices = [
            ("", _("Velg i listen")),
            *((one[0], f"{one[1]}, {one[2]}") for one in free if one[3] == sector),
        ]
    return render_template(
        "courses/fieldwork/pairs.html",
        running=running,
        form=form if {NAV, HELSE} <= {one[3] for one in free} else None,  # else there are no two to link
        end=end or EndForm(formdata=None, data={"through_on": today}),
        end_id=end_id,
        reasons=reasons,
    )
