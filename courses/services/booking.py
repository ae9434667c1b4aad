"""Verbs of booking: open a seminar for it, invite, book, wait, take or leave what is offered, give up, move.

Everything locks the seminar first, several in the order of their ids, then the person; what has run out is closed and
what is free is passed on before anything is decided. Mails are written in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from courses import booking
from courses.booking import Ending, Limits, SeatChange, Wish
from courses.models.booking import SeminarInvitation, SeminarQuota, WaitingEntry
from courses.models.seminars import Seminar, SeminarSeat
from courses.queries import booking as queries
from courses.services import seat_mails, seats
from courses.services.attendance import locked_seminar
from lms import audit
from lms.clock import local_date
from lms.errors import Refused, hold
from lms.people import Person
from lms.verdict import because


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a booking: a seat, or a place in the line, counted from 1; `offered_until` where a seat waits."""

    seated: bool
    position: int = 0
    offered_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From which day through which a seminar can be booked, and until when one can give up the own seat."""

    bookable_from: date | None
    bookable_through: date | None
    cancel_through: date | None


def open_for_booking(
    session: Session, *, seminar_id: int, window: Window, limits: Limits, by: int, now: datetime
) -> None:
    """Set a seminar's booking window and quotas; both empty closes it. Seats that are taken stay taken."""
    seminar = _open_seminar(session, seminar_id)
    seminar.bookable_from, seminar.bookable_through = window.bookable_from, window.bookable_through
    seminar.cancel_through = window.cancel_through
    hold(booking.window_problems(seats.cohort_of(session, seminar)))
    session.execute(delete(SeminarQuota).where(SeminarQuota.seminar_id == seminar_id))
    session.add_all(
        [
            *(SeminarQuota(seminar_id=seminar_id, sector=key, seats=most) for key, most in limits.sectors.items()),
            *(SeminarQuota(seminar_id=seminar_id, unit_id=key, seats=most) for key, most in limits.units.items()),
        ]
    )
    session.flush()
    audit.record(
        session,
        actor_id=by,
        action="booking-opened",
        subject=("seminar", seminar_id),
        details={
            "from": str(window.bookable_from or ""),
            "through": str(window.bookable_through or ""),
            "cancel_through": str(window.cancel_through or ""),
            "sectors": dict(limits.sectors),
            "units": {str(key): most for key, most in limits.units.items()},
        },
        now=now,
    )
    seats.settle(session, seminar, now=now)  # a wider quota is somebody's chance


def invite(
    session: Session, *, seminar_id: int, person_ids: Collection[int], through: date, by: int, now: datetime
) -> tuple[int, ...]:
    """Ask people to book through a day; returns whom. Who has a seat, or was asked with the same day, is not asked."""
    seminar = _open_seminar(session, seminar_id)
    hold(booking.invitation_problem(seats.cohort_of(session, seminar), through=through, today=local_date(now)))
    seated = session.scalars(select(SeminarSeat.person_id).where(SeminarSeat.seminar_id == seminar_id))
    asked = session.scalars(
        select(SeminarInvitation.person_id).where(
            SeminarInvitation.seminar_id == seminar_id, SeminarInvitation.through_date == through
        )
    )
    wanted = sorted(set(person_ids) - {*seated, *asked})
    people = session.scalars(
        select(Person).where(Person.id.in_(wanted), Person.deactivated_at.is_(None)).order_by(Person.id)
    ).all()
    days = queries.days_of(session, seminar_id)
    for person in people:
        session.add(
            SeminarInvitation(
                seminar_id=seminar_id, person_id=person.id, through_date=through, invited_by=by, invited_at=now
            )
        )
        seat_mails.invited(session, seminar, days, person, through=through, now=now)
    session.flush()
    return tuple(person.id for person in people)


def book(session: Session, *, seminar_id: int, person_id: int, needed: Collection[int], now: datetime) -> Outcome:
    """A seat for oneself, or a place in the line when there is none. A second click answers as the first did.

    `needed`: the parts the person still lacks. Refused when the person may not book, with the reason.
    """
    seminar = _open_seminar(session, seminar_id)
    seats.lock_people(session, [person_id])
    seats.settle(session, seminar, now=now)
    if _is_seated(session, seminar_id, person_id):
        return Outcome(seated=True)
    entry = seats.open_entry(session, seminar_id, person_id)
    if entry is not None and entry.offer_ends_at is not None:
        return Outcome(seated=False, offered_until=entry.offer_ends_at)
    if entry is not None:
        return Outcome(seated=False, position=queries.position_of(session, entry))
    wish = _wish(session, seminar_id, person_id, needed, now=now)
    hold(booking.may_book(seats.cohort_of(session, seminar), wish, now=now, today=local_date(now)))
    return _seat_or_line(session, seminar, person_id, now=now)


