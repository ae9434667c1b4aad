"""Reads about pairs: who teaches with whom. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlalchemy.orm import Session, aliased

from courses.models.pairs import Pair
from courses.models.seminars import SeminarSeat
from lms.people import Person
from lms.units import Membership, Unit, holds_on
from lms.viewer import Reach

LIST_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """The one a person teaches with."""

    pair_id: int
    person_id: int
    name: str
    email: str
    from_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A pair that one of the two has proposed. `mine` is whether the reader did."""

    pair_id: int
    person_id: int
    name: str
    mine: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLine:
    """A pair as a trainer sees it."""

    id: int
    nav_id: int
    nav_name: str
    helse_id: int
    helse_name: str
    from_on: date
    through_on: date | None


def partner_of(session: Session, person_id: int, on: date) -> Partner | None:
    """Whom a person teaches with on a day, or None. One query."""
    return partners_of(session, [person_id], on).get(person_id)


def partners_of(session: Session, person_ids: Collection[int], on: date) -> dict[int, Partner]:
    """Whom each of these people teaches with on a day; nobody is left out of a pair for having left. One query."""
    if not person_ids:
        return {}
    found: dict[int, Partner] = {}
    nav, helse = aliased(Person), aliased(Person)
    for pair, one, other in session.execute(
        select(Pair, nav, helse)
        .join(nav, nav.id == Pair.nav_id)
        .join(helse, helse.id == Pair.helse_id)
        .where(or_(Pair.nav_id.in_(person_ids), Pair.helse_id.in_(person_ids)), runs_on(on))
        .order_by(Pair.id)
    ):
        for person, partner in ((one, other), (other, one)):
            if person.id in person_ids:
                found[person.id] = Partner(
                    pair_id=pair.id,
                    person_id=partner.id,
                    name=partner.name,
                    email=partner.email,
                    from_on=pair.from_on,
                )
    return found


def runs_on(on: date) -> ColumnElement[bool]:
    """The condition that a pair is agreed and in force on a day."""
    return and_(Pair.agreed_at.is_not(None), Pair.from_on <= on, or_(Pair.through_on.is_(None), Pair.through_on >= on))


def proposals_of(session: Session, person_id: int) -> list[Proposal]:
    """The proposals that wait for this person, and those that this person has made."""
    other_id = case((Pair.nav_id == person_id, Pair.helse_id), else_=Pair.nav_id)
    rows = session.execute(
        select(Pair, Person.id, Person.name)
        .join(Person, Person.id == other_id)
        .where(
            or_(Pair.nav_id == person_id, Pair.helse_id == person_id),
            Pair.agreed_at.is_(None),
            Pair.ended_at.is_(None),
            Person.deactivated_at.is_(None),
        )
        .order_by(Pair.id)
    )
    return [
        Proposal(pair_id=pair.id, person_id=id_, name=name, mine=pair.proposed_by == person_id, at=pair.proposed_at)
        for pair, id_, name in rows
    ]


def running_within(session: Session, reach: Reach, *, on: date) -> list[PairLine]:
    """The pairs running on a day of whom at least one belongs within reach, by name."""
    nav, helse = aliased(Person), aliased(Person)
    rows = session.execute(
        select(Pair, nav.name, helse.name)
        .join(nav, nav.id == Pair.nav_id)
        .join(helse, helse.id == Pair.helse_id)
        .where(runs_on(on), or_(reach.people(nav.id, on), reach.people(helse.id, on)))
        .order_by(nav.sort_name, Pair.id)
        .limit(LIST_LENGTH_MAX)
    )
    return [
        PairLine(
            id=pair.id,
            nav_id=pair.nav_id,
            nav_name=nav_name,
            helse_id=pair.helse_id,
            helse_name=helse_name,
            from_on=pair.from_on,
            through_on=pair.through_on,
        )
        for pair, nav_name, helse_name in rows
    ]


def unpaired_within(session: Session, reach: Reach, *, on: date) -> Sequence[tuple[int, str, str, str]]:
    """Who within reach has no pair on a day: id, name, unit, sector, by name. Those with a seat in a seminar only: a
    pair is made for the training, or by those who have been through it."""
    paired = select(Pair.id).where(runs_on(on), or_(Pair.nav_id == Person.id, Pair.helse_id == Person.id))
    seated = select(SeminarSeat.id).where(SeminarSeat.person_id == Person.id)
    rows = session.execute(
        select(Person.id, Person.name, Unit.name, Membership.sector)
        .join(Membership, and_(Membership.person_id == Person.id, holds_on(Membership, on)))
        .join(Unit, Unit.id == Membership.unit_id)
        .where(reach.units(Unit.path), Person.deactivated_at.is_(None), seated.exists(), ~paired.exists())
        .order_by(Person.sort_name, Person.id)
        .limit(LIST_LENGTH_MAX)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def mates_of(session: Session, person_id: int, sector: str, *, on: date) -> Sequence[tuple[int, str, str]]:
    """Whom a person has met at a seminar, who comes from the other sector and has no pair: id, name, unit."""
    own, theirs = aliased(SeminarSeat), aliased(SeminarSeat)
    met = (
        select(theirs.id)
        .join(own, own.seminar_id == theirs.seminar_id)
        .where(own.person_id == person_id, theirs.person_id == Person.id)
    )
    paired = select(Pair.id).where(runs_on(on), or_(Pair.nav_id == Person.id, Pair.helse_id == Person.id))
    rows = session.execute(
        select(Person.id, Person.name, Unit.name)
        .join(Membership, and_(Membership.person_id == Person.id, holds_on(Membership, on)))
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            met.exists(),
            ~paired.exists(),
            Person.id != person_id,
            Person.deactivated_at.is_(None),
            Membership.sector != sector,
        )
        .order_by(Person.sort_name, Person.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]
