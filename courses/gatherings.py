"""Gatherings planned ahead: what keeps one from being planned, and from being signed up for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from courses.seminars import GatheringKind
from lms.verdict import No, Reason, because


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheringPlan:
    """A gathering as a trainer plans it; times are 09:00 on the clock in Oslo. A place, a link, or both."""

    title: str
    kind: GatheringKind
    on: date
    starts: str
    ends: str
    place: str = ""
    webinar_link: str = ""
    about: str = ""


def gathering_problems(plan: GatheringPlan, *, today: date, units: int) -> No | None:
    """Everything that keeps a gathering from being planned, or None."""
    found: list[Reason] = []
    if plan.on < today:
        found.append(because("gathering-in-past", day=plan.on))
    if plan.ends <= plan.starts:
        found.append(because("gathering-times"))
    if not (plan.place.strip() or plan.webinar_link.strip()):
        found.append(because("gathering-nowhere"))
    if plan.webinar_link.strip() and not plan.webinar_link.strip().startswith("https://"):
        found.append(because("gathering-link"))
    if not units:
        found.append(because("gathering-for-nobody"))
    return No(tuple(found)) if found else None


def signing_up_problem(*, on: date, cancelled: bool, today: date) -> No | None:
    """One signs up until the day itself has passed."""
    if cancelled:
        return No((because("gathering-cancelled"),))
    return No((because("gathering-over", day=on),)) if on < today else None
