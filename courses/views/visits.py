"""Observation visits of one's own: planned, told of, set right, struck out; and the list of what waits for oneself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from courses import visits as rules
from courses.access import visits as access
from courses.access.pairs import linking_reach
from courses.forms.visits import AskAgainForm, MadeVisitForm, NotesForm, RejectForm, SendBackForm, VisitForm
from courses.models.visits import ObservationVisit
from courses.queries import seminars as people_queries
from courses.queries import visits as queries
from courses.queries.pairs import partner_of
from courses.queries.visits import VisitLine
from courses.services import mentor_links
from courses.services import visits as services
from courses.visits import HEALTH_MODULES, STANDING, Standing, Word
from lms import throttle
from lms.db import current_database, reading, transaction
from lms.directory import LIST_LENGTH_MAX
from lms.errors import Refused, Throttled
from lms.people import Person
from lms.verdict import Reason, because
from lms.web import request_now, request_today, see_other, viewer

LINKS_A_DAY = 20  # mails to mentors from one participant
LINKS_A_VISIT_A_DAY = 3
DAY = timedelta(days=1)

blueprint = Blueprint("visits", __name__, url_prefix="/hospitering")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """One's own visits, and those that wait for oneself."""
    me, reach, today = viewer(), access.visits_reach(viewer()), request_today()
    with reading() as db:
        own = queries.own_visits(db, me.person_id)
        waiting = queries.waiting_visits(
            db, mentor_id=access.as_mentor(me), reach=reach, viewer_id=me.person_id, on=today
        )
        people = people_queries.candidates(db, reach, on=today, without=[me.person_id], most=LIST_LENGTH_MAX)
    return render_template(
        "courses/fieldwork/visits.html",
        own=own,
        to_report=[one.id for one in own if rules.asks_for_report(one.standing, on=one.on, today=today)],
        uncovered=_uncovered(own),
        waiting=waiting,
        may_confirm=bool(reach) or access.as_mentor(me) is not None,
        people=people.found,
        links_pairs=bool(linking_reach(me)),
    )


