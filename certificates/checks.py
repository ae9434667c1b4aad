"""Voluntary knowledge checks after a certificate: which is due, and what they show over time.

They are no requirement and no evidence: nothing here is asked by the rules of certificates. What was offered is an
argument; that nothing is offered twice by two machines is the database's job.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from certificates.issued import Issued
from certificates.programme import KnowledgeChecks
from certificates.status import State, is_certified
from certificates.validity import add_months
from quizzes.gain import MIN_GROUP_PERSONS

Shares = Mapping[str, Fraction]
"""A person's share of points on objectives, 0…1, by objective."""


def day_of(months: int, valid_from: date) -> date:
    """The day from which a check is due: so many calendar months after the certificate's first day (DOMAIN.md 5)."""
    return add_months(valid_from, months)


def due(valid_from: date, offered: Collection[int], today: date, checks: KnowledgeChecks) -> int | None:
    """The one check to offer today, by its months, or None.

    Only the newest whose day has come, and nothing when that one or a later one was offered: after an outage one mail,
    not a pile. Whether the holder is to be asked at all is for the caller to say (`is_asked`).
    """
    reached = [months for months in checks.months if day_of(months, valid_from) <= today]
    if not reached or max(offered, default=0) >= reached[-1]:
        return None
    return reached[-1]


def is_asked(state: State, *, wanted: bool) -> bool:
    """Whether a holder is offered checks: who is certified, and has not said no thanks.

    In particular not who is suspended, revoked or lapsed, and not by a certificate that another has replaced.
    """
    return wanted and is_certified(state)


def due_now(
    issued: Issued, offered: Collection[int], today: date, checks: KnowledgeChecks, *, wanted: bool
) -> int | None:
    """The one check to offer today after a certificate as it stands, by its months, or None."""
    if not is_asked(issued.state(today), wanted=wanted):
        return None
    return due(issued.period.valid_from, offered, today, checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One objective over time: the share in the post-test, and in each check by its months; None where not asked."""

    objective: str
    before: Fraction | None
    after: tuple[Fraction | None, ...]


def traces(before: Shares, taken: Mapping[int, Shares], months: Iterable[int]) -> tuple[Trace, ...]:
    """The objectives some check has asked about, in the order of the post-test, those it lacks last."""
    columns = [taken.get(each, {}) for each in months]
    asked = {objective: None for column in columns for objective in column}
    ordered = [*(objective for objective in before if objective in asked), *(one for one in asked if one not in before)]
    return tuple(
        Trace(
            objective=objective,
            before=before.get(objective),
            after=tuple(column.get(objective) for column in columns),
        )
        for objective in ordered
    )


def overall(found: tuple[Trace, ...]) -> tuple[Fraction | None, ...]:
    """The mean over the objectives: in the post-test, then in each check; None where nothing was asked."""
    columns = zip(*((trace.before, *trace.after) for trace in found), strict=True)
    return tuple(_mean([share for share in column if share is not None]) for column in columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMean:
    """What five persons or more reached on an objective so long after, and the same persons in their post-test."""

    persons: int
    before: Fraction
    after: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One person's check: its months, what was reached in it, and in the post-test before it."""

    person_id: int
    months: int
    before: Shares
    after: Shares


def group_means(answered: Iterable[Answered]) -> dict[tuple[int, str], GroupMean]:
    """By months and objective, where at least five persons have answered: smaller groups would be persons.

    A person counts once, with the check given last in the order of `answered` (an earlier certificate's is older).
    """
    latest: defaultdict[tuple[int, str], dict[int, tuple[Fraction, Fraction]]] = defaultdict(dict)
    for one in answered:
        for objective, share in one.after.items():
            if objective in one.before:
                latest[one.months, objective][one.person_id] = (one.before[objective], share)
    return {
        place: GroupMean(
            persons=len(pairs),
            before=sum((pair[0] for pair in pairs.values()), Fraction(0)) / len(pairs),
            after=sum((pair[1] for pair in pairs.values()), Fraction(0)) / len(pairs),
        )
        for place, pairs in latest.items()
        if len(pairs) >= MIN_GROUP_PERSONS
    }


def _mean(shares: list[Fraction]) -> Fraction | None:
    return sum(shares, Fraction(0)) / len(shares) if shares else None
