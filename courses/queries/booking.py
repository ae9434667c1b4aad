"""Reads of booking: what a seminar is to those who want a seat, who holds which, who waits. Write nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Date, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql import ColumnElement

from courses.booking import Belonging, Cohort, Held, Limits, Part
from courses.models.booking import SeatEvent, SeminarInvitation, SeminarQuota, WaitingEntry
from courses.models.seminars import Seminar, SeminarDay, SeminarSeat
from lms.clock import OSLO
from lms.people import Person
from lms.units import Membership, Unit, holds_on

EVENTS_SHOWN_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookable:
    """A seminar somebody could book: when, where, how full, and how the person stands to it."""

    seminar: Seminar
    days: tuple[SeminarDay, ...]
    taken: int
    waiting: int
    invited_through: date | None
    seated: bool
    entry: WaitingEntry | None

    @property
    def free(self) -> int:
        """Seats nobody has and nobody is offered."""
        return max(self.seminar.seats - self.taken, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPart:
    """One part of a seminar that somebody may book."""

    seminar_id: int
    seminar_name: str
    place: str
    part: int
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class InLine:
    """Somebody who waits for a seat, or is offered one until an instant."""

    person_id: int
    name: str
    unit_name: str
    sector: str
    joined_at: datetime
    offer_ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatStory:
    """What happened to a seat, as people read it."""

    name: str
    kind: str
    reason: str
    by: str
    other: str
    at: datetime


def offer_stands(now: datetime) -> ColumnElement[bool]:
    """The condition that a seat is offered and the offer has not run out."""
    return and_(WaitingEntry.ended_at.is_(None), WaitingEntry.offer_ends_at > now)


def still_in_line(now: datetime) -> ColumnElement[bool]:
    """The condition that somebody waits or is offered a seat; one that ran out is over, written down or not."""
    return and_(
        WaitingEntry.ended_at.is_(None), or_(WaitingEntry.offer_ends_at.is_(None), WaitingEntry.offer_ends_at > now)
    )


def days_of(session: Session, seminar_id: int) -> Sequence[SeminarDay]:
    """The days of a seminar, in order of date."""
    return session.scalars(
        select(SeminarDay).where(SeminarDay.seminar_id == seminar_id).order_by(SeminarDay.on, SeminarDay.id)
    ).all()


def cohort(seminar: Seminar, days: Sequence[SeminarDay]) -> Cohort:
    """What booking must know of a seminar with these days, which are in order."""
    parts = []
    for part in sorted({day.part for day in days}):
        own = [day for day in days if day.part == part]
        starts_at = datetime.combine(own[0].on, own[0].starts, OSLO).astimezone(UTC)
        parts.append(Part(part=part, starts_at=starts_at, first_on=own[0].on, last_on=own[-1].on))
    return Cohort(
        id=seminar.id,
        name=seminar.name,
        parts=tuple(parts),
        bookable_from=seminar.bookable_from,
        bookable_through=seminar.bookable_through,
        cancel_through=seminar.cancel_through,
        cancelled=seminar.cancelled_at is not None,
    )


def held_by(session: Session, person_ids: Collection[int], *, from_on: date) -> dict[int, tuple[Held, ...]]:
    """The parts of seminars people have seats in whose last day is `from_on` or later. One query."""
    if not person_ids:
        return {}
    first_on, last_on = func.min(SeminarDay.on), func.max(SeminarDay.on)
    rows = session.execute(
        select(SeminarSeat.person_id, Seminar.id, Seminar.name, SeminarDay.part, first_on, last_on)
        .join(Seminar, Seminar.id == SeminarSeat.seminar_id)
        .join(SeminarDay, SeminarDay.seminar_id == Seminar.id)
        .where(SeminarSeat.person_id.in_(person_ids), Seminar.cancelled_at.is_(None))
        .group_by(SeminarSeat.person_id, Seminar.id, SeminarDay.part)
        .having(last_on >= from_on)
        .order_by(first_on, Seminar.id)
    )
    found: defaultdict[int, list[Held]] = defaultdict(list)
    for person_id, seminar_id, name, part, first, last in rows:
        found[person_id].append(Held(seminar_id=seminar_id, seminar_name=name, part=part, first_on=first, last_on=last))
    return {person_id: tuple(found[person_id]) for person_id in person_ids}


def limits_of(session: Session, seminar: Seminar) -> Limits:
    """How many seats there are, and the quotas."""
    quotas = session.scalars(select(SeminarQuota).where(SeminarQuota.seminar_id == seminar.id)).all()
    return Limits(
        seats=seminar.seats,
        sectors={each.sector: each.seats for each in quotas if each.sector is not None},
        units={each.unit_id: each.seats for each in quotas if each.unit_id is not None},
    )


def belongings(session: Session, person_ids: Collection[int], *, on: date) -> dict[int, Belonging]:
    """Where people come from on a day."""
    found: defaultdict[int, Belonging] = defaultdict(Belonging)
    for person_id, unit_id, name, sector in session.execute(
        select(Membership.person_id, Unit.id, Unit.name, Membership.sector)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.person_id.in_(person_ids), holds_on(Membership, on))
    ):
        found[person_id] = Belonging(unit_id=unit_id, unit_name=name, sector=sector)
    return {person_id: found[person_id] for person_id in person_ids}


def seated_ids(session: Session, seminar_id: int) -> Sequence[int]:
    """Those with a seat in a seminar, by id."""
    return session.scalars(
        select(SeminarSeat.person_id).where(SeminarSeat.seminar_id == seminar_id).order_by(SeminarSeat.person_id)
    ).all()


def invited_through(session: Session, seminar_id: int, person_id: int) -> date | None:
    """The last day of a person's newest invitation to a seminar, or None."""
    return session.scalar(
        select(SeminarInvitation.through_date)
        .where(SeminarInvitation.seminar_id == seminar_id, SeminarInvitation.person_id == person_id)
        .order_by(SeminarInvitation.id.desc())
        .limit(1)
    )