@blueprint.route("/ny", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Enter a visit of one's own, to come or just made; or (`?person=`) record one for somebody in one's units."""
    wanted = _named_person()
    with reading() as db:
        visitor = access.visitor_for(db, viewer(), wanted, on=request_today())
        partner = partner_of(db, visitor.id, request_today())
    own = visitor.id == viewer().person_id
    form = VisitForm() if own else MadeVisitForm()
    mentors = _offer_mentors(form, visitor.id)
    reasons: Sequence[Reason] = ()
    if form.validate_on_submit():
        try:
            with transaction() as db:
                visitor = access.visitor_for(db, viewer(), wanted, on=request_today())
                visit = _enter(db, form, mentors, visitor, own=own)
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            if not own:
                flash(_("Hospiteringen er registrert og bekreftet for %(name)s.", name=visitor.name), "success")
                return see_other("visits.index")
            if visit.on <= request_today():
                return see_other("visits.report", visit_id=visit.id)
            flash(_("Hospiteringen er planlagt. Når dagen er kommet, skriver du rapporten her."), "success")
            return see_other("visits.show", visit_id=visit.id)
    page = render_template(
        "courses/fieldwork/visit_new.html",
        form=form,
        visitor=visitor,
        own=own,
        reasons=reasons,
        mentors=mentors,
        partner=partner if own else None,
        visit=None,
    )
    return page, 422 if form.errors or reasons else 200


def _enter(
    db: Session, form: VisitForm, mentors: Sequence[tuple[int, str]], visitor: Person, *, own: bool
) -> ObservationVisit:
    now = request_now()
    report = mentor_links.known_mentor(db, form.report(mentors), person_id=visitor.id, now=now)
    if not own:
        return services.record_visit(db, person_id=visitor.id, report=report, by=viewer().person_id, now=now)
    visit = services.plan_visit(db, person_id=visitor.id, report=report, now=now)
    partner = partner_of(db, visitor.id, request_today())
    if form.both.data and partner is not None:
        copy = services.propose_to(db, visit, partner_id=partner.person_id, now=now)
        if copy is None:
            flash(_("%(name)s har allerede lagt inn denne hospiteringen selv.", name=partner.name), "info")
    return visit


@blueprint.get("/<int:visit_id>")
def show(visit_id: int) -> ResponseReturnValue:
    """A visit with all that has been said of it, and what can be done now."""
    return page_of(visit_id)


@blueprint.route("/<int:visit_id>/endre", methods=["GET", "POST"])
def change(visit_id: int) -> ResponseReturnValue:
    """Set day, company, modules or mentor right while nobody has been asked to confirm."""
    with reading() as db:
        visit = access.own_visit_for(db, viewer(), visit_id, on=request_today())
    form = VisitForm(data=_as_typed(visit))
    del form.both
    mentors = _offer_mentors(form, visit.person_id)
    reasons: Sequence[Reason] = ()
    if form.validate_on_submit():
        try:
            with transaction() as db:
                access.own_visit_for(db, viewer(), visit_id, on=request_today())
                report = mentor_links.known_mentor(
                    db, form.report(mentors), person_id=viewer().person_id, now=request_now()
                )
                services.correct_visit(db, visit_id=visit_id, report=report, by=viewer().person_id, now=request_now())
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_("Endringene er lagret."), "success")
            return see_other("visits.show", visit_id=visit_id)
    page = render_template(
        "courses/fieldwork/visit_new.html",
        form=form,
        visitor=viewer(),
        own=True,
        reasons=reasons,
        mentors=mentors,
        partner=None,
        visit=visit,
    )
    return page, 422 if form.errors or reasons else 200


@blueprint.route("/<int:visit_id>/rapport", methods=["GET", "POST"])
def report(visit_id: int) -> ResponseReturnValue:
    """Write what one observed and takes along, and hand it in; the mentor is then asked to confirm."""
    with reading() as db:
        visit = access.own_visit_for(db, viewer(), visit_id, on=request_today())
        words = queries.words_of(db, visit_id)
    earlier = next((word for word in reversed(words) if word.word == Word.REPORTED), None)
    written = {**dict(earlier.observed), "reflection": earlier.reflection} if earlier else {}
    form = NotesForm(data=written)
    reasons: Sequence[Reason] = ()
    if form.validate_on_submit():
        try:
            asked = _hand_in(visit_id, form)
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            flash(_said(asked, visit), "success")
            return see_other("visits.show", visit_id=visit_id)
    sent_back = words[-1] if words[-1].word == Word.SENT_BACK else None
    page = render_template(
        "courses/fieldwork/visit_report.html", form=form, visit=visit, reasons=reasons, sent_back=sent_back
    )
    return page, 422 if form.errors or reasons else 200


def _hand_in(visit_id: int, form: NotesForm) -> bool:
    """Keep the report in any case; whether the mentor was mailed."""
    tell = True
    try:
        _count_links(visit_id)
    except Throttled:
        tell = False
    with transaction() as db:
        access.own_visit_for(db, viewer(), visit_id, on=request_today())
        link = mentor_links.hand_in(
            db, visit_id=visit_id, notes=form.notes(), by=viewer().person_id, now=request_now(), tell=tell
        )
    return link is not None


@blueprint.post("/<int:visit_id>/lenke")
def ask_again(visit_id: int) -> ResponseReturnValue:
    """Mail the mentor a new link, at another address if the first was wrong."""
    form = AskAgainForm()
    with reading() as db:
        access.own_visit_for(db, viewer(), visit_id, on=request_today())
    if not form.validate():
        return page_of(visit_id, again=form), 422
    _count_links(visit_id)
    now = request_now()
    try:
        with transaction() as db:
            visit = access.own_visit_for(db, viewer(), visit_id, on=request_today())
            name, address = form.mentor_name.data or visit.mentor_name, form.mentor_address.data
            mentor_links.change_address(
                db, visit_id=visit_id, name=name, address=address, by=viewer().person_id, now=now
            )
            link = mentor_links.ask_mentor(db, visit_id=visit_id, now=now)
            if link is None:
                raise Refused(because("visit-no-address"))
    except Refused as refusal:
        return page_of(visit_id, again=form, reasons=refusal.reasons), 422
    flash(_("En ny lenke er sendt til %(address)s.", address=link.address), "success")
    return see_other("visits.show", visit_id=visit_id)


@blueprint.post("/<int:visit_id>/ja")
def accept(visit_id: int) -> ResponseReturnValue:
    """Say yes to a visit the partner has entered for both."""
    with transaction() as db:
        visit = access.own_visit_for(db, viewer(), visit_id, on=request_today())
        services.accept_visit(db, visit_id=visit.id, by=viewer().person_id, now=request_now())
    if visit.on <= request_today():
        return see_other("visits.report", visit_id=visit_id)
    flash(_("Hospiteringen står nå blant dine."), "success")
    return see_other("visits.show", visit_id=visit_id)


@blueprint.post("/<int:visit_id>/stryk")
def strike_out(visit_id: int) -> ResponseReturnValue:
    """Take back a visit of one's own that nobody has confirmed."""
    with transaction() as db:
        access.own_visit_for(db, viewer(), visit_id, on=request_today())
        services.strike_out(db, visit_id=visit_id, by=viewer().person_id, now=request_now())
        mentor_links.drop_mails(db, visit_id)
    flash(_("Hospiteringen er strøket."), "success")
    return see_other("visits.index")


def page_of(
    visit_id: int,
    *,
    again: AskAgainForm | None = None,
    back: SendBackForm | None = None,
    reject: RejectForm | None = None,
    reasons: Sequence[Reason] = (),
) -> str:
    """The page of a visit, with a form that was refused as it was sent."""
    with reading() as db:
        sight = access.visit_for(db, viewer(), visit_id, on=request_today())
        person = db.get_one(Person, sight.visit.person_id)
        words = queries.words_of(db, visit_id)
        link = queries.newest_link(db, visit_id) if sight.own or sight.may_reject else None
    standing = STANDING[Word(words[-1].word)]
    return render_template(
        "courses/fieldwork/visit.html",
        sight=sight,
        visit=sight.visit,
        person=person,
        words=words,
        standing=standing,
        asks_for_report=rules.asks_for_report(standing, on=sight.visit.on, today=request_today()),
        may_say={word.value for word in Word if standing in rules.SAID_WHEN[word]},
        link=link[0] if link and standing is Standing.WAITING else None,
        came_back=bool(link) and queries.came_back(link[1] if link else ""),
        again=again or AskAgainForm(formdata=None, data={"mentor_address": sight.visit.mentor_address}),
        back=back or SendBackForm(formdata=None),
        reject=reject or RejectForm(formdata=None),
        reasons=reasons,
        now=request_now(),
    )


def _count_links(visit_id: int) -> None:
    """Few mails to mentors from one participant and about one visit: the platform is nobody's way to pester others."""
    database, now = current_database(), request_now()
    throttle.count(database, "visit-link", str(visit_id), limit=LINKS_A_VISIT_A_DAY, window=DAY, now=now)
    throttle.count(database, "visit-links", str(viewer().person_id), limit=LINKS_A_DAY, window=DAY, now=now)


def _offer_mentors(form: VisitForm, person_id: int) -> list[tuple[int, str]]:
    with reading() as db:
        mentors = [(row[0], row[1]) for row in queries.mentors_near(db, person_id, on=request_today())]
    form.mentor.choices = [SelectChoice(0, _("Velg i listen")), *(SelectChoice(*mentor) for mentor in mentors)]
    return mentors


def _as_typed(visit: ObservationVisit) -> dict[str, object]:
    """The facts as the form has them."""
    listed = visit.mentor_id if visit.mentor_id and not visit.mentor_address else 0
    return {
        "on": visit.on,
        "company": visit.company,
        "modules": visit.modules,
        "model": visit.model,
        "mentor": listed,
        "mentor_name": "" if listed else visit.mentor_name,
        "mentor_address": visit.mentor_address,
        "note": visit.note,
    }


def _named_person() -> int | None:
    """The person in the address, None without one; 0, which is nobody, for what is no number."""
    raw = request.args.get("person")
    return None if raw is None else int(raw) if raw.isdecimal() and len(raw) < 20 else 0


def _said(asked: bool, visit: ObservationVisit) -> str:
    if asked:
        return str(
            _("Rapporten er levert. %(mentor)s har fått en lenke på e-post for å bekrefte.", mentor=visit.mentor_name)
        )
    return str(_("Rapporten er levert. Hospiteringen teller når en opplæringsansvarlig har bekreftet den."))


def _uncovered(own: Sequence[VisitLine]) -> list[str]:
    over = (Standing.REJECTED, Standing.PROPOSED)
    covered = {kind for visit in own for kind in visit.modules if visit.standing not in over}
    return [kind for kind in HEALTH_MODULES if kind not in covered]
