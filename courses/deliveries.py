"""Deliveries held by two: what the partner has said, which two entries are one presentation, what may be changed.

Each of the two may log a presentation. It counts for whoever logged it, and for the partner from the day the partner
confirms it. Where both have logged it, it counts once for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from courses.companies import name_key, same_company
from courses.visits import DeliveryReport, ModuleKind
from lms.verdict import No, because


class Word(StrEnum):
    """What can be said of a delivery once it is logged; each once. `separate`: one's own and not the one the partner
    has logged, although it looks so."""

    CONFIRMED = "confirmed"
    DENIED = "denied"
    STRUCK = "struck"
    SEPARATE = "separate"


class PartnerState(StrEnum):
    """How the partner stands to a delivery. `both`: the partner has logged it too."""

    NOBODY = "nobody"
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A delivery that stands: neither struck out nor replaced by a correction. `said` has when each word was said."""

    id: int
    person_id: int
    partner_id: int | None
    on: date
    company: str
    org_number: str | None
    module: ModuleKind
    said: Mapping[Word, datetime] = field(default_factory=dict)


def twins(entries: Iterable[Entry]) -> dict[int, int]:
    """Which entries are the same presentation, logged by each of the two: ids, both ways.

    One of the two names the other, and the other names nobody else and has not said "that was not me". Two shifts of
    one day, logged twice by each, are two pairs.
    """
    found: dict[int, int] = {}
    ordered = sorted(entries, key=lambda entry: entry.id)
    for place, one in enumerate(ordered):
        if one.id in found:
            continue
        for other in ordered[place + 1 :]:
            if other.id not in found and _is_twin(one, other):
                found[one.id], found[other.id] = other.id, one.id
                break
    return found


def _is_twin(one: Entry, other: Entry) -> bool:
    return (
        one.on == other.on
        and one.module == other.module
        and one.person_id != other.person_id
        and (one.partner_id == other.person_id or other.partner_id == one.person_id)
        and one.partner_id in (None, other.person_id)
        and other.partner_id in (None, one.person_id)
        and not {Word.DENIED, Word.SEPARATE} & {*_standing(one), *_standing(other)}
        and same_company(one.company, one.org_number, other.company, other.org_number)
    )


def _standing(entry: Entry) -> set[Word]:
    """The words that hold: who denied and then confirmed, has confirmed."""
    words = set(entry.said)
    return words - {Word.DENIED} if Word.CONFIRMED in words else words


def partner_state(entry: Entry, twin_id: int | None) -> PartnerState:
    """How the partner stands to an entry."""
    words = _standing(entry)
    if twin_id is not None:
        return PartnerState.BOTH
    if entry.partner_id is None:
        return PartnerState.NOBODY
    if Word.CONFIRMED in words:
        return PartnerState.CONFIRMED
    return PartnerState.DENIED if Word.DENIED in words else PartnerState.WAITING


def still_vouched_for(before: DeliveryReport, after: DeliveryReport) -> bool:
    """Whether what the partner confirmed is still what stands there: the day, the company and the module."""
    return (
        before.on == after.on
        and before.module == after.module
        and before.partner_id == after.partner_id
        and same_company(before.company, before.org_number, after.company, after.org_number)
    )


def changing_problem(*, rested_on: bool, stands: bool) -> No | None:
    """A delivery is corrected or struck out as long as it stands and no certificate rests on it."""
    if not stands:
        return No((because("delivery-changed-meanwhile"),))
    return No((because("delivery-rested-on"),)) if rested_on else None


def partner_problem(report: DeliveryReport, *, person_id: int) -> No | None:
    """Nobody is their own partner."""
    return No((because("delivery-own-partner"),)) if report.partner_id == person_id else None


# from a spreadsheet


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A row of a spreadsheet that could be read: its number there, and the delivery."""

    number: int
    report: DeliveryReport


class Fate(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    THERE = "there"


def fates(rows: Sequence[SheetRow], known: Iterable[DeliveryReport]) -> list[Fate]:
    """For each row whether it is there already. Two equal rows are two presentations, as long as only one is known."""
    left: dict[tuple[object, ...], int] = {}
    for report in known:
        left[_key(report)] = left.get(_key(report), 0) + 1
    found = []
    for row in rows:
        key = _key(row.report)
        there = left.get(key, 0) > 0
        if there:
            left[key] -= 1
        found.append(Fate.THERE if there else Fate.ADDED)
    return found


def _key(report: DeliveryReport) -> tuple[object, ...]:
    return (report.on, name_key(report.company), report.module)