def invited_to(session: Session, seminar_id: int) -> list[tuple[str, date]]:
    """Who was asked to book a seminar, by name, and through which day; the newest invitation of each."""
    newest = (
        select(func.max(SeminarInvitation.id))
        .where(SeminarInvitation.seminar_id == seminar_id)
        .group_by(SeminarInvitation.person_id)
    )
    rows = session.execute(
        select(Person.name, SeminarInvitation.through_date)
        .join(Person, Person.id == SeminarInvitation.person_id)
        .where(SeminarInvitation.id.in_(newest))
        .order_by(Person.sort_name, Person.id)
    )
    return [(name, through) for name, through in rows]


def open_parts(session: Session, person_ids: Collection[int], *, on: date) -> dict[int, tuple[OpenPart, ...]]:
    """The parts of seminars that begin later than a day and are open for booking on it in each person's region, or to
    which the person is invited. One query."""
    if not person_ids:
        return {}
    rows = session.execute(_open_parts(), {"person_ids": list(person_ids), "on": on})
    found: defaultdict[int, list[OpenPart]] = defaultdict(list)
    for person_id, seminar_id, name, place, part, first, last in rows:
        found[person_id].append(
            OpenPart(seminar_id=seminar_id, seminar_name=name, place=place, part=part, first_on=first, last_on=last)
        )
    return {person_id: tuple(found[person_id]) for person_id in person_ids}


@cache
def _open_parts() -> Select[*tuple[Any, ...]]:
    """Made once: every dossier asks it, and making it costs more than asking it of a few people."""
    on = bindparam("on", type_=Date)
    own, home = aliased(Unit), aliased(Unit)
    first_on, last_on = func.min(SeminarDay.on), func.max(SeminarDay.on)
    people: BindParameter[int] = bindparam("person_ids", expanding=True)
    opened = and_(Seminar.bookable_from <= on, Seminar.bookable_through >= on)
    invited = and_(SeminarInvitation.person_id.in_(people), SeminarInvitation.through_date >= on)
    at_all = select(Seminar.id).where(opened).union(select(SeminarInvitation.seminar_id).where(invited))
    oneself = and_(SeminarInvitation.seminar_id == Seminar.id, SeminarInvitation.person_id == Membership.person_id)
    asked = select(SeminarInvitation.id).where(oneself, SeminarInvitation.through_date >= on).exists()
    return (
        select(Membership.person_id, Seminar.id, Seminar.name, Seminar.place, SeminarDay.part, first_on, last_on)
        .join(own, own.id == Membership.unit_id)
        .join(home, func.substr(own.path, 1, func.length(home.path)) == home.path)
        .join(Seminar, Seminar.unit_id == home.id)
        .join(SeminarDay, SeminarDay.seminar_id == Seminar.id)
        .where(
            Membership.person_id.in_(people),
            holds_on(Membership, on),
            Seminar.id.in_(at_all),  # few; all there ever were are many
            Seminar.cancelled_at.is_(None),
            or_(opened, asked),
        )
        .group_by(Membership.person_id, Seminar.id, SeminarDay.part)
        .having(first_on > on)
        .order_by(first_on, Seminar.id)
    )


