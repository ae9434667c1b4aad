"""People and roles for coordinators and the secretariat: invite, appoint, and see which mails were refused."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from lms import access, audit, directory, ids, outbox, people, units, wording
from lms.db import reading, transaction
from lms.errors import Refused
from lms.features import Feature, Link, Panel
from lms.forms import AppointmentForm, InvitationForm, PersonForm
from lms.people import LinkPurpose, Locale, Person
from lms.roles import MAY_APPOINT, Act, Role
from lms.units import Sector, Unit
from lms.viewer import Viewer
from lms.web import FEATURES, full_address, request_now, request_today, see_other, viewer

blueprint = Blueprint("administration", __name__, url_prefix="/folk")


def navigation(viewer: Viewer) -> Sequence[Link]:
    """The link to the people of one's units, for those who look after them."""
    return (Link(_l("Folk"), "administration.index"),) if viewer.may(Act.INVITE) else ()


def invite(
    session: Session,
    *,
    inviter: Viewer,
    name: str,
    email: str,
    locale: Locale,
    unit: Unit,
    sector: Sector,
    link_days: int,
    now: datetime,
) -> Person:
    """Make a person in a unit and write the invitation mail; refused when the address is taken."""
    person = people.add_person(session, name=name, email=email, locale=locale, now=now)
    units.join_unit(session, person, unit, sector, on=request_today())
    _send_invitation(session, person, inviter=inviter, link_days=link_days, now=now)
    audit.record(
        session,
        actor_id=inviter.person_id,
        action="invited",
        subject=("person", person.id),
        details={"unit": unit.code, "sector": sector},
        now=now,
    )
    return person


def _send_invitation(session: Session, person: Person, *, inviter: Viewer, link_days: int, now: datetime) -> None:
    token = people.mailed_link(session, person, LinkPurpose.ACTIVATE, now=now, valid_for=timedelta(days=link_days))
    link = full_address("auth.activate", token=token)
    context = {"link": link, "inviter": inviter.name, "days": link_days}
    outbox.enqueue(session, name="invitation", person=person, context=context, now=now)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The people of one's units, with search."""
    reach = access.require(viewer(), Act.INVITE)
    wanted = request.args.get("q", "")
    with reading() as db:
        found = directory.people_in(db, reach, on=request_today(), wanted=ids.search_key(wanted))
    return render_template(
        "administration/index.html",
        people=found,
        wanted=wanted,
        may_see_practitioners=bool(viewer().may(Act.LOOK_AFTER_PRACTITIONERS)),
    )


@blueprint.route("/inviter", methods=["GET", "POST"])
def invitation() -> ResponseReturnValue:
    """Invite one person."""
    reach = access.require(viewer(), Act.INVITE)
    form = InvitationForm()
    with reading() as db:
        form.unit.choices = [(unit.id, unit.name) for unit in directory.units_in(db, reach)]
    if form.validate_on_submit():
        with reading() as db:
            taken = people.by_email(db, form.email.data) is not None
        if taken:
            form.email.errors = [_("Det finnes allerede en bruker med denne adressen.")]
        else:
            with transaction() as db:
                person = invite(
                    db,
                    inviter=viewer(),
                    name=form.name.data,
                    email=form.email.data,
                    locale=Locale(form.locale.data),
                    unit=access.unit_for(db, viewer(), Act.INVITE, form.unit.data),
                    sector=Sector(form.sector.data),
                    link_days=current_app.extensions["lms.settings"].invitation_days,
                    now=request_now(),
                )
            flash(_("%(name)s er invitert. E-posten er på vei.", name=person.name), "success")
            return see_other("administration.index")
    return render_template("administration/invitation.html", form=form), 422 if form.errors else 200


@blueprint.route("/<int:person_id>", methods=["GET", "POST"])
def person(person_id: int) -> ResponseReturnValue:
    """One person: unit and roles; give a role."""
    form = AppointmentForm()
    with reading() as db:
        shown = access.person_for(db, viewer(), Act.INVITE, person_id, on=request_today())
        roles = units.roles_of(db, person_id, on=request_today())
        membership = units.membership_on(db, person_id, request_today())
        panels = _panels(db, person_id)
        form.role.choices = [(role, wording.shown(role)) for role in sorted(_roles_to_give(viewer()))]
        form.unit.choices = [
            (unit.id, unit.name) for unit in directory.units_in(db, access.require(viewer(), Act.APPOINT))
        ]
    if form.validate_on_submit():
        with transaction() as db:
            appointee = access.person_for(db, viewer(), Act.APPOINT, person_id, on=request_today())
            unit = access.unit_for(db, viewer(), Act.APPOINT, form.unit.data)
            units.appoint(db, appointee, Role(form.role.data), unit, on=request_today())
            _record(db, "appointed", person_id, {"role": form.role.data, "unit": unit.code})
        flash(_("Rollen er gitt og gjelder fra i dag."), "success")
        return see_other("administration.person", person_id=person_id)
    page = render_template(
        "administration/person.html",
        form=form,
        person=shown,
        roles=roles,
        membership=membership,
        panels=panels,
        may_end=frozenset(_roles_to_give(viewer())),
    )
    return page, 422 if form.errors else 200


