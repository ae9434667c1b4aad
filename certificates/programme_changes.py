"""What differs between two editions of a programme: in words for people, and line by line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from certificates.programme import (
    KnowledgeChecks,
    Programme,
    Requirement,
    Route,
    Stage,
)
from lms.verdict import Reason, because

AROUND = 2  # unchanged lines shown before and after a change
WHOLES = ("title", "edition", "seats", "retention_years", "appeal_weeks")
MONTHS = ("validity_months", "window_months", "grace_months")


class Mark(StrEnum):
    """What a line of a comparison is."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    GAP = "gap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a comparison, with its number in the old and in the new text where it stands there."""

    mark: Mark
    text: str
    old: int | None
    new: int | None


def in_words(before: Programme, after: Programme) -> tuple[Reason, ...]:
    """Every difference of rules, the weightiest first; that texts people read differ is said as one."""
    return tuple(_differences(before, after))


def in_lines(before: str, after: str) -> tuple[Line, ...]:
    """The changed lines with a few around them, and a gap where unchanged ones are left out."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    groups = difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_grouped_opcodes(AROUND)
    for place, group in enumerate(groups):
        if place or group[0][1]:
            found.append(Line(mark=Mark.GAP, text="", old=None, new=None))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                found += [
                    Line(mark=Mark.SAME, text=old[old_from + n], old=old_from + n + 1, new=new_from + n + 1)
                    for n in range(old_to - old_from)
                ]
                continue
            found += [Line(mark=Mark.REMOVED, text=old[n], old=n + 1, new=None) for n in range(old_from, old_to)]
            found += [Line(mark=Mark.ADDED, text=new[n], old=None, new=n + 1) for n in range(new_from, new_to)]
    return tuple(found)


def _differences(before: Programme, after: Programme) -> Iterator[Reason]:
    for name in MONTHS:
        was, becomes = getattr(before.policy, name), getattr(after.policy, name)
        if was != becomes:
            yield because(f"change-{name.replace('_', '-')}", was=was, becomes=becomes)
    if before.policy.reminders != after.policy.reminders:
        was, becomes = _stages(before.policy.reminders), _stages(after.policy.reminders)
        yield because("change-reminders", was=was, becomes=becomes)
    for route in Route:
        yield from _requirements(route, before.requirements(route), after.requirements(route))
    if before.scope != after.scope:
        yield because("change-scope", was=before.scope, becomes=after.scope)
    if before.checks != after.checks:
        yield because("change-checks", was=_checks(before.checks), becomes=_checks(after.checks))
    for name in WHOLES:
        was, becomes = getattr(before, name), getattr(after, name)
        if was != becomes:
            yield because(f"change-{name.replace('_', '-')}", was=was, becomes=becomes)
    if before.rubric != after.rubric:
        yield because("change-rubric")
    if before.body != after.body:
        yield because("change-body")


def _requirements(route: Route, before: Sequence[Requirement], after: Sequence[Requirement]) -> Iterator[Reason]:
    """Those that go, come, and ask for something else; and that the order is another."""
    way = because(f"route-{route}")
    was, becomes = {each.id: each for each in before}, {each.id: each for each in after}
    for id_ in was:
        if id_ not in becomes:
            yield because("change-requirement-gone", route=way, title=was[id_].title, id=id_)
    for id_, asked in becomes.items():
        if id_ not in was:
            yield because("change-requirement-new", route=way, title=asked.title, id=id_, asks=_asks(asked))
        elif asked != was[id_]:
            same = {"route": way, "title": asked.title, "id": id_}
            yield because("change-requirement", **same, was=_asks(was[id_]), becomes=_asks(asked))
    stayed = [id_ for id_ in was if id_ in becomes]
    if stayed != [id_ for id_ in becomes if id_ in was]:
        yield because("change-order", route=way)


def _asks(requirement: Requirement) -> str:
    """What a requirement asks for, in the words of the file: that is what its administrators write."""
    asked = {each.name: getattr(requirement, each.name) for each in fields(requirement) if each.name != "id"}
    if "pass_mark" in asked:
        asked["pass_mark"] = f"{float(asked['pass_mark']) * 100:g} %"
    given = {name: value for name, value in asked.items() if value not in (None, (), False)}
    told = {name: ", ".join(map(str, value)) if isinstance(value, tuple) else value for name, value in given.items()}
    words = (f"{name}: {'yes' if value is True else value}" for name, value in told.items())
    return ", ".join((f"kind: {requirement.kind}", *words))


def _stages(stages: Sequence[Stage]) -> tuple[Reason, ...]:
    return tuple(_stage(each.days_before) for each in stages)


def _stage(days: int | None) -> Reason:
    if days is None:
        return because("stage-opened")
    return because("stage-days", days=days) if days else because("stage-day-0")


def _checks(checks: KnowledgeChecks | None) -> Reason:
    if checks is None:
        return because("checks-none")
    return because("checks-some", months=checks.months, items=checks.items)