def waiting_for(session: Session, person_id: int, *, now: datetime) -> list[tuple[Seminar, WaitingEntry]]:
    """The seminars a person waits for or is offered a seat in, offers first and soonest over first."""
    rows = session.execute(
        select(Seminar, WaitingEntry)
        .join(WaitingEntry, WaitingEntry.seminar_id == Seminar.id)
        .where(WaitingEntry.person_id == person_id, still_in_line(now), Seminar.cancelled_at.is_(None))
        .order_by(WaitingEntry.offer_ends_at.is_(None), WaitingEntry.offer_ends_at, WaitingEntry.id)
    )
    return [(seminar, entry) for seminar, entry in rows]


def bookable_by(
    session: Session, person_id: int, *, now: datetime, today: date, only: int | None = None
) -> list[Bookable]:
    """The seminars a person could have to do with, soonest first: opened for booking in the own region, those invited
    to, waited for or seated in; not the ones that are over. `only` asks for one of them, over or not. Five queries."""
    own_paths = session.scalars(
        select(Unit.path)
        .join(Membership, Membership.unit_id == Unit.id)
        .where(Membership.person_id == person_id, holds_on(Membership, today))
    ).all()
    last_on = func.max(SeminarDay.on)
    near = select(Unit.id).where(or_(*(Unit.path.in_(_above(path)) for path in own_paths))) if own_paths else None
    opened = and_(
        Seminar.unit_id.in_(near) if near is not None else Seminar.id.is_(None),
        Seminar.bookable_from.is_not(None),
        Seminar.cancelled_at.is_(None),
    )
    mine = or_(
        Seminar.id.in_(select(SeminarSeat.seminar_id).where(SeminarSeat.person_id == person_id)),
        Seminar.id.in_(select(SeminarInvitation.seminar_id).where(SeminarInvitation.person_id == person_id)),
        Seminar.id.in_(
            select(WaitingEntry.seminar_id).where(WaitingEntry.person_id == person_id, WaitingEntry.ended_at.is_(None))
        ),
    )
    if only is not None:
        own_past = Seminar.id.in_(select(SeatEvent.seminar_id).where(SeatEvent.person_id == person_id))
        query = select(Seminar).where(Seminar.id == only, or_(opened, mine, own_past))
    else:
        query = (
            select(Seminar)
            .join(SeminarDay, SeminarDay.seminar_id == Seminar.id)
            .where(or_(opened, mine), Seminar.cancelled_at.is_(None))
            .group_by(Seminar.id)
            .having(last_on >= today)
            .order_by(func.min(SeminarDay.on), Seminar.id)
        )
    return _bookable(session, session.scalars(query).all(), person_id, now)


def _above(path: str) -> list[str]:
    """The paths of a unit and of those above it."""
    codes = path.strip("/").split("/")
    return ["/" + "/".join(codes[: n + 1]) + "/" for n in range(len(codes))]


