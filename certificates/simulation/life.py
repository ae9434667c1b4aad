"""One life: the dice it is thrown with, what it has done, and what it means to do next. Pure but for the dice.

A plan is a list of deeds with their days; `acts` carries them out. The dice are the person's own, so that a person
lives the same life in whatever company: `--only NUMBER` plays one alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeAlias

from certificates.simulation.oracle import (
    RENEWAL_APPROVAL,
    RENEWAL_DELIVERIES,
    RENEWAL_GATHERING,
    Held,
    Known,
)

Plan: TypeAlias = Iterator[tuple[date, str, tuple[Any, ...]]]
FATES = {
    "early": 0.12, "window": 0.46, "late": 0.08, "last_day": 0.03, "waived": 0.01, "first_of_grace": 0.03,
    "grace": 0.07, "last_of_grace": 0.03, "lapse": 0.13, "stop": 0.04,
}  # fmt: skip


@dataclass(slots=True)
class Life:
    """A person. `number` counts from 1 over all shards."""

    number: int
    dice: random.Random
    region: int
    joins: date
    id: int = 0
    name: str = ""
    email: str = ""
    gone: bool = False
    cycles: dict[str, int] = field(default_factory=dict)  # how often a course was begun
    known: Known = field(default_factory=Known)
    held: list[Held] = field(default_factory=list)
    absences: list[list[date | None]] = field(default_factory=list)  # from, and to where they came back
    fate: str = ""
    changed: date = date.min  # when name, address or unit last changed

    def chance(self, probability: float) -> bool:
        """Whether something happens."""
        return self.dice.random() < probability

    def days(self, first: int, last: int) -> timedelta:
        """Some number of days."""
        return timedelta(days=self.dice.randint(first, last))

    def between(self, first: date, last: date) -> date:
        """Some day between two, both included; the first where they are in the wrong order."""
        return first + self.days(0, max((last - first).days, 0))

    def was_away(self, first: date, last: date) -> bool:
        """Whether they had left for any of these days."""
        return any(
            since is not None and since <= last and (until is None or until >= first) for since, until in self.absences
        )


def born(seed: int, number: int, start: date, end: date, regions: int) -> Life:
    """A person as they enter: a quarter in the first months, the others while half of the time is left."""
    dice = random.Random(f"{seed}:{number}")  # noqa: S311  (chance, not secrecy)
    span = (end - start).days
    last = min(span, 90) if dice.random() < 0.25 else max(span * 6 // 10, 1)
    return Life(
        number=number, dice=dice, region=dice.randrange(regions), joins=start + timedelta(days=dice.randint(1, last))
    )


def beginning(life: Life, today: date) -> Plan:
    """The foundation training, from the first test to the approval."""
    yield today + life.days(1, 10), "pre", ()
    read = today + life.days(10, 40)
    yield read, "read", ("startopplaering",)
    tested = read + life.days(1, 10)
    if life.chance(0.25):
        yield tested, "fail", ("startopplaering",)
        tested += life.days(3, 20)
    if life.chance(0.1):  # long after the seminars
        tested += life.days(60, 150)
    if life.chance(0.06):
        return  # gives up
    yield tested, "pass", ("startopplaering",)
    yield read + timedelta(days=1), "part", (1, life.chance(0.08))


def between_parts(life: Life, after: date, before: date) -> Plan:
    """The observation visits of the interim period."""
    for module in ("muskel_skjelett", "psykisk_helse", *(("partsmodul",) if life.chance(0.2) else ())):
        on = life.between(after + timedelta(days=1), before - timedelta(days=1))
        yield on, "visit", (module, life.dice.randint(0, 3 if life.chance(0.8) else 40))


def assessing(life: Life, after: date) -> Plan:
    """Approved at once, later, or after a "not yet"."""
    on = after if life.chance(0.6) else after + life.days(1, 40)
    if life.chance(0.12):
        yield on, "assess", (False, 0)
        on += life.days(20, 60)
    yield on, "assess", (True, 0)


def cycle(life: Life, held: Held, today: date) -> Plan:
    """The years after a certificate, until the next one or until there is none."""
    life.fate = life.dice.choices(list(FATES), list(FATES.values()))[0]
    yield from mishaps(life, held, today)
    if life.fate == "stop":
        return
    approved = max(_approval_day(life, held), today)
    yield from _work(life, held, today, approved)
    if life.fate == "lapse":
        if life.chance(0.6):
            yield max(held.valid_through + life.days(10, 420), today), "return_to_part_2", ()
        return
    if life.fate == "early":
        yield max(held.window_opens - life.days(1, 60), today), "assess", (True, 9)
    if life.fate == "waived":
        yield max(held.window_opens - life.days(5, 100), today), "exempt", (RENEWAL_APPROVAL,)
        return
    yield approved, "assess", (True, 0)


def _approval_day(life: Life, held: Held) -> date:
    opens, through, grace = held.window_opens, held.valid_through, held.grace_through
    match life.fate:
        case "early":
            return opens
        case "late":
            return through - life.days(0, 20)
        case "last_day":
            return through
        case "first_of_grace":
            return through + timedelta(days=1)
        case "grace":
            return life.between(through + timedelta(days=1), grace)
        case "last_of_grace":
            return grace
        case _:
            return life.between(opens, through)


def _work(life: Life, held: Held, today: date, approved: date) -> Plan:
    """Deliveries, gatherings and the test of the cycle; a few lack something, or have it too late."""
    first, last = held.valid_from + timedelta(days=5), min(approved, held.valid_through) - timedelta(days=1)
    few = life.chance(0.06)
    for _ in range(life.dice.randint(4, 5) if few else life.dice.randint(6, 8)):
        on = life.between(first, last)
        late = life.days(0, 10) if life.chance(0.97) else life.days(30, 90)
        yield max(on + late, today), "deliver", (on,)
    if few and life.chance(0.6):
        yield approved + life.days(1, 60), "exempt", (RENEWAL_DELIVERIES,)
    if life.chance(0.96):
        yield max(life.between(first, last), today), "gather", ()
    else:
        yield approved + life.days(1, 60), "exempt", (RENEWAL_GATHERING,)
    if life.chance(0.06):  # too old when it is asked for
        yield max(approved - life.days(380, 480), today), "renewal_test", ()
        yield approved + life.days(5, 40), "renewal_test", ()
    elif life.chance(0.06):  # after the approval
        yield approved + life.days(1, 25), "renewal_test", ()
    else:
        yield max(approved - life.days(1, 330), held.valid_from, today), "renewal_test", ()


def mishaps(life: Life, held: Held, today: date) -> Plan:
    """What life does besides."""
    last = held.valid_through + timedelta(days=200)

    def some_day() -> date:
        return life.between(today + timedelta(days=1), last)

    if life.chance(0.10):
        yield some_day(), "move", ()
    if life.chance(0.06):
        yield some_day(), "rename", ()
    if life.chance(0.08):
        yield some_day(), "new_address", ()
    if life.chance(0.06):
        broken = some_day()
        yield broken, "bounce", ()
        if life.chance(0.7):
            yield broken + life.days(10, 200), "new_address", ()
    if life.chance(0.05):
        left = some_day()
        yield left, "leave", ()
        if life.chance(0.5):
            yield left + life.days(30, 500), "come_back", ()
    if life.chance(0.03):
        stopped = some_day()
        yield stopped, "decide", ("suspended", 0 if life.chance(0.7) else life.dice.randint(1, 40))
        if life.chance(0.7):
            yield stopped + life.days(5, 120), "decide", ("lifted", 0 if life.chance(0.7) else life.dice.randint(1, 20))
    if life.chance(0.02):
        ended = some_day()
        yield ended, "decide", ("revoked", 0 if life.chance(0.7) else life.dice.randint(1, 40))
        if life.chance(0.5):
            yield ended + life.days(45, 300), "return_to_part_2", ()
