"""Reads for the pages about one's own deliveries. Write nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from courses.deliveries import PartnerState
from courses.models.deliveries import Delivery
from courses.queries.ledger import STANDS, Standing, ledger
from lms.people import Person
from lms.units import Membership, Unit, below, holds_on, membership_on, region_of

LIST_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """A delivery in somebody's log: their own, or one that names them as the partner; `other_name` is the other's."""

    standing: Standing
    own: bool
    counts: bool
    other_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A person's log, newest first: what waits for a word, what stands, and how many count."""

    waiting: tuple[LogLine, ...]
    lines: tuple[LogLine, ...]
    counting: int

    @property
    def latest(self) -> Delivery | None:
        """The one of one's own logged last."""
        own = [line.standing.row for line in self.lines if line.own]
        return max(own, key=lambda row: row.id, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Somebody one may have held a presentation with."""

    id: int
    name: str
    email: str
    unit_name: str


def own_log(session: Session, person_id: int) -> Log:
    """A person's log. A constant number of queries."""
    held = ledger(session, [person_id])
    counting = {row.id for row, _since in held.counting(person_id)}
    others = {each.row.partner_id for each in held.logged[person_id]} | {
        each.row.person_id for each in held.named_in[person_id]
    }
    named = session.execute(select(Person.id, Person.name).where(Person.id.in_(others - {None})))
    names = {row[0]: row[1] for row in named}
    lines = [
        LogLine(standing=each, own=True, counts=True, other_name=names.get(each.row.partner_id or 0, ""))
        for each in held.logged[person_id]
    ]
    told = [
        LogLine(standing=each, own=False, counts=each.row.id in counting, other_name=names.get(each.row.person_id, ""))
        for each in held.named_in[person_id]
        if each.state is not PartnerState.BOTH
    ]
    waiting = [line for line in told if line.standing.state is PartnerState.WAITING]
    shown = lines + [line for line in told if line.standing.state is not PartnerState.WAITING]
    shown.sort(key=lambda line: (line.standing.row.on, line.standing.row.id), reverse=True)
    waiting.sort(key=lambda line: (line.standing.row.on, line.standing.row.id))
    return Log(waiting=tuple(waiting), lines=tuple(shown[:LIST_LENGTH_MAX]), counting=len(counting))


def waiting_for(session: Session, person_id: int) -> tuple[int, int]:
    """How many deliveries wait for a person's word as the partner, and how many of the own were met with a no."""
    if session.scalar(select(Delivery.id).where(Delivery.partner_id == person_id).limit(1)) is None and (
        session.scalar(select(Delivery.id).where(Delivery.person_id == person_id).limit(1)) is None
    ):
        return 0, 0
    held = ledger(session, [person_id])
    return (
        sum(each.state is PartnerState.WAITING for each in held.named_in[person_id]),
        sum(each.state is PartnerState.DENIED and not each.sealed for each in held.logged[person_id]),
    )


def companies_of(session: Session, person_id: int) -> dict[str, str | None]:
    """The companies in a person's own log, the latest first, each with the organisation number it had last."""
    found: dict[str, str | None] = {}
    for company, number in session.execute(
        select(Delivery.company, Delivery.org_number)
        .where(Delivery.person_id == person_id, STANDS)
        .order_by(Delivery.id.desc())
        .limit(LIST_LENGTH_MAX)
    ):
        found[company] = found.get(company) or number
    return found


def people_opposite(session: Session, person_id: int, *, on: date) -> Sequence[Partner]:
    """Everybody of the other sector in a person's region, by name."""
    belongs = membership_on(session, person_id, on)
    if belongs is None:
        return []
    membership, unit = belongs
    rows = session.execute(
        select(Person.id, Person.name, Person.email, Unit.name)
        .join(Membership, and_(Membership.person_id == Person.id, holds_on(Membership, on)))
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            below(Unit.path, [region_of(session, unit).path]),
            Membership.sector != membership.sector,
            Person.id != person_id,
            Person.deactivated_at.is_(None),
        )
        .order_by(Person.sort_name, Person.id)
    )
    return [Partner(id=id_, name=name, email=email, unit_name=unit_name) for id_, name, email, unit_name in rows]


def last_partner(session: Session, person_id: int) -> int | None:
    """With whom a person held the presentation they logged last; None if alone, or before the first."""
    return session.scalar(
        select(Delivery.partner_id).where(Delivery.person_id == person_id, STANDS).order_by(Delivery.id.desc()).limit(1)
    )