@blueprint.route("/<int:person_id>/rett", methods=["GET", "POST"])
def correction(person_id: int) -> ResponseReturnValue:
    """Correct name and address; move to another unit or sector from today."""
    with reading() as db:
        shown = access.person_for(db, viewer(), Act.INVITE, person_id, on=request_today())
        belongs = units.membership_on(db, person_id, request_today())
        if belongs is None:  # signed up for an open course: other things are corrected there
            return see_other("practitioners.person", person_id=person_id)
        choices = [(unit.id, unit.name) for unit in directory.units_in(db, access.require(viewer(), Act.INVITE))]
    form = PersonForm(name=shown.name, email=shown.email, unit=belongs[1].id, sector=belongs[0].sector)
    form.unit.choices = choices
    if form.validate_on_submit():
        try:
            with transaction() as db:
                person = access.person_for(db, viewer(), Act.INVITE, person_id, on=request_today())
                people.correct(db, person, name=form.name.data, email=form.email.data)
                followed = _renamed(db, person_id) if person.name != shown.name else []
                if (form.unit.data, form.sector.data) != (belongs[1].id, belongs[0].sector):
                    unit = access.unit_for(db, viewer(), Act.INVITE, form.unit.data)
                    units.move(db, person, unit, Sector(form.sector.data), on=request_today())
                _record(db, "person-corrected", person_id, {"unit": form.unit.data, "sector": form.sector.data})
        except Refused as refused:
            form.email.errors = [wording.say(reason) for reason in refused.reasons]
        else:
            flash(" ".join([_("Endringene er lagret."), *followed]), "success")
            return see_other("administration.person", person_id=person_id)
    return render_template("administration/correction.html", form=form, person=shown), 422 if form.errors else 200


@blueprint.post("/<int:person_id>/roller/<int:appointment_id>/avslutt")
def end_role(person_id: int, appointment_id: int) -> ResponseReturnValue:
    """End a role, from now on."""
    with transaction() as db:
        appointment = access.appointment_for(db, viewer(), person_id, appointment_id, on=request_today())
        units.end_appointment(db, appointment, on=request_today())
        _record(db, "appointment-ended", person_id, {"role": appointment.role, "appointment": appointment_id})
    flash(_("Rollen er avsluttet."), "success")
    return see_other("administration.person", person_id=person_id)


@blueprint.post("/<int:person_id>/inviter-igjen")
def invite_again(person_id: int) -> ResponseReturnValue:
    """Send a fresh invitation to somebody who has not used the first."""
    with transaction() as db:
        person = access.person_for(db, viewer(), Act.INVITE, person_id, on=request_today())
        days = current_app.extensions["lms.settings"].invitation_days
        if person.activated_at is None:
            _send_invitation(db, person, inviter=viewer(), link_days=days, now=request_now())
            _record(db, "invited-again", person_id, {})
    flash(_("En ny invitasjon er på vei."), "success")
    return see_other("administration.person", person_id=person_id)


@blueprint.get("/epost")
def mail_problems() -> ResponseReturnValue:
    """Mails to people of one's units that were refused or given up."""
    reach = access.require(viewer(), Act.SEE_MAIL_PROBLEMS)
    with reading() as db:
        found = directory.mail_problems(db, reach, on=request_today())
        notes = _notes(db, {person.id for _mail, person, _unit in found})
    by_person: dict[int, list[Any]] = {}
    for row in found:
        by_person.setdefault(row[1].id, []).append(row)
    return render_template("administration/mail_problems.html", cases=list(by_person.values()), notes=notes)


@blueprint.route("/epost/<int:mail_id>", methods=["POST"])
def send_again(mail_id: int) -> ResponseReturnValue:
    """Queue a failed mail once more, to the person's present address."""
    with transaction() as db:
        mail = access.failed_mail_for(db, viewer(), mail_id, on=request_today())
        outbox.send_again(db, mail, now=request_now())
    flash(_("E-posten er lagt i køen på nytt."), "success")
    return see_other("administration.mail_problems")


def _notes(session: Session, person_ids: Collection[int]) -> dict[int, list[str]]:
    """What the features know of people that whoever must reach them should know."""
    features: tuple[Feature, ...] = current_app.extensions[FEATURES]
    told = [note(session, person_ids, request_today()) for one in features for note in one.people_notes]
    return {person_id: [each[person_id] for each in told if person_id in each] for person_id in person_ids}


def _panels(session: Session, person_id: int) -> list[Panel]:
    """What the features have to show of a person here."""
    features: tuple[Feature, ...] = current_app.extensions[FEATURES]
    found = [panel(session, viewer(), person_id, request_now()) for one in features for panel in one.person_panels]
    return sorted((panel for panel in found if panel is not None), key=lambda panel: panel.order)


def _renamed(session: Session, person_id: int) -> list[str]:
    """What the features do about a new name, in words."""
    features: tuple[Feature, ...] = current_app.extensions[FEATURES]
    return [
        words for one in features for hook in one.renamed for words in hook(session, viewer(), person_id, request_now())
    ]


def _roles_to_give(giver: Viewer) -> set[Role]:
    return {role for own in giver.roles for role in MAY_APPOINT.get(own, frozenset())}


def _record(session: Session, action: str, person_id: int, details: dict[str, object]) -> None:
    audit.record(
        session,
        actor_id=viewer().person_id,
        action=action,
        subject=("person", person_id),
        details=details,
        now=request_now(),
    )
