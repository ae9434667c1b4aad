"""Booking a seminar: what is open, the own seat and place in the line; and inviting those who need it.

Stands here and not with the seminars, because who needs which part is what the way to the certificate says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from certificates import pathway
from certificates.gathering import dossiers
from certificates.queries.programmes import main_programme
from courses import booking as rules
from courses.access import booking as access
from courses.access import seminars as seminars_access
from courses.booking import Wish
from courses.forms.booking import InvitationForm
from courses.models.seminars import Seminar
from courses.queries import booking as queries
from courses.queries import planning, seminars
from courses.queries.booking import Bookable
from courses.services import booking
from courses.services.booking import Outcome
from courses.services.seats import room as room_for
from courses.views.planning import programmes_of
from lms import access as ground
from lms import ids
from lms.db import reading, transaction
from lms.errors import Refused
from lms.ids import ROW_ID_MAX
from lms.roles import Act
from lms.verdict import No, Reason, because
from lms.web import request_now, request_today, see_other, viewer

blueprint = Blueprint("booking", __name__, url_prefix="/samlinger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A seminar somebody looks at: may they book it, is there room for them, and from where could they move."""

    bookable: Bookable
    refused: No | None
    full: No | None
    move_from: rules.Held | None


@blueprint.get("/ledige")
def index() -> ResponseReturnValue:
    """The seminars open for booking in one's region, those with one's own seat or place in the line first."""
    ground.require(viewer(), Act.LEARN)
    with reading() as db:
        needed = needed_by(db, [viewer().person_id])[viewer().person_id]
        found = queries.bookable_by(db, viewer().person_id, now=request_now(), today=request_today())
        choices = [_choice(db, each, needed) for each in found]
    mine = [each for each in choices if each.bookable.seated or each.bookable.entry]
    others = [each for each in choices if each not in mine]
    return render_template("certificates/booking/index.html", mine=mine, others=others, needed=sorted(needed))


@blueprint.get("/ledige/<int:seminar_id>")
def cohort(seminar_id: int) -> ResponseReturnValue:
    """One seminar as somebody sees who could book it: days, places, programme, seats, and what one can do."""
    return _page(seminar_id, ())


def _page(seminar_id: int, reasons: Sequence[Reason]) -> str:
    now, today = request_now(), request_today()
    with reading() as db:
        shown = access.bookable_for(db, viewer(), seminar_id, now=now, today=today)
        needed = needed_by(db, [viewer().person_id])[viewer().person_id]
        plan = planning.plan_of(db, shown.seminar)
        context = {
            "choice": _choice(db, shown, needed),
            "position": queries.position_of(db, shown.entry) if shown.entry else 0,
            "trainers": planning.trainers_of(db, seminar_id, on=today),
            "track_trainers": planning.track_trainers(db, shown.seminar, plan),
        }
    own = queries.cohort(shown.seminar, shown.days)
    return render_template(
        "certificates/booking/cohort.html",
        shown=shown,
        seminar=shown.seminar,
        plan={day.key: day for day in plan.days},
        programmes=programmes_of(plan),
        stuck=rules.may_give_up(own, now=now, today=today),
        over=shown.days[-1].on < today,
        reasons=reasons,
        **context,
    )


