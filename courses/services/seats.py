"""Seats, and the line for them. Everything here is done under the lock on the seminar's row; whoever is given a seat is
locked after it, in the order of ids, so that nobody is given two at once and nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from courses import booking
from courses.booking import Belonging, Cohort, Ending, Limits, SeatChange
from courses.models.booking import SeatEvent, WaitingEntry
from courses.models.seminars import Seminar, SeminarDay, SeminarSeat
from courses.queries import booking as queries
from courses.services import seat_mails
from lms.clock import local_date
from lms.people import Person
from lms.verdict import No


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A seminar's seats at an instant: the limits, from where those come who have one or are offered one, and who is
    waiting without an offer, first come first."""

    limits: Limits
    taken: tuple[Belonging, ...]
    line: tuple[tuple[WaitingEntry, Belonging], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What passing on has done: offers that had run out, and offers made."""

    ran_out: int = 0
    offered: int = 0


def is_over(days: Sequence[SeminarDay], now: datetime) -> bool:
    """Whether the last day has gone by."""
    return not days or days[-1].on < local_date(now)


def lock_people(session: Session, person_ids: Collection[int]) -> None:
    """Hold these people until the transaction ends: nobody gives them another seat meanwhile."""
    session.execute(
        select(Person.id).where(Person.id.in_(person_ids)).order_by(Person.id).with_for_update(key_share=True)
    )


def taken(session: Session, seminar_id: int, *, now: datetime) -> int:
    """How many seats are taken or promised."""
    seated = session.scalar(select(func.count()).select_from(SeminarSeat).where(SeminarSeat.seminar_id == seminar_id))
    promised = session.scalar(
        select(func.count())
        .select_from(WaitingEntry)
        .where(WaitingEntry.seminar_id == seminar_id, queries.offer_stands(now))
    )
    return (seated or 0) + (promised or 0)


def standing(session: Session, seminar: Seminar, *, now: datetime, but_for: Collection[int] = ()) -> Standing:
    """The seminar's seats as they stand; what is promised to `but_for` is left out."""
    seated = session.scalars(select(SeminarSeat.person_id).where(SeminarSeat.seminar_id == seminar.id)).all()
    entries = session.scalars(
        select(WaitingEntry)
        .where(WaitingEntry.seminar_id == seminar.id, WaitingEntry.ended_at.is_(None))
        .order_by(WaitingEntry.id)
    ).all()
    promised = [
        each.person_id
        for each in entries
        if each.offer_ends_at is not None and now < each.offer_ends_at and each.person_id not in but_for
    ]
    line = [each for each in entries if each.offered_at is None]
    from_where = queries.belongings(
        session, {*seated, *promised, *(each.person_id for each in line)}, on=local_date(now)
    )
    return Standing(
        limits=queries.limits_of(session, seminar),
        taken=tuple(from_where[person_id] for person_id in (*seated, *promised)),
        line=tuple((each, from_where[each.person_id]) for each in line),
    )


def room(session: Session, seminar: Seminar, person_id: int, *, now: datetime) -> No | None:
    """Whether there is a seat for this person: None when there is, else the limit that is reached."""
    stands = standing(session, seminar, now=now, but_for=[person_id])
    return booking.fits(
        stands.limits, stands.taken, queries.belongings(session, [person_id], on=local_date(now))[person_id]
    )


def give(
    session: Session,
    seminar: Seminar,
    person_id: int,
    kind: SeatChange,
    *,
    by: int | None,
    now: datetime,
    came_from: int | None = None,
) -> None:
    """A seat for a person, whose place in the line is at its end; that there is one, the caller has found out."""
    session.add(SeminarSeat(seminar_id=seminar.id, person_id=person_id, seated_at=now))
    end_waiting(session, seminar.id, person_id, Ending.SEATED, now=now)
    note(session, seminar.id, person_id, kind, by=by, now=now, other=came_from)
    session.flush()


def take(
    session: Session,
    seminar: Seminar,
    person_id: int,
    kind: SeatChange,
    *,
    by: int | None,
    now: datetime,
    reason: str = "",
    goes_to: int | None = None,
) -> bool:
    """A person's seat is free again; False when there was none."""
    gone = session.execute(
        delete(SeminarSeat).where(SeminarSeat.seminar_id == seminar.id, SeminarSeat.person_id == person_id)
    )
    if not gone.rowcount:  # type: ignore[attr-defined]
        return False
    note(session, seminar.id, person_id, kind, by=by, now=now, reason=reason, other=goes_to)
    session.flush()
    return True


def note(
    session: Session,
    seminar_id: int,
    person_id: int,
    kind: SeatChange,
    *,
    by: int | None,
    now: datetime,
    reason: str = "",
    other: int | None = None,
) -> None:
    """Keep what happened."""
    session.add(
        SeatEvent(
            seminar_id=seminar_id, person_id=person_id, kind=kind, reason=reason, by=by, at=now, other_seminar_id=other
        )
    )


def open_entry(session: Session, seminar_id: int, person_id: int) -> WaitingEntry | None:
    """A person's place in the line, or None; an offer in it may have run out."""
    return session.scalar(
        select(WaitingEntry).where(
            WaitingEntry.seminar_id == seminar_id,
            WaitingEntry.person_id == person_id,
            WaitingEntry.ended_at.is_(None),
        )
    )


def end_waiting(session: Session, seminar_id: int, person_id: int, how: Ending, *, now: datetime) -> bool:
    """A person's place in the line is at its end; False when there was none."""
    ended = session.execute(
        update(WaitingEntry)
        .where(
            WaitingEntry.seminar_id == seminar_id,
            WaitingEntry.person_id == person_id,
            WaitingEntry.ended_at.is_(None),
        )
        .values(ended_at=now, outcome=how)
    )
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def settle(session: Session, seminar: Seminar, *, now: datetime) -> Passed:
    """Close the offers that have run out, and offer every free seat to the first in the line for whom it is."""
    whole = Passed()
    while (done := pass_on_one(session, seminar, now=now)) is not None:
        whole = Passed(ran_out=whole.ran_out + done.ran_out, offered=whole.offered + done.offered)
    return whole


def pass_on_one(session: Session, seminar: Seminar, *, now: datetime) -> Passed | None:
    """One step of passing on: an offer that has run out is closed, or else a free seat is offered; None when there is
    nothing to do."""
    over = session.scalars(
        select(WaitingEntry)
        .where(
            WaitingEntry.seminar_id == seminar.id,
            WaitingEntry.ended_at.is_(None),
            WaitingEntry.offer_ends_at <= now,
        )
        .order_by(WaitingEntry.offer_ends_at, WaitingEntry.id)
        .limit(1)
    ).first()
    if over is not None:
        return _close(session, seminar, over, now=now)
    return _offer(session, seminar, now=now)


def _close(session: Session, seminar: Seminar, entry: WaitingEntry, *, now: datetime) -> Passed:
    """An offer has run out: it ended at its instant, whenever that is written down."""
    ended_at = entry.offer_ends_at
    assert ended_at is not None
    entry.ended_at, entry.outcome = ended_at, Ending.RAN_OUT
    note(session, seminar.id, entry.person_id, SeatChange.RAN_OUT, by=None, now=ended_at)
    session.flush()
    person = session.get_one(Person, entry.person_id)
    if seminar.cancelled_at is None and person.deactivated_at is None:
        seat_mails.offer_over(session, seminar, person, ended_at=ended_at, now=now)
    return Passed(ran_out=1)


def _offer(session: Session, seminar: Seminar, *, now: datetime) -> Passed | None:
    cohort = cohort_of(session, seminar)
    ends_at = booking.offer_ends(now, cohort.starts_at) if not cohort.cancelled else None
    if ends_at is None:
        return None
    stands = standing(session, seminar, now=now)
    place = booking.next_in_line(stands.limits, stands.taken, [belongs for _entry, belongs in stands.line])
    if place is None:
        return None
    entry = stands.line[place][0]
    person = session.get_one(Person, entry.person_id)
    if person.deactivated_at is not None:
        entry.ended_at, entry.outcome = now, Ending.LEFT
        note(session, seminar.id, person.id, SeatChange.LEFT_QUEUE, by=None, now=now)
        session.flush()
        return Passed()
    entry.offered_at, entry.offer_ends_at = now, ends_at
    note(session, seminar.id, person.id, SeatChange.OFFERED, by=None, now=now)
    session.flush()
    seat_mails.offered(session, seminar, queries.days_of(session, seminar.id), person, until=ends_at, now=now)
    return Passed(offered=1)


def cohort_of(session: Session, seminar: Seminar) -> Cohort:
    """What booking must know of a seminar."""
    return queries.cohort(seminar, queries.days_of(session, seminar.id))


def end_all_waiting(session: Session, seminar: Seminar, days: Sequence[SeminarDay], *, now: datetime) -> None:
    """A seminar is called off: nobody waits for it any more, and all who did are told."""
    entries = session.scalars(
        select(WaitingEntry).where(WaitingEntry.seminar_id == seminar.id, WaitingEntry.ended_at.is_(None))
    ).all()
    people = session.scalars(
        select(Person).where(Person.id.in_([each.person_id for each in entries]), Person.deactivated_at.is_(None))
    ).all()
    for entry in entries:
        entry.ended_at, entry.outcome = now, Ending.CANCELLED
        note(session, seminar.id, entry.person_id, SeatChange.SEMINAR_CANCELLED, by=None, now=now)
    for person in people:
        seat_mails.waited_in_vain(session, seminar, days, person, now=now)
    session.flush()
