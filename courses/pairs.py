"""Pairs of a NAV and a health person who teach together: who may be linked, and from and to when (issue: "Pairs")."""

from __future__ import annotations

from datetime import date

from lms.verdict import No, Reason, because

NAV, HELSE = "nav", "helse"
BEGAN_DAYS_AGO_MAX = 366  # a pair may be entered some time after it began


def linking_problems(*, sectors: tuple[str, str], taken: tuple[str, ...], from_on: date, today: date) -> No | None:
    """Everything that keeps two people from being linked, or None. `sectors` are those of the two, in the order they
    stand; `taken` are the names of those who have a pair on the first day, or later."""
    found: list[Reason] = []
    if sorted(sectors) != sorted((NAV, HELSE)):
        found.append(because("pair-of-one-sector"))
    found += [because("pair-taken", name=name) for name in taken]
    if from_on > today:
        found.append(because("pair-from-future", day=from_on))
    if (today - from_on).days > BEGAN_DAYS_AGO_MAX:
        found.append(because("pair-from-long-ago", day=from_on))
    return No(tuple(found)) if found else None


def ending_problem(*, from_on: date, through_on: date, today: date) -> No | None:
    """A pair ends today or on an earlier day of its own."""
    if from_on <= through_on <= today:
        return None
    return No((because("pair-end-day", first=from_on, last=today),))
