"""The plan of a seminar: what to warn about, what people must be told when it changes, who runs it on which day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time

from courses.seminars import Day
from lms.verdict import No, Reason, because

PART_GAP_DAYS_MIN = (
    21  # "about a month later" (DOMAIN.md 4, step 3): from the last day of part 1 to the first of part 2
)
PART_GAP_DAYS_MAX = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A seminar as planned: its name, where it is unless a day says otherwise, how many seats, and its days."""

    name: str
    place: str
    seats: int
    days: tuple[Day, ...]

    def when(self, day: Day, sector: str = "") -> When:
        """When and where a day is, for everybody or for one sector."""
        own = next((track.place for track in day.tracks if track.sector == sector), "")
        return When(on=day.on, starts=day.starts, ends=day.ends, place=own or day.place or self.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A day, its hours and its place, as people must know them."""

    on: date
    starts: time
    ends: time
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A day that is not as people were told: `was` None for a new one. `sector` is empty where it is for everybody."""

    part: int
    number: int
    sector: str
    was: When | None
    now: When


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitution:
    """From a day, one trainer runs the seminar instead of another."""

    absent_id: int
    substitute_id: int
    from_on: date


def warnings(days: Sequence[Day]) -> tuple[Reason, ...]:
    """What is unusual about a plan and allowed all the same."""
    first, second = ([day.on for day in days if day.part == part] for part in (1, 2))
    if not first or not second:
        return ()
    gap = (min(second) - max(first)).days
    if PART_GAP_DAYS_MIN <= gap <= PART_GAP_DAYS_MAX:
        return ()
    return (because("seminar-part-gap", days=gap),)


def changes(before: Plan, after: Plan) -> tuple[Change, ...]:
    """The days whose date, hours or place are others than before; programmes and trainers are no such change."""
    known = {day.key: day for day in before.days}
    found: list[Change] = []
    for day in sorted(after.days, key=lambda day: day.key):
        was = known.get(day.key)
        old, new = (before.when(was) if was else None), after.when(day)
        if old != new:
            found.append(Change(part=day.part, number=day.number, sector="", was=old, now=new))
        for sector in sorted({track.sector for track in (*day.tracks, *(was.tracks if was else ()))}):
            there, here = (before.when(was, sector) if was else None), after.when(day, sector)
            if there != here and (there, here) != (old, new):
                found.append(Change(part=day.part, number=day.number, sector=sector, was=there, now=here))
    return tuple(found)


def change_problems(before: Plan, after: Plan, *, attended: Collection[tuple[int, int]], taken: int) -> No | None:
    """What keeps a plan from being changed: a day on which attendance is recorded, a day left out, seats taken."""
    found: list[Reason] = []
    keys = {day.key for day in after.days}
    found += [
        because("seminar-day-kept", part=day.part, number=day.number) for day in before.days if day.key not in keys
    ]
    for part, number in sorted({(change.part, change.number) for change in changes(before, after)} & set(attended)):
        found.append(because("seminar-day-attended", part=part, number=number))
    if after.seats < taken:
        found.append(because("seminar-seats-taken", taken=taken))
    return No(tuple(found)) if found else None


def trainers_on(day: date, assigned: Iterable[int], substitutions: Iterable[Substitution]) -> dict[int, int]:
    """Who runs the seminar on a day, each with the one whose place they have: substitutions count in their order."""
    present = {person_id: person_id for person_id in assigned}
    for change in substitutions:
        if change.from_on <= day and change.absent_id in present:
            assigned_to = present.pop(change.absent_id)
            present.setdefault(change.substitute_id, assigned_to)
    return present


def stands_in_for(person_id: int | None, day: date, substitutions: Iterable[Substitution]) -> int | None:
    """Who is there on a day for somebody who was to be."""
    for change in substitutions:
        if change.from_on <= day and change.absent_id == person_id:
            person_id = change.substitute_id
    return person_id


def substitution_problems(
    wanted: Substitution, *, assigned: Collection[int], before: Sequence[Substitution], last_on: date
) -> No | None:
    """What keeps one trainer from taking over for another."""
    found: list[Reason] = []
    there = trainers_on(wanted.from_on, assigned, before)
    if wanted.absent_id not in there:
        found.append(because("substitute-for-nobody", day=wanted.from_on))
    if wanted.substitute_id in there:
        found.append(because("substitute-already-there"))
    if wanted.from_on > last_on:
        found.append(because("substitute-too-late", day=last_on))
    return No(tuple(found)) if found else None