def needed_by(session: Session, person_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """The parts each person still needs."""
    cases = dossiers(session, main_programme(session), person_ids, on=request_today())
    return {person_id: pathway.parts_needed(case.answer) for person_id, case in cases.items()}


def _choice(session: Session, shown: Bookable, needed: frozenset[int]) -> Choice:
    """What the rules say to it, for the one who looks."""
    now, today, me = request_now(), request_today(), viewer().person_id
    own = queries.cohort(shown.seminar, shown.days)
    held = queries.held_by(session, [me], from_on=today)[me]
    wish = Wish(needed=needed, held=held, invited_through=shown.invited_through)
    refused = rules.may_book(own, wish, now=now, today=today)
    anywhere = Wish(needed=needed, invited_through=shown.invited_through)
    could_move = refused is not None and rules.may_book(own, anywhere, now=now, today=today) is None
    conflicts = [each for each in held if rules.elsewhere(own, [each], now=now, today=today) is not None]
    move_from = conflicts[0] if could_move and conflicts else None
    full = room_for(session, shown.seminar, me, now=now)
    return Choice(bookable=shown, refused=refused, full=full, move_from=move_from)


Deed = Callable[[Session, frozenset[int]], tuple[str, str]]


def _do(seminar_id: int, act: Deed) -> ResponseReturnValue:
    """Do something for oneself; a rule's no is said on the seminar's page."""
    me = viewer().person_id
    with reading() as db:
        access.bookable_for(db, viewer(), seminar_id, now=request_now(), today=request_today())
        needed = needed_by(db, [me])[me]
    try:
        with transaction() as db:
            said, category = act(db, needed)
    except Refused as refusal:
        return _page(seminar_id, refusal.reasons), refusal.status
    flash(said, category)
    return see_other("booking.cohort", seminar_id=seminar_id)


def _told(outcome: Outcome) -> tuple[str, str]:
    if outcome.seated:
        return _("Du har fått plass. Vi har sendt deg e-post med dagene."), "success"
    if outcome.offered_until is not None:
        return _("Du har allerede et tilbud om plass her. Si ja eller nei nedenfor."), "info"
    return _("Samlingen er full. Du står på ventelisten som nummer %(position)s.", position=outcome.position), "warning"


def _ask(seminar_id: int, verb: Callable[..., Outcome]) -> ResponseReturnValue:
    """Ask for a seat or a place in the line by one of the verbs, and say what came of it."""
    me, now = viewer().person_id, request_now()
    return _do(
        seminar_id, lambda db, needed: _told(verb(db, seminar_id=seminar_id, person_id=me, needed=needed, now=now))
    )


@blueprint.post("/ledige/<int:seminar_id>/meld-pa")
def book(seminar_id: int) -> ResponseReturnValue:
    """A seat, or a place in the line."""
    return _ask(seminar_id, booking.book)


@blueprint.post("/ledige/<int:seminar_id>/vent")
def wait(seminar_id: int) -> ResponseReturnValue:
    """A place in the line for somebody who keeps a seat elsewhere meanwhile."""
    return _ask(seminar_id, booking.join_line)


@blueprint.post("/ledige/<int:seminar_id>/ja")
def accept(seminar_id: int) -> ResponseReturnValue:
    """Take the seat that is offered."""
    return _ask(seminar_id, booking.accept)


@blueprint.post("/ledige/<int:seminar_id>/nei")
def leave(seminar_id: int) -> ResponseReturnValue:
    """Say no to what is offered, or wait no longer."""
    me, now = viewer().person_id, request_now()

    def act(db: Session, _needed: frozenset[int]) -> tuple[str, str]:
        booking.leave_line(db, seminar_id=seminar_id, person_id=me, now=now)
        return _("Du står ikke lenger på ventelisten."), "success"

    return _do(seminar_id, act)


@blueprint.post("/ledige/<int:seminar_id>/meld-av")
def give_up(seminar_id: int) -> ResponseReturnValue:
    """Give up the own seat."""
    me, now = viewer().person_id, request_now()

    def act(db: Session, _needed: frozenset[int]) -> tuple[str, str]:
        booking.give_up(db, seminar_id=seminar_id, person_id=me, now=now)
        return _("Du er meldt av. Plassen går videre til den neste."), "success"

    return _do(seminar_id, act)


@blueprint.post("/ledige/<int:seminar_id>/flytt")
def move(seminar_id: int) -> ResponseReturnValue:
    """Move the own seat here from the seminar it is in."""
    me, now = viewer().person_id, request_now()
    asked = request.form.get("fra", type=int) or 0
    from_id = asked if 0 < asked <= ROW_ID_MAX else 0

    def act(db: Session, needed: frozenset[int]) -> tuple[str, str]:
        access.bookable_for(db, viewer(), from_id, now=now, today=request_today())
        booking.move(db, person_id=me, from_id=from_id, to_id=seminar_id, by=me, now=now, needed=needed)
        return _("Plassen din er flyttet hit. Vi har sendt deg e-post med dagene."), "success"

    return _do(seminar_id, act)


@blueprint.route("/<int:seminar_id>/inviter", methods=["GET", "POST"])
def invite(seminar_id: int) -> ResponseReturnValue:
    """Ask people to book: picked by name, or everybody of a unit who needs the seminar."""
    form = InvitationForm()
    reasons: Sequence[Reason] = ()
    with reading() as db:
        shown = seminars_access.seminar_for(db, viewer(), seminar_id)
        form.unit.choices = [
            SelectChoice(0, _("Ingen hel enhet")),
            *(SelectChoice(unit.id, unit.name) for unit in planning.units_around(db, shown)),
        ]
    sends = request.method == "POST" and request.form.get("handling") != "sok"
    if sends and form.validate():
        try:
            told = _invite(shown, form)
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(ngettext("%(num)s person er invitert.", "%(num)s personer er invitert.", len(told)), "success")
            return see_other("seminars.seminar", seminar_id=seminar_id)
    page = _invitation_page(shown, form, reasons)
    return page, 422 if form.errors or reasons else 200


def _invite(shown: Seminar, form: InvitationForm) -> tuple[int, ...]:
    today = request_today()
    with reading() as db:
        picked = seminars_access.people_for(db, viewer(), Act.RUN_SEMINARS, form.chosen(), on=today)
        of_unit = seminars.members_of(db, form.unit.data, on=today) if form.unit.data else []
        needed = needed_by(db, of_unit)
        parts = {day.part for day in queries.days_of(db, shown.id)}
    wanted = {*picked, *(person_id for person_id, lacking in needed.items() if lacking & parts)}
    with transaction() as db:
        told = booking.invite(
            db,
            seminar_id=seminars_access.seminar_for(db, viewer(), shown.id).id,
            person_ids=wanted,
            through=form.through.data,
            by=viewer().person_id,
            now=request_now(),
        )
        if not told:
            raise Refused(because("nobody-to-invite"))
    return told


def _invitation_page(shown: Seminar, form: InvitationForm, reasons: Sequence[Reason]) -> str:
    with reading() as db:
        people = seminars.candidates(
            db,
            seminars_access.seminars_reach(viewer()),
            on=request_today(),
            wanted=ids.search_key(form.q.data or ""),
            chosen=form.chosen(),
            without=list(queries.seated_ids(db, shown.id)),
        )
        invited = queries.invited_to(db, shown.id)
    return render_template(
        "certificates/booking/invite.html", seminar=shown, form=form, people=people, invited=invited, reasons=reasons
    )