def _bookable(session: Session, seminars: Sequence[Seminar], person_id: int, now: datetime) -> list[Bookable]:
    ids = [seminar.id for seminar in seminars]
    if not ids:
        return []
    days: defaultdict[int, list[SeminarDay]] = defaultdict(list)
    for day in session.scalars(select(SeminarDay).where(SeminarDay.seminar_id.in_(ids)).order_by(SeminarDay.on)):
        days[day.seminar_id].append(day)
    seated: defaultdict[int, set[int]] = defaultdict(set)
    for seminar_id, who in session.execute(
        select(SeminarSeat.seminar_id, SeminarSeat.person_id).where(SeminarSeat.seminar_id.in_(ids))
    ):
        seated[seminar_id].add(who)
    line: defaultdict[int, list[WaitingEntry]] = defaultdict(list)
    for entry in session.scalars(
        select(WaitingEntry).where(WaitingEntry.seminar_id.in_(ids), still_in_line(now)).order_by(WaitingEntry.id)
    ):
        line[entry.seminar_id].append(entry)
    invitations = dict(
        session.execute(
            select(SeminarInvitation.seminar_id, SeminarInvitation.through_date)
            .where(SeminarInvitation.seminar_id.in_(ids), SeminarInvitation.person_id == person_id)
            .order_by(SeminarInvitation.id)
        ).all()
    )
    return [
        Bookable(
            seminar=seminar,
            days=tuple(days[seminar.id]),
            taken=len(seated[seminar.id]) + sum(each.offer_ends_at is not None for each in line[seminar.id]),
            waiting=sum(each.offer_ends_at is None for each in line[seminar.id]),
            invited_through=invitations.get(seminar.id),
            seated=person_id in seated[seminar.id],
            entry=next((each for each in line[seminar.id] if each.person_id == person_id), None),
        )
        for seminar in seminars
    ]


def position_of(session: Session, entry: WaitingEntry) -> int:
    """The place in the line of somebody who waits, from 1; those who are offered a seat are not before them."""
    before = session.scalar(
        select(func.count())
        .select_from(WaitingEntry)
        .where(
            WaitingEntry.seminar_id == entry.seminar_id,
            WaitingEntry.offered_at.is_(None),
            WaitingEntry.ended_at.is_(None),
            WaitingEntry.id < entry.id,
        )
    )
    return (before or 0) + 1


def line_of(session: Session, seminar_id: int, *, now: datetime) -> list[InLine]:
    """Who is offered a seat and who waits, first come first."""
    today = now.astimezone(OSLO).date()
    rows = session.execute(
        select(WaitingEntry, Person.name, Unit.name, Membership.sector)
        .join(Person, Person.id == WaitingEntry.person_id)
        .outerjoin(Membership, and_(Membership.person_id == Person.id, holds_on(Membership, today)))
        .outerjoin(Unit, Unit.id == Membership.unit_id)
        .where(WaitingEntry.seminar_id == seminar_id, still_in_line(now))
        .order_by(WaitingEntry.id)
    )
    return [
        InLine(
            person_id=entry.person_id,
            name=name,
            unit_name=unit_name or "",
            sector=sector or "",
            joined_at=entry.joined_at,
            offer_ends_at=entry.offer_ends_at,
        )
        for entry, name, unit_name, sector in rows
    ]


def stories_of(session: Session, seminar_id: int) -> list[SeatStory]:
    """What happened to the seats of a seminar, newest first."""
    who, did, other = aliased(Person), aliased(Person), aliased(Seminar)
    rows = session.execute(
        select(SeatEvent, who.name, did.name, other.name)
        .join(who, who.id == SeatEvent.person_id)
        .outerjoin(did, did.id == SeatEvent.by)
        .outerjoin(other, other.id == SeatEvent.other_seminar_id)
        .where(SeatEvent.seminar_id == seminar_id)
        .order_by(SeatEvent.id.desc())
        .limit(EVENTS_SHOWN_MAX)
    )
    return [
        SeatStory(name=name, kind=event.kind, reason=event.reason, by=by or "", other=elsewhere or "", at=event.at)
        for event, name, by, elsewhere in rows
    ]


def with_line(session: Session) -> Sequence[int]:
    """The seminars somebody waits for, by id."""
    return session.scalars(
        select(WaitingEntry.seminar_id)
        .join(Seminar, Seminar.id == WaitingEntry.seminar_id)
        .where(WaitingEntry.ended_at.is_(None), Seminar.cancelled_at.is_(None))
        .distinct()
        .order_by(WaitingEntry.seminar_id)
    ).all()
