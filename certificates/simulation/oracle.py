"""The rules of DOMAIN.md 5 and 6 a second time, in plain words of dates, to be compared with what the services did.

It imports none of the rules it checks: calendars by dateutil, the numbers of the instructor programme as they are
decided in DOMAIN.md. What people did is told to it by the simulation, not read from the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from dateutil.relativedelta import relativedelta

DAY = timedelta(days=1)
VALID_MONTHS, WINDOW_MONTHS, GRACE_MONTHS = 36, 6, 6
TEST_MONTHS = 12
DELIVERIES, GATHERINGS = 6, 1
DAYS_OF_PART = {1: 3, 2: 2}
LOOKED_BACK = 31
DAYS_KEPT = 20_000
STAGES = {"opened": None, "days_90": 90, "days_30": 30, "days_7": 7, "day_0": 0}
RENEWAL_TEST, RENEWAL_DELIVERIES = "resertifisering-ettertest", "leveranser"
RENEWAL_GATHERING, RENEWAL_APPROVAL = "fagsamling", "resertifisering-vurdering"


@lru_cache(maxsize=DAYS_KEPT)
def forward(day: date, months: int) -> date:
    """So many months later; from a day that is missing there, the first of the month after it."""
    there = day + relativedelta(months=months)
    return there if there.day == day.day else there + DAY


@lru_cache(maxsize=DAYS_KEPT)
def back(day: date, months: int) -> date:
    """So many months earlier; for a day that is missing there, the last of that month."""
    return day - relativedelta(months=months)


@dataclass(slots=True)
class Held:
    """A certificate as it should be."""

    cycle: int
    valid_from: date
    issued_on: date
    id: int = 0
    number: str = ""
    code: str = ""
    holder: str = ""  # the name on its newest edition
    events: list[tuple[str, date]] = field(default_factory=list)  # kind and day, in the order decided
    valid_through: date = field(init=False)
    window_opens: date = field(init=False)
    grace_through: date = field(init=False)

    def __post_init__(self) -> None:
        over = forward(self.valid_from, VALID_MONTHS)
        self.valid_through, self.window_opens = over - DAY, back(over, WINDOW_MONTHS)
        self.grace_through = forward(over, GRACE_MONTHS) - DAY

    @property
    def revoked_on(self) -> date | None:
        """The first day of the earliest revocation, in force or to come."""
        return min((day for kind, day in self.events if kind == "revoked"), default=None)

    def revoked(self, on: date) -> bool:
        """Whether it is revoked on a day."""
        return self.revoked_on is not None and self.revoked_on <= on


def state(held: Held, later: Sequence[Held], on: date) -> str:
    """What a certificate is on a day, given those after it."""
    if held.revoked(on):
        return "revoked"
    if any(each.valid_from <= on and not each.revoked(each.valid_from) for each in later):
        return "replaced"
    if on > held.grace_through:
        return "lapsed"
    words = [kind for kind, day in held.events if kind in ("suspended", "lifted") and day <= on]
    if words and words[-1] == "suspended":
        return "suspended"
    if on < held.valid_from:
        return "upcoming"
    if on > held.valid_through:
        return "in_grace"
    return "valid" if on < held.window_opens else "expiring"


def stage_days(held: Held) -> list[tuple[str, date, date]]:
    """Each reminder stage with its first day and the last day before the next takes over."""
    after = held.valid_through + DAY
    begins = [
        (name, held.window_opens if before is None else after - timedelta(days=before))
        for name, before in STAGES.items()
    ]
    begins.sort(key=lambda each: each[1])
    ends = [day - DAY for _name, day in begins[1:]] + [held.grace_through]
    return [(name, first, last) for (name, first), last in zip(begins, ends, strict=True)]


@dataclass(slots=True)
class Known:
    """What a person has done, each with the day it was done and the day it was recorded."""

    pre: date | None = None
    lessons: date | None = None
    passed: list[date] = field(default_factory=list)  # the foundation's post-test
    renewal_passed: list[date] = field(default_factory=list)
    days: list[tuple[int, int, date, date]] = field(default_factory=list)  # part, number, day, recorded
    visits: list[tuple[str, date, date]] = field(default_factory=list)  # module, day, confirmed
    deliveries: list[tuple[date, date]] = field(default_factory=list)
    gatherings: list[tuple[date, date]] = field(default_factory=list)
    words: list[tuple[bool, bool, date]] = field(default_factory=list)  # approved, scored, day: as decided
    exempt: list[tuple[str, date]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Right:
    """What a person has a right to: by which way, since when, from which day."""

    way: str
    met_on: date
    valid_from: date


def right_to(known: Known, held: Sequence[Held], today: date) -> Right | None:
    """What is to be issued today, also what was due on an earlier day while nobody looked; None where nothing is."""
    refused = [day for approved, _scored, day in known.words if not approved and day <= today]
    first = max([today - LOOKED_BACK * DAY, *refused])
    day = today
    while day >= first:
        found = _right(known, held, day)
        if found is not None:
            return found
        day -= DAY
    return None


def _right(known: Known, held: Sequence[Held], today: date) -> Right | None:
    if not held:
        return _first(known, today)
    last = held[-1]
    if last.revoked_on is not None:
        return _again(known, last.revoked_on, today, None) if last.revoked_on <= today else None
    if today > last.grace_through:
        return _again(known, last.valid_through, today, last.grace_through + DAY)
    return _renewal(known, last, today)


def _first(known: Known, today: date) -> Right | None:
    part_1, part_2 = _part(known, 1, date.min, today), None
    tests = [day for day in known.passed if day <= today]
    if not (part_1 and tests and known.pre and known.lessons) or max(known.pre, known.lessons) > today:
        return None
    part_2 = _part(known, 2, part_1[0], today)
    visits = _visits(known, part_1[0], today)
    if part_2 is None or visits is None:
        return None
    approval = _approval(known, part_2[0], today, scored=True)
    if approval is None:
        return None
    met_on = max(known.pre, known.lessons, min(tests), part_1[1], part_2[1], visits, approval)
    return Right("first", met_on, met_on)


def _again(known: Known, ended: date, today: date, earliest: date | None) -> Right | None:
    """After a lapse or a revocation: part 2 and the assessment."""
    part_2 = _part(known, 2, ended + DAY, today)
    approval = _approval(known, max(part_2[0], ended + DAY), today, scored=True) if part_2 else None
    if part_2 is None or approval is None:
        return None
    met_on = max(part_2[1], approval, earliest or date.min)
    return Right("reentry", met_on, met_on)


def _renewal(known: Known, last: Held, today: date) -> Right | None:
    if today < last.window_opens:
        return None
    since = max(back(today, TEST_MONTHS), last.valid_from)
    tests = [day for day in known.renewal_passed if since <= day <= today]
    met = [
        _earliest(min(tests, default=None), _waived(known, RENEWAL_TEST, last, today)),
        _earliest(_nth(known.deliveries, DELIVERIES, last, today), _waived(known, RENEWAL_DELIVERIES, last, today)),
        _earliest(_nth(known.gatherings, GATHERINGS, last, today), _waived(known, RENEWAL_GATHERING, last, today)),
        _earliest(
            _approval(known, last.window_opens, today, scored=False), _waived(known, RENEWAL_APPROVAL, last, today)
        ),
    ]
    if any(day is None for day in met):
        return None
    met_on = max(last.window_opens, *(day for day in met if day is not None))
    return Right("renewal", met_on, last.valid_through + DAY if met_on <= last.valid_through else met_on)


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _nth(facts: Sequence[tuple[date, date]], count: int, last: Held, today: date) -> date | None:
    """The day on which so many facts of the ending period were known."""
    counting = sorted(
        max(day, recorded)
        for day, recorded in facts
        if last.valid_from <= day <= last.valid_through and max(day, recorded) <= today
    )
    return counting[count - 1] if len(counting) >= count else None


def _waived(known: Known, requirement: str, last: Held, today: date) -> date | None:
    days = [day for what, day in known.exempt if what == requirement and last.valid_from < day <= today]
    return min(days, default=None)


def _part(known: Known, part: int, since: date, today: date) -> tuple[date, date] | None:
    """The day on which a part was done, and the one from which that was known; None while a day is missing."""
    first: dict[int, tuple[date, date]] = {}
    there = [each for each in known.days if each[0] == part and each[2] >= since and max(each[2:]) <= today]
    for _, number, day, recorded in sorted(there, key=lambda each: max(each[2], each[3])):
        first.setdefault(number, (day, max(day, recorded)))
    if len(first) < DAYS_OF_PART[part]:
        return None
    return max(day for day, _known in first.values()), max(known_ for _day, known_ in first.values())


def _visits(known: Known, since: date, today: date) -> date | None:
    """The day from which two visits that cover both health modules counted."""
    seen: set[str] = set()
    counting = sorted((max(day, confirmed), module) for module, day, confirmed in known.visits if day >= since)
    for number, (day, module) in enumerate(counting, start=1):
        if day > today:
            return None
        seen.add(module)
        if number >= 2 and {"muskel_skjelett", "psykisk_helse"} <= seen:
            return day
    return None


def _approval(known: Known, since: date, today: date, *, scored: bool) -> date | None:
    """The first approval since the last "not yet"."""
    found: date | None = None
    for approved, has_scores, day in known.words:
        if not since <= day <= today:
            continue
        if not approved:
            found = None
        elif has_scores or not scored:
            found = found or day
    return found


def speaking(held: Sequence[Held], on: date) -> Held | None:
    """The certificate that speaks for a person on a day."""
    begun = [
        each
        for place, each in enumerate(held)
        if each.valid_from <= on and state(each, held[place + 1 :], on) != "replaced"
    ]
    return begun[-1] if begun else (held[0] if held else None)


def turning_days(held: Held) -> Iterator[date]:
    """The days on which the calendar changes what a certificate is."""
    yield from (held.valid_from, held.window_opens, held.valid_through + DAY, held.grace_through + DAY)
    yield from (day for _kind, day in held.events)
