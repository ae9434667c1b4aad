"""What groups have learnt in a course, from pre- to post-test: who counts, by what they are parted, what may be shown.

**Decided**: the first post-test counts, passed or not. Later ones come after the explanations of the first, and only
those try again who did not pass: with them the gain would measure how often people try. A person counts once, with the
latest cycle that has both tests. The unit and the sector are those of the day of the post-test. The seminar is the
first one with a seat that was not over on that day. Periods are calendar years and half-years of that day, never free
dates: two periods a day apart would show the one person of that day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.verdict import No
from quizzes.disclosure import EVERYBODY, Cell, shown
from quizzes.gain import FULL, CohortGain, Scores, cohort

NONE = ""
"""The value of a step where a person has none: no seminar, no unit."""


class Step(StrEnum):
    """By what persons are grouped."""

    VERSION = "version"
    SEMINAR = "seminar"
    REGION = "region"
    UNIT = "unit"
    SECTOR = "sector"
    YEAR = "year"
    HALF = "half"


LADDERS: tuple[tuple[Step, ...], ...] = (
    (Step.REGION, Step.UNIT),
    (Step.VERSION,),
    (Step.SEMINAR,),
    (Step.SECTOR,),
    (Step.YEAR, Step.HALF),
)
"""The place first: with it each of the others can be crossed, and no two others with each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A person's seat in a seminar that lasts from its first through its last day."""

    seminar_id: int
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One person's two tests of a course, all points and by objective; `on` is the local day of the post-test.

    `unit_path` and `sector` are "" for somebody who belonged nowhere that day.
    """

    person_id: int
    cycle: int
    version: int
    seminar_id: int | None
    unit_path: str
    sector: str
    on: date
    scores: Scores
    objectives: Mapping[str, Scores]

    def place(self) -> dict[str, str]:
        """The value of every step."""
        half = 1 if self.on.month <= 6 else 2
        return {
            Step.VERSION: str(self.version),
            Step.SEMINAR: NONE if self.seminar_id is None else str(self.seminar_id),
            Step.REGION: region_of(self.unit_path),
            Step.UNIT: self.unit_path,
            Step.SECTOR: self.sector,
            Step.YEAR: str(self.on.year),
            Step.HALF: f"{self.on.year}-{half}",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """The parts of a group by one step, in the order of their values: those that may be shown.

    `is_whole`: whether they are all. Which others there are is not said, so that nobody learns where there are none.
    """

    step: Step
    parts: tuple[tuple[str, CohortGain], ...]
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A group as chosen. `gain` is None where it may not be shown; then there is nothing else either.

    `objectives`: None for one that not everybody in the group has met in both tests.
    """

    gain: CohortGain | None
    objectives: tuple[tuple[str, CohortGain | None], ...]
    partings: tuple[Parting, ...]


def region_of(unit_path: str) -> str:
    """The path of the regional unit a unit belongs to; a national unit is its own region."""
    return "/".join(unit_path.split("/")[:3]) + "/" if unit_path.count("/") > 2 else unit_path


def cohort_of(seats: Iterable[Seat], on: date) -> int | None:
    """The seminar a post-test of this day was made for: the first that was not over; None without one."""
    ahead = [seat for seat in seats if seat.last_on >= on]
    return min(ahead, key=lambda seat: (seat.first_on, seat.seminar_id)).seminar_id if ahead else None


def choice(wanted: Mapping[Step, str]) -> Cell:
    """The group somebody asks for: a unit brings its region, a half-year its year."""
    steps = dict(wanted)
    if unit := steps.get(Step.UNIT):
        steps[Step.REGION] = region_of(unit)
    if half := steps.get(Step.HALF):
        steps[Step.YEAR] = half.partition("-")[0]
    return frozenset((str(step), value) for step, value in steps.items())


def can_be_asked(group: Cell) -> bool:
    """Whether it is chosen by the place, one other thing, or both: more can't be combined (`quizzes.disclosure`)."""
    steps = {step for step, _value in group}
    return sum(ladder[0] in steps for ladder in LADDERS[1:]) <= 1


def report(outcomes: Iterable[Outcome], objectives: Sequence[str], group: Cell = EVERYBODY) -> Report:
    """The figures of a group among all within reach, and of its parts, without any that may not be shown.

    `outcomes` are all a viewer may count, whatever is chosen: what is hidden is decided on all of them.
    """
    people = [(one, one.place()) for one in latest(outcomes)]
    regions = {place[Step.REGION] for _one, place in people}
    if len(regions) == 1:  # who sees one region, sees its units next
        group |= {(str(Step.REGION), regions.pop())}
    visible = shown([place for _one, place in people], LADDERS)
    # the mean of persons' gains leaves out who had nothing left to learn: it is another group, with its own parts
    gaining = shown([place for one, place in people if one.scores.pre != FULL], LADDERS)

    def gain_of(cell: Cell) -> CohortGain | None:
        if cell not in visible:
            return None
        found = cohort((one.scores for one, place in people if _is_in(place, cell)), of_persons=cell in gaining)
        assert not isinstance(found, No)  # what is visible has five persons
        return found

    gain = gain_of(group)
    if gain is None:
        return Report(gain=None, objectives=(), partings=())
    members = [(one, place) for one, place in people if _is_in(place, group)]
    return Report(
        gain=gain,
        objectives=tuple(
            (objective, _on_objective([one for one, _ in members], objective)) for objective in objectives
        ),
        partings=tuple(
            Parting(step=step, parts=tuple(parts), is_whole=len(parts) == len(values))
            for step in _next_steps(group)
            if len(values := sorted({place[step] for _one, place in members})) > 1
            and (parts := [(value, found) for value in values if (found := gain_of(group | {(str(step), value)}))])
        ),
    )


def latest(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Each person once, with the latest cycle."""
    found: dict[int, Outcome] = {}
    for one in sorted(outcomes, key=lambda one: (one.person_id, one.cycle)):
        found[one.person_id] = one
    return list(found.values())


def _is_in(place: Mapping[str, str], group: Cell) -> bool:
    return all(place[step] == value for step, value in group)


def _next_steps(group: Cell) -> list[Step]:
    """By what a group can be parted further."""
    chosen = {step for step, _value in group}
    climbed = [len([step for step in ladder if step in chosen]) for ladder in LADDERS]
    steps = [ladder[height] for ladder, height in zip(LADDERS, climbed, strict=True) if height < len(ladder)]
    return [step for step in steps if can_be_asked(group | {(str(step), NONE)})]


def _on_objective(members: Collection[Outcome], objective: str) -> CohortGain | None:
    """On one objective, where everybody has met it: then its parts hide and show what the group's parts do.

    Without the mean of gains: on one or two questions many have full marks before, and the mean would be of the others.
    """
    scores = [one.objectives[objective] for one in members if objective in one.objectives]
    found = cohort(scores, of_persons=False) if len(scores) == len(members) else None
    return found if isinstance(found, CohortGain) else None
