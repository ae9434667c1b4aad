"""Who may have which seat, when, and why not: the booking window, quotas, the waiting list, cancelling and moving.

Days are civil days in Oslo, both ends of a window inclusive; offers and the beginning of a seminar are instants.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from lms.verdict import No, Reason, because

OFFER_LASTS = timedelta(hours=48)
OFFER_SHARE = 4  # an offer never takes more than a fourth of the time that is left
OFFER_LASTS_MIN = timedelta(hours=4)  # less is no offer: people sleep


class SeatChange(StrEnum):
    """What happened to a seat, or to somebody's place in the line for one."""

    SEATED = "seated"  # by a trainer
    BOOKED = "booked"
    QUEUED = "queued"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    RAN_OUT = "ran_out"
    LEFT_QUEUE = "left_queue"
    GAVE_UP = "gave_up"  # by oneself
    REMOVED = "removed"  # by a trainer
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"
    SEMINAR_CANCELLED = "seminar_cancelled"


class Ending(StrEnum):
    """How a place on a waiting list came to its end."""

    SEATED = "seated"
    LEFT = "left"
    DECLINED = "declined"
    RAN_OUT = "ran_out"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a seminar: the instant it begins, its first and its last day."""

    part: int
    starts_at: datetime
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """What booking must know of a seminar."""

    id: int
    name: str
    parts: tuple[Part, ...]
    bookable_from: date | None = None
    bookable_through: date | None = None
    cancel_through: date | None = None
    cancelled: bool = False

    @property
    def starts_at(self) -> datetime:
        """The instant its first part begins."""
        return min(part.starts_at for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A part of a seminar somebody has a seat in."""

    seminar_id: int
    seminar_name: str
    part: int
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Somebody who wants a seat: the parts they still need, the seats they have, and an invitation's last day."""

    needed: frozenset[int]
    held: tuple[Held, ...] = ()
    invited_through: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """Where somebody comes from, as quotas count it; empty for one who belongs nowhere any more."""

    unit_id: int | None = None
    unit_name: str = ""
    sector: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many seats there are: in all, and at most for a sector or a unit where that is wanted."""

    seats: int
    sectors: Mapping[str, int] = field(default_factory=dict)
    units: Mapping[int, int] = field(default_factory=dict)


def may_book(cohort: Cohort, wish: Wish, *, now: datetime, today: date) -> No | None:
    """Whether somebody may book a seat or a place on the waiting list, whatever room there is; None when they may."""
    if cohort.cancelled:
        return No((because("booking-cancelled"),))
    found = (
        _no_use(cohort, wish, now),
        elsewhere(cohort, wish.held, now=now, today=today),
        _closed(cohort, wish, today),
    )
    return next((no for no in found if no is not None), None)  # a No is false: `or` would walk past it


def _no_use(cohort: Cohort, wish: Wish, now: datetime) -> No | None:
    """Whether the seminar has nothing to come that the person needs."""
    if not wish.needed:
        return No((because("booking-not-needed"),))
    if not any(part.part in wish.needed for part in cohort.parts):
        return No((because("booking-other-part", parts=tuple(sorted(wish.needed))),))
    useful = [part for part in cohort.parts if part.part in wish.needed and part.starts_at > now]
    if not useful:
        return No((because("booking-begun"),))
    first = min(useful, key=lambda part: part.starts_at)
    if first.part == 2 and 1 in wish.needed:
        comes_before = any(held.part == 1 and held.last_on < first.first_on for held in wish.held)
        if not comes_before:
            return No((because("booking-part-1-first"),))
    return None


def elsewhere(cohort: Cohort, held: Sequence[Held], *, now: datetime, today: date) -> No | None:
    """Whether somebody has a seat in another seminar for a part of this one that is to come: nobody has two."""
    to_come = {part.part for part in cohort.parts if part.starts_at > now}
    for seat in held:
        if seat.seminar_id != cohort.id and seat.part in to_come and seat.last_on >= today:
            return No((because("booking-seated-elsewhere", seminar=seat.seminar_name, part=seat.part),))
    return None


def _closed(cohort: Cohort, wish: Wish, today: date) -> No | None:
    """Whether it is too early or too late; an invitation opens its own window."""
    opens, closes = cohort.bookable_from, cohort.bookable_through
    if opens is not None and closes is not None and opens <= today <= closes:
        return None
    if wish.invited_through is not None:
        if today <= wish.invited_through:
            return None
        return No((because("booking-invitation-over", day=wish.invited_through),))
    if opens is None or closes is None:
        return No((because("booking-by-trainer"),))
    return No((because("booking-not-open", day=opens) if today < opens else because("booking-closed", day=closes),))


def fits(limits: Limits, taken: Sequence[Belonging], newcomer: Belonging) -> No | None:
    """Whether there is a seat for somebody from there: None when there is, else the limit that is reached."""
    if len(taken) >= limits.seats:
        return No((because("booking-full", seats=limits.seats),))
    found: list[Reason] = []
    most = limits.sectors.get(newcomer.sector)
    if most is not None and sum(each.sector == newcomer.sector for each in taken) >= most:
        found.append(because("booking-sector-full", sector=newcomer.sector, seats=most))
    most = limits.units.get(newcomer.unit_id) if newcomer.unit_id is not None else None
    if most is not None and sum(each.unit_id == newcomer.unit_id for each in taken) >= most:
        found.append(because("booking-unit-full", unit=newcomer.unit_name, seats=most))
    return No(tuple(found)) if found else None


def next_in_line(limits: Limits, taken: Sequence[Belonging], line: Sequence[Belonging]) -> int | None:
    """The place in the line of the first for whom there is a seat, or None."""
    if len(taken) >= limits.seats:
        return None
    return next((place for place, each in enumerate(line) if fits(limits, taken, each) is None), None)


def offer_ends(now: datetime, starts_at: datetime) -> datetime | None:
    """Until when an offer made now holds, or None when it is too late to make one.

    48 hours, but at most a fourth of the time left until the seminar begins: whoever says no leaves time for the next.
    When a fourth is less than four hours, that is from sixteen hours before, no offers are made; the trainer can still
    give seats.
    """
    lasts = min(OFFER_LASTS, (starts_at - now) / OFFER_SHARE)
    return now + lasts if lasts >= OFFER_LASTS_MIN else None


def may_accept(offer_ends_at: datetime | None, now: datetime) -> No | None:
    """Whether an offer can be taken: until its instant, not at it."""
    if offer_ends_at is None:
        return No((because("no-offer"),))
    return None if now < offer_ends_at else No((because("offer-ran-out", at=offer_ends_at),))


def may_give_up(cohort: Cohort, *, now: datetime, today: date) -> No | None:
    """Whether one may give up the own seat: through the last day for that, and before the seminar begins."""
    if cohort.cancel_through is None or cohort.starts_at <= now:
        return No((because("give-up-by-trainer"),))
    if today > cohort.cancel_through:
        return No((because("give-up-too-late", day=cohort.cancel_through),))
    return None


def removal_problem(cohort: Cohort, *, reason: str, today: date) -> No | None:
    """After the last day for giving up a seat, a trainer takes it back only with a reason."""
    if cohort.cancel_through is not None and today > cohort.cancel_through and not reason:
        return No((because("removal-needs-reason", day=cohort.cancel_through),))
    return None


def window_problems(cohort: Cohort) -> No | None:
    """Everything that keeps a booking window from making sense, or None."""
    found: list[Reason] = []
    opens, closes, cancel = cohort.bookable_from, cohort.bookable_through, cohort.cancel_through
    first_on = min(part.first_on for part in cohort.parts)
    if (opens is None) != (closes is None):
        found.append(because("booking-window-half"))
    if opens is not None and closes is not None and opens > closes:
        found.append(because("booking-window-order"))
    if closes is not None and closes > first_on:
        found.append(because("booking-window-late", day=first_on))
    if cancel is not None and cancel > first_on:
        found.append(because("cancel-window-late", day=first_on))
    return No(tuple(found)) if found else None


def invitation_problem(cohort: Cohort, *, through: date, today: date) -> No | None:
    """An invitation's last day lies from today to the first day of the last part."""
    last = max(part.first_on for part in cohort.parts)
    if today > last:
        return No((because("booking-begun"),))
    if not today <= through <= last:
        return No((because("invitation-day", first=today, last=last),))
    return None