def join_line(session: Session, *, seminar_id: int, person_id: int, needed: Collection[int], now: datetime) -> Outcome:
    """A place in the line for somebody who has a seat elsewhere: an offer that is taken then moves them here."""
    seminar = _open_seminar(session, seminar_id)
    seats.lock_people(session, [person_id])
    seats.settle(session, seminar, now=now)
    if _is_seated(session, seminar_id, person_id):
        return Outcome(seated=True)
    entry = seats.open_entry(session, seminar_id, person_id)
    if entry is None:
        wish = _wish(session, seminar_id, person_id, needed, now=now, anywhere=True)
        hold(booking.may_book(seats.cohort_of(session, seminar), wish, now=now, today=local_date(now)))
        if seats.room(session, seminar, person_id, now=now) is None:
            raise Refused(because("line-not-needed"))
        entry = _join(session, seminar, person_id, now=now)
    if entry.offer_ends_at is not None:
        return Outcome(seated=False, offered_until=entry.offer_ends_at)
    return Outcome(seated=False, position=queries.position_of(session, entry))


def accept(session: Session, *, seminar_id: int, person_id: int, needed: Collection[int], now: datetime) -> Outcome:
    """Take the seat that is offered; a seat elsewhere for the same part is given up with it, if it may be.

    Refused when the offer has run out: from its instant on the seat is the next one's, whoever asks first.
    """
    held = queries.held_by(session, [person_id], from_on=local_date(now))[person_id]
    there = {each.seminar_id for each in held} | {seminar_id}
    locked = {each: locked_seminar(session, each) for each in sorted(there)}
    seminar = locked[seminar_id]
    seats.lock_people(session, [person_id])
    if _is_seated(session, seminar_id, person_id):
        return Outcome(seated=True)
    _not_cancelled(seminar)
    entry = seats.open_entry(session, seminar_id, person_id)
    if entry is None:  # closed meanwhile, however early this request began
        ran_out_at = _ran_out_at(session, seminar_id, person_id)
        raise Refused(because("offer-ran-out", at=ran_out_at) if ran_out_at else because("no-offer"))
    hold(booking.may_accept(entry.offer_ends_at, now))
    cohort = seats.cohort_of(session, seminar)
    today = local_date(now)
    wish = _wish(session, seminar_id, person_id, needed, now=now, anywhere=True)
    # the offer is an invitation of its own: the window may have closed since one joined the line
    hold(booking.may_book(cohort, Wish(needed=wish.needed, held=(), invited_through=today), now=now, today=today))
    for old in _conflicting(session, seminar, person_id, now=now):
        if old not in locked:  # seated there in this very moment
            raise Refused(because("seats-changed-meanwhile"))
        _give_up_for(session, locked[old], person_id, seminar_id, now=now)
    seats.give(session, seminar, person_id, SeatChange.ACCEPTED, by=person_id, now=now)
    seat_mails.tell_seated(session, seminar=seminar, person_ids=[person_id], now=now)
    for each in locked.values():
        seats.settle(session, each, now=now)
    return Outcome(seated=True)


def leave_line(session: Session, *, seminar_id: int, person_id: int, now: datetime) -> bool:
    """Say no to what is offered, or wait no longer; the seat goes to the next. False when there was no place."""
    seminar = locked_seminar(session, seminar_id)
    seats.settle(session, seminar, now=now)
    entry = seats.open_entry(session, seminar_id, person_id)
    if entry is None:
        return False
    offered = entry.offered_at is not None
    seats.end_waiting(session, seminar_id, person_id, Ending.DECLINED if offered else Ending.LEFT, now=now)
    kind = SeatChange.DECLINED if offered else SeatChange.LEFT_QUEUE
    seats.note(session, seminar_id, person_id, kind, by=person_id, now=now)
    session.expire(entry)
    seats.settle(session, seminar, now=now)
    return True


def give_up(session: Session, *, seminar_id: int, person_id: int, now: datetime) -> bool:
    """Give up the own seat, while that is open to oneself; False when there was none. The seat goes to the next."""
    seminar = locked_seminar(session, seminar_id)
    if not _is_seated(session, seminar_id, person_id):
        return False
    _hold_give_up(session, seminar, now=now)
    seats.take(session, seminar, person_id, SeatChange.GAVE_UP, by=person_id, now=now)
    seat_mails.tell_unseated(
        session, seminar=seminar, person=session.get_one(Person, person_id), now=now, by_oneself=True
    )
    seats.settle(session, seminar, now=now)
    return True


