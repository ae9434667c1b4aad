"""Assessing by a rubric: what a sheet says, when it can be handed in, how two compare, the score of an area; pure.

A level is its number from 1, the lowest. The score of an area lies on the scale of 1 to 5 that decisions keep: the mean
of every level set in the area, by one assessor or two, with the rubric's lowest level laid on 1 and its highest on 5,
rounded to the nearest whole number and a half upwards. It is for comparing and never decides: assessors do.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from certificates.evidence import Outcome
from certificates.programme import Criterion, Programme, Rubric, RubricCriterion
from lms.verdict import No, Reason, because

SCORE_MIN, SCORE_MAX = 1, 5
NOTE_LENGTH_MAX, TEXT_LENGTH_MAX = 2_000, 5_000  # characters
LEVEL, NOTE = "level-", "note-"  # beginnings of the names of a sheet's fields; the criterion's id follows
WORDS = ("feedback", "next_steps")
NONE_YET: Mapping[str, int] = MappingProxyType({})
NO_NOTES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What stands on a sheet so far: levels and notes by the criterion's id, words to the participant, an outcome."""

    levels: Mapping[str, int] = field(default_factory=lambda: NONE_YET)
    notes: Mapping[str, str] = field(default_factory=lambda: NO_NOTES)
    feedback: str = ""
    next_steps: str = ""
    outcome: Outcome | None = None


class Agreement(StrEnum):
    """How two levels of one criterion lie to each other."""

    SAME = "same"
    ONE_LEVEL = "one_level"
    MORE = "more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One criterion with the levels of both assessors, in the order of their sheets."""

    criterion: RubricCriterion
    levels: tuple[int, int]

    @property
    def agreement(self) -> Agreement:
        """Agreed, one level apart, or more."""
        apart = abs(self.levels[0] - self.levels[1])
        return Agreement.SAME if apart == 0 else Agreement.ONE_LEVEL if apart == 1 else Agreement.MORE


def asked(programme: Programme, areas: Collection[Criterion]) -> Rubric:
    """The programme's criteria in these areas. Without a rubric each area is one criterion of five bare levels, whose
    title and descriptions are empty."""
    if programme.rubric is not None:
        criteria = tuple(each for each in programme.rubric.criteria if each.area in areas)
        return Rubric(levels=programme.rubric.levels, criteria=criteria)
    bare = tuple(str(number) for number in range(SCORE_MIN, SCORE_MAX + 1))
    return Rubric(
        levels=bare,
        criteria=tuple(
            RubricCriterion(id=area.replace("_", "-"), area=area, title="", looks_at="", levels=tuple("" for _ in bare))
            for area in Criterion
            if area in areas
        ),
    )


def areas(rubric: Rubric) -> tuple[tuple[Criterion, tuple[RubricCriterion, ...]], ...]:
    """The criteria by area, in the rubric's order."""
    present = dict.fromkeys(each.area for each in rubric.criteria)
    return tuple((area, tuple(each for each in rubric.criteria if each.area is area)) for area in present)


def changed(filled: Filled, rubric: Rubric, fields: Mapping[str, str]) -> Filled | No:
    """The sheet after some of its fields were filled in anew; all others stay. An empty level or outcome is taken back.

    No for a field the rubric does not have, a level or an outcome there is not: nothing is kept then.
    """
    ids = {each.id for each in rubric.criteria}
    levels, notes, words = dict(filled.levels), dict(filled.notes), dict[str, str]()
    outcome = filled.outcome
    for name, value in fields.items():
        criterion = name.removeprefix(LEVEL if name.startswith(LEVEL) else NOTE)
        if name.startswith(LEVEL) and criterion in ids and _is_level(value, rubric):
            levels.pop(criterion, None)
            levels.update({criterion: int(value)} if value else {})
        elif name.startswith(NOTE) and criterion in ids:
            notes.pop(criterion, None)
            notes.update({criterion: value} if value else {})
        elif name in WORDS:
            words[name] = value
        elif name == "outcome" and value in {"", *Outcome}:
            outcome = Outcome(value) if value else None
        else:
            return No((because("sheet-not-understood"),))
    return replace(filled, levels=levels, notes=notes, outcome=outcome, **words)


def _is_level(value: str, rubric: Rubric) -> bool:
    return value == "" or value in {str(number) for number in range(1, len(rubric.levels) + 1)}


def overlong(filled: Filled) -> Mapping[str, Reason]:
    """What holds more characters than can be kept, by the name of the field."""
    limits = {f"{NOTE}{id_}": (note, NOTE_LENGTH_MAX) for id_, note in filled.notes.items()}
    limits |= {name: (getattr(filled, name), TEXT_LENGTH_MAX) for name in WORDS}
    return {name: because("sheet-too-long", most=most) for name, (text, most) in limits.items() if len(text) > most}


def unfinished(rubric: Rubric, filled: Filled) -> Mapping[str, Reason]:
    """What keeps a sheet from being handed in, by the name of the field; nothing when it can be."""
    missing = {
        f"{LEVEL}{each.id}": because("sheet-level-missing") for each in rubric.criteria if each.id not in filled.levels
    }
    return {**missing, **overlong(filled), **wordless(filled.outcome, filled.feedback, filled.next_steps)}


def wordless(outcome: Outcome | None, feedback: str, next_steps: str) -> dict[str, Reason]:
    """What a decision lacks, by the name of the field: an outcome, and with "not yet" why and what to do."""
    lacking: dict[str, Reason] = {}
    if outcome is None:
        lacking["outcome"] = because("sheet-outcome-missing")
    if outcome is Outcome.NOT_YET and not feedback.strip():
        lacking["feedback"] = because("sheet-feedback-missing")
    if outcome is Outcome.NOT_YET and not next_steps.strip():
        lacking["next_steps"] = because("sheet-next-steps-missing")
    return lacking


def compare(rubric: Rubric, first: Mapping[str, int], second: Mapping[str, int]) -> tuple[Compared, ...]:
    """Both sheets criterion by criterion. Raises KeyError for a sheet that is not filled in."""
    return tuple(Compared(criterion=each, levels=(first[each.id], second[each.id])) for each in rubric.criteria)


def tally(compared: Iterable[Compared]) -> Mapping[Agreement, int]:
    """How many criteria there are of each agreement."""
    found = [each.agreement for each in compared]
    return {agreement: found.count(agreement) for agreement in Agreement}


def area_score(rubric: Rubric, area: Criterion, sheets: Sequence[Mapping[str, int]]) -> int | None:
    """The score of an area, 1 to 5, from every level set in it (the rule above); None where there is none."""
    ids = [each.id for each in rubric.criteria if each.area is area]
    levels = [sheet[id_] for sheet in sheets for id_ in ids if id_ in sheet]
    if not levels:
        return None
    share = (Fraction(sum(levels), len(levels)) - 1) / (len(rubric.levels) - 1)
    return math.floor(SCORE_MIN + share * (SCORE_MAX - SCORE_MIN) + Fraction(1, 2))
