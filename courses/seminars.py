"""Seminars: their days, how many can be seated, and what an attendance list changes (DOMAIN.md 4, steps 2 and 4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from urllib.parse import urlsplit

from lms.verdict import No, Reason, because

SEATS_DEFAULT = 15
SEATS_MAX = 15
PART_SPREAD_DAYS_MAX = 14  # first and last day of a part included
PARTS = (1, 2)
DAYS_BY_PART: Mapping[int, int] = {1: 3, 2: 2}
SECTORS = ("nav", "helse")
DAY_STARTS, DAY_ENDS = time(9), time(16)
SECTOR_DAY = (1, 3)  # the part and the day on which the sectors part (DOMAIN.md 4, step 2)


class GatheringKind(StrEnum):
    """What a gathering for certified instructors is."""

    FURTHER_TRAINING = "further_training"
    NETWORK = "network"


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What one sector does on a day on which the sectors part; what is empty is as for everybody."""

    sector: str
    place: str = ""
    trainer_id: int | None = None
    programme: str = ""

    def __bool__(self) -> bool:
        return bool(self.place or self.trainer_id or self.programme)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of a seminar: part 1 or 2, and its number in that part, counted from 1. Hours are local; `place` is
    empty where the seminar's own holds; `programme` is Markdown."""

    part: int
    number: int
    on: date
    starts: time = DAY_STARTS
    ends: time = DAY_ENDS
    place: str = ""
    programme: str = ""
    tracks: tuple[Track, ...] = ()

    @property
    def key(self) -> tuple[int, int]:
        """What names the day within its seminar, whatever its date."""
        return self.part, self.number


def days_of(dates_by_part: Mapping[int, Sequence[date]]) -> tuple[Day, ...]:
    """The days of a seminar from each part's dates, in calendar order and numbered."""
    return tuple(
        Day(part=part, number=number, on=on)
        for part in PARTS
        for number, on in enumerate(sorted(dates_by_part.get(part, ())), start=1)
    )


def plan_problems(days: Sequence[Day], *, seats: int) -> No | None:
    """Everything that keeps a seminar from being planned, or None. A seminar may hold one part only."""
    found: list[Reason] = []
    if not days:
        found.append(because("seminar-without-days"))
    if len({day.on for day in days}) < len(days):
        found.append(because("seminar-day-twice"))
    for part in PARTS:
        on = [day.on for day in days if day.part == part]
        if on and (max(on) - min(on)).days >= PART_SPREAD_DAYS_MAX:
            found.append(because("seminar-part-spread", part=part, most=PART_SPREAD_DAYS_MAX))
    first, second = ([day.on for day in days if day.part == part] for part in PARTS)
    if first and second and max(first) >= min(second):
        found.append(because("seminar-part-order"))
    if any(day.ends <= day.starts for day in days):
        found.append(because("seminar-hours"))
    if not 1 <= seats <= SEATS_MAX:
        found.append(because("seminar-seats", most=SEATS_MAX))
    return No(tuple(found)) if found else None


def room_for(*, seated: int, wanted: int, seats: int) -> No | None:
    """Whether so many more find a seat: None when they do."""
    if seated + wanted <= seats:
        return None
    return No((because("seminar-full", seats=seats, free=max(seats - seated, 0), wanted=wanted),))


def missing_sectors(present: Iterable[str]) -> tuple[str, ...]:
    """The sectors nobody comes from; a seminar gathers both (DOMAIN.md 4), which is a warning and no rule."""
    there = frozenset(present)
    return tuple(sector for sector in SECTORS if sector not in there)


def recording_problem(*, on: date, today: date) -> No | None:
    """Attendance is recorded on the day or later, never before."""
    return No((because("attendance-too-early", day=on),)) if on > today else None


def attendance_changes(newest: Mapping[int, bool], given: Mapping[int, bool]) -> dict[int, bool]:
    """What a list, by person, adds to what is recorded: the first word on a person, or a correction."""
    return {person_id: present for person_id, present in given.items() if newest.get(person_id) is not present}


def list_problem(*, seated: Collection[int], listed: Collection[int]) -> No | None:
    """Whether the list handed in is the list of today; somebody may have been seated or removed meanwhile."""
    return None if set(seated) == set(listed) else No((because("attendance-list-changed"),))


def link_problem(link: str) -> No | None:
    """Whether a link leads to the web over an encrypted line: a whole https address, nothing hidden before its host."""
    refused = No((because("link-not-https"),))
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        return refused
    if parts.scheme != "https" or "." not in host or "@" in parts.netloc or any(sign.isspace() for sign in link):
        return refused
    return None