def move(
    session: Session,
    *,
    person_id: int,
    from_id: int,
    to_id: int,
    by: int,
    now: datetime,
    reason: str = "",
    needed: Collection[int] | None = None,
) -> bool:
    """Move a person's seat to another seminar, at once or not at all; False when it has been moved already.

    By a trainer with `needed` None: always, as long as there is room. By oneself: where the old seat may be given up
    and the new one booked. Days that were attended stay facts of the old seminar and count.
    """
    first, second = (locked_seminar(session, each) for each in sorted((from_id, to_id)))
    old, new = (first, second) if first.id == from_id else (second, first)
    seats.lock_people(session, [person_id])
    if not _is_seated(session, from_id, person_id):
        if _is_seated(session, to_id, person_id):
            return False
        raise Refused(because("no-seat-to-move"))
    _not_cancelled(new)
    if _is_seated(session, to_id, person_id):
        raise Refused(because("move-seated-there", seminar=new.name))
    seats.settle(session, new, now=now)
    today, cohort = local_date(now), seats.cohort_of(session, new)
    held = tuple(
        each for each in queries.held_by(session, [person_id], from_on=today)[person_id] if each.seminar_id != from_id
    )
    if needed is not None:
        _hold_give_up(session, old, now=now)
        wish = _wish(session, to_id, person_id, needed, now=now)
        hold(
            booking.may_book(
                cohort, Wish(needed=wish.needed, held=held, invited_through=wish.invited_through), now=now, today=today
            )
        )
    else:
        hold(booking.elsewhere(cohort, held, now=now, today=today))
    hold(seats.room(session, new, person_id, now=now))
    seats.take(session, old, person_id, SeatChange.MOVED_OUT, by=by, now=now, reason=reason, goes_to=to_id)
    seats.give(session, new, person_id, SeatChange.MOVED_IN, by=by, now=now, came_from=from_id)
    person = session.get_one(Person, person_id)
    seat_mails.tell_moved(session, old=old, new=new, person=person, now=now)
    if by != person_id:
        audit.record(
            session,
            actor_id=by,
            action="seat-moved",
            subject=("person", person_id),
            details={"from": from_id, "to": to_id, "reason": reason},
            now=now,
        )
    seats.settle(session, old, now=now)
    return True


def _open_seminar(session: Session, seminar_id: int) -> Seminar:
    seminar = locked_seminar(session, seminar_id)
    _not_cancelled(seminar)
    return seminar


def _not_cancelled(seminar: Seminar) -> None:
    if seminar.cancelled_at is not None:
        raise Refused(because("booking-cancelled"))


def _is_seated(session: Session, seminar_id: int, person_id: int) -> bool:
    seat = select(SeminarSeat.id).where(SeminarSeat.seminar_id == seminar_id, SeminarSeat.person_id == person_id)
    return session.scalar(seat) is not None


def _wish(
    session: Session, seminar_id: int, person_id: int, needed: Collection[int], *, now: datetime, anywhere: bool = False
) -> Wish:
    """What the person brings; with `anywhere`, seats elsewhere keep nobody from it."""
    held = queries.held_by(session, [person_id], from_on=local_date(now))[person_id]
    return Wish(
        needed=frozenset(needed),
        held=() if anywhere else held,
        invited_through=queries.invited_through(session, seminar_id, person_id),
    )


def _seat_or_line(session: Session, seminar: Seminar, person_id: int, *, now: datetime) -> Outcome:
    """The free seat, or the end of the line. Whoever waits and could have it was offered it before."""
    if seats.room(session, seminar, person_id, now=now) is None:
        seats.give(session, seminar, person_id, SeatChange.BOOKED, by=person_id, now=now)
        seat_mails.tell_seated(session, seminar=seminar, person_ids=[person_id], now=now)
        return Outcome(seated=True)
    entry = _join(session, seminar, person_id, now=now)
    return Outcome(seated=False, position=queries.position_of(session, entry))


def _join(session: Session, seminar: Seminar, person_id: int, *, now: datetime) -> WaitingEntry:
    entry = WaitingEntry(seminar_id=seminar.id, person_id=person_id, joined_at=now)
    session.add(entry)
    seats.note(session, seminar.id, person_id, SeatChange.QUEUED, by=person_id, now=now)
    session.flush()
    return entry


def _hold_give_up(session: Session, seminar: Seminar, *, now: datetime) -> None:
    hold(booking.may_give_up(seats.cohort_of(session, seminar), now=now, today=local_date(now)))


def _conflicting(session: Session, seminar: Seminar, person_id: int, *, now: datetime) -> Sequence[int]:
    """The seminars in which a person has a seat for a part that this one has, too, and that is to come."""
    today, cohort = local_date(now), seats.cohort_of(session, seminar)
    held = queries.held_by(session, [person_id], from_on=today)[person_id]
    return sorted(
        {each.seminar_id for each in held if booking.elsewhere(cohort, [each], now=now, today=today) is not None}
    )


def _give_up_for(session: Session, old: Seminar, person_id: int, to_id: int, *, now: datetime) -> None:
    """The seat elsewhere goes with the offer that is taken."""
    _hold_give_up(session, old, now=now)
    seats.take(session, old, person_id, SeatChange.MOVED_OUT, by=person_id, now=now, goes_to=to_id)
    person = session.get_one(Person, person_id)
    seat_mails.tell_unseated(session, seminar=old, person=person, now=now, by_oneself=True)


def _ran_out_at(session: Session, seminar_id: int, person_id: int) -> datetime | None:
    """The instant at which the last offer ran out: what one is told who comes too late."""
    return session.scalar(
        select(WaitingEntry.offer_ends_at)
        .where(
            WaitingEntry.seminar_id == seminar_id,
            WaitingEntry.person_id == person_id,
            WaitingEntry.outcome == Ending.RAN_OUT,
        )
        .order_by(WaitingEntry.id.desc())
        .limit(1)
    )
