"""Deliveries of the people in some units, for those who look after these units. Writes nothing.

A delivery belongs to the units the two belonged to on its day; what both logged is one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from courses.deliveries import PartnerState
from courses.models.deliveries import Delivery
from courses.queries.ledger import STANDS, Standing, ledger
from lms.people import Person
from lms.units import Unit
from lms.viewer import Reach

LIST_LENGTH_MAX = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for; None and empty: everything."""

    first: date | None = None
    last: date | None = None
    unit_path: str = ""
    module: str = ""
    model: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """A delivery with the names of those who held it; `unconfirmed` when the partner has not said yes."""

    standing: Standing
    unit_name: str
    instructors: tuple[str, ...]
    unconfirmed: bool


def deliveries_in(session: Session, reach: Reach, wanted: Wanted) -> list[UnitLine]:
    """The deliveries of units within reach, newest first."""
    held_by, helped = aliased(Unit), aliased(Unit)
    query = (
        select(Delivery, held_by.name, reach.units(held_by.path).label("ours"))
        .outerjoin(held_by, held_by.id == Delivery.unit_id)
        .outerjoin(helped, helped.id == Delivery.partner_unit_id)
        .where(STANDS, or_(reach.units(held_by.path), reach.units(helped.path)))
        .order_by(Delivery.on.desc(), Delivery.id.desc())
        .limit(LIST_LENGTH_MAX)
    )
    if wanted.unit_path:
        within = Reach(paths=(wanted.unit_path,))
        query = query.where(or_(within.units(held_by.path), within.units(helped.path)))
    if wanted.first is not None:
        query = query.where(Delivery.on >= wanted.first)
    if wanted.last is not None:
        query = query.where(Delivery.on <= wanted.last)
    if wanted.module:
        query = query.where(Delivery.module == wanted.module)
    if wanted.model is not None:
        query = query.where(Delivery.model == wanted.model)
    rows = session.execute(query).all()
    found = {row.id: (unit_name or "", bool(ours)) for row, unit_name, ours in rows}
    return _lines(session, [row for row, _unit_name, _ours in rows], found)


def _lines(session: Session, rows: Sequence[Delivery], found: dict[int, tuple[str, bool]]) -> list[UnitLine]:
    owners = {row.person_id for row in rows}
    held = ledger(session, owners)
    standing = {each.row.id: each for owner in owners for each in held.logged[owner]}
    people = owners | {row.partner_id for row in rows if row.partner_id is not None}
    names = {row[0]: row[1] for row in session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))}
    lines = []
    for row in rows:
        each, (unit_name, ours) = standing[row.id], found[row.id]
        if each.twin is not None and each.twin.id in found and each.twin.id < row.id:
            continue  # the other's row stands for both
        if each.state is PartnerState.DENIED and not ours:
            continue  # who wasn't there brought the company to no unit
        partner_id = row.partner_id or (each.twin.person_id if each.twin else None)
        with_partner = partner_id is not None and each.state is not PartnerState.DENIED
        partner = (names.get(partner_id or 0, ""),) if with_partner else ()
        lines.append(
            UnitLine(
                standing=each,
                unit_name=unit_name,
                instructors=(names[row.person_id], *partner),
                unconfirmed=each.state is PartnerState.WAITING,
            )
        )
    return lines
