"""Guidance agreements: what keeps one from being made, where it stands, whose word it waits for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.verdict import No, Reason, because

VISITS_MAX = 10
LENGTH_DAYS_MAX = 2 * 366


class GuidanceKind(StrEnum):
    """Metodeveiledning, driftsveiledning, and hospitation at another unit."""

    METHOD = "method"
    OPERATION = "operation"
    STAY = "stay"


class Said(StrEnum):
    """What can be said to an agreement: yes by the new instructor, yes by the host, no by one of them; that it ends."""

    AGREED = "agreed"
    RECEIVED = "received"
    DECLINED = "declined"
    ENDED = "ended"


class Stage(StrEnum):
    """Where an agreement stands on a day."""

    WAITING = "waiting"  # for somebody's yes
    AGREED = "agreed"  # also before its first day
    OVER = "over"
    DECLINED = "declined"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An agreement as a trainer writes it; in a stay `guide_id` is the host."""

    kind: GuidanceKind
    person_id: int
    guide_id: int
    first: date
    last: date
    goals: str
    visits: tuple[date, ...] = ()


def proposal_problems(proposal: Proposal) -> No | None:
    """Everything that keeps an agreement from being made, or None."""
    found: list[Reason] = []
    if proposal.person_id == proposal.guide_id:
        found.append(because("guidance-of-oneself"))
    if proposal.last < proposal.first:
        found.append(because("guidance-dates"))
    elif (proposal.last - proposal.first).days > LENGTH_DAYS_MAX:
        found.append(because("guidance-too-long"))
    if not proposal.goals.strip():
        found.append(because("guidance-without-goals"))
    if len(set(proposal.visits)) < len(proposal.visits):
        found.append(because("guidance-visit-twice"))
    outside = sorted(day for day in set(proposal.visits) if not proposal.first <= day <= proposal.last)
    if outside and proposal.first <= proposal.last:
        found.append(because("guidance-visit-outside", days=tuple(outside)))
    if len(proposal.visits) > VISITS_MAX:
        found.append(because("guidance-too-many-visits", most=VISITS_MAX))
    return No(tuple(found)) if found else None


def needed(kind: GuidanceKind) -> tuple[Said, ...]:
    """Whose yes an agreement needs: the new instructor's, and in a stay the host's. Who wrote it has said theirs."""
    return (Said.AGREED, Said.RECEIVED) if kind is GuidanceKind.STAY else (Said.AGREED,)


def stage(kind: GuidanceKind, said: Collection[Said], *, last: date, today: date) -> Stage:
    """Where an agreement stands on a day."""
    if Said.DECLINED in said:
        return Stage.DECLINED
    if Said.ENDED in said:
        return Stage.ENDED
    if not set(needed(kind)) <= set(said):
        return Stage.WAITING
    return Stage.OVER if last < today else Stage.AGREED


def waits_for(
    kind: GuidanceKind, said: Collection[Said], *, person_id: int, guide_id: int, viewer_id: int
) -> tuple[Said, ...]:
    """The words this viewer still owes the agreement."""
    if {Said.DECLINED, Said.ENDED} & set(said):
        return ()
    owed = {Said.AGREED: person_id, Said.RECEIVED: guide_id}
    return tuple(word for word in needed(kind) if word not in said and owed[word] == viewer_id)


def noting_problem(*, planned_on: date, held_on: date, stage_now: Stage, noted: bool, today: date) -> No | None:
    """A visit is noted once it has been held, under an agreement both have agreed to."""
    found: list[Reason] = []
    if noted:
        found.append(because("guidance-visit-noted"))
    if held_on > today:
        found.append(because("day-in-future", day=held_on))
    if stage_now in (Stage.WAITING, Stage.DECLINED):
        found.append(because("guidance-not-agreed", planned=planned_on))
    return No(tuple(found)) if found else None


def missing_notes(planned: Sequence[tuple[date, bool]], *, today: date) -> int:
    """How many visits' days have passed without a note."""
    return sum(on < today and not noted for on, noted in planned)
