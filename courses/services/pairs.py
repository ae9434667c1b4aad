"""Verbs of pairs: link, propose, say yes or no, dissolve. Both people are locked, the lower id first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import pairs
from courses.models.pairs import Pair
from courses.pairs import NAV
from lms import audit
from lms.clock import local_date
from lms.errors import Refused, hold
from lms.people import Person
from lms.units import Membership, holds_on
from lms.verdict import because


def link(session: Session, *, person_ids: tuple[int, int], from_on: date, by: int, now: datetime) -> Pair:
    """Link two people at once, as a trainer. The same two again are the same pair."""
    nav, helse, there = _ordered(session, person_ids, from_on=from_on, now=now)
    if there is not None and there.agreed_at is not None:
        return there
    pair = there or _added(session, nav, helse, from_on=from_on, by=by, now=now)
    pair.from_on = from_on
    return _agree(session, pair, by=by, now=now)


def propose(session: Session, *, by: int, partner_id: int, now: datetime) -> Pair:
    """Propose to teach together. What the other one has proposed already is thereby agreed."""
    nav, helse, there = _ordered(session, (by, partner_id), from_on=local_date(now), now=now)
    if there is None:
        return _added(session, nav, helse, from_on=local_date(now), by=by, now=now)
    return there if there.agreed_at is not None or there.proposed_by == by else _agree(session, there, by=by, now=now)


def accept(session: Session, *, pair_id: int, by: int, now: datetime) -> Pair:
    """Say yes to a proposal; the pair runs from today. A second click finds it agreed."""
    proposed = session.get_one(Pair, pair_id)
    _nav, _helse, there = _ordered(session, (proposed.nav_id, proposed.helse_id), from_on=local_date(now), now=now)
    if there is None or there.id != pair_id:
        raise Refused(because("pair-proposal-gone"))
    if there.agreed_at is not None:
        return there
    if there.proposed_by == by:
        raise Refused(because("pair-own-proposal"))
    there.from_on = local_date(now)
    return _agree(session, there, by=by, now=now)


def decline(session: Session, *, pair_id: int, by: int, now: datetime) -> bool:
    """Say no to a proposal, or take the own one back. False when it is no longer one."""
    pair = _locked(session, pair_id)
    if pair.agreed_at is not None or pair.ended_at is not None:
        return False
    pair.ended_by, pair.ended_at = by, now
    _audit(session, pair, "pair-declined", by=by, now=now)
    return True


def dissolve(session: Session, *, pair_id: int, through_on: date, by: int, now: datetime) -> bool:
    """End a pair: this day is its last. False when it has ended."""
    pair = _locked(session, pair_id)
    if pair.through_on is not None:
        return False
    if pair.agreed_at is None:
        raise Refused(because("pair-proposal-gone"))
    hold(pairs.ending_problem(from_on=pair.from_on, through_on=through_on, today=local_date(now)))
    pair.through_on, pair.ended_by, pair.ended_at = through_on, by, now
    _audit(session, pair, "pair-dissolved", by=by, now=now)
    return True


def _ordered(
    session: Session, person_ids: tuple[int, int], *, from_on: date, now: datetime
) -> tuple[int, int, Pair | None]:
    """The two as NAV and health, locked, with what runs or is proposed between them; refused where they cannot be."""
    people = session.scalars(
        select(Person).where(Person.id.in_(person_ids)).order_by(Person.id).with_for_update()
    ).all()
    today = local_date(now)
    belong = session.execute(
        select(Membership.person_id, Membership.sector).where(
            Membership.person_id.in_(person_ids), holds_on(Membership, today)
        )
    )
    sectors = {row[0]: row[1] for row in belong}
    known = _pairs_of(session, person_ids)
    there = next((pair for pair in known if {pair.nav_id, pair.helse_id} == set(person_ids) and _stands(pair)), None)
    if there is None or there.agreed_at is None:
        taken = {
            id_
            for pair in known
            if pair.agreed_at is not None and (pair.through_on is None or pair.through_on >= from_on)
            for id_ in (pair.nav_id, pair.helse_id)
        }
        names = tuple(person.name for person in people if person.id in taken)
        of_two = (sectors.get(person_ids[0], ""), sectors.get(person_ids[1], ""))
        hold(pairs.linking_problems(sectors=of_two, taken=names, from_on=from_on, today=today))
    nav = next((id_ for id_ in person_ids if sectors.get(id_) == NAV), person_ids[0])
    return nav, next(id_ for id_ in person_ids if id_ != nav), there


def _pairs_of(session: Session, person_ids: tuple[int, int]) -> Sequence[Pair]:
    return session.scalars(
        select(Pair)
        .where(or_(Pair.nav_id.in_(person_ids), Pair.helse_id.in_(person_ids)))
        .order_by(Pair.id)
        .execution_options(populate_existing=True)
    ).all()


def _stands(pair: Pair) -> bool:
    """Whether it runs or waits for a yes."""
    return pair.ended_at is None


def _added(session: Session, nav: int, helse: int, *, from_on: date, by: int, now: datetime) -> Pair:
    pair = Pair(nav_id=nav, helse_id=helse, from_on=from_on, proposed_by=by, proposed_at=now)
    session.add(pair)
    session.flush()
    _audit(session, pair, "pair-proposed", by=by, now=now)
    return pair


def _agree(session: Session, pair: Pair, *, by: int, now: datetime) -> Pair:
    pair.agreed_by, pair.agreed_at = by, now
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:  # pragma: no cover - both people are locked; the constraint stands behind
        raise Refused(because("pair-taken-meanwhile")) from error
    _audit(session, pair, "pair-agreed", by=by, now=now)
    return pair


def _locked(session: Session, pair_id: int) -> Pair:
    return session.scalars(
        select(Pair).where(Pair.id == pair_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def _audit(session: Session, pair: Pair, action: str, *, by: int, now: datetime) -> None:
    details = {"nav": pair.nav_id, "helse": pair.helse_id, "from": pair.from_on, "through": pair.through_on}
    audit.record(session, actor_id=by, action=action, subject=("pair", pair.id), details=details, now=now)
