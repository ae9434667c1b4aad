"""Reads over people and units for those who look after them. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.outbox import FAILED, MailState, OutboxMail
from lms.people import Person
from lms.practitioners import Practitioner
from lms.units import Membership, Unit, holds_on
from lms.viewer import Reach

LIST_LENGTH_MAX = 500


def units_in(session: Session, reach: Reach) -> Sequence[Unit]:
    """The units within reach, in the order of the tree."""
    return session.scalars(select(Unit).where(reach.units(Unit.path)).order_by(Unit.path)).all()


def people_in(session: Session, reach: Reach, *, on: date, wanted: str) -> Sequence[Row[Person, Membership, Unit]]:
    """People with membership and unit on a day, by name; `wanted` is a search key found in name or address."""
    query = (
        select(Person, Membership, Unit)
        .join(Membership, and_(Membership.person_id == Person.id, holds_on(Membership, on)))
        .join(Unit, Unit.id == Membership.unit_id)
        .where(reach.units(Unit.path))
        .order_by(Person.sort_name, Person.id)
        .limit(LIST_LENGTH_MAX)
    )
    if wanted:
        query = query.where(
            Person.search_name.contains(wanted, autoescape=True) | Person.email.contains(wanted, autoescape=True)
        )
    return session.execute(query).all()


def practitioners(session: Session, *, wanted: str) -> Sequence[Row[Person, Practitioner, str | None]]:
    """Those who signed up by themselves, with the name of their region, by name; `wanted` is a search key found in
    name, address or office, or the beginning of an HPR number."""
    query = (
        select(Person, Practitioner, Unit.name)
        .join(Practitioner, Practitioner.person_id == Person.id)
        .outerjoin(Unit, Unit.id == Practitioner.region_id)
        .order_by(Person.sort_name, Person.id)
        .limit(LIST_LENGTH_MAX)
    )
    if wanted:
        query = query.where(
            Person.search_name.contains(wanted, autoescape=True)
            | Person.email.contains(wanted, autoescape=True)
            | func.lower(Practitioner.office).contains(wanted, autoescape=True)
            | Person.hpr_number.startswith(wanted, autoescape=True)
        )
    return session.execute(query).all()


def mail_problems(session: Session, reach: Reach, *, on: date) -> Sequence[Row[OutboxMail, Person, Unit]]:
    """Mails that did not arrive, to people within reach or about them, the newest first.

    One that a later mail to the same person (or to the same outside address) has followed is over: they are reached.
    """
    later = aliased(OutboxMail)
    is_followed = (
        select(later.id)
        .where(
            or_(
                later.person_id == OutboxMail.person_id,
                and_(OutboxMail.person_id.is_(None), later.recipient == OutboxMail.recipient),
            ),
            later.state == MailState.SENT,
            later.sent_at > OutboxMail.failed_at,
        )
        .exists()
    )
    return session.execute(
        select(OutboxMail, Person, Unit)
        .join(Person, Person.id == func.coalesce(OutboxMail.person_id, OutboxMail.about_id))
        .join(Membership, and_(Membership.person_id == Person.id, holds_on(Membership, on)))
        .join(Unit, Unit.id == Membership.unit_id)
        .where(OutboxMail.state.in_(FAILED), reach.units(Unit.path), ~is_followed)
        .order_by(OutboxMail.failed_at.desc(), OutboxMail.id.desc())
        .limit(LIST_LENGTH_MAX)
    ).all()
